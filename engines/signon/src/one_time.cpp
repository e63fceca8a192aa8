#include "madang/signon/one_time.hpp"

#include <algorithm>

#include "madang/http/message.hpp"
#include "madang/trust/box.hpp"
#include "madang/trust/otp.hpp"
#include "said.hpp"

namespace madang::signon {

struct one_time_row {
  id person;
  std::string secret;
  instant confirmed;
  std::int64_t last_step = 0, failures = 0;
  instant last_failure;
};

namespace {

constexpr std::size_t secret_octets = 20;  // RFC 4226 section 4, R6
constexpr int recovery_codes = 10;
constexpr std::int64_t free_misses = 5;
constexpr std::chrono::minutes good_for{10};
// What is begun waits beside what is confirmed, under the negative of the person's number.
id waiting_place(id person) { return id{-person.value}; }

std::int64_t wait_minutes(std::int64_t failures) {
  return std::min<std::int64_t>(
      60, std::int64_t{5} << std::min<std::int64_t>(failures - free_misses, 5));
}

// Letters that are not mistaken for another, in groups of five: 50 bits.
std::string new_recovery_code() {
  constexpr std::string_view letters = "abcdefghjkmnpqrstuvwxyz23456789z";
  std::string out;
  for (const auto octet : trust::random_bytes(10)) {
    if (out.size() == 5) out += '-';
    out += letters[octet & 31u];
  }
  return out;
}

std::string plain(std::string_view code) {
  std::string out;
  for (const char c : text::lower_case(code))
    if (c != '-' && c != ' ') out += c;
  return out;
}

std::string recovery_hash(id person, std::string_view code) {
  return hashed("recovery " + person.str() + " " + plain(code));
}

}  // namespace

BOOST_DESCRIBE_STRUCT(one_time_row, (),
                      (person, secret, confirmed, last_step, failures, last_failure))

namespace {

struct held_row {
  std::string path, fields;
};
BOOST_DESCRIBE_STRUCT(held_row, (), (path, fields))

template <class Row>
std::optional<Row> row_of(store::read& r, id person) {
  return r.one<Row>("select " + store::columns<Row>() + " from one_time where person = ?1", person);
}

}  // namespace

one_time_codes::one_time_codes(store::database& db, std::string_view passphrase)
    : db_(db), key_(trust::key_for(trust::view_of(passphrase), "one-time codes")) {}

bool one_time_codes::has(id person) {
  return db_.reading([&](store::read& r) { return row_of<one_time_row>(r, person).has_value(); });
}

std::string one_time_codes::begin(id person) {
  const auto secret = trust::random_bytes(secret_octets);
  const std::string kept =
      trust::put_away(key_, text::chars_of(secret), waiting_place(person).str());
  db_.writing([&](store::write& tx) {
    tx.run("delete from one_time where person = ?1", waiting_place(person));
    tx.insert("one_time", one_time_row{waiting_place(person), kept, {}, 0, 0, {}});
  });
  return trust::base32(secret);
}

std::string one_time_codes::opened(const one_time_row& r) const {
  auto secret = trust::take_out(key_, r.secret, r.person.str());
  madang::check(secret.has_value(), "the secret of an authenticator app: another passphrase?");
  return *secret;
}

std::optional<std::string> one_time_codes::begun(id person) {
  auto r =
      db_.reading([&](store::read& tx) { return row_of<one_time_row>(tx, waiting_place(person)); });
  if (!r) return {};
  return trust::base32(trust::view_of(opened(*r)));
}

std::optional<std::string> one_time_codes::address(id person, std::string_view house,
                                                   std::string_view name) {
  auto secret = begun(person);
  if (!secret) return {};
  return "otpauth://totp/" + http::percent_encode(house) + ":" + http::percent_encode(name) +
         "?secret=" + *secret + "&issuer=" + http::percent_encode(house) +
         "&algorithm=SHA1&digits=6&period=30";
}

std::optional<refusal> one_time_codes::waiting(const one_time_row& r) const {
  if (r.failures < free_misses) return {};
  const auto minutes = wait_minutes(r.failures);
  if (now() >= r.last_failure.plus(std::chrono::minutes(minutes))) return {};
  return refuse(kind::too_many, "one_time.wait", "code",
                {{"minutes", std::to_string(minutes)}, {"seconds", std::to_string(minutes * 60)}});
}

// `counted`: the caller writes down that it was wrong.
outcome one_time_codes::try_code(store::write& tx, one_time_row& r, std::string_view code,
                                 bool& counted) {
  if (auto wait = waiting(r)) return *wait;
  counted = true;
  const std::string typed = plain(code);
  const std::string secret = opened(r);
  const auto step = static_cast<std::int64_t>(trust::totp_step(seconds_of(now())));
  for (const std::int64_t at : {step, step - 1, step + 1}) {
    const auto is = trust::hotp(trust::view_of(secret), static_cast<std::uint64_t>(at));
    if (!trust::equal_in_constant_time(trust::view_of(is), trust::view_of(typed))) continue;
    // RFC 6238 section 5.2: never the same twice, nor one before it.
    if (at <= r.last_step) return refuse(kind::invalid, "one_time.used", "code");
    tx.run("update one_time set last_step = ?1, failures = 0 where person = ?2 and last_step < ?1",
           at, r.person);
    return nothing{};
  }
  return refuse(kind::invalid, "one_time.wrong", "code");
}

void one_time_codes::miss(id person) {
  db_.writing([&](store::write& tx) {
    tx.run("update one_time set failures = failures + 1, last_failure = ?1 where person = ?2",
           now(), person);
  });
}

result<std::vector<std::string>> one_time_codes::confirm(const audit::access& why, id person,
                                                         std::string_view code) {
  std::vector<std::string> codes;
  bool counted = false;
  auto done = db_.writing([&](store::write& tx) -> outcome {
    codes.clear();
    auto r = row_of<one_time_row>(tx, waiting_place(person));
    if (!r) return refuse(kind::conflict, "one_time.none", "code");
    if (auto good = try_code(tx, *r, code, counted); !good) return good;
    const auto spent = row_of<one_time_row>(tx, waiting_place(person))->last_step;
    tx.run("delete from one_time where person = ?1 or person = ?2", person, r->person);
    tx.insert(
        "one_time",
        one_time_row{person, trust::put_away(key_, opened(*r), person.str()), now(), spent, 0, {}});
    tx.run("delete from recovery_code where person = ?1", person);
    for (int i = 0; i < recovery_codes; ++i) {
      codes.push_back(new_recovery_code());
      tx.run("insert into recovery_code (hash, person) values (?1, ?2)",
             recovery_hash(person, codes.back()), person);
    }
    audit::append(tx, why, audit::action::changed, person, "one_time", "", "confirmed");
    return nothing{};
  });
  if (!done && counted) miss(waiting_place(person));
  if (!done) return done.why();
  return codes;
}

outcome one_time_codes::check(id person, std::string_view code) {
  bool counted = false;
  auto done = db_.writing([&](store::write& tx) -> outcome {
    auto r = row_of<one_time_row>(tx, person);
    if (!r) return refuse(kind::conflict, "one_time.none", "code");
    return try_code(tx, *r, code, counted);
  });
  if (!done && counted) miss(person);
  return done;
}

outcome one_time_codes::recover(const audit::access& why, id person, std::string_view code) {
  bool counted = false;
  auto done = db_.writing([&](store::write& tx) -> outcome {
    auto r = row_of<one_time_row>(tx, person);
    if (!r) return refuse(kind::conflict, "one_time.none", "code");
    if (auto wait = waiting(*r)) return *wait;
    counted = true;
    if (!tx.run("delete from recovery_code where hash = ?1 and person = ?2",
                recovery_hash(person, code), person))
      return refuse(kind::invalid, "one_time.wrong", "code");
    tx.run("update one_time set failures = 0 where person = ?1", person);
    audit::append(tx, why, audit::action::changed, person, "one_time", "", "recovery code used");
    return nothing{};
  });
  if (!done && counted) miss(person);
  return done;
}

int one_time_codes::recovery_left(id person) {
  return static_cast<int>(db_.reading([&](store::read& r) {
    return r.one<std::int64_t>("select count(*) from recovery_code where person = ?1", person)
        .value_or(0);
  }));
}

outcome one_time_codes::remove(const audit::access& why, id person) {
  return db_.writing([&](store::write& tx) -> outcome {
    if (!tx.run("delete from one_time where person = ?1", person))
      return refuse(kind::not_found, "one_time.none");
    tx.run("delete from recovery_code where person = ?1", person);
    audit::append(tx, why, audit::action::changed, person, "one_time", "", "removed");
    return nothing{};
  });
}

std::string one_time_codes::half_way(id person) {
  std::string ticket = random_token(32);
  db_.writing([&](store::write& tx) {
    tx.run("delete from half_way where expires < ?1", now());
    tx.run("insert into half_way (hash, person, expires) values (?1, ?2, ?3)", hashed(ticket),
           person, now().plus(good_for));
  });
  return ticket;
}

std::optional<id> one_time_codes::who_is_half_way(std::string_view ticket) {
  if (ticket.empty() || ticket.size() > 100) return {};
  return db_.reading([&](store::read& r) {
    return r.one<id>("select person from half_way where hash = ?1 and expires > ?2", hashed(ticket),
                     now());
  });
}

void one_time_codes::end_half_way(std::string_view ticket) {
  db_.writing(
      [&](store::write& tx) { tx.run("delete from half_way where hash = ?1", hashed(ticket)); });
}

std::string one_time_codes::hold(id person, std::string_view path, const fields& all) {
  std::string ticket = random_token(32);
  json::array list;
  for (const auto& [name, value] : all)
    if (name != "_csrf") list.push_back(json::array{name, value});
  const std::string kept = trust::put_away(key_, json::print(list), person.str());
  db_.writing([&](store::write& tx) {
    tx.run("delete from held_form where expires < ?1", now());
    tx.run(
        "insert into held_form (hash, person, path, fields, expires) values (?1, ?2, ?3, ?4, "
        "?5)",
        hashed(ticket), person, path, kept, now().plus(good_for));
  });
  return ticket;
}

std::optional<one_time_codes::held> one_time_codes::held_for(id person, std::string_view ticket) {
  if (ticket.empty() || ticket.size() > 100) return {};
  auto found = db_.reading([&](store::read& r) {
    return r.one<held_row>(
        "select path, fields from held_form where hash = ?1 and person = ?2 and "
        "expires > ?3",
        hashed(ticket), person, now());
  });
  auto plain_text = found ? trust::take_out(key_, found->fields, person.str()) : std::nullopt;
  auto list = plain_text ? json::parse(*plain_text) : result<json::value>(json::value());
  if (!list || !list->is_array()) return {};
  held out{found->path, {}};
  for (const auto& one : list->get_array())
    out.fields.emplace_back(std::string(one.at(0).get_string()),
                            std::string(one.at(1).get_string()));
  return out;
}

}  // namespace madang::signon
