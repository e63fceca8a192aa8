#include "madang/audit/search.hpp"

#include "entry.hpp"
#include "madang/audit/seal.hpp"

namespace madang::audit {

namespace {

// A pattern of LIKE that finds the text anywhere behind `member` of a JSON object.
std::string pattern_of(std::string_view member, std::string_view wanted) {
  if (wanted.empty()) return "%";
  std::string out = "%";
  if (!member.empty()) out += "\"" + std::string(member) + "\"%";
  for (char c : text::lower_case(wanted)) {
    if (c == '%' || c == '_' || c == '!') out += '!';
    out += c;
  }
  return out + "%";
}

}  // namespace

std::vector<entry> search(store::read& r, const question& q) {
  // The key is in the order of time, so that a span of time is a span of the table; what it says
  // of the moment is too early by less than a millisecond, hence `at` as well.
  const id first = first_key_at(q.from);
  const id beyond = q.until < forever ? first_key_at(q.until.plus(std::chrono::minutes(1)))
                                      : q.before;
  // PostgreSQL takes a parameter's type from where it stands first: beside a column, not a number.
  static const std::string sql =
      "select " + store::columns<entry>() +
      " from audit_entry where key >= ?1 and key < ?2 and at >= ?3 and at < ?4 and "
      "(subject = ?5 or ?5 = 0) and (what = ?6 or ?6 = -1) and lower(actor) like ?7 escape '!' and "
      "lower(actor) like ?8 escape '!' and "
      "(lower(purpose) like ?9 escape '!' or lower(law) like ?9 escape '!') and "
      "reference like ?10 escape '!' order by key desc limit ?11";
  std::string reference = pattern_of({}, {});
  if (!q.reference.empty()) {
    reference.clear();
    for (char c : q.reference) {
      if (c == '%' || c == '_' || c == '!') reference += '!';
      reference += c;
    }
  }
  return r.all<entry>(sql, first, std::min(beyond, q.before), q.from, q.until, q.subject,
                      q.what ? static_cast<int>(*q.what) : -1, pattern_of("name", q.who),
                      pattern_of("post", q.agency), pattern_of({}, q.purpose), reference, q.limit);
}

}  // namespace madang::audit
