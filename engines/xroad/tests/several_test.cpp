// One provider at several servers, and one that holds up its callers.
#include <future>
#include <latch>

#include "network.hpp"

namespace madang::xroad {
namespace {

const client_id land{"KR", "GOV", "1613000", "land"};

class several_servers : public on_both_stores {
 protected:
  void SetUp() override {
    if (!open()) GTEST_SKIP() << none;
    auto o = opened;
    o.name += "b";
    other_name = o.name;
    other = std::make_unique<store::database>(o);
    node_options of_asker;
    of_asker.calls_per_server = 2;
    asker = std::make_unique<member_node>(*other, city, "node", of_asker);
    for (const char* code : {"one", "two"}) {
      auto n = std::make_unique<member_node>(*db, ministry, code);
      n->server->offer({{ministry, "person", {}},
                        [this, code](const rest_request& r, const auto&) {
                          if (r.service_path == "/slow") hold();
                          provided out;
                          out.body = code;
                          return out;
                        },
                        {},
                        {}});
      n->server->allow({{ministry, "person", {}}, city, {}, {"*", "**"}});
      providers.push_back(std::move(n));
    }
  }
  void TearDown() override {
    let_go();
    providers.clear();
    asker.reset();
    if (other && other->postgres())
      other->writing(
          [&](store::write& tx) { tx.execute("drop schema " + other_name + " cascade"); });
    other.reset();
    on_both_stores::TearDown();
  }
  // Calls wait here until they are let go.
  void hold() {
    std::unique_lock lock(mutex);
    ++held;
    changed.notify_all();
    changed.wait(lock, [&] { return gone; });
  }
  void let_go() {
    std::lock_guard lock(mutex);
    gone = true;
    changed.notify_all();
  }
  void until_held(int n) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return held >= n; });
  }
  // The configuration from now on: these servers serve the ministry.
  void publish(std::vector<server_info> servers) {
    servers.push_back(asker->info(city));
    const auto c = configured(parameters(servers));
    asker->server->use(c, far);
    for (auto& p : providers) p->server->use(c, far);
  }
  call_answer get(const std::string& path, const std::string& server = {}) {
    fields h{{"X-Road-Client", city.str()}};
    if (!server.empty()) h.emplace_back("X-Road-Security-Server", server);
    return asker->server->call("GET", "/r1/" + ministry.str() + "/person" + path, "", h, {});
  }
  std::string circuit_of(const std::string& server) {
    for (const auto& l : asker->server->links())
      if (l.server == server) return l.circuit;
    return "none";
  }

  std::unique_ptr<store::database> other;
  std::string other_name;
  std::unique_ptr<member_node> asker;
  std::vector<std::unique_ptr<member_node>> providers;
  std::mutex mutex;
  std::condition_variable changed;
  int held = 0;
  bool gone = false;
};

TEST_P(several_servers, the_one_whose_connection_stands_is_called) {
  auto dead = providers[0]->info(ministry);
  dead.address = "127.0.0.1:1";  // nobody listens there
  publish({dead, providers[1]->info(ministry)});
  for (int i = 0; i < 3; ++i) {
    const auto a = get("/v1");
    EXPECT_EQ(a.error, "");
    EXPECT_EQ(a.body, "two");
  }
}

TEST_P(several_servers, when_one_goes_the_other_answers_and_nobody_sees_it) {
  publish({providers[0]->info(ministry), providers[1]->info(ministry)});
  const auto first = get("/v1");
  ASSERT_EQ(first.error, "");
  const bool was_one = first.body == "one";
  (was_one ? providers[0] : providers[1])->server->stop();
  for (int i = 0; i < 3; ++i) {
    const auto a = get("/v1");
    EXPECT_EQ(a.error, "");
    EXPECT_EQ(a.body, was_one ? "two" : "one");
  }
}

TEST_P(several_servers, a_full_bulkhead_refuses_at_once_and_holds_up_no_other_server) {
  publish({providers[0]->info(ministry), providers[1]->info(ministry)});
  const auto one = providers[0]->server->id().str(), two = providers[1]->server->id().str();
  std::vector<std::future<call_answer>> slow;
  for (int i = 0; i < 2; ++i)
    slow.push_back(std::async(std::launch::async, [&] { return get("/slow", one); }));
  until_held(2);
  // Two are its limit here. The third is refused while they still wait, which it could not be if it
  // waited itself; the other server is open all the while.
  EXPECT_EQ(get("/v1", one).error, "Server.ClientProxy.NetworkError");
  EXPECT_EQ(get("/v1", two).body, "two");
  let_go();
  for (auto& s : slow) EXPECT_EQ(s.get().body, "one");
  EXPECT_EQ(get("/v1", one).body, "one");
  EXPECT_EQ(circuit_of(one), "closed") << "to be busy is not to be broken";
}

TEST_P(several_servers, one_that_drains_ends_what_it_has_and_takes_no_more) {
  publish({providers[0]->info(ministry)});
  auto& server = *providers[0]->server;
  auto slow = std::async(std::launch::async, [&] { return get("/slow"); });
  until_held(1);
  server.drain();
  EXPECT_EQ(server.now().under_way, 1);
  EXPECT_EQ(get("/v1").error, "Server.ServerProxy.MaintenanceMode");
  let_go();
  EXPECT_EQ(slow.get().body, "one");
  server.resume();
  EXPECT_EQ(get("/v1").body, "one");
}

TEST_P(several_servers, a_member_is_served_from_when_its_key_is_there) {
  auto p = parameters({providers[0]->info(ministry), asker->info(city)});
  p.members.push_back({land.member(), "Land", {land.subsystem}});
  p.servers[0].clients.push_back(land);
  const auto c = configured(p);
  asker->server->use(c, far);
  providers[0]->server->use(c, far);
  providers[0]->server->offer(
      {{land, "parcels", {}}, [](const rest_request&, const auto&) { return provided{}; }, {}, {}});
  providers[0]->server->allow({{land, "parcels", {}}, city, {}, {"*", "**"}});
  const auto ask = [&] {
    return asker->server->call("GET", "/r1/" + land.str() + "/parcels", "",
                               {{"X-Road-Client", city.str()}}, {});
  };
  EXPECT_EQ(ask().error, "Server.ServerProxy.UnknownMember");
  providers[0]->server->sign_for(land.member(), town().pair(pki::profile::company, land));
  EXPECT_EQ(ask().error, "");
}

INSTANTIATE_TEST_SUITE_P(stores, several_servers, both_stores);

}  // namespace
}  // namespace madang::xroad
