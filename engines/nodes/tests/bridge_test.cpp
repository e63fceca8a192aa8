// A system asks another by name; that it lives at another node, in another process, is seen by
// nobody but by who reads the logs.
#include "madang/nodes/bridge.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <fstream>
#include <thread>

#include "../../xroad/tests/network.hpp"
#include "madang/packs/packs.hpp"

extern char** environ;

namespace madang::nodes {
namespace {

using xroad::city, xroad::ministry;
namespace fs = std::filesystem;

constexpr id kim{4711};

// What the ministry keeps: a query that enters the look into the trail of the person, as every
// register does, and a command that does the same thing once.
struct keeper_system {
  store::database& db;
  exchange::hub hub;

  explicit keeper_system(store::database& d) : db(d) {
    audit::prepare(db);
    db.migrate("test", tables());
    hub.offer_query("residents.household",
                    [this](const audit::access& why, const json::value& in) -> result<json::value> {
                      if (json::num(in, "person") != kim.value)
                        return refuse(kind::not_found, "register.unknown", "person");
                      db.writing([&](store::write& tx) {
                        audit::append(tx, why, audit::action::read, kim, "persons", kim.str(),
                                      "household");
                      });
                      return json::value(json::object{{"members", 3}});
                    });
    hub.offer_command("residents.note",
                      [this](const audit::access&, const json::value& in,
                             std::string_view key) -> result<json::value> {
                        db.writing([&](store::write& tx) {
                          tx.run(
                              "insert into note (key, text) values (?1, ?2) on conflict do nothing",
                              std::string(key), std::string(json::str(in, "text")));
                        });
                        return json::value(true);
                      });
    hub.carry(db);
  }
  ~keeper_system() { hub.stop(); }
  static std::span<const store::migration> tables() {
    static const store::migration all[] = {
        {"0001_test", "create table note (key text primary key, text text not null);\n"}};
    return all;
  }
};

struct counted {
  std::int64_t n = 0;
};
BOOST_DESCRIBE_STRUCT(counted, (), (n))

const names all_names{{"residents.household"}, {"residents.note"}};

audit::access reason() {
  audit::access why;
  why.who.name = "Park";
  why.who.post = "welfare-officer";
  why.who.roles = {"auditor"};  // powers at home are none elsewhere
  why.purpose = {"복지 급여 심사", "Review of a benefit"};
  why.law = {"사회보장급여법 제7조", "Social Security Act art. 7"};
  why.reference = "2026-복지-1";
  return why;
}

void allow_all(xroad::node& n) {
  n.allow(right_to(ministry, city, "queries", "residents.household"));
  n.allow(right_to(ministry, city, "commands", "residents.note"));
}

class across_nodes : public on_both_stores {
 protected:
  void SetUp() override {
    if (!open()) GTEST_SKIP() << none;
    auto o = opened;
    o.name += "b";
    second_name = o.name;
    second = std::make_unique<store::database>(o);
    keeper = std::make_unique<keeper_system>(*db);
    provider = std::make_unique<xroad::member_node>(*db, ministry, "node");
    asker = std::make_unique<xroad::member_node>(*second, city, "node");
    const auto c =
        xroad::configured(xroad::parameters({provider->info(ministry), asker->info(city)}));
    provider->server->use(c, xroad::far);
    asker->server->use(c, xroad::far);
    offer_to_others(keeper->hub, *provider->server, ministry, all_names);
    allow_all(*provider->server);
    ask_others(hub, *asker->server, city, ministry, all_names);
  }
  void TearDown() override {
    hub.stop();
    provider.reset();
    asker.reset();
    keeper.reset();
    if (second && second->postgres())
      second->writing(
          [&](store::write& tx) { tx.execute("drop schema " + second_name + " cascade"); });
    second.reset();
    on_both_stores::TearDown();
  }
  std::unique_ptr<store::database> second;
  std::string second_name;
  std::unique_ptr<keeper_system> keeper;
  exchange::hub hub;  // of the city
  std::unique_ptr<xroad::member_node> provider, asker;
};

TEST_P(across_nodes, a_question_is_asked_by_name_and_the_person_reads_who_asked) {
  const auto a = hub.ask("residents.household", reason(), json::object{{"person", kim.value}});
  ASSERT_TRUE(a.ok()) << a.why().code;
  EXPECT_EQ(json::num(*a, "members"), 3);
  const auto seen = db->reading([](store::read& r) { return audit::about(r, kim); });
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].purpose("en"), "Review of a benefit");
  EXPECT_EQ(seen[0].law("en"), "Social Security Act art. 7");
  EXPECT_EQ(seen[0].reference, "2026-복지-1");
  EXPECT_EQ(json::str(seen[0].actor, "name"), "Park");
  EXPECT_EQ(json::words_of(json::at(seen[0].actor, "agency"))("en"), "City");
  EXPECT_FALSE(seen[0].actor_person);
  // And both logs have it under its case.
  EXPECT_EQ(provider->log->find({.issue = "2026-복지-1"}).size(), 2u);
  EXPECT_EQ(asker->log->find({.issue = "2026-복지-1"}).size(), 2u);
}

TEST_P(across_nodes, nobody_asks_without_purpose_law_and_case) {
  auto why = reason();
  why.reference.clear();
  const json::value in = json::object{{"person", kim.value}};
  EXPECT_EQ(hub.ask("residents.household", why, in).why().code, "exchange.case_missing");
  why = reason();
  why.law = {};
  EXPECT_EQ(hub.ask("residents.household", why, in).why().code, "access.unsaid");
  // Nor can a node that leaves them out of its own message.
  for (const char* body : {"{\"input\":{\"person\":4711}}", "{", "[]",
                           "{\"input\":{\"person\":4711},\"purpose\":\"p\",\"law\":\"l\"}",
                           "{\"input\":{\"person\":4711},\"purpose\":\"p\",\"law\":\"l\","
                           "\"reference\":\"another\"}"}) {
    const auto a =
        asker->server->call("POST",
                            "/r1/KR/GOV/1741000/residents/queries/"
                            "residents.household",
                            "", {{"X-Road-Client", city.str()}, {"X-Road-Issue", "c"}}, body);
    EXPECT_EQ(a.status, 422) << body;
  }
  EXPECT_TRUE(db->reading([](store::read& r) { return audit::about(r, kim); }).empty());
}

TEST_P(across_nodes, refusals_come_back_as_they_were_said) {
  const auto a = hub.ask("residents.household", reason(), json::object{{"person", 1}});
  ASSERT_FALSE(a.ok());
  EXPECT_EQ(a.why().code, "register.unknown");
  EXPECT_EQ(a.why().kind, kind::not_found);
  EXPECT_EQ(a.why().field, "person");
  provider->server->forbid(right_to(ministry, city, "queries", "residents.household"));
  const auto b = hub.ask("residents.household", reason(), json::object{{"person", kim.value}});
  EXPECT_EQ(b.why().code, "exchange.unreachable");
  EXPECT_EQ(b.why().facts.at("why"), "Server.ServerProxy.AccessDenied");
}

TEST_P(across_nodes, a_command_with_the_same_key_is_done_once) {
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(hub.tell("residents.note", reason(), json::object{{"text", "a"}}, "key-1").ok());
  ASSERT_TRUE(hub.tell("residents.note", reason(), json::object{{"text", "b"}}, "key-2").ok());
  EXPECT_EQ(
      db->reading([](store::read& r) { return r.one<counted>("select count(1) from note")->n; }),
      2);
}

TEST_P(across_nodes, events_arrive_in_order_once_and_after_a_cut) {
  std::vector<std::int64_t> heard;
  hub.listen("reader", "residents.moved",
             [&](const exchange::event& e) { heard.push_back(json::num(e.payload, "n")); });
  hear_others(*asker->server, city, *second);
  hub.carry(*second);
  tell_others(keeper->hub, *provider->server, ministry, city, {"residents.moved"});
  const auto move = [&](int n) {
    db->writing([&](store::write& tx) {
      tx.emit("residents.moved", kim.str(), json::object{{"n", n}});
    });
  };
  move(1);
  keeper->hub.drain();  // not allowed yet: it waits
  hub.drain();
  EXPECT_TRUE(heard.empty());
  asker->server->allow(right_to(city, ministry, "events", "residents.moved"));
  move(2);
  keeper->hub.drain();
  hub.drain();
  EXPECT_EQ(heard, (std::vector<std::int64_t>{1, 2}));
  // The same event once more, as after a crash between taking and answering.
  const json::value again = json::object{
      {"id", new_id().str()}, {"subject", kim.str()}, {"payload", json::object{{"n", 3}}}};
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(provider->server
                  ->call("POST", "/r1/" + city.str() + "/events/residents.moved", "",
                         {{"X-Road-Client", ministry.str()}}, json::print(again))
                  .status,
              200);
  hub.drain();
  EXPECT_EQ(heard, (std::vector<std::int64_t>{1, 2, 3}));
}

// ---- two processes ----

void write_file(const fs::path& f, std::string_view octets) {
  std::ofstream(f, std::ios::binary) << octets;
}
std::string read_file(const fs::path& f) {
  std::ifstream in(f, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
trust::bytes bytes_in(const fs::path& f) {
  const std::string s = read_file(f);
  return {s.begin(), s.end()};
}

// Everything a node of another process needs, in a folder.
void write_keys(const fs::path& folder, const xroad::node_keys& k) {
  const auto chars = [](const trust::bytes& b) { return std::string(b.begin(), b.end()); };
  const auto& sign = k.sign.begin()->second;
  write_file(folder / "sign.pem", sign.key.seal("test"));
  write_file(folder / "sign.der", chars(sign.certificate));
  write_file(folder / "auth.pem", k.auth.key.seal("test"));
  write_file(folder / "auth.der", chars(k.auth.certificate));
  write_file(folder / "chain.der", chars(k.chain.front()));
  write_file(folder / "sign.ocsp", chars(k.answers(sign.certificate).front()));
  write_file(folder / "auth.ocsp", chars(k.answers(k.auth.certificate).front()));
}
xroad::node_keys read_keys(const fs::path& folder) {
  const auto pair = [&](const std::string& name) {
    return xroad::node_keys::pair{*trust::key::open(read_file(folder / (name + ".pem")), "test"),
                                  bytes_in(folder / (name + ".der"))};
  };
  xroad::node_keys out{pair("auth"), {}, {bytes_in(folder / "chain.der")}, {}};
  out.sign.emplace(ministry.member(), pair("sign"));
  out.answers = [folder, own = out.auth.certificate](const trust::bytes& c) {
    return std::vector<trust::bytes>{bytes_in(folder / (c == own ? "auth.ocsp" : "sign.ocsp"))};
  };
  return out;
}

// The other process: this program again, told by its environment where its things are (main).
void keep_the_register(const fs::path& folder) {
  store::database db({read_file(folder / "where"), read_file(folder / "name"), 4, false});
  keeper_system keeper(db);
  xroad::message_log log(db, {});
  xroad::node_options o;
  o.id = {ministry.member(), "node"};
  o.port = std::stoi(read_file(folder / "port"));
  o.answers_port = o.port + 77;
  xroad::node node(o, read_keys(folder), log);
  node.use(xroad::configured(*xroad::read_shared(read_file(folder / "shared.xml"))), xroad::far);
  offer_to_others(keeper.hub, node, ministry, all_names);
  allow_all(node);
  node.start();
  write_file(folder / "ready", "1");
  while (::getppid() != 1) std::this_thread::sleep_for(std::chrono::milliseconds(50));
}

class two_processes : public on_both_stores {
 protected:
  void SetUp() override {
    if (!open()) GTEST_SKIP() << none;
    xroad::node_options quick;
    quick.open_for = std::chrono::milliseconds(200);
    asker = std::make_unique<xroad::member_node>(*db, city, "node", quick);
    theirs = opened;
    theirs.name += "c";
    const auto keys = xroad::member_node::keys_of(ministry);
    fs::create_directories(things.path);
    write_keys(things.path, keys);
    const int port = asker->server->port() + 7'000;
    write_file(things.path / "port", std::to_string(port));
    write_file(things.path / "where", theirs.where);
    write_file(things.path / "name", theirs.name);
    const auto p = xroad::parameters({{{ministry.member(), "node"},
                                       "127.0.0.1:" + std::to_string(port),
                                       {signatures::digest_by("SHA256", keys.auth.certificate)},
                                       {ministry},
                                       false},
                                      asker->info(city)});
    write_file(things.path / "shared.xml", xroad::write_shared(p, "cs", {}));
    asker->server->use(xroad::configured(p), xroad::far);
    ask_others(hub, *asker->server, city, ministry, all_names);
    begin();
  }
  void begin() {
    fs::remove(things.path / "ready");
    ::setenv("MADANG_TEST_NODE", things.path.c_str(), 1);
    std::string self = fs::read_symlink("/proc/self/exe");
    char* arguments[] = {self.data(), nullptr};
    ASSERT_EQ(::posix_spawn(&child, self.c_str(), nullptr, nullptr, arguments, environ), 0);
    ::unsetenv("MADANG_TEST_NODE");
    for (int i = 0; i < 400 && !fs::exists(things.path / "ready"); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ASSERT_TRUE(fs::exists(things.path / "ready"));
  }
  void end() {
    if (child > 0) {
      ::kill(child, SIGKILL);
      ::waitpid(child, nullptr, 0);
    }
    child = 0;
  }
  void TearDown() override {
    end();
    hub.stop();
    asker.reset();
    if (db && db->postgres())
      db->writing([&](store::write& tx) {
        tx.execute("drop schema if exists " + theirs.name + " cascade");
      });
    on_both_stores::TearDown();
  }
  result<json::value> ask() {
    return hub.ask("residents.household", reason(), json::object{{"person", kim.value}});
  }
  xroad::scratch things;
  store::options theirs;
  exchange::hub hub;
  std::unique_ptr<xroad::member_node> asker;
  pid_t child = 0;
};

TEST_P(two_processes, one_of_which_is_killed_and_comes_back_lose_nothing) {
  ASSERT_TRUE(ask().ok()) << ask().why().facts.at("why");
  ASSERT_TRUE(hub.tell("residents.note", reason(), json::object{{"text", "a"}}, "key-1").ok());
  end();
  EXPECT_EQ(ask().why().code, "exchange.unreachable");
  EXPECT_EQ(hub.tell("residents.note", reason(), json::object{{"text", "b"}}, "key-2").why().code,
            "exchange.unreachable");
  begin();
  // What was acknowledged is there, what was not is done now, and nothing twice.
  // The circuit has opened meanwhile, and closes when a call comes through.
  bool again = false;
  for (int i = 0; i < 200 && !again; ++i) {
    again = hub.tell("residents.note", reason(), json::object{{"text", "a"}}, "key-1").ok();
    if (!again) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  ASSERT_TRUE(again);
  ASSERT_TRUE(hub.tell("residents.note", reason(), json::object{{"text", "b"}}, "key-2").ok());
  ASSERT_TRUE(ask().ok());
  end();
  store::database left(theirs);
  EXPECT_EQ(
      left.reading([](store::read& r) { return r.one<counted>("select count(1) from note")->n; }),
      2);
  EXPECT_EQ(left.reading([](store::read& r) { return audit::about(r, kim).size(); }), 2u);
  // Each answer that came is in both logs, signed.
  xroad::message_log log(left, xroad::town().stamping());
  EXPECT_EQ(log.find({.issue = "2026-복지-1"}).size(), 10u);
}

// One register at two nodes: here the ministry's has the rows, and the city's process asks it.
class a_register_elsewhere : public across_nodes {
 protected:
  void SetUp() override {
    across_nodes::SetUp();
    if (IsSkipped()) return;
    const auto schema = registers::parse_schema(packs::parse_yaml(vehicles, "v.yaml"), "v.yaml");
    theirs = std::make_unique<registers::registry>(*db, std::vector{schema});
    keeper->hub.offer_registers(*theirs);
    db->writing([&](store::write& tx) {
      (void)theirs->create(tx, reason(), "vehicles", "12가3456",
                           {{"owner", kim.str()}, {"model", "A"}, {"base", "Seoul"}},
                           *date::parse("2020-01-01"));
    });
    provider->server->allow(right_to(ministry, city, "registers", "vehicles"));
    offer({});
  }
  void offer(item_limits limits) {
    offer_registers(keeper->hub, *provider->server, ministry, {"vehicles"}, std::move(limits));
  }
  registers::keeper there() {
    return register_at(*asker->server, city, ministry, "vehicles");
  }
  static registers::question by_plate(std::vector<std::string> items = {}) {
    return {"get", "vehicles", {}, "12가3456", registers::present(), std::move(items), 1};
  }
  std::size_t seen_by_kim() {
    return db->reading([](store::read& r) { return audit::about(r, kim).size(); });
  }
  static constexpr const char* vehicles = R"(
id: vehicles
name: {ko: 자동차, en: Vehicles}
law: {ko: 자동차관리법, en: Motor Vehicle Management Act}
system: vehicles
key: {type: text, name: {ko: 등록번호, en: Plate}}
subject: owner
items:
  - {id: owner, type: id, indexed: true, required: true, name: {ko: 소유자, en: Owner}}
  - {id: model, name: {ko: 차종, en: Model}}
  - {id: base, indexed: true, name: {ko: 사용본거지, en: Base of use}}
)";
  std::unique_ptr<registers::registry> theirs;
};

TEST_P(a_register_elsewhere, answers_as_if_it_were_here_and_enters_the_look_where_it_lies) {
  const auto before = seen_by_kim();
  const auto one = there()(reason(), by_plate({"model"}));
  ASSERT_TRUE(one.ok()) << one.why().code;
  ASSERT_EQ(one->size(), 1u);
  EXPECT_EQ(one->front().items, (json::object{{"model", "A"}}));
  EXPECT_EQ(one->front().valid_from, *date::parse("2020-01-01"));
  EXPECT_EQ(seen_by_kim(), before + 1);
  auto q = by_plate();
  q.verb = "find";
  q.item = "owner";
  q.value = kim.str();
  EXPECT_EQ(there()(reason(), q)->front().key, "12가3456");
  q.verb = "starting";
  q.item = "base";
  q.value = "Seo";
  EXPECT_EQ(there()(reason(), q)->size(), 1u);
  q.verb = "history";
  q.value = "12가3456";
  EXPECT_EQ(there()(reason(), q)->size(), 1u);
  EXPECT_EQ(seen_by_kim(), before + 4);
  q.value = "none";
  EXPECT_EQ(there()(reason(), q).why().code, "register.no_record");
  q.verb = "drop";
  EXPECT_EQ(there()(reason(), q).why().code, "register.unknown");
  auto unsaid = reason();
  unsaid.reference.clear();
  EXPECT_EQ(there()(unsaid, by_plate()).why().code, "exchange.case_missing");
  // Who looks at her own, as nobody's official, needs none.
  unsaid.who = {};
  unsaid.who.person = kim;
  EXPECT_TRUE(there()(unsaid, by_plate()).ok());
}

TEST_P(a_register_elsewhere, an_agency_is_handed_the_items_of_its_right_and_no_other) {
  offer({{{city, "vehicles"}, {"model"}}});
  EXPECT_EQ(there()(reason(), by_plate())->front().items, (json::object{{"model", "A"}}));
  EXPECT_TRUE(there()(reason(), by_plate({"model"})).ok());
  EXPECT_EQ(there()(reason(), by_plate({"model", "owner"})).why().code, "exchange.items");
  auto history = by_plate();
  history.verb = "history";
  EXPECT_EQ(there()(reason(), history).why().code, "exchange.items");
}

// A process that keeps none asks as ever, and cannot write.
TEST_P(a_register_elsewhere, is_asked_through_the_registry_of_this_process) {
  const auto schema = theirs->schemas().front();
  registers::registry ours(*second, {schema});
  EXPECT_EQ(ours.get(reason(), "vehicles", "12가3456").why().code, "register.no_record");
  // The ministry's rows lie in the same process here, so its node is played by its registry.
  registers::keep_elsewhere({{"vehicles", [&](const audit::access& why,
                                              const registers::question& q)
                                -> result<std::vector<registers::record>> {
                                EXPECT_EQ(q.reg, "vehicles");
                                registers::record r;
                                r.key = q.value;
                                r.items = {{"model", why.reference}};
                                return std::vector{r};
                              }}});
  const auto told = ours.get(reason(), "vehicles", "12가3456");
  ASSERT_TRUE(told.ok());
  EXPECT_EQ(told->text("model"), reason().reference);
  EXPECT_EQ(ours.find(reason(), "vehicles", "owner", kim.str())->size(), 1u);
  const auto wrote = second->writing([&](store::write& tx) {
    return ours.create(tx, reason(), "vehicles", "1", {{"owner", kim.str()}},
                       registers::present().valid);
  });
  EXPECT_EQ(wrote.why().code, "register.elsewhere");
  registers::keep_elsewhere({});
  EXPECT_EQ(ours.get(reason(), "vehicles", "12가3456").why().code, "register.no_record");
}

INSTANTIATE_TEST_SUITE_P(stores, a_register_elsewhere, both_stores);
INSTANTIATE_TEST_SUITE_P(stores, across_nodes, both_stores);
INSTANTIATE_TEST_SUITE_P(stores, two_processes, both_stores);

}  // namespace

int run(int count, char** words) {
  if (const char* place = std::getenv("MADANG_TEST_NODE")) {
    keep_the_register(place);
    return 0;
  }
  testing::InitGoogleTest(&count, words);
  return RUN_ALL_TESTS();
}

}  // namespace madang::nodes

int main(int count, char** words) { return madang::nodes::run(count, words); }
