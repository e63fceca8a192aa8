#include "madang/assembly/circle.hpp"

#include <algorithm>

#include "madang/trust/bytes.hpp"

namespace madang::assembly {

BOOST_DESCRIBE_STRUCT(invitation, (),
                      (key, circle, token_hash, kind, made_by, made, until, taken_by))
BOOST_DESCRIBE_STRUCT(member, (), (circle, person, kind, name, named, since))

namespace {

constexpr std::string_view tables = R"(
create table circle_member (
  circle bigint not null,
  person bigint not null,
  kind text not null,
  name text not null,
  named bigint not null,
  since bigint not null,
  primary key (circle, person)
);
create index circle_member_person on circle_member (person);
create table invitation (
  key bigint primary key,
  circle bigint not null,
  token_hash text not null,
  kind text not null,
  made_by bigint not null,
  made bigint not null,
  until bigint not null,
  taken_by bigint not null
);
create unique index invitation_token on invitation (token_hash);
create index invitation_circle on invitation (circle, until);
)";

std::optional<invitation> open_one(store::read& q, std::string_view token, instant at) {
  auto found = q.one<invitation>(
      "select " + store::columns<invitation>() + " from invitation where token_hash = ?1",
      trust::sha256_hex(token));
  if (!found || found->taken_by || found->until <= at) return {};
  return found;
}

refusal no_such() { return refuse(kind::not_found, "circle.invitation"); }

}  // namespace

const std::vector<std::string>& circles::kinds() {
  static const std::vector<std::string> all{"citizen", "official", "expert"};
  return all;
}

circles::circles(store::database& db) : db_(db) {
  const store::migration steps[] = {{"0001_circle", tables}};
  audit::prepare(db_);
  db_.migrate("circle", steps);
}

result<std::string> circles::invite(const audit::access& why, id circle, std::string_view kind,
                                    instant at) {
  if (auto stated = why.stated(); !stated) return stated.why();
  if (std::ranges::find(kinds(), kind) == kinds().end())
    return refuse(madang::kind::invalid, "circle.kind", "kind");
  const std::string token = random_token();
  return db_.writing([&](store::write& tx) -> result<std::string> {
    const auto open = tx.one<std::int64_t>(
        "select count(*) from invitation where circle = ?1 and taken_by = 0 and until > ?2", circle,
        at);
    if (open.value_or(0) >= most_open) return refuse(madang::kind::too_many, "circle.too_many");
    tx.insert("invitation", invitation{new_id(), circle, trust::sha256_hex(token),
                                       std::string(kind), why.who.person, at,
                                       at.plus(std::chrono::hours(24 * days_open)), {}});
    audit::append(tx, why, audit::action::changed, {}, "circle", circle.str(), "invited");
    return token;
  });
}

result<invitation> circles::look(std::string_view token, instant at) const {
  auto found = db_.reading([&](store::read& q) { return open_one(q, token, at); });
  if (!found) return no_such();
  return std::move(*found);
}

result<member> circles::accept(const audit::access& why, std::string_view token, bool named,
                               instant at) {
  if (auto stated = why.stated(); !stated) return stated.why();
  return db_.writing([&](store::write& tx) -> result<member> {
    const auto found = open_one(tx, token, at);
    if (!found) return no_such();
    if (tx.one<std::int64_t>("select 1 from circle_member where circle = ?1 and person = ?2",
                             found->circle, why.who.person))
      return refuse(kind::conflict, "circle.member");
    member m{found->circle, why.who.person, found->kind, why.who.name, named, at};
    tx.insert("circle_member", m);
    tx.run("update invitation set taken_by = ?1 where key = ?2", why.who.person, found->key);
    audit::append(tx, why, audit::action::changed, m.person, "circle", m.circle.str(), "joined");
    return m;
  });
}

outcome circles::leave(const audit::access& why, id circle) {
  if (auto stated = why.stated(); !stated) return stated;
  return db_.writing([&](store::write& tx) -> outcome {
    if (!tx.run("delete from circle_member where circle = ?1 and person = ?2", circle,
                why.who.person))
      return refuse(kind::conflict, "circle.not_member");
    audit::append(tx, why, audit::action::changed, why.who.person, "circle", circle.str(), "left");
    return nothing{};
  });
}

void circles::found(store::write& tx, const member& first) const {
  tx.insert("circle_member", first);
}

std::optional<member> circles::find(id circle, id person) const {
  return db_.reading([&](store::read& q) {
    return q.one<member>("select " + store::columns<member>() +
                             " from circle_member where circle = ?1 and person = ?2",
                         circle, person);
  });
}

std::vector<member> circles::members(id circle) const {
  return db_.reading([&](store::read& q) {
    return q.all<member>("select " + store::columns<member>() +
                             " from circle_member where circle = ?1 order by since, person",
                         circle);
  });
}

std::vector<id> circles::of_person(id person) const {
  return db_.reading([&](store::read& q) {
    return q.all<id>("select circle from circle_member where person = ?1 order by since desc",
                     person);
  });
}

}  // namespace madang::assembly
