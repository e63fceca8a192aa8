#include "madang/notices/channels.hpp"

#include <algorithm>
#include <cctype>

#include "madang/base/telephone.hpp"

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
  const auto octets = text::from_base64(random_token(8));
  for (const auto octet : *octets) n = n << 8 | octet;
  const std::string digits = std::to_string(n % 1'000'000);
  return std::string(6 - digits.size(), '0') + digits;
}

}  // namespace

std::string_view name_of(way w) { return w == way::email ? "email" : "text"; }

std::optional<way> way_named(std::string_view name) {
  for (const way w : every_way)
    if (name_of(w) == name) return w;
  return {};
}

bool is_email_address(std::string_view s) {
  const auto at = s.rfind('@');
  if (at == s.npos || s.size() > longest_address || at > longest_local) return false;
  const auto labels = text::split(s.substr(at + 1), '.');
  return is_atom(s.substr(0, at)) && labels.size() >= 2 &&
         std::ranges::all_of(labels, [](const auto& l) { return is_label(l); });
}

channel channels::of(id person, way w) {
  return db_.reading([&](store::read& r) {
    channel out;
    r.each_row("select address, wanted from channel where person = ?1 and way = ?2",
               std::array{store::parameter(person), store::parameter(name_of(w))},
               [&](const store::row& row) {
                 out = {std::string(row.text(0)), std::string(row.text(1))};
               });
    return out;
  });
}

outcome channels::ask(const audit::access& why, id person, way w, std::string_view typed,
                      std::string_view language) {
  std::string address(typed);
  if (w == way::text) {
    const auto number = telephone_number(typed, country_code_);
    if (!number) return refuse(kind::invalid, "text_message.address", "address");
    address = *number;
  } else if (!is_email_address(typed)) {
    return refuse(kind::invalid, "email.address", "address");
  }
  return db_.writing([&](store::write& tx) -> outcome {
    const instant at = now();
    const auto sent = tx.one<std::int64_t>(
        "select count(*) from dispatch where person = ?1 and code <> '' and at > ?2", person,
        instant{at.micros - day});
    if (sent.value_or(0) >= most_codes_a_day) return refuse(kind::too_many, "channel.too_often");
    const std::string code = fresh_code();
    tx.run("insert into channel (person, way, address, wanted, code, asked_at, tries, language) "
           "values (?1, ?2, '', ?3, ?4, ?5, 0, ?6) on conflict (person, way) do update set "
           "wanted = ?3, code = ?4, asked_at = ?5, tries = 0, language = ?6",
           person, name_of(w), address, code, at, language);
    tx.run("insert into dispatch (key, person, way, address, language, code, at, next_try, tries, "
           "problem) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, 0, '')",
           new_id(), person, name_of(w), address, language, code, at);
    audit::append(tx, why, audit::action::changed, person, "channel", "", "wanted");
    return nothing{};
  });
}

outcome channels::confirm(const audit::access& why, id person, way w, std::string_view code) {
  // A wrong try counts, so it is committed as well.
  std::optional<refusal> no;
  db_.writing([&](store::write& tx) {
    no.reset();
    std::string wanted, right;
    std::int64_t asked = 0, tries = 0;
    tx.each_row("select wanted, code, asked_at, tries from channel where person = ?1 and way = ?2",
                std::array{store::parameter(person), store::parameter(name_of(w))},
                [&](const store::row& row) {
                  wanted = row.text(0);
                  right = row.text(1);
                  asked = row.integer(2);
                  tries = row.integer(3);
                });
    if (wanted.empty() || now().micros > asked + code_minutes * minute) {
      no = refuse(kind::conflict, "channel.expired", "code");
    } else if (tries >= most_tries || right != code) {
      tx.run("update channel set tries = tries + 1 where person = ?1 and way = ?2", person,
             name_of(w));
      no = refuse(kind::invalid, "channel.code", "code");
    } else {
      tx.run("update channel set address = wanted, wanted = '', code = '' "
             "where person = ?1 and way = ?2",
             person, name_of(w));
      audit::append(tx, why, audit::action::changed, person, "channel", "", "address");
    }
  });
  if (no) return *no;
  return nothing{};
}

void channels::forget(const audit::access& why, id person, way w) {
  db_.writing([&](store::write& tx) {
    tx.run("delete from channel where person = ?1 and way = ?2", person, name_of(w));
    tx.run("delete from dispatch where person = ?1 and way = ?2 and sent_at is null", person,
           name_of(w));
    audit::append(tx, why, audit::action::changed, person, "channel", "", "address");
  });
}

std::int64_t channels::waiting(way w) {
  return db_.reading([&](store::read& r) {
    return r.one<std::int64_t>("select count(*) from dispatch where next_try < ?1 and way = ?2",
                               forever, name_of(w))
        .value_or(0);
  });
}

}  // namespace madang::notices
