// Answers that are made and may not leave yet (response::until).
#include <gtest/gtest.h>

#include "running.hpp"

using namespace madang;
using namespace madang::http;
using namespace std::chrono_literals;

namespace {

TEST(edge, keeps_an_answer_back_until_it_may_leave) {
  gate stored;
  std::thread writer;
  running house([&](request& r) {
    response out = text_response(200, "told");
    const bool good = r.path == "/good";
    out.until = [&, good](response::release let) {
      writer = std::thread([&, good, let] {
        stored.wait();
        const refusal why = refuse(kind::unavailable, "store.full");
        let(good ? nullptr : &why);
      });
    };
    return out;
  }, {.workers = 1});
  raw_client one(house.edge.port());
  one.say(get("/good"));
  stored.wait_for(1);
  while (house.edge.now().running > 0) std::this_thread::sleep_for(1ms);   // its worker is free
  EXPECT_FALSE(one.hear(1, 50)) << "nothing has left";
  stored.open();
  EXPECT_EQ(raw_client::status(one.response()), 200);
  writer.join();
  EXPECT_EQ(house.status(get("/bad")), 503);
  writer.join();
}

TEST(edge, waits_for_answers_that_may_not_leave_yet_before_it_is_gone) {
  gate stored;
  std::thread writer;
  auto house = std::make_unique<running>([&](request&) {
    response out = text_response(200, "told");
    out.until = [&](response::release let) {
      writer = std::thread([&, let] {
        stored.wait();
        let(nullptr);
      });
    };
    return out;
  });
  raw_client one(house->edge.port());
  one.say(get("/"));
  stored.wait_for(1);
  std::thread opener([&] {
    std::this_thread::sleep_for(100ms);
    stored.open();
  });
  house.reset();
  writer.join();
  opener.join();
}

}  // namespace
