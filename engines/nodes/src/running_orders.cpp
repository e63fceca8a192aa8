// What an operator orders of a running node, by a command in another process over the same store.
#include "madang/base/base.hpp"
#include "running_inside.hpp"

namespace madang::nodes {
namespace {

constexpr store::migration tables[] = {
    {"0001_orders",
     "create table node_order (id bigint primary key, what text not null, state text not null,\n"
     "  at bigint not null);\n"}};

struct order_row {
  id key;
  std::string what;
};
BOOST_DESCRIBE_STRUCT(order_row, (), (key, what))

}  // namespace

void prepare_orders(store::database& db) { db.migrate("node_orders", tables); }

id give_order(store::database& db, const std::string& what) {
  prepare_orders(db);
  const id key = new_id();
  db.writing([&](store::write& tx) {
    tx.run("insert into node_order (id, what, state, at) values (?1, ?2, 'waiting', ?3)", key, what,
           now());
  });
  return key;
}

std::string outcome_of_order(store::database& db, id order) {
  return db.reading([&](store::read& r) {
    return r.one<std::string>("select state from node_order where id = ?1", order).value_or("");
  });
}

std::string last_standing_order(store::database& db) {
  return db.reading([](store::read& r) {
    return r
        .one<std::string>(
            "select what from node_order where state = 'done' and what in "
            "('drain', 'resume', 'retire') order by id desc limit 1")
        .value_or("");
  });
}

void running::inside::take_orders() {
  if (!order) {
    const auto next = at.db.reading([](store::read& r) {
      return r.one<order_row>(
          "select id as key, what from node_order where state = 'waiting' "
          "order by id limit 1");
    });
    if (!next) return;
    order = {next->key, next->what, clock::now()};
  }
  const std::string ended = carry_out(*order);
  if (ended.empty()) return;
  at.db.writing([&](store::write& tx) {
    tx.run("update node_order set state = ?1 where id = ?2", ended, order->key);
  });
  order.reset();
}

// Calls the authority through the exchange itself: it knows by the signature who asks.
std::string running::inside::manage(const std::string& verb, const std::string& client) {
  const auto management = member.management();
  const auto server = xroad::read_server(settings.server);
  if (!management) return "the authority is not known";
  const auto a = node->call(
      "POST", "/r1/" + xroad::service_id{*management, "servers", {}}.str() + "/" + verb, "",
      {{"X-Road-Client", server->owner.str()},
       {"Idempotency-Key", random_token()},
       {"Content-Type", "application/json;charset=utf-8"}},
      json::print(json::object{{"server", settings.server}, {"client", client}}));
  if (a.error.empty() && a.status == 200) return {};
  if (!a.error.empty()) return a.error;
  const auto v = json::parse(a.body.value_or(""));
  return v ? std::string(json::str(*v, "code")) : std::to_string(a.status);
}

// Others have heard by then that we are away, and what they had under way has ended.
bool running::inside::drained_in(clock::time_point began) {
  if (clock::now() < began + std::chrono::seconds(settings.refresh)) return false;
  node->drain();
  return node->now().under_way == 0;
}

std::string running::inside::carry_out(const order_under_way& o) {
  const bool away = state == "drained";
  if (o.what == "resume") {
    node->resume();
    set_state("serving");
    const auto wrong = manage("service");
    return wrong.empty() ? "done" : wrong;
  }
  if (o.what == "drain" || o.what == "retire") {
    if (!away && state != "draining") {
      // Without the authority others are told by our refusals alone.
      if (const auto wrong = manage("maintenance"); !wrong.empty())
        log::warn("node.drain", {{"what", wrong}});
      set_state("draining");
      return {};
    }
    if (!away && !drained_in(o.began)) return {};
    set_state("drained");
    if (o.what == "drain") return "done";
    if (const auto wrong = manage("retire"); !wrong.empty()) return wrong;
    set_state("retired");
    refuse_elsewhere();
    return "done";
  }
  if (o.what.starts_with("release ")) {
    const auto wrong = manage("release", o.what.substr(8));
    return wrong.empty() ? "done" : wrong;
  }
  return "not known";
}

}  // namespace madang::nodes
