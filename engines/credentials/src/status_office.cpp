#include "madang/credentials/status_office.hpp"

namespace madang::credentials {

std::span<const store::migration> migrations();

namespace {
struct entry_row {
  std::int64_t place = 0;
  int status = 0;
};
BOOST_DESCRIBE_STRUCT(entry_row, (), (place, status))
}  // namespace

status_office::status_office(store::database& db, std::string base, signer_source signer)
    : db_(db), base_(std::move(base)), signer_(std::move(signer)) {
  db_.migrate("credentials", migrations());
}

void status_office::open(std::int64_t list) {
  const auto known = db_.reading([&](store::read& r) {
    return r.one<std::int64_t>("select 1 from status_list where list = ?1", list).has_value();
  });
  if (known) return;
  db_.writing([&](store::write& tx) {
    tx.run("insert into status_list (list, version) values (?1, 1) on conflict (list) do nothing",
           list);
  });
}

outcome status_office::set(std::int64_t list, const std::vector<std::int64_t>& places, status s,
                           instant at) {
  for (const auto place : places)
    if (place < 0 || place >= static_cast<std::int64_t>(list_size))
      return refuse(kind::invalid, "status.malformed", "place");
  return db_.writing([&](store::write& tx) -> outcome {
    std::int64_t changed = 0;
    for (const auto place : places)
      changed += tx.run(
          "insert into status_entry (list, place, status, at) values (?1, ?2, ?3, ?4) "
          "on conflict (list, place) do update set status = excluded.status, at = excluded.at "
          "where status_entry.status <> excluded.status",
          list, place, s, at);
    if (changed == 0) return nothing{};
    if (tx.run("update status_list set version = version + 1 where list = ?1", list) == 0)
      return refuse(kind::invalid, "status.malformed", "list");
    return nothing{};
  });
}

std::optional<std::string> status_office::token(std::int64_t list, instant at) {
  const auto version = db_.reading([&](store::read& r) {
    return r.one<std::int64_t>("select version from status_list where list = ?1", list);
  });
  if (!version) return {};
  {
    std::lock_guard lock(mutex_);
    const auto found = made_.find(list);
    if (found != made_.end() && found->second.version == *version &&
        at < found->second.at.plus(std::chrono::seconds(life_seconds / 2)))
      return found->second.token;
  }
  status_list all(1, list_size);
  db_.reading([&](store::read& r) {
    r.each<entry_row>("select place, status from status_entry where list = ?1",
                      [&](entry_row&& e) {
                        if (e.status != 0) all.set(static_cast<std::size_t>(e.place), 1);
                      },
                      list);
  });
  const auto signer = signer_();
  check(signer != nullptr, "the agency of statuses has a key");
  std::string token = sign_status_list(
      *signer, {uri_of(list), at, at.plus(std::chrono::seconds(life_seconds)), ttl_seconds}, all);
  std::lock_guard lock(mutex_);
  made_.insert_or_assign(list, made{*version, at, token});
  return token;
}

std::vector<std::int64_t> status_office::lists() {
  return db_.reading([](store::read& r) {
    return r.all<std::int64_t>("select list from status_list order by list");
  });
}

}  // namespace madang::credentials
