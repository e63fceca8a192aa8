#include "madang/notices/email.hpp"

#include <algorithm>
#include <cctype>

namespace madang::notices {
namespace {

constexpr std::size_t longest_address = 254, longest_local = 64, longest_label = 63;
constexpr std::int64_t minute = 60'000'000, day = 24 * 60 * minute;

bool is_atom(std::string_view s) {
  if (s.empty() || s.front() == '.' || s.back() == '.' || s.find("..") != s.npos) return false;
  return std::ranges::all_of(s, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) ||
           std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
  });
}

bool is_label(std::string_view s) {
  if (s.empty() || s.size() > longest_label || s.front() == '-' || s.back() == '-') return false;
  return std::ranges::all_of(
      s, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '-'; });
}

std::string fresh_code() {
  std::uint64_t n = 0;             // of 64 bits every remainder is as likely, to one in 2^44
  for (const auto octet : *text::from_base64(random_token(8))) n = n << 8 | octet;
  const std::string digits = std::to_string(n % 1'000'000);
  return std::string(6 - digits.size(), '0') + digits;
}

}  // namespace

bool is_email_address(std::string_view s) {
  const auto at = s.rfind('@');
  if (at == s.npos || s.size() > longest_address || at > longest_local) return false;
  const auto labels = text::split(s.substr(at + 1), '.');
  return is_atom(s.substr(0, at)) && labels.size() >= 2 &&
         std::ranges::all_of(labels, [](const auto& l) { return is_label(l); });
}

email_choice email::of(id person) {
  return db_.reading([&](store::read& r) {
    email_choice out;
    r.each_row("select address, wanted from email_channel where person = ?1",
               std::array{store::parameter(person)}, [&](const store::row& row) {
                 out = {std::string(row.text(0)), std::string(row.text(1))};
               });
    return out;
  });
}

outcome email::ask(const audit::access& why, id person, std::string_view address,
                   std::string_view language) {
  if (!is_email_address(address)) return refuse(kind::invalid, "email.address", "address");
  return db_.writing([&](store::write& tx) -> outcome {
    const instant at = now();
    const auto sent = tx.one<std::int64_t>(
        "select count(*) from dispatch where person = ?1 and code <> '' and at > ?2", person,
        instant{at.micros - day});
    if (sent.value_or(0) >= most_codes_a_day) return refuse(kind::too_many, "email.too_often");
    const std::string code = fresh_code();
    tx.run("insert into email_channel (person, address, wanted, code, asked_at, tries, language) "
           "values (?1, '', ?2, ?3, ?4, 0, ?5) on conflict (person) do update set wanted = ?2, "
           "code = ?3, asked_at = ?4, tries = 0, language = ?5",
           person, address, code, at, language);
    tx.run("insert into dispatch (key, person, address, language, code, at, next_try, tries, "
           "problem) values (?1, ?2, ?3, ?4, ?5, ?6, ?6, 0, '')",
           new_id(), person, address, language, code, at);
    audit::append(tx, why, audit::action::changed, person, "email_channel", "", "wanted");
    return nothing{};
  });
}

outcome email::confirm(const audit::access& why, id person, std::string_view code) {
  // A wrong try counts, so it is committed as well.
  std::optional<refusal> no;
  db_.writing([&](store::write& tx) {
    no.reset();
    std::string wanted, right;
    std::int64_t asked = 0, tries = 0;
    tx.each_row("select wanted, code, asked_at, tries from email_channel where person = ?1",
                std::array{store::parameter(person)}, [&](const store::row& row) {
                  wanted = row.text(0);
                  right = row.text(1);
                  asked = row.integer(2);
                  tries = row.integer(3);
                });
    if (wanted.empty() || now().micros > asked + code_minutes * minute) {
      no = refuse(kind::conflict, "email.expired", "code");
    } else if (tries >= most_tries || right != code) {
      tx.run("update email_channel set tries = tries + 1 where person = ?1", person);
      no = refuse(kind::invalid, "email.code", "code");
    } else {
      tx.run("update email_channel set address = wanted, wanted = '', code = '' where person = ?1",
             person);
      audit::append(tx, why, audit::action::changed, person, "email_channel", "", "address");
    }
  });
  if (no) return *no;
  return nothing{};
}

void email::forget(const audit::access& why, id person) {
  db_.writing([&](store::write& tx) {
    tx.run("delete from email_channel where person = ?1", person);
    tx.run("delete from dispatch where person = ?1 and sent_at is null", person);
    audit::append(tx, why, audit::action::changed, person, "email_channel", "", "address");
  });
}

std::int64_t email::waiting() {
  return db_.reading([&](store::read& r) {
    return r.one<std::int64_t>("select count(*) from dispatch where next_try < ?1", forever)
        .value_or(0);
  });
}

}  // namespace madang::notices
