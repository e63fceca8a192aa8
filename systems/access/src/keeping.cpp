// What the house keeps for its own work, until its period ends (packs: keeping.yaml). What is
// deleted here nobody decides by; what laws keep is not here.
#include <algorithm>
#include <atomic>

#include "personnel.hpp"

namespace madang::access {
namespace {

struct place {
  std::string_view what, database, sql;  // ?1: what is before this moment goes
};
constexpr place places[] = {
    {"drafts", "gov24", "delete from draft where saved < ?1"},
    {"sessions", "identity",
     "delete from session_method where token_hash in "
     "(select token_hash from session where used < ?1)"},
    {"sessions", "identity", "delete from session where used < ?1"},
    {"failed_sign_ins", "identity", "delete from sign_in_failure where last < ?1"},
    {"devices", "identity", "delete from known_device where seen < ?1"},
    {"refusals", "signon", "delete from refusal where at < ?1"},
    {"account_requests", "identity", "delete from account_request where drafted < ?1"},
    {"sent_mail", "notices", "delete from dispatch where sent_at < ?1"},
    {"spent_secrets", "signon", "delete from challenge where expires < ?1"},
    {"spent_secrets", "signon", "delete from half_way where expires < ?1"},
    {"spent_secrets", "signon", "delete from held_form where expires < ?1"},
    {"spent_secrets", "signon", "delete from asked where expires < ?1"},
    {"spent_secrets", "signon", "delete from authorization_code where expires < ?1"},
    {"spent_secrets", "signon", "delete from shown_proof where until < ?1"}};

struct period {
  std::string what;
  std::int64_t days = 0;
};

std::vector<period> periods_of(const packs::pack& pack) {
  const char* file = "keeping.yaml";
  std::vector<period> out;
  if (!pack.has(file)) return out;
  const json::value said = pack.yaml(file);
  if (!said.is_array()) throw packs::broken_pack({file, 0, "is a list of periods"});
  for (const auto& one : said.get_array()) {
    period p{std::string(json::str(one, "what")), json::num(one, "days", 0)};
    const bool known =
        std::ranges::any_of(places, [&](const place& at) { return at.what == p.what; });
    if (!known || p.days < 1)
      throw packs::broken_pack({file, 0, "'" + p.what + "' is not kept here, or has no days"});
    out.push_back(std::move(p));
  }
  return out;
}

}  // namespace

void keep_periods(shared_personnel p) {
  // A house that starts again looks once more: what is gone is gone.
  auto done = std::make_shared<std::atomic<std::int32_t>>(0);
  p->home.each_night(
      {"keeping.periods",
       [done]() -> std::optional<date> {
         const auto days = done->load();
         return days ? std::optional(date{days}) : std::nullopt;
       },
       [p, done, periods = periods_of(p->home.pack())](const std::atomic<bool>& stop) -> outcome {
         for (const auto& one : periods)
           for (const auto& at : places) {
             if (stop) return nothing{};
             if (at.what != one.what) continue;
             const auto until = now().plus(-std::chrono::hours(24 * one.days));
             const auto gone =
                 p->home.database(std::string(at.database)).writing([&](store::write& tx) {
                   return tx.run(at.sql, until);
                 });
             if (gone)
               log::info("keeping.deleted", {{"what", one.what}, {"rows", std::to_string(gone)}});
           }
         done->store(today(p->home.pack().zone()).days);
         return nothing{};
       }});
}

}  // namespace madang::access
