#include "madang/process/engine.hpp"

#include <gmock/gmock.h>

#include "both_stores.hpp"

namespace madang::process {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

std::string bpmn(const std::string& content, const std::string& beside = "") {
  return "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" "
         "xmlns:zeebe=\"http://camunda.org/schema/zeebe/1.0\" xmlns:m=\"urn:madang:process\" "
         "targetNamespace=\"urn:t\">" + content + beside + "</definitions>";
}

std::string process(const std::string& id, const std::string& inside) {
  return "<process id=\"" + id + "\" isExecutable=\"true\">" + inside + "</process>";
}

const std::string review = process("review", R"(
  <startEvent id="s"/><serviceTask id="note"><extensionElements>
      <zeebe:taskDefinition type="note"/></extensionElements></serviceTask>
  <userTask id="look" name="Look"><extensionElements>
      <zeebe:assignmentDefinition candidateGroups="officer"/></extensionElements></userTask>
  <userTask id="sign" name="Sign"><extensionElements>
      <zeebe:assignmentDefinition candidateGroups="officer,chief"/><m:fourEyes other="look"/>
      </extensionElements></userTask>
  <boundaryEvent id="late" cancelActivity="false" attachedToRef="look"><timerEventDefinition>
      <timeCycle>R/P1D</timeCycle></timerEventDefinition></boundaryEvent>
  <task id="remind"/><endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="note"/>
      <sequenceFlow id="f2" sourceRef="note" targetRef="look"/>
  <sequenceFlow id="f3" sourceRef="look" targetRef="sign"/>
      <sequenceFlow id="f4" sourceRef="sign" targetRef="e"/>
  <sequenceFlow id="f5" sourceRef="late" targetRef="remind"/>)");

class an_engine : public on_both_stores {
 protected:
  void SetUp() override {
    if (!open()) GTEST_SKIP() << none;
    set_clock([this] { return at; });
    for (auto* a : {&yoon, &seo, &stranger, &clock}) {
      a->purpose = {"심사", "Review"};
      a->law = {"법", "Act"};
    }
    yoon.who.person = new_id();
    yoon.who.post = "town.officer";
    yoon.who.office = "11";
    yoon.who.roles = {"officer"};
    seo = yoon;
    seo.who.person = new_id();
    seo.who.post = "town.chief";
    seo.who.roles = {"chief", "officer"};
    stranger = yoon;
    stranger.who.post = "other.officer";
    stranger.who.office = "26";
    clock.who = audit::system_actor("clock");
    db->writing([](store::write& tx) { tx.execute("create table noted (text text not null)"); });
    begin();
  }
  void TearDown() override {
    set_clock({});
    engine_.reset();
    on_both_stores::TearDown();
  }
  // As after a restart of the program.
  void begin() {
    engine_ = std::make_unique<engine>(*db, clock);
    engine_->on_work("note", [this](store::write& tx, const audit::access&,
                                   const work_request& r) -> work_answer {
      tx.run("insert into noted (text) values (?1)", r.element.id);
      if (note_fails) return refuse(kind::unavailable, "test.failed");
      return work_done{{{"noted", rules::value(true)}}};
    });
    engine_->work_elsewhere("print");
  }
  id deploy(const std::string& text) {
    auto done = db->writing([&](store::write& tx) { return engine_->deploy(tx, yoon, text); });
    EXPECT_TRUE(done.ok()) << done.why().code << " " << done.why().field;
    return done->front().key;
  }
  id start(std::string_view name, rules::entries v = {}) {
    auto begun = db->writing([&](store::write& tx) {
      return engine_->start(tx, yoon, name, v, "2026-1");
    });
    EXPECT_TRUE(begun.ok()) << begun.why().code;
    return *begun;
  }
  std::vector<std::string> inbox(const audit::access& who) {
    return db->reading([&](store::read& r) {
      std::vector<std::string> out;
      for (const auto& t : engine_->tasks_of(r, who.who)) out.push_back(t.element);
      return out;
    });
  }
  id task_named(std::string_view element, id instance) {
    return db->reading([&](store::read& r) {
      for (const auto& t : engine_->tasks_in(r, instance))
        if (t.element == element) return t.key;
      return id{};
    });
  }
  std::string complete(const audit::access& who, id task, rules::entries v = {}) {
    auto done = db->writing([&](store::write& tx) { return engine_->complete(tx, who, task, v); });
    return done ? "" : done.why().code;
  }
  summary look(id i) {
    return *db->reading([&](store::read& r) { return engine_->find(r, i); });
  }
  std::int64_t count(std::string_view sql) {
    return *db->reading([&](store::read& r) { return r.one<std::int64_t>(sql); });
  }
  std::string replayed(id i) {
    auto done = db->reading([&](store::read& r) { return engine_->replay(r, i); });
    return done ? std::to_string(*done) : done.why().code;
  }
  std::string given(id i, stimulus s) {
    auto done = db->writing([&](store::write& tx) { return engine_->give(tx, yoon, i, s); });
    return done ? "" : done.why().code;
  }

  instant at = *instant::parse("2026-11-23T00:00:00Z");
  audit::access yoon, seo, stranger, clock;
  bool note_fails = false;
  std::unique_ptr<engine> engine_;
};

TEST_P(an_engine, goes_on_where_it_stood_after_a_restart) {
  deploy(bpmn(review));
  const id i = start("review", {{"office", rules::value("1101")}});
  EXPECT_THAT(inbox(yoon), ElementsAre("look"));
  begin();
  EXPECT_THAT(inbox(stranger), SizeIs(0)) << "another district";
  EXPECT_EQ(complete(stranger, task_named("look", i)), "process.not_yours");
  EXPECT_EQ(complete(yoon, task_named("look", i)), "");
  EXPECT_THAT(inbox(yoon), ElementsAre("sign"));
  EXPECT_EQ(complete(yoon, task_named("sign", i)), "process.same_person");
  begin();
  EXPECT_EQ(complete(seo, task_named("sign", i)), "");
  EXPECT_EQ(look(i).standing, standing::completed);
  EXPECT_EQ(replayed(i), "3");
  EXPECT_EQ(count("select count(*) from process_wait"), 0);
  EXPECT_EQ(count("select count(*) from process_candidate"), 0);
}

TEST_P(an_engine, does_a_task_once_and_tells_the_second) {
  deploy(bpmn(review));
  const id i = start("review");
  const id t = task_named("look", i);
  EXPECT_EQ(complete(yoon, t), "");
  EXPECT_EQ(complete(seo, t), "process.no_task");
  EXPECT_THAT(inbox(yoon), ElementsAre("sign"));
}

TEST_P(an_engine, keeps_others_off_a_claimed_task_until_it_is_handed_over) {
  deploy(bpmn(review));
  const id t = task_named("look", start("review"));
  const auto claim = [&](const audit::access& who) {
    auto done = db->writing([&](store::write& tx) { return engine_->claim(tx, who, t); });
    return done ? "" : done.why().code;
  };
  EXPECT_EQ(claim(seo), "");
  EXPECT_EQ(claim(yoon), "process.claimed");
  EXPECT_EQ(complete(yoon, t), "process.claimed");
  auto silent = db->writing([&](store::write& tx) {
    return engine_->hand_over(tx, seo, t, "town.officer", " ");
  });
  EXPECT_EQ(silent.why().code, "process.no_reason");
  EXPECT_TRUE(db->writing([&](store::write& tx) {
                  return engine_->hand_over(tx, seo, t, "town.officer", "away");
                }).ok());
  EXPECT_EQ(complete(yoon, t), "");
}

TEST_P(an_engine, undoes_what_failed_work_wrote_and_tries_again_on_request) {
  deploy(bpmn(review));
  note_fails = true;
  const id i = start("review");
  EXPECT_EQ(count("select count(*) from noted"), 0);
  EXPECT_EQ(look(i).incidents, 1);
  EXPECT_EQ(db->reading([&](store::read& r) { return engine_->with_incidents(r, 10).size(); }), 1u);
  note_fails = false;
  const auto loaded = db->reading([&](store::read& r) { return engine_->load(r, i); });
  stimulus s;
  s.kind = stimulus::what::retry;
  for (const auto& a : loaded->live)
    if (a->incident) s.activity = a->number;
  EXPECT_EQ(given(i, s), "");
  EXPECT_EQ(look(i).incidents, 0);
  EXPECT_EQ(count("select count(*) from noted"), 1);
  EXPECT_EQ(replayed(i), "2");
}

TEST_P(an_engine, fires_timers_by_the_clock_and_again_each_day) {
  deploy(bpmn(review));
  const id i = start("review");
  EXPECT_EQ(engine_->run_due(at), 0);
  const auto next = db->reading([&](store::read& r) { return engine_->next_due(r); });
  EXPECT_EQ(next->str(), "2026-11-24T00:00:00.000Z");
  at = *instant::parse("2026-11-26T12:00:00Z");
  begin();
  EXPECT_EQ(engine_->run_due(at), 3);
  EXPECT_EQ(engine_->run_due(at), 0);
  EXPECT_EQ(complete(yoon, task_named("look", i)), "");
  EXPECT_EQ(count("select count(*) from process_wait"), 0);
  EXPECT_EQ(replayed(i), "5");
}

TEST_P(an_engine, starts_by_a_timer_and_keeps_to_its_cycle) {
  deploy(bpmn(process("daily", R"(<startEvent id="s"><timerEventDefinition>
      <timeCycle>R/P1D</timeCycle></timerEventDefinition></startEvent><task id="t"/>
      <sequenceFlow id="f" sourceRef="s" targetRef="t"/>)")));
  at = at.plus(std::chrono::hours(24));
  EXPECT_EQ(engine_->run_due(at), 1);
  EXPECT_EQ(engine_->run_due(at), 0);
  at = at.plus(std::chrono::hours(24));
  EXPECT_EQ(engine_->run_due(at), 1);
  EXPECT_EQ(count("select count(*) from process_instance"), 2);
}

TEST_P(an_engine, takes_a_message_once_and_keeps_one_that_came_early) {
  deploy(bpmn(process("order", R"(<receiveTask id="paid" messageRef="m1"/><task id="t"/>
      <sequenceFlow id="f" sourceRef="paid" targetRef="t"/>)"),
              R"(<message id="m1" name="paid"><extensionElements>
      <zeebe:subscription correlationKey="=order"/></extensionElements></message>)"));
  const auto send = [&](std::string_view key, std::string_view once, int hours) {
    return *db->writing([&](store::write& tx) {
      return engine_->message(tx, yoon, "paid", key, {}, once, std::chrono::hours(hours));
    });
  };
  const id a = start("order", {{"order", rules::value("A")}});
  EXPECT_EQ(send("B", "m-1", 1), 0);
  EXPECT_EQ(look(start("order", {{"order", rules::value("B")}})).standing, standing::completed);
  EXPECT_EQ(send("B", "m-1", 1), 0) << "the same message again";
  EXPECT_EQ(look(start("order", {{"order", rules::value("B")}})).standing, standing::running);
  EXPECT_EQ(send("A", "m-2", 0), 1);
  EXPECT_EQ(send("A", "m-2", 0), 0);
  EXPECT_EQ(look(a).standing, standing::completed);
}

TEST_P(an_engine, tells_a_signal_to_all_that_waited) {
  deploy(bpmn(process("w", R"(<intermediateCatchEvent id="c">
      <signalEventDefinition signalRef="g"/></intermediateCatchEvent>)"),
              R"(<signal id="g" name="flood"/>)"));
  std::vector<id> all;
  for (int n = 0; n < 5; ++n) all.push_back(start("w"));
  db->writing([&](store::write& tx) {
    engine_->signal(tx, "flood", {{"level", rules::value(3)}});
  });
  const id later = start("w");
  EXPECT_EQ(engine_->run_due(at, 2), 2) << "some at a time";
  begin();
  engine_->run_due(at);
  for (const id i : all) EXPECT_EQ(look(i).standing, standing::completed);
  EXPECT_EQ(look(later).standing, standing::running) << "it began after the signal";
}

TEST_P(an_engine, calls_another_process_and_takes_what_it_gives_back) {
  deploy(bpmn(process("p", R"(<callActivity id="c"><extensionElements>
      <zeebe:calledElement processId="q"/></extensionElements></callActivity><task id="t"/>
      <sequenceFlow id="f" sourceRef="c" targetRef="t"/>)") +
              process("q", R"(<serviceTask id="x"><extensionElements>
      <zeebe:taskDefinition type="print"/></extensionElements></serviceTask>)")));
  const id p = start("p");
  const auto both = db->reading([&](store::read& r) { return engine_->of_business(r, "2026-1"); });
  ASSERT_THAT(both, SizeIs(2));
  const id q = both[1].key;
  const auto loaded = db->reading([&](store::read& r) { return engine_->load(r, q); });
  auto done = db->writing([&](store::write& tx) {
    return engine_->finish_work(tx, yoon, q, loaded->waits.front().number,
                                {{"pages", rules::value(3)}});
  });
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(look(p).standing, standing::completed);
  const auto end = db->reading([&](store::read& r) { return engine_->load(r, p); });
  EXPECT_THAT(end->variables, SizeIs(1));
  EXPECT_EQ(end->variables[0].second.str(), "3");
  EXPECT_EQ(replayed(p), "2");
  EXPECT_EQ(replayed(q), "2");
}

TEST_P(an_engine, a_history_that_was_touched_does_not_replay) {
  deploy(bpmn(review));
  const id i = start("review", {{"sum", rules::value(5)}});
  complete(yoon, task_named("look", i));
  EXPECT_EQ(replayed(i), "2");
  db->writing([&](store::write& tx) {
    tx.run("update process_step set stimulus = replace(stimulus, '\"sum\":5', '\"sum\":6') "
           "where number = 1");
  });
  EXPECT_EQ(replayed(i), "process.differs");
}

TEST_P(an_engine, refuses_a_model_that_it_cannot_run_and_keeps_one_version_of_one_file) {
  auto bad = db->writing([&](store::write& tx) {
    return engine_->deploy(tx, yoon, bpmn(process("p", R"(<complexGateway id="g"/><task id="t"/>
      <sequenceFlow id="f" sourceRef="g" targetRef="t"/>)")));
  });
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.why().code, "process.mistakes");
  EXPECT_EQ(bad.why().facts.at("element"), "g");
  EXPECT_EQ(deploy(bpmn(review)), deploy(bpmn(review)));
  const auto all = db->reading([&](store::read& r) { return engine_->deployments(r); });
  EXPECT_THAT(all, SizeIs(1));
}

TEST_P(an_engine, moves_instances_to_a_new_version_as_planned_and_back) {
  const id old = deploy(bpmn(review));
  const id stands_in_look = start("review"), stands_in_sign = start("review");
  complete(yoon, task_named("look", stands_in_sign));
  // The new version signs no more, and what was "look" is now "check".
  std::string changed = review;
  for (std::size_t p; (p = changed.find("\"look\"")) != std::string::npos;)
    changed.replace(p, 6, "\"check\"");
  const auto cut = changed.find("<userTask id=\"sign\"");
  changed.erase(cut, changed.find("</userTask>", cut) + 11 - cut);
  for (std::size_t p; (p = changed.find("targetRef=\"sign\"")) != std::string::npos;)
    changed.replace(p, 16, "targetRef=\"e\"");
  const auto f4 = changed.find("<sequenceFlow id=\"f4\"");
  changed.erase(f4, changed.find("/>", f4) + 2 - f4);
  const id fresh = deploy(bpmn(changed));
  const migration_map map{{"look", "check"}};
  const auto plan =
      db->reading([&](store::read& r) { return engine_->plan_migration(r, old, fresh, map); });
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->moves, 1);
  EXPECT_EQ(plan->by_hand, 1);
  EXPECT_THAT(plan->lines[1].reasons, ElementsAre("process.gone sign"));
  const auto moved =
      db->writing([&](store::write& tx) { return engine_->migrate(tx, yoon, old, fresh, map); });
  ASSERT_TRUE(moved.ok());
  EXPECT_EQ(look(stands_in_look).model, fresh);
  EXPECT_EQ(look(stands_in_sign).model, old);
  EXPECT_NE(task_named("check", stands_in_look), id{});
  EXPECT_EQ(replayed(stands_in_look), "2");
  const auto back = db->writing(
      [&](store::write& tx) { return engine_->undo_migration(tx, yoon, *moved); });
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, (std::pair<std::int64_t, std::int64_t>(1, 0)));
  EXPECT_EQ(look(stands_in_look).model, old);
  EXPECT_EQ(complete(yoon, task_named("look", stands_in_look)), "");
  EXPECT_EQ(replayed(stands_in_look), "4");
}

TEST_P(an_engine, an_instance_that_has_moved_on_is_not_taken_back) {
  const id old = deploy(bpmn(review));
  const id i = start("review");
  const id fresh = deploy(bpmn(review + "<!-- second -->"));
  const auto moved =
      db->writing([&](store::write& tx) { return engine_->migrate(tx, yoon, old, fresh, {}); });
  complete(yoon, task_named("look", i));
  const auto back = db->writing(
      [&](store::write& tx) { return engine_->undo_migration(tx, yoon, *moved); });
  EXPECT_EQ(*back, (std::pair<std::int64_t, std::int64_t>(0, 1)));
  EXPECT_EQ(look(i).model, fresh);
}

TEST_P(an_engine, says_where_time_went) {
  deploy(bpmn(review));
  const instant begun = at;
  const id i = start("review", {{"office", rules::value("1101")}});
  at = at.plus(std::chrono::hours(6));
  complete(yoon, task_named("look", i));
  at = at.plus(std::chrono::hours(3));
  const auto spent = db->reading([&](store::read& r) {
    return engine_->analytics(r, "review", begun, at.plus(std::chrono::hours(1)));
  });
  ASSERT_THAT(spent, SizeIs(2));
  EXPECT_EQ(spent[0].element, "look");
  EXPECT_EQ(spent[0].office, "1101");
  EXPECT_EQ(spent[0].week, "2026-W48");      // 23 November 2026 is a Monday
  EXPECT_EQ(spent[0].visits, 1);
  EXPECT_DOUBLE_EQ(spent[0].mean_hours, 6);
  EXPECT_EQ(spent[1].open, 1);
}

TEST_P(an_engine, stops_what_multiplies_and_keeps_working) {
  deploy(bpmn(process("bomb", R"(<startEvent id="s"/><callActivity id="a"><extensionElements>
      <zeebe:calledElement processId="bomb"/></extensionElements></callActivity>
      <callActivity id="b"><extensionElements><zeebe:calledElement processId="bomb"/>
      </extensionElements></callActivity>
    <sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
      <sequenceFlow id="f2" sourceRef="s" targetRef="b"/>)")));
  auto begun = db->writing([&](store::write& tx) { return engine_->start(tx, yoon, "bomb", {}); });
  EXPECT_EQ(begun.why().code, "process.too_many_steps");
  EXPECT_EQ(count("select count(*) from process_instance"), 0) << "nothing is left of it";
}

INSTANTIATE_TEST_SUITE_P(stores, an_engine, both_stores);

}  // namespace
}  // namespace madang::process
