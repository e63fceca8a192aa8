#include "madang/identity/passwords.hpp"

#include <algorithm>
#include <ranges>

#include "guessing.hpp"
#include "madang/trust/bytes.hpp"
#include "madang/trust/password.hpp"
#include "session_row.hpp"

namespace madang::identity {
namespace {

struct state_row {
  instant chosen, expires, used;
};
BOOST_DESCRIBE_STRUCT(state_row, (), (chosen, expires, used))

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (static_cast<unsigned char>(c) & 0x80u) != 0;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The letters that digits and signs are written for.
std::string put_back(std::string s) {
  constexpr std::pair<char, char> written[] = {{'0', 'o'}, {'1', 'i'}, {'3', 'e'},
                                               {'4', 'a'}, {'5', 's'}, {'7', 't'},
                                               {'@', 'a'}, {'$', 's'}, {'!', 'i'}};
  for (char& c : s)
    for (const auto& [sign, letter] : written)
      if (c == sign) c = letter;
  return s;
}

std::string_view without_ends(std::string_view s) {
  while (!s.empty() && !is_letter(s.front())) s.remove_prefix(1);
  while (!s.empty() && !is_letter(s.back())) s.remove_suffix(1);
  return s;
}

// The shortest text of which it is the repetition; itself, when there is none.
std::string_view unit_of(std::string_view s) {
  for (std::size_t n = 1; n <= s.size() / 2; ++n)
    if (s.size() % n == 0 && s.substr(n) == s.substr(0, s.size() - n)) return s.substr(0, n);
  return s;
}

// Along the rows and columns of a keyboard, the alphabet or the digits, in either direction.
bool is_walk(std::string_view s) {
  constexpr std::string_view ways[] = {"abcdefghijklmnopqrstuvwxyz",
                                       "01234567890",
                                       "qwertyuiop",
                                       "asdfghjkl",
                                       "zxcvbnm",
                                       "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
                                       "1q2w3e4r5t6y7u8i9o0p",
                                       "q1w2e3r4t5y6u7i8o9p0",
                                       "a1b2c3d4e5f6g7h8i9"};
  constexpr std::size_t least_run = 4;
  if (s.size() < least_run) return false;
  auto follows = [&](char a, char b) {
    return std::ranges::any_of(ways, [&](std::string_view way) {
      for (std::size_t i = 0; i + 1 < way.size(); ++i)
        if ((way[i] == a && way[i + 1] == b) || (way[i] == b && way[i + 1] == a)) return true;
      return false;
    });
  };
  std::size_t breaks = 0;  // from one run into the next
  for (std::size_t i = 0; i + 1 < s.size(); ++i)
    if (!follows(s[i], s[i + 1]) && s[i] != s[i + 1]) ++breaks;
  return (breaks + 1) * least_run <= s.size();
}

// A day as people write it: 19880412, 12041988, 880412.
bool is_day(std::string_view s) {
  const auto two = [&](std::size_t at) { return (s[at] - '0') * 10 + (s[at + 1] - '0'); };
  const auto day = [](int month, int d) { return month >= 1 && month <= 12 && d >= 1 && d <= 31; };
  if (s.size() == 8) {
    const bool forward = (two(0) == 19 || two(0) == 20) && day(two(4), two(6));
    const bool backward =
        (two(4) == 19 || two(4) == 20) && (day(two(2), two(0)) || day(two(0), two(2)));
    return forward || backward;
  }
  return s.size() == 6 && day(two(2), two(4));
}

}  // namespace

common_passwords::common_passwords(std::string_view list) {
  for (const auto& line : text::split(list, '\n')) {
    const auto word = text::trim(line);
    if (!word.empty() && !word.starts_with('#')) words_.insert(text::lower_case(word));
  }
}

bool common_passwords::holds(std::string_view password) const {
  const std::string typed = text::lower_case(password);
  const auto known = [&](std::string_view s) { return words_.contains(s); };
  if (known(typed)) return true;
  const auto unit = unit_of(typed);
  if (unit.size() < typed.size() && unit.size() <= 4) return true;
  if (is_walk(typed)) return true;
  if (std::ranges::all_of(typed, is_digit) && is_day(typed)) return true;
  // "p4ss2026" says pass after its end is cut off, "5unshine" after letters are put back.
  const std::string letters = put_back(typed);
  const std::string cut = put_back(std::string(without_ends(typed)));
  const auto last = std::ranges::find_if(std::views::reverse(typed), is_letter).base();
  const std::string tailless = put_back(std::string(typed.begin(), last));
  for (const std::string& form : {typed, letters, cut, tailless}) {
    const auto core = without_ends(form);
    if (core.empty()) continue;
    if (known(core) || known(unit_of(core)) || is_walk(core)) return true;
    // Two of them, one after the other: "iloveyou" + "baby".
    for (std::size_t i = 3; i + 3 <= core.size(); ++i)
      if (known(core.substr(0, i)) && known(core.substr(i))) return true;
  }
  return false;
}

outcome passwords::judge(const account& a, std::string_view fresh) const {
  const auto letters = text::length(fresh);
  if (letters < rules_.least)
    return refuse(kind::invalid, "password.short", "fresh",
                  {{"least", std::to_string(rules_.least)}});
  if (letters > rules_.most || fresh.size() > trust::longest_password)
    return refuse(kind::invalid, "password.long", "fresh", {{"most", std::to_string(rules_.most)}});
  const std::string typed = text::lower_case(fresh);
  // What is left beside the word decides: a long sentence may say a name.
  const auto says = [&](std::string_view word) {
    const std::string w = text::lower_case(word);
    if (text::length(w) < 2) return false;
    for (const auto& form : {typed, put_back(typed)})
      if (form.find(w) != form.npos && text::length(form) < text::length(w) + rules_.least)
        return true;
    return false;
  };
  std::vector<std::string> own = rules_.of_service;
  own.insert(own.end(), {a.login, a.name, text::replace_all(a.latin, " ", "")});
  for (auto& part : text::split(a.latin, ' ')) own.push_back(std::move(part));
  if (std::ranges::any_of(own, says)) return refuse(kind::invalid, "password.own", "fresh");
  if (rules_.common.holds(fresh)) return refuse(kind::invalid, "password.common", "fresh");
  if (rules_.breached && rules_.breached->holds(fresh))
    return refuse(kind::invalid, "password.breached", "fresh");
  return nothing{};
}

outcome passwords::prove(id person, std::string_view typed) {
  const auto a = people_.find_account(person);
  const std::string login = hashed(a ? a->login : person.str());
  if (auto may = may_guess(db_, {}, login); !may) {
    refusal why = may.why();
    why.field = "current";
    return why;
  }
  if (!is_password_of(a, typed)) {
    missed(db_, login);
    return refuse(kind::invalid, "sign_in.wrong_current", "current");
  }
  forgive(db_, login);
  return nothing{};
}

outcome passwords::choose(const audit::access& why, id person, std::string_view fresh,
                          std::string_view sid) {
  const auto a = people_.find_account(person);
  if (!a) return refuse(kind::not_found, "account.unknown");
  if (auto good = judge(*a, fresh); !good) return good;
  if (is_password_of(a, fresh)) return refuse(kind::invalid, "password.same", "fresh");
  const std::string phc = trust::hash_password(fresh);
  db_.writing([&](store::write& tx) {
    tx.run("update account set password = ?1 where person = ?2", phc, person);
    tx.run("delete from password_state where person = ?1", person);
    tx.run("insert into password_state (person, chosen, expires, used) values (?1, ?2, 0, 0)",
           person, now());
    for (const auto& hash :
         tx.all<std::string>("select token_hash from session where person = ?1", person))
      if (sid_of_hash(hash) != sid) leave(tx, hash);
    audit::append(tx, why, audit::action::changed, person, "password", "", "chosen");
  });
  return nothing{};
}

std::string passwords::hand_out(const audit::access& why, id person) {
  // 80 bits, in letters that are not mistaken for another, to be read from paper.
  constexpr std::string_view letters = "abcdefghjkmnpqrstuvwxyz23456789z";
  std::string out;
  for (const auto octet : trust::random_bytes(16)) {
    if (out.size() % 5 == 4) out += '-';
    out += letters[octet & 31u];
  }
  const std::string phc = trust::hash_password(out);
  db_.writing([&](store::write& tx) {
    tx.run("update account set password = ?1 where person = ?2", phc, person);
    tx.run("delete from password_state where person = ?1", person);
    tx.run("insert into password_state (person, chosen, expires, used) values (?1, 0, ?2, 0)",
           person, now().plus(std::chrono::hours(rules_.one_time_hours)));
    for (const auto& hash :
         tx.all<std::string>("select token_hash from session where person = ?1", person))
      leave(tx, hash);
    audit::append(tx, why, audit::action::changed, person, "password", "", "one-time");
  });
  return out;
}

passwords::state passwords::of(id person) {
  const auto a = people_.find_account(person);
  state out;
  out.there = a && !a->password.empty();
  db_.reading([&](store::read& r) {
    if (const auto row = r.one<state_row>(
            "select chosen, expires, used from password_state where person = ?1", person))
      out.chosen = row->chosen, out.expires = row->expires, out.used = row->used;
  });
  return out;
}

}  // namespace madang::identity
