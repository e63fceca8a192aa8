#include "madang/pdf/file.hpp"

#include <algorithm>

#include "madang/pdf/deflate.hpp"

namespace madang::pdf {
namespace {

constexpr std::size_t most_sections = 256, most_entries = 400'000, most_objects = 100'000;
constexpr std::size_t most_inflated = 48u << 20;
const object nothing_there{};

std::optional<std::int64_t> whole(const object* o) {
  if (!o || !o->as<std::int64_t>()) return {};
  return *o->as<std::int64_t>();
}

bool is_name(const object* o, std::string_view text) {
  return o && o->as<name>() && o->as<name>()->text == text;
}

}  // namespace

std::optional<file> file::open(std::string_view octets) {
  if (octets.substr(0, 1024).find("%PDF-") == std::string_view::npos) return {};
  const std::size_t word = octets.rfind("startxref");
  if (word == std::string_view::npos) return {};
  scanner in(octets, word + 9);
  auto offset = in.number();
  if (!offset) return {};
  file f;
  f.all_ = octets;
  if (!f.read_chain(*offset)) return {};
  return f;
}

bool file::read_chain(std::size_t offset) {
  std::set<std::size_t> seen;
  std::size_t entries = 0;
  while (true) {
    if (!seen.insert(offset).second || seen.size() > most_sections) return false;
    section s;
    if (!read_section(offset, s)) return false;
    // A hybrid file hides entries in a stream beside the table (section 7.5.8.4).
    if (auto beside = whole(s.trailer.find("XRefStm"))) {
      section hidden;
      if (*beside < 0 || !read_stream(static_cast<std::size_t>(*beside), hidden)) return false;
      s.entries.insert(hidden.entries.begin(), hidden.entries.end());
    }
    entries += s.entries.size();
    if (entries > most_entries) return false;
    auto before = whole(s.trailer.find("Prev"));
    sections_.push_back(std::move(s));
    if (!before) return true;
    if (*before < 0) return false;
    offset = static_cast<std::size_t>(*before);
  }
}

bool file::read_section(std::size_t offset, section& s) {
  if (offset >= all_.size()) return false;
  scanner in(all_, offset);
  if (!in.skip_word("xref")) return read_stream(offset, s);
  s.offset = offset;
  return read_table(in, s);
}

bool file::read_table(scanner& in, section& s) {
  while (!in.skip_word("trailer")) {
    auto first = in.number(), count = in.number();
    if (!first || !count || *first > 8'388'607 || *count > most_entries) return false;
    for (std::uint64_t i = 0; i < *count; ++i) {
      auto offset = in.number(), generation = in.number();
      if (!offset || !generation) return false;
      const bool used = in.skip_word("n");
      if (!used && !in.skip_word("f")) return false;
      s.entries.emplace(static_cast<std::uint32_t>(*first + i),
                        entry{used ? entry::plain : entry::free, *offset,
                              static_cast<std::uint32_t>(*generation)});
    }
  }
  auto trailer = in.next();
  if (!trailer || !trailer->as<dictionary>()) return false;
  s.trailer = *trailer->as<dictionary>();
  return true;
}

bool file::read_stream(std::size_t offset, section& s) {
  auto o = read_at(offset, nullptr);
  const auto* x = o ? o->as<stream>() : nullptr;
  if (!x || !is_name(x->keys.find("Type"), "XRef")) return false;
  const auto data = content(*x);
  const object* sizes = x->keys.find("W");
  const auto* w = sizes ? sizes->as<array>() : nullptr;
  if (!data || !w || w->size() != 3) return false;
  std::size_t widths[3], row = 0;
  for (int i = 0; i < 3; ++i) {
    auto n = whole(&(*w)[static_cast<std::size_t>(i)]);
    if (!n || *n < 0 || *n > 8) return false;
    row += widths[i] = static_cast<std::size_t>(*n);
  }
  std::vector<std::int64_t> ranges;
  if (const object* index = x->keys.find("Index"); index && index->as<array>()) {
    for (const object& n : *index->as<array>()) ranges.push_back(whole(&n).value_or(-1));
  } else {
    ranges = {0, whole(x->keys.find("Size")).value_or(-1)};
  }
  if (row == 0 || ranges.size() % 2) return false;
  std::size_t at = 0;
  for (std::size_t r = 0; r < ranges.size(); r += 2) {
    if (ranges[r] < 0 || ranges[r] > 8'388'607 || ranges[r + 1] < 0) return false;
    for (std::int64_t i = 0; i < ranges[r + 1]; ++i) {
      if (at + row > data->size() || s.entries.size() > most_entries) return false;
      std::uint64_t v[3] = {1, 0, 0};
      for (int k = 0; k < 3; ++k) {
        if (widths[k] > 0) v[k] = 0;
        for (std::size_t b = 0; b < widths[k]; ++b)
          v[k] = v[k] << 8 | static_cast<unsigned char>((*data)[at++]);
      }
      if (v[0] > 2) continue;
      s.entries.emplace(static_cast<std::uint32_t>(ranges[r] + i),
                        entry{v[0] == 0   ? entry::free
                              : v[0] == 1 ? entry::plain
                                          : entry::packed,
                              v[1], static_cast<std::uint32_t>(v[2])});
    }
  }
  s.offset = offset;
  s.trailer = x->keys;
  return true;
}

const entry* file::find_entry(std::uint32_t number) const {
  for (const section& s : sections_)
    if (auto found = s.entries.find(number); found != s.entries.end()) return &found->second;
  return nullptr;
}

std::optional<std::size_t> file::stream_length(const dictionary& keys, std::size_t from) const {
  const object* said = keys.find("Length");
  if (said && said->as<reference>() && !sections_.empty()) said = &follow(said);
  auto n = whole(said);
  if (!n || *n < 0 || from > all_.size() || static_cast<std::size_t>(*n) > all_.size() - from)
    return {};
  scanner after(all_, from + static_cast<std::size_t>(*n));
  if (!after.skip_word("endstream")) return {};
  return static_cast<std::size_t>(*n);
}

std::optional<object> file::read_at(std::size_t offset, std::uint32_t* number) const {
  if (offset >= all_.size()) return {};
  scanner in(all_, offset);
  auto n = in.number(), generation = in.number();
  if (!n || !generation || !in.skip_word("obj")) return {};
  if (number) *number = static_cast<std::uint32_t>(std::min<std::uint64_t>(*n, 0xffffffff));
  auto o = in.next();
  if (!o || o->as<keyword>()) return {};
  const auto* keys = o->as<dictionary>();
  if (!keys || !in.skip_word("stream")) return o;
  std::size_t from = in.at();
  if (all_.substr(from, 2) == "\r\n") {
    from += 2;
  } else if (all_.substr(from, 1) == "\n") {
    from += 1;
  } else {
    return {};
  }
  auto length = stream_length(*keys, from);
  if (!length) return {};
  return object{stream{*keys, all_.substr(from, *length)}};
}

const object& file::get(std::uint32_t number) const {
  if (auto found = objects_.find(number); found != objects_.end()) return found->second;
  const entry* e = find_entry(number);
  // A length that refers to its own stream would go round for ever.
  if (!e || e->kind == entry::free || objects_.size() > most_objects ||
      !reading_.insert(number).second)
    return nothing_there;
  std::optional<object> o;
  if (e->kind == entry::plain) {
    std::uint32_t there = 0;
    o = read_at(e->offset, &there);
    if (there != number) o.reset();
  } else {
    o = read_packed(*e, number);
  }
  reading_.erase(number);
  return objects_.emplace(number, o ? std::move(*o) : object{}).first->second;
}

const object& file::follow(const object* o) const {
  for (int i = 0; o && i < 8; ++i) {
    const auto* r = o->as<reference>();
    if (!r) return *o;
    o = &get(r->number);
  }
  return nothing_there;
}

std::optional<object> file::read_packed(const entry& e, std::uint32_t number) const {
  const auto holder = static_cast<std::uint32_t>(e.offset);
  auto pack = packs_.find(holder);
  if (pack == packs_.end()) {
    const entry* where = find_entry(holder);
    if (!where || where->kind != entry::plain) return {};
    const auto* s = get(holder).as<stream>();
    if (!s || !is_name(s->keys.find("Type"), "ObjStm")) return {};
    auto data = content(*s);
    auto count = whole(&at(s->keys, "N")), first = whole(&at(s->keys, "First"));
    if (!data || !count || !first || *count < 0 || *count > 100'000 || *first < 0) return {};
    scanner in(*data, 0, true);
    std::vector<std::uint32_t> index;   // number, offset, number, offset ...
    for (std::int64_t i = 0; i < 2 * *count; ++i) {
      auto n = in.number();
      if (!n) return {};
      const std::uint64_t shift = i % 2 ? static_cast<std::uint64_t>(*first) : 0;
      index.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(*n + shift, 0xffffffff)));
    }
    pack = packs_.emplace(holder, std::pair{std::move(*data), std::move(index)}).first;
  }
  const auto& [data, index] = pack->second;
  for (std::size_t i = 0; i + 1 < index.size(); i += 2) {
    if (index[i] != number || index[i + 1] >= data.size()) continue;
    scanner in(data, index[i + 1], true);
    auto o = in.next();
    if (o && o->as<keyword>()) return {};
    return o;
  }
  return {};
}

namespace {

// PNG predictors (RFC 2083 section 6), as /Predictor 10 to 15 says.
std::optional<std::string> undo_predictor(std::string data, std::size_t columns) {
  const std::size_t row = columns + 1;
  if (columns == 0 || columns > 100'000 || data.size() % row) return {};
  std::string out(data.size() / row * columns, '\0');
  const auto byte = [](char c) { return static_cast<unsigned char>(c); };
  for (std::size_t r = 0; r * row < data.size(); ++r) {
    const char* in = data.data() + r * row;
    char* to = out.data() + r * columns;
    const char* up = r ? to - columns : nullptr;
    for (std::size_t i = 0; i < columns; ++i) {
      const int left = i ? byte(to[i - 1]) : 0, above = up ? byte(up[i]) : 0;
      const int corner = i && up ? byte(up[i - 1]) : 0;
      int guess = 0;
      switch (in[0]) {
        case 0: break;
        case 1: guess = left; break;
        case 2: guess = above; break;
        case 3: guess = (left + above) / 2; break;
        case 4: {
          const int p = left + above - corner;
          const int a = std::abs(p - left), b = std::abs(p - above), c = std::abs(p - corner);
          guess = a <= b && a <= c ? left : b <= c ? above : corner;
          break;
        }
        default: return {};
      }
      to[i] = static_cast<char>(byte(in[i + 1]) + guess);
    }
  }
  return out;
}

}  // namespace

std::optional<std::string> file::content(const stream& s) const {
  const object* filter = s.keys.find("Filter");
  if (filter && filter->as<array>()) {
    if (filter->as<array>()->size() > 1) return {};
    filter = filter->as<array>()->empty() ? nullptr : &filter->as<array>()->front();
  }
  if (!filter) return std::string(s.raw);
  if (!is_name(filter, "FlateDecode")) return {};
  auto out = inflate(s.raw, most_inflated - std::min(inflated_, most_inflated), true);
  if (!out) return {};
  inflated_ += out->size();
  const object* parameters = s.keys.find("DecodeParms");
  if (parameters && parameters->as<array>() && !parameters->as<array>()->empty())
    parameters = &parameters->as<array>()->front();
  const dictionary* d = parameters ? parameters->as<dictionary>() : nullptr;
  if (!d || whole(d->find("Predictor")).value_or(1) < 10) return out;
  return undo_predictor(std::move(*out),
                        static_cast<std::size_t>(std::max<std::int64_t>(
                            0, whole(d->find("Columns")).value_or(1))));
}

}  // namespace madang::pdf
