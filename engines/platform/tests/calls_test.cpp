#include "madang/platform/calls.hpp"

#include <gmock/gmock.h>

#include "both_stores.hpp"

// Two systems, each with processes in a database of its own; the exchange between them.
namespace madang::platform {
namespace {

using testing::SizeIs;

std::string bpmn(const std::string& id, const std::string& inside) {
  return "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" "
         "xmlns:zeebe=\"http://camunda.org/schema/zeebe/1.0\" targetNamespace=\"urn:t\"><process "
         "id=\"" + id + "\" isExecutable=\"true\">" + inside + "</process></definitions>";
}

// A permit that asks the road office, and says so when there is no answer.
std::string permit(const std::string& called) {
  return bpmn("permit", R"(<startEvent id="s"/><callActivity id="ask"><extensionElements>
      <zeebe:calledElement processId=")" + called + R"("/></extensionElements></callActivity>
    <boundaryEvent id="wrong" attachedToRef="ask"><errorEventDefinition/></boundaryEvent>
    <userTask id="alone"/><userTask id="decide"/><endEvent id="e"/><endEvent id="f"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="ask"/>
    <sequenceFlow id="f2" sourceRef="ask" targetRef="decide"/>
    <sequenceFlow id="f3" sourceRef="decide" targetRef="e"/>
    <sequenceFlow id="f4" sourceRef="wrong" targetRef="alone"/>
    <sequenceFlow id="f5" sourceRef="alone" targetRef="f"/>)");
}

const std::string opinion = bpmn("opinion", R"(<startEvent id="s"/><userTask id="look"/>
    <endEvent id="e"/><sequenceFlow id="f1" sourceRef="s" targetRef="look"/>
    <sequenceFlow id="f2" sourceRef="look" targetRef="e"/>)");

class two_systems : public on_both_stores {
 protected:
  void SetUp() override {
    if (!open()) GTEST_SKIP() << none;
    roads_opened = opened;
    roads_opened.name = "t" + new_id().str();
    roads_db = std::make_unique<store::database>(roads_opened);
    audit::access clock{audit::system_actor("clock"), {"시계", "Clock"}, {"법", "Act"}, ""};
    counters = std::make_unique<process::engine>(*db, clock);
    roads = std::make_unique<process::engine>(*roads_db, clock);
    hub = std::make_unique<exchange::hub>();
    carry_calls(*hub, *db, db->name(), *counters);
    carry_calls(*hub, *roads_db, roads_db->name(), *roads);
    counters->calls_elsewhere({roads_db->name()});
    roads->calls_elsewhere({db->name()});
    hub->carry(*db);
    hub->carry(*roads_db);
    yoon = {audit::system_actor("yoon"), {"심사", "Review"}, {"도로법", "Road Act"}, "C-1"};
    yoon.who.person = new_id();
    yoon.who.post = "town.officer";
  }
  void TearDown() override {
    hub.reset();
    counters.reset();
    roads.reset();
    if (roads_db && roads_db->postgres())
      roads_db->writing([&](store::write& tx) {
        tx.execute("drop schema " + roads_opened.name + " cascade");
      });
    roads_db.reset();
    on_both_stores::TearDown();
  }
  void deploy(store::database& into, process::engine& e, const std::string& text) {
    into.writing([&](store::write& tx) { ASSERT_TRUE(e.deploy(tx, yoon, text)); });
  }
  id begin(const std::string& called) {
    deploy(*db, *counters, permit(called));
    return db->writing([&](store::write& tx) {
      return *counters->start(tx, yoon, "permit", {{"road", rules::value("A")}}, "C-1");
    });
  }
  std::vector<process::task> tasks(store::database& in, process::engine& e) {
    return in.reading([&](store::read& r) { return e.tasks_of(r, yoon.who); });
  }
  void complete(store::database& in, process::engine& e, const rules::entries& results) {
    const auto open_tasks = tasks(in, e);
    ASSERT_THAT(open_tasks, SizeIs(1));
    in.writing([&](store::write& tx) {
      ASSERT_TRUE(e.complete(tx, yoon, open_tasks[0].key, results));
    });
  }

  store::options roads_opened;
  std::unique_ptr<store::database> roads_db;
  std::unique_ptr<process::engine> counters, roads;
  std::unique_ptr<exchange::hub> hub;
  audit::access yoon;
};

TEST_P(two_systems, a_process_calls_one_of_the_other_and_goes_on_with_what_it_found) {
  deploy(*roads_db, *roads, opinion);
  const id permit_of = begin(roads_db->name() + ":opinion");
  EXPECT_THAT(tasks(*db, *counters), SizeIs(0));
  hub->drain();

  const auto there = tasks(*roads_db, *roads);
  ASSERT_THAT(there, SizeIs(1));
  EXPECT_EQ(there[0].business, "C-1");
  complete(*roads_db, *roads, {{"passable", rules::value(true)}});
  hub->drain();

  const auto here = tasks(*db, *counters);
  ASSERT_THAT(here, SizeIs(1));
  EXPECT_EQ(here[0].element, "decide");
  db->reading([&](store::read& r) {
    const auto i = counters->load(r, permit_of);
    ASSERT_TRUE(i);
    const rules::value* v = process::sight(*i, i->live.front()->number).find("passable");
    ASSERT_TRUE(v);
    EXPECT_TRUE(v->is_true());
    EXPECT_TRUE(counters->replay(r, permit_of));
  });
  // The other system knows for whom, why and under which law it worked.
  const auto trail = roads_db->reading(
      [&](store::read& r) { return audit::latest(r, {.what = audit::action::changed}); });
  EXPECT_TRUE(std::ranges::any_of(trail, [&](const auto& entry) {
    return entry.law("en") == "Road Act" && entry.reference == "C-1" &&
           json::str(entry.actor, "name") == db->name();
  }));
}

TEST_P(two_systems, a_call_that_is_delivered_twice_is_begun_once) {
  deploy(*roads_db, *roads, opinion);
  begin(roads_db->name() + ":opinion");
  hub->drain();
  // As after a crash between the reader's work and the moving of its place.
  db->writing([](store::write& tx) { tx.run("delete from outbox_cursor"); });
  exchange::hub again;
  carry_calls(again, *roads_db, roads_db->name(), *roads);
  again.carry(*db);
  again.drain();
  EXPECT_THAT(tasks(*roads_db, *roads), SizeIs(1));
}

TEST_P(two_systems, a_process_that_the_other_does_not_have_is_an_error_that_the_model_catches) {
  begin(roads_db->name() + ":opinion");
  hub->drain();
  const auto here = tasks(*db, *counters);
  ASSERT_THAT(here, SizeIs(1));
  EXPECT_EQ(here[0].element, "alone");
}

TEST_P(two_systems, a_system_that_is_not_there_is_the_same_error_at_once) {
  begin("nowhere:opinion");
  const auto here = tasks(*db, *counters);
  ASSERT_THAT(here, SizeIs(1));
  EXPECT_EQ(here[0].element, "alone");
}

TEST_P(two_systems, what_is_cancelled_here_is_cancelled_there) {
  deploy(*roads_db, *roads, opinion);
  const id permit_of = begin(roads_db->name() + ":opinion");
  hub->drain();
  ASSERT_THAT(tasks(*roads_db, *roads), SizeIs(1));
  db->writing([&](store::write& tx) {
    process::stimulus s;
    s.kind = process::stimulus::what::cancel;
    ASSERT_TRUE(counters->give(tx, yoon, permit_of, s));
  });
  hub->drain();
  EXPECT_THAT(tasks(*roads_db, *roads), SizeIs(0));
}

INSTANTIATE_TEST_SUITE_P(stores, two_systems, madang::both_stores);

}  // namespace
}  // namespace madang::platform
