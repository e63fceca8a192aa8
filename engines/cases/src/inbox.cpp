// Lists of cases. Each list is read in its order from an index that begins with the procedure and
// the district at the level of the office, so it is read once a procedure and put together here:
// the time depends on the length of the page, not on how many cases wait.
#include <algorithm>
#include <map>

#include "inside.hpp"
#include "madang/search/tokens.hpp"

namespace madang::cases {
namespace {

// Filters become SQL with parameters; nothing typed by a person enters the text.
struct filter {
  std::string where;
  std::vector<store::parameter> parameters;
  std::vector<std::string> kept;   // owns what parameters look at

  std::string next(store::parameter p) {
    parameters.push_back(std::move(p));
    return "?" + std::to_string(parameters.size());
  }
  std::string next_text(std::string s) {
    kept.push_back(std::move(s));
    return next(store::parameter(std::string_view(kept.back())));
  }
  void need(const std::string& condition) {
    where += (where.empty() ? "where " : " and ") + condition;
  }
};

void need_office(filter& f, const std::string& office) {
  if (office.empty()) return;
  const std::string here = f.next_text(office);
  // The indices stand at the levels of districts; any other length is no district.
  if (office.size() >= 7) f.need("office = " + here);
  else f.need("substr(office, 1, " + std::to_string(office.size()) + ") = " + here);
}

wanted::part part_of(const wanted& w) { return w.open_only ? wanted::part::open : w.which; }

void need_state(filter& f, const wanted& w) {
  const auto part = part_of(w);
  // What waits for consent is open to its applicant; to the office it has not come yet.
  if (part == wanted::part::open) f.need(w.applicant ? "state in (0, 1, 2)" : "state in (1, 2)");
  if (part == wanted::part::closed) f.need("state > 2");
  if (w.state) f.need("state = " + f.next(static_cast<int>(*w.state)));
}

// Where the page begins, in the order of the list.
void need_place(filter& f, const wanted& w) {
  if (w.order == "fair") f.need("turn > 0");
  if (!w.after) return;
  if (w.order == "opened") {
    f.need("key < " + f.next(w.after->key));
    return;
  }
  const std::string column = w.order == "fair" ? "turn" : "due";
  f.need("(" + column + ", key) > (" + f.next(w.after->value) + ", " + f.next(w.after->key) + ")");
}

std::string ordering(const wanted& w) {
  if (w.order == "opened") return " order by key desc";
  return w.order == "fair" ? " order by turn, key" : " order by due, key";
}

// A number as it is written, whole or its beginning, or words that all stand in it.
std::string found_by(filter& f, const std::string& typed) {
  const std::string text(text::trim(typed));
  const bool number = text.size() > 4 && text.find_first_not_of("0123456789-") == text.npos &&
                      text.find('-') != text.npos;
  if (number) {
    const std::string from = f.next_text(text), until = f.next_text(text + "~");
    return "select key as hit from matter where number >= " + from + " and number < " + until +
           " limit " + std::to_string(files::most_found);
  }
  const auto words = words_of(text, true);
  if (words.empty()) return "select key as hit from matter where 1 = 0";
  std::string sql = "select w0.matter as hit from matter_word w0";
  std::string where;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string here = "w" + std::to_string(i);
    const std::string word = f.next_text(words[i]);
    if (i > 0)
      sql += " cross join matter_word " + here;
    where += (i == 0 ? " where " : " and ") + here + ".word = " + word +
             (i > 0 ? " and " + here + ".matter = w0.matter" : "");
  }
  return sql + where + " order by w0.matter desc limit " + std::to_string(files::most_found);
}

// The words of the text that are not the name of the procedure; nothing when they are all of it
// and any case of the procedure is meant.
std::string beyond_name(const procedure& p, const std::string& text) {
  std::string rest;
  for (const auto& word : text::split(text, ' ')) {
    const std::string typed = search::normal_form(word);
    if (typed.empty()) continue;
    bool named = false;
    for (const auto& [language, name] : p.name.all())
      named = named || (text::length(typed) > 1 &&
                        search::normal_form(name).find(typed) != std::string::npos);
    if (!named) rest += (rest.empty() ? "" : " ") + word;
  }
  return rest;
}

struct asked {
  asked() = default;
  asked(asked&&) noexcept = default;   // a copy would look at the texts of the first
  std::string sql;
  filter f;
};

// The part of a list that some procedures have; `text` is what is searched for in it, `columns`
// what is selected.
asked part_of(const wanted& w, const std::vector<const procedure*>& some, const std::string& text,
              const std::string& columns, const std::string& tail) {
  asked out;
  filter& f = out.f;
  f.kept.reserve(some.size() + 64);
  std::string from = " from matter ";
  if (!text.empty()) {
    const std::string hits = found_by(f, text);
    from = " from (" + hits + ") as found cross join matter ";
    f.need("key = hit");
  }
  if (!some.empty()) {
    std::string list;
    for (const auto* p : some) list += (list.empty() ? "" : ", ") + f.next_text(p->id);
    f.need(some.size() == 1 ? "procedure = " + list : "procedure in (" + list + ")");
  }
  need_office(f, w.office);
  if (w.applicant) f.need("applicant = " + f.next(w.applicant));
  need_state(f, w);
  if (!w.post.empty()) {
    f.need("post <> ''");
    f.need("post = " + f.next_text(w.post));
  }
  if (w.unassigned) f.need("post = ''");
  if (w.unheard) f.need("unheard > 0");
  if (w.due_from) f.need("due >= " + f.next(*w.due_from));
  if (w.due_until) f.need("due <= " + f.next(*w.due_until));
  need_place(f, w);
  out.sql = "select " + columns + from + f.where + tail;
  return out;
}

// The queries that make up a list: one a procedure, each read from its index; or, where a text is
// searched for, one for all procedures in which the same words are looked for.
std::vector<asked> queries(const wanted& w, const std::vector<procedure>& known,
                           const std::string& columns, const std::string& tail) {
  const std::string typed(text::trim(w.text));
  // An applicant's cases, and those of a procedure that is handled no more, are read as they are.
  std::vector<asked> out;
  if (w.applicant && w.procedures.empty()) {
    out.push_back(part_of(w, {}, typed, columns, tail));
    return out;
  }
  std::map<std::string, std::vector<const procedure*>> searched;
  for (const auto& p : known) {
    if (!w.procedures.empty() && std::ranges::find(w.procedures, p.id) == w.procedures.end())
      continue;
    const std::string rest = beyond_name(p, typed);
    if (rest.empty()) out.push_back(part_of(w, {&p}, "", columns, tail));
    else searched[rest].push_back(&p);
  }
  for (const auto& [text, some] : searched) out.push_back(part_of(w, some, text, columns, tail));
  return out;
}

}  // namespace

std::string position::str() const { return std::to_string(value) + "." + key.str(); }

std::optional<position> position::parse(std::string_view s) {
  const auto dot = s.find('.');
  if (dot == 0 || dot == s.npos || dot > 18) return {};
  position out;
  for (std::size_t i = 0; i < dot; ++i) {
    if (i == 0 && s[0] == '-' && dot > 1) continue;
    if (s[i] < '0' || s[i] > '9') return {};
    out.value = out.value * 10 + (s[i] - '0');
  }
  if (s[0] == '-') out.value = -out.value;
  auto key = id::parse(s.substr(dot + 1));
  if (!key) return {};
  out.key = *key;
  return out;
}

position position_of(const matter& m, std::string_view order) {
  return {order == "opened" ? 0 : order == "fair" ? m.turn : m.due.days, m.key};
}

bool before(const matter& a, const matter& b, std::string_view order) {
  if (order == "opened") return b.key < a.key;
  const position left = position_of(a, order), right = position_of(b, order);
  return std::tie(left.value, left.key) < std::tie(right.value, right.key);
}

std::vector<matter> files::list(const wanted& w) {
  std::vector<matter> out;
  const int limit = std::clamp(w.limit, 1, 500);
  const std::string tail = ordering(w) + " limit " + std::to_string(limit);
  const auto all = queries(w, procedures_, store::columns<matter>(), tail);
  db_.reading([&](store::read& r) {
    for (const auto& one : all)
      r.each_row(one.sql, one.f.parameters,
                 [&](const store::row& row) { out.push_back(store::take_row<matter>(row)); });
  });
  std::sort(out.begin(), out.end(),
            [&](const matter& a, const matter& b) { return before(a, b, w.order); });
  if (out.size() > static_cast<std::size_t>(limit)) out.resize(static_cast<std::size_t>(limit));
  return out;
}

std::int64_t files::count(const wanted& w, std::int64_t up_to) {
  std::int64_t n = 0;
  wanted counted = w;
  counted.after.reset();
  const auto all = queries(counted, procedures_, "1", " limit " + std::to_string(up_to));
  db_.reading([&](store::read& r) {
    for (const auto& one : all) {
      if (n >= up_to) return;
      r.each_row("select count(*) from (" + one.sql + ") as those", one.f.parameters,
                 [&](const store::row& row) { n += row.integer(0); });
    }
  });
  return std::min(n, up_to);
}

}  // namespace madang::cases
