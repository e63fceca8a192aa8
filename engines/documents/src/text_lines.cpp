// Text out of pages: as much of ISO 32000-1 chapter 9 as it takes to read what the press wrote,
// also after another program rewrote the file.
#include <algorithm>
#include <array>
#include <cmath>

#include "madang/base/text.hpp"
#include "madang/documents/examine.hpp"
#include "madang/pdf/file.hpp"

namespace madang::documents {
namespace {

constexpr std::size_t most_lines = 20'000, most_pages = 1000, longest_line = 4000;
constexpr std::size_t most_operators = 2'000'000;

using matrix = std::array<double, 6>;

matrix times(const matrix& a, const matrix& b) {
  return {a[0] * b[0] + a[1] * b[2],        a[0] * b[1] + a[1] * b[3],
          a[2] * b[0] + a[3] * b[2],        a[2] * b[1] + a[3] * b[3],
          a[4] * b[0] + a[5] * b[2] + b[4], a[4] * b[1] + a[5] * b[3] + b[5]};
}

void put_utf8(std::string& out, char32_t c) {
  if (c < 0x20 || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff) return;
  if (c < 0x80) {
    out += static_cast<char>(c);
    return;
  }
  const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  static constexpr unsigned first[] = {0, 0xc0, 0xe0, 0xf0};
  out += static_cast<char>(first[more] | c >> (6 * more));
  for (int i = more - 1; i >= 0; --i) out += static_cast<char>(0x80 | (c >> (6 * i) & 63));
}

std::string utf8_of_utf16(std::string_view s) {
  std::string out;
  for (std::size_t i = 0; i + 1 < s.size(); i += 2) {
    const auto unit = [&](std::size_t k) -> char32_t {
      return static_cast<unsigned char>(s[k]) * 256u + static_cast<unsigned char>(s[k + 1]);
    };
    char32_t c = unit(i);
    if (c >= 0xd800 && c < 0xdc00 && i + 3 < s.size()) {
      c = 0x10000 + ((c - 0xd800) << 10) + ((unit(i + 2) - 0xdc00) & 0x3ff);
      i += 2;
    }
    put_utf8(out, c);
  }
  return out;
}

std::uint32_t code_of(std::string_view s) {
  std::uint32_t v = 0;
  for (unsigned char c : s.substr(0, 4)) v = v << 8 | c;
  return v;
}

// A font as far as text goes: how many octets a code has and what each code says.
struct decoder {
  std::size_t octets = 1;
  std::map<std::uint32_t, std::string> says;

  std::string decode(std::string_view s) const {
    std::string out;
    for (std::size_t i = 0; i + octets <= s.size(); i += octets) {
      const std::uint32_t code = code_of(s.substr(i, octets));
      if (auto found = says.find(code); found != says.end()) {
        out += found->second;
      } else if (octets == 1 && says.empty()) {
        put_utf8(out, code);
      }
    }
    return out;
  }
};

void read_map(std::string_view cmap, decoder& d) {
  pdf::scanner in(cmap, 0, true);
  std::vector<pdf::object> operands;
  for (std::size_t i = 0; i < most_operators; ++i) {
    auto o = in.next_operand();
    if (!o) return;
    const auto* word = o->as<pdf::keyword>();
    if (!word) {
      if (operands.size() < 1000) operands.push_back(std::move(*o));
      continue;
    }
    const auto text = [&](std::size_t k) { return operands[k].as<pdf::text>(); };
    if (word->text == "endcodespacerange" && !operands.empty() && text(0)) {
      d.octets = std::clamp<std::size_t>(text(0)->octets.size(), 1, 4);
    } else if (word->text == "endbfchar") {
      for (std::size_t k = 0; k + 1 < operands.size(); k += 2)
        if (text(k) && text(k + 1))
          d.says.insert_or_assign(code_of(text(k)->octets), utf8_of_utf16(text(k + 1)->octets));
    } else if (word->text == "endbfrange") {
      for (std::size_t k = 0; k + 2 < operands.size(); k += 3) {
        if (!text(k) || !text(k + 1) || d.says.size() > 70'000) continue;
        const std::uint32_t from = code_of(text(k)->octets), to = code_of(text(k + 1)->octets);
        for (std::uint32_t c = from; c <= to && c - from < 65'536; ++c) {
          std::string said;
          if (text(k + 2)) {
            said = text(k + 2)->octets;
            if (said.size() < 2) break;
            const unsigned low = static_cast<unsigned char>(said[said.size() - 2]) * 256u +
                                 static_cast<unsigned char>(said.back()) + (c - from);
            said[said.size() - 2] = static_cast<char>(low >> 8);
            said.back() = static_cast<char>(low);
          } else if (const auto* list = operands[k + 2].as<pdf::array>();
                     list && c - from < list->size() && (*list)[c - from].as<pdf::text>()) {
            said = (*list)[c - from].as<pdf::text>()->octets;
          }
          d.says.insert_or_assign(c, utf8_of_utf16(said));
        }
      }
    }
    operands.clear();
  }
}

struct run {
  std::size_t page = 0;
  double x = 0, y = 0;
  std::string text;
};

class reader {
 public:
  explicit reader(const pdf::file& f) : file_(f) {}

  std::vector<std::string> lines() {
    if (const auto* catalog = file_.dictionary_at(file_.trailer(), "Root"))
      if (const auto* pages = file_.dictionary_at(*catalog, "Pages")) walk(*pages, nullptr, 0);
    std::stable_sort(runs_.begin(), runs_.end(), [](const run& a, const run& b) {
      if (a.page != b.page) return a.page < b.page;
      // Two points: what stands on one line although its boxes differ by a rounding.
      const double ya = std::round(a.y / 2), yb = std::round(b.y / 2);
      return ya != yb ? ya > yb : a.x < b.x;
    });
    std::vector<std::string> out;
    for (run& r : runs_) {
      std::string line(text::trim(r.text));
      if (!line.empty()) out.push_back(std::move(line));
    }
    return out;
  }

 private:
  const pdf::file& file_;
  std::vector<run> runs_;
  std::map<const pdf::dictionary*, decoder> fonts_;
  std::size_t page_ = 0, operators_ = 0;

  void walk(const pdf::dictionary& node, const pdf::dictionary* resources, int depth) {
    if (depth > pdf::deepest || page_ > most_pages) return;
    if (const auto* own = file_.dictionary_at(node, "Resources")) resources = own;
    if (const auto* kids = file_.at(node, "Kids").as<pdf::array>()) {
      for (const auto& k : *kids)
        if (const auto* d = file_.follow(&k).keys()) walk(*d, resources, depth + 1);
      return;
    }
    ++page_;
    std::string content;
    const pdf::object& contents = file_.at(node, "Contents");
    const auto add = [&](const pdf::object& o) {
      if (const auto* s = o.as<pdf::stream>())
        if (auto plain = file_.content(*s)) content += *plain + '\n';
    };
    add(contents);
    if (const auto* parts = contents.as<pdf::array>())
      for (const auto& p : *parts) add(file_.follow(&p));
    static const pdf::dictionary none;
    show(content, resources ? *resources : none, {1, 0, 0, 1, 0, 0}, 0);
    read_annotations(node);
  }

  // Notes and stamps laid over a page are part of what one sees.
  void read_annotations(const pdf::dictionary& page) {
    const auto* all = file_.at(page, "Annots").as<pdf::array>();
    if (!all) return;
    for (const auto& one : *all) {
      const auto* d = file_.follow(&one).keys();
      const auto* looks = d ? file_.dictionary_at(*d, "AP") : nullptr;
      const auto* normal = looks ? file_.at(*looks, "N").as<pdf::stream>() : nullptr;
      if (normal) show_form(*normal, {1, 0, 0, 1, 0, 0}, 1);
    }
  }

  void show_form(const pdf::stream& form, const matrix& at, int depth) {
    if (depth > 6) return;
    const auto content = file_.content(form);
    static const pdf::dictionary none;
    const auto* resources = file_.dictionary_at(form.keys, "Resources");
    if (content) show(*content, resources ? *resources : none, at, depth);
  }

  const decoder* font(const pdf::dictionary& resources, const std::string& name) {
    const auto* fonts = file_.dictionary_at(resources, "Font");
    const auto* d = fonts ? file_.dictionary_at(*fonts, name) : nullptr;
    if (!d) return nullptr;
    auto [found, fresh] = fonts_.try_emplace(d);
    if (fresh) {
      const pdf::object& kind_of = file_.at(*d, "Subtype");
      if (kind_of.as<pdf::name>() && kind_of.as<pdf::name>()->text == "Type0")
        found->second.octets = 2;
      if (const auto* map = file_.at(*d, "ToUnicode").as<pdf::stream>())
        if (auto cmap = file_.content(*map)) read_map(*cmap, found->second);
    }
    return &found->second;
  }

  struct state {
    matrix place;
    const decoder* font = nullptr;
  };

  void show(std::string_view content, const pdf::dictionary& resources, const matrix& base,
            int depth) {
    pdf::scanner in(content, 0, true);
    std::vector<pdf::object> operands;
    std::vector<state> saved;
    state now{base, nullptr};
    matrix text{1, 0, 0, 1, 0, 0}, line = text;
    double leading = 0;
    bool joins = false;   // the next text goes on where the last one ended
    const auto number = [&](std::size_t i) {
      if (i >= operands.size()) return 0.0;
      if (const auto* n = operands[i].as<std::int64_t>()) return static_cast<double>(*n);
      const auto* d = operands[i].as<double>();
      return d ? *d : 0.0;
    };
    const auto six = [&] {
      return matrix{number(0), number(1), number(2), number(3), number(4), number(5)};
    };
    const auto move = [&](double x, double y) {
      line = times({1, 0, 0, 1, x, y}, line);
      text = line;
      joins = false;
    };
    const auto put = [&](const std::string& octets) {
      if (!now.font) return;
      std::string said = now.font->decode(octets);
      if (said.empty()) return;
      if (joins && !runs_.empty() && runs_.back().text.size() < longest_line) {
        runs_.back().text += said;
      } else if (runs_.size() < most_lines) {
        const matrix m = times(text, now.place);
        runs_.push_back({page_, m[4], m[5], std::move(said)});
      }
      joins = true;
    };
    while (++operators_ < most_operators) {
      auto o = in.next_operand();
      if (!o) {
        // An inline image or a stray octet: go on after it.
        if (in.at() + 1 >= content.size()) return;
        in.move_to(in.at() + 1);
        continue;
      }
      const auto* word = o->as<pdf::keyword>();
      if (!word) {
        if (operands.size() < 64) operands.push_back(std::move(*o));
        continue;
      }
      const std::string& op = word->text;
      if (op == "q" && saved.size() < 256) {
        saved.push_back(now);
      } else if (op == "Q" && !saved.empty()) {
        now = saved.back();
        saved.pop_back();
      } else if (op == "cm") {
        now.place = times(six(), now.place);
      } else if (op == "BT") {
        text = line = {1, 0, 0, 1, 0, 0};
        joins = false;
      } else if (op == "Tf" && !operands.empty() && operands[0].as<pdf::name>()) {
        now.font = font(resources, operands[0].as<pdf::name>()->text);
      } else if (op == "TL") {
        leading = number(0);
      } else if (op == "Td" || op == "TD") {
        if (op == "TD") leading = -number(1);
        move(number(0), number(1));
      } else if (op == "Tm") {
        text = line = six();
        joins = false;
      } else if (op == "T*") {
        move(0, -leading);
      } else if ((op == "Tj" || op == "'" || op == "\"") && !operands.empty()) {
        if (op != "Tj") move(0, -leading);
        if (const auto* t = operands.back().as<pdf::text>()) put(t->octets);
      } else if (op == "TJ" && !operands.empty() && operands.back().as<pdf::array>()) {
        for (const auto& part : *operands.back().as<pdf::array>())
          if (const auto* t = part.as<pdf::text>()) put(t->octets);
      } else if (op == "Do" && !operands.empty() && operands[0].as<pdf::name>()) {
        const auto* objects = file_.dictionary_at(resources, "XObject");
        const auto* form =
            objects ? file_.at(*objects, operands[0].as<pdf::name>()->text).as<pdf::stream>()
                    : nullptr;
        if (form && depth < 6) show_form(*form, now.place, depth + 1);
      }
      operands.clear();
    }
  }
};

}  // namespace

result<std::vector<std::string>> text_lines(std::string_view octets) {
  if (octets.size() > largest_examined) return refuse(kind::too_large, "pdf.too_large");
  const auto f = pdf::file::open(octets);
  if (!f) return refuse(kind::invalid, "pdf.malformed");
  if (f->encrypted()) return refuse(kind::invalid, "pdf.encrypted");
  return reader(*f).lines();
}

}  // namespace madang::documents
