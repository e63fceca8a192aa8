#include "madang/signon/pings.hpp"

#include "outgoing.hpp"
#include "said.hpp"

namespace madang::signon {
namespace {

constexpr std::chrono::seconds again{5}, claimed_for{30};

struct ping_row {
  id key;
  std::string client, auth_req_id, token;
};
BOOST_DESCRIBE_STRUCT(ping_row, (), (key, client, auth_req_id, token))

}  // namespace

int pings::send_due(instant at) {
  const auto due = db_.writing([&](store::write& tx) {
    auto all = tx.all<ping_row>("select " + store::columns<ping_row>() +
                                " from ping_notice where next_try <= ?1 and expires > ?1 "
                                "order by next_try limit 50",
                                at);
    for (const auto& one : all)
      tx.run("update ping_notice set next_try = ?1 where key = ?2", at.plus(claimed_for), one.key);
    return all;
  });
  int told = 0;
  for (const auto& one : due) {
    const auto* by = provider_.find_client(one.client);
    outgoing_answer answer;
    std::optional<json::object> said = json::object{{"auth_req_id", one.auth_req_id}};
    if (by && by->asks_push) said = provider_.pushed(one.key, one.auth_req_id);
    if (by && said && by->asks != "poll" && !by->asks.empty())
      answer = post_to({by->asks,
                        "application/json",
                        json::print(*said),
                        {"Authorization: Bearer " + one.token}});
    const bool good = !by || !said || answer.status == 200 || answer.status == 204;
    if (by && by->asks_push && said) {
      if (good) provider_.pushed_done(one.key);
      else provider_.take_back(*said);
    }
    db_.writing([&](store::write& tx) {
      if (good)
        tx.run("delete from ping_notice where key = ?1", one.key);
      else
        tx.run("update ping_notice set next_try = ?1, tries = tries + 1 where key = ?2",
               at.plus(again), one.key);
    });
    if (good) ++told;
    else log::warn("signon.not_pinged", {{"client", one.client}, {"what", answer.problem}});
  }
  return told;
}

}  // namespace madang::signon
