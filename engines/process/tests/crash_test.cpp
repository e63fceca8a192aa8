// A write fails at every possible place, and messages come twice and in any order: what was not
// acknowledged has left no trace, and the end is the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "both_stores.hpp"
#include "madang/process/engine.hpp"

namespace madang::process {
namespace {

// Two branches that wait for messages, work that writes, a timer, and a join.
const char* model_text = R"(<definitions targetNamespace="urn:t"
  xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">
<process id="p" isExecutable="true"><startEvent id="s"/><parallelGateway id="split"/>
  <receiveTask id="a" messageRef="ma"/><receiveTask id="b" messageRef="mb"/>
  <boundaryEvent id="late" cancelActivity="false" attachedToRef="a"><timerEventDefinition>
  <timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent><task id="remind"/>
  <serviceTask id="wa"><extensionElements><zeebe:taskDefinition type="write"/>
  </extensionElements></serviceTask>
  <serviceTask id="wb"><extensionElements><zeebe:taskDefinition type="write"/>
  </extensionElements></serviceTask>
  <parallelGateway id="join"/><userTask id="t"/><endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="split"/>
  <sequenceFlow id="f2" sourceRef="split" targetRef="a"/>
  <sequenceFlow id="f3" sourceRef="split" targetRef="b"/>
  <sequenceFlow id="f4" sourceRef="a" targetRef="wa"/>
  <sequenceFlow id="f5" sourceRef="b" targetRef="wb"/>
  <sequenceFlow id="f6" sourceRef="wa" targetRef="join"/>
  <sequenceFlow id="f7" sourceRef="wb" targetRef="join"/>
  <sequenceFlow id="f8" sourceRef="join" targetRef="t"/>
  <sequenceFlow id="f9" sourceRef="t" targetRef="e"/>
  <sequenceFlow id="f10" sourceRef="late" targetRef="remind"/></process>
<message id="ma" name="A"><extensionElements><zeebe:subscription correlationKey="=key"/>
  </extensionElements></message>
<message id="mb" name="B"><extensionElements><zeebe:subscription correlationKey="=key"/>
  </extensionElements></message></definitions>)";

class crashing : public on_both_stores {
 protected:
  static constexpr const char* tables[] = {"process_instance", "process_step", "process_wait",
                                           "process_task", "process_candidate", "process_visit",
                                           "process_message_seen", "outbox", "written"};

  void SetUp() override {
    if (!open()) GTEST_SKIP() << none;
    set_clock([this] { return at; });
    who.purpose = {"시험", "Test"};
    who.law = {"법", "Act"};
    who.who.person = new_id();
    who.who.post = "p1";
    engine_ = std::make_unique<engine>(*db, who);
    db->writing([](store::write& tx) {
      tx.execute("create table written (element text not null)");
    });
    engine_->on_work("write", [](store::write& tx, const audit::access&,
                                   const work_request& r) -> work_answer {
      tx.run("insert into written (element) values (?1)", r.element.id);
      return work_done{};
    });
    ASSERT_TRUE(
        db->writing([&](store::write& tx) { return engine_->deploy(tx, who, model_text); }).ok());
  }
  void TearDown() override {
    set_clock({});
    engine_.reset();
    on_both_stores::TearDown();
  }

  // Every row of every table, as text.
  std::string everything() {
    std::string out;
    db->reading([&](store::read& r) {
      for (const char* table : {"process_instance", "process_step", "process_wait", "process_task",
                                "process_visit", "written"}) {
        const auto n = r.one<std::int64_t>(std::string("select count(*) from ") + table);
        out += std::string(table) + "=" + std::to_string(*n) + ";";
      }
      r.each_row("select snapshot from process_instance order by key", {},
                 [&](const store::row& row) { out += std::string(row.text(0)) + ";"; });
    });
    return out;
  }

  // From now on the n-th change to a table of ours fails.
  void fail_at(int n) {
    db->writing([&](store::write& tx) {
      tx.execute("create table if not exists fault (left_over bigint)");
      tx.execute("delete from fault");
      tx.run("insert into fault (left_over) values (?1)", n);
      if (armed_) return;
      armed_ = true;
      for (const char* table : tables)
        for (const char* what : {"insert", "update", "delete"})
          tx.execute(std::string("create trigger fault_") + table + "_" + what + " after " + what +
                     " on " + table +
                     " begin update fault set left_over = left_over - 1;"
                     " select raise(abort, 'fault') from fault where left_over = 0; end");
    });
  }

  void message(const char* name, const std::string& once) {
    db->writing([&](store::write& tx) {
      (void)engine_->message(tx, who, name, "k", {}, once).ok();
    });
  }

  instant at = *instant::parse("2026-11-23T00:00:00Z");
  audit::access who;
  std::unique_ptr<engine> engine_;
  bool armed_ = false;
};

TEST_P(crashing, leaves_no_trace_of_a_step_wherever_it_fails) {
  if (db->postgres()) GTEST_SKIP() << "the fault is a trigger of SQLite";
  const auto begin = [&] {
    auto begun = db->writing([&](store::write& tx) {
      return engine_->start(tx, who, "p", {{"key", rules::value("k")}});
    });
    ASSERT_TRUE(begun.ok());
  };
  const std::function<void()> acts[] = {
      begin,
      [&] { message("B", "b"); },
      [&] {
        at = *instant::parse("2026-11-23T02:00:00Z");
        engine_->run_due(at);
      },
      [&] { message("A", "a"); },
      [&] {
        const auto task = db->reading([&](store::read& r) {
          return r.one<id>("select key from process_task");
        });
        ASSERT_TRUE(task.has_value());
        ASSERT_TRUE(
            db->writing([&](store::write& tx) { return engine_->complete(tx, who, *task, {}); })
                .ok());
      }};
  int faults = 0;
  for (const auto& act : acts) {
    const std::string before = everything();
    for (int n = 1;; ++n) {
      fail_at(n);
      bool failed = false;
      try {
        act();
      } catch (const store::error&) {
        failed = true;
      }
      if (!failed) break;
      ++faults;
      fail_at(-1);
      ASSERT_EQ(everything(), before) << "after a fault at write " << n;
    }
    ASSERT_NE(everything(), before);
  }
  EXPECT_GT(faults, 30);
  db->reading([&](store::read& r) {
    EXPECT_EQ(*r.one<std::int64_t>("select standing from process_instance"), 1);
    EXPECT_EQ(*r.one<std::int64_t>("select count(*) from written"), 2) << "work is done once";
    const auto key = r.one<id>("select key from process_instance");
    EXPECT_EQ(*engine_->replay(r, *key), 5);
  });
}

TEST_P(crashing, messages_twice_and_in_any_order_come_to_the_same_end) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    std::mt19937 random(seed);
    const std::string key = "k" + std::to_string(seed);
    auto begun = db->writing([&](store::write& tx) {
      return engine_->start(tx, who, "p", {{"key", rules::value(key)}});
    });
    ASSERT_TRUE(begun.ok());
    // Each message up to three times, shuffled, with time passing in between.
    std::vector<const char*> sent{"A", "B", "T"};
    for (int n = 0; n < 4; ++n) sent.push_back(random() % 2 ? "A" : "B");
    std::ranges::shuffle(sent, random);
    for (const char* one : sent) {
      if (*one == 'T') {
        at = at.plus(std::chrono::hours(2));
        engine_->run_due(at);
        continue;
      }
      db->writing([&](store::write& tx) {
        (void)engine_->message(tx, who, one, key, {}, key + one).ok();
      });
    }
    db->reading([&](store::read& r) {
      const auto tasks = engine_->tasks_in(r, *begun);
      ASSERT_EQ(tasks.size(), 1u) << "seed " << seed;
      EXPECT_TRUE(engine_->replay(r, *begun).ok()) << "seed " << seed;
    });
  }
  EXPECT_EQ(*db->reading([&](store::read& r) {
    return r.one<std::int64_t>("select count(*) from written");
  }), 80);
}

INSTANTIATE_TEST_SUITE_P(stores, crashing, both_stores);

}  // namespace
}  // namespace madang::process
