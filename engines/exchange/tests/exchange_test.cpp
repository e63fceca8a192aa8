#include "madang/exchange/exchange.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "madang/exchange/elsewhere.hpp"

namespace madang::exchange {
namespace {

struct the_exchange : testing::Test {
  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("x" + new_id().str());
  store::database db{{folder.string(), "sender", 2, false}};
  audit::access why;
  the_exchange() {
    why.purpose = {"시험", "Test"};
    why.law = {"시험법", "Test Act"};
  }
  ~the_exchange() override { std::filesystem::remove_all(folder); }
  void emit(int n) {
    db.writing([&](store::write& tx) { tx.emit("test.said", "s", {{"n", n}}); });
  }
};

TEST_F(the_exchange, answers_by_name_and_only_to_who_says_why) {
  hub h;
  h.offer_query("a.double", [](const audit::access&, const json::value& in) -> result<json::value> {
    return json::value(json::num(in, "n") * 2);
  });
  EXPECT_EQ(h.ask("a.double", why, {{"n", 4}})->get_int64(), 8);
  EXPECT_EQ(h.ask("a.triple", why, {}).why().code, "exchange.unknown");
  why.purpose = {};
  EXPECT_EQ(h.ask("a.double", why, {}).why().code, "access.unsaid");
}

TEST_F(the_exchange, delivers_events_in_order_and_again_after_a_reader_failed) {
  hub h;
  std::vector<std::int64_t> heard;
  bool fail = true;
  h.listen("reader", "test.said", [&](const event& e) {
    if (json::num(e.payload, "n") == 2 && fail) throw std::runtime_error("busy");
    heard.push_back(json::num(e.payload, "n"));
  });
  h.carry(db);
  for (int n : {1, 2, 3}) emit(n);
  h.drain();
  EXPECT_EQ(heard, (std::vector<std::int64_t>{1}));
  fail = false;
  h.drain();
  EXPECT_EQ(heard, (std::vector<std::int64_t>{1, 2, 3}));
}

TEST_F(the_exchange, remembers_over_a_restart_what_a_reader_has_heard) {
  emit(1);
  int heard = 0;
  for (int run = 0; run < 2; ++run) {
    hub h;
    h.listen("reader", "test.said", [&](const event&) { ++heard; });
    h.carry(db);
    h.drain();
  }
  EXPECT_EQ(heard, 1);
}

TEST_F(the_exchange, wakes_its_dispatcher_by_itself) {
  std::atomic<int> heard{0};
  hub h;
  h.listen("reader", "test.said", [&](const event&) { ++heard; });
  h.carry(db);
  h.start();
  emit(1);
  for (int i = 0; i < 400 && heard == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(heard, 1);
}

// As a node says which agencies others serve: what is addressed goes there, all else stays.
TEST_F(the_exchange, takes_what_is_addressed_to_the_node_of_its_agency) {
  hub h;
  const auto answers = [](const char* who) {
    return [who](const audit::access&, const json::value&) -> result<json::value> {
      return json::value(who);
    };
  };
  h.offer_query("letters.box", answers("here"));
  h.offer_query("letters.count", answers("here"));
  h.offer_command("letters.take", [](const audit::access&, const json::value&,
                                     std::string_view) -> result<json::value> {
    return json::value("here");
  });
  address("letters.box");
  address("letters.take");
  const auto there = [](const std::string& name) -> hub::query {
    return [name](const audit::access&, const json::value&) -> result<json::value> {
      return json::value("there " + name);
    };
  };
  const auto told = [](const std::string& name) -> hub::command {
    return [name](const audit::access&, const json::value&, std::string_view key)
               -> result<json::value> { return json::value(name + " " + std::string(key)); };
  };
  serve_elsewhere({{"molit", {"KR/GOV/1613000/registers", there, told}}});
  const json::value far = json::object{{"agency", "molit"}}, near = json::object{{"agency", "nts"}};
  EXPECT_EQ(*h.ask("letters.box", why, far), json::value("there letters.box"));
  EXPECT_EQ(*h.tell("letters.take", why, far, "k"), json::value("letters.take k"));
  EXPECT_EQ(*h.ask("letters.box", why, near), json::value("here"));
  EXPECT_EQ(*h.tell("letters.take", why, near, "k"), json::value("here"));
  EXPECT_EQ(*h.ask("letters.count", why, far), json::value("here")) << "it is not addressed";
  for (const json::value& odd : {json::value(), json::value("molit"), json::value(json::array{}),
                                 json::value(json::object{{"agency", 1}})})
    EXPECT_EQ(*h.ask("letters.box", why, odd), json::value("here"));
  EXPECT_EQ(keeper_of("molit"), "KR/GOV/1613000/registers");
  EXPECT_FALSE(keeper_of("nts"));
  // Nobody asks without saying why, there as here.
  EXPECT_EQ(h.ask("letters.box", audit::access{}, far).why().code, "access.unsaid");
  serve_elsewhere({});
  EXPECT_EQ(*h.ask("letters.box", why, far), json::value("here"));
}

}  // namespace
}  // namespace madang::exchange
