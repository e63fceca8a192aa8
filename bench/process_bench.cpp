// The machine alone, instances that last with 64 callers, and many open instances (a million when
// no number is given): what an inbox and the clock cost then. The peers run the same model in
// bench/process_peers/run.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <sys/resource.h>

#include "madang/process/engine.hpp"
#include "madang/process/simulation.hpp"

using namespace madang;
using namespace madang::process;

namespace {

// Start, five service tasks, end: as the peers run it.
std::string five_tasks(const char* task) {
  std::string out =
      "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" "
      "xmlns:zeebe=\"http://camunda.org/schema/zeebe/1.0\" targetNamespace=\"urn:bench\">"
      "<process id=\"five\" isExecutable=\"true\"><startEvent id=\"s\"/>";
  std::string before = "s";
  for (int n = 1; n <= 5; ++n) {
    const std::string id = "t" + std::to_string(n);
    out += "<" + std::string(task) + " id=\"" + id +
           "\"><extensionElements><zeebe:taskDefinition type=\"work\"/></extensionElements></" +
           task + "><sequenceFlow id=\"f" + id + "\" sourceRef=\"" + before + "\" targetRef=\"" +
           id + "\"/>";
    before = id;
  }
  return out + "<endEvent id=\"e\"/><sequenceFlow id=\"fe\" sourceRef=\"" + before +
         "\" targetRef=\"e\"/></process></definitions>";
}

double seconds_since(std::chrono::steady_clock::time_point t) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - t).count();
}

double processor_seconds() {
  rusage u{};
  getrusage(RUSAGE_SELF, &u);
  const auto s = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return s(u.ru_utime) + s(u.ru_stime);
}

class busy_host final : public host {
 public:
  instant now() override { return instant{1'700'000'000'000'000}; }
  work_answer work(const work_request&) override { return work_done{}; }
  work_answer decide(const work_request&) override { return work_done{}; }
  void send_message(std::string_view, std::string_view, const rules::entries&) override {}
  void send_signal(std::string_view, const rules::entries&) override {}
  void call(std::int64_t, std::string_view, const rules::entries&) override {}
  void cancel_call(std::int64_t) override {}
};

double machine_alone() {
  const auto m = *model::read(five_tasks("serviceTask"));
  busy_host world;
  stimulus start;
  start.variables = {{"amount", rules::value(5)}};
  double best = 0;
  for (int round = 0; round < 5; ++round) {
    constexpr int n = 50'000;
    const double begun = processor_seconds();
    for (int k = 0; k < n; ++k) {
      instance i;
      i.key = id{k + 1};
      i.model = m;
      i.process = m->processes()[0];
      if (!step(i, start, world) || i.standing != standing::completed) std::abort();
    }
    best = std::max(best, n / (processor_seconds() - begun));
  }
  return best;
}

const audit::access& why() {
  static const audit::access a{audit::system_actor("bench"), words("측정", "Measuring"),
                               words("법", "Act"), ""};
  return a;
}

double durable(store::database& db, const char* task, int instances, int callers) {
  engine e(db, why());
  e.on_work("work", [](store::write&, const audit::access&,
                       const work_request&) -> work_answer { return work_done{}; });
  if (!db.writing([&](store::write& tx) { return e.deploy(tx, why(), five_tasks(task)); }).ok())
    std::abort();
  const auto begun = std::chrono::steady_clock::now();
  std::vector<std::thread> all;
  for (int c = 0; c < callers; ++c)
    all.emplace_back([&] {
      for (int n = 0; n < instances / callers; ++n)
        if (!db.writing([&](store::write& tx) {
                 return e.start(tx, why(), "five", {{"amount", rules::value(5)}});
               }).ok())
          std::abort();
    });
  for (auto& t : all) t.join();
  return instances / callers * callers / seconds_since(begun);
}

// A million instances that wait for a task and a timer: what an inbox and the clock cost then.
void a_million(store::database& db, int many) {
  engine e(db, why());
  const std::string text =
      "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" "
      "xmlns:zeebe=\"http://camunda.org/schema/zeebe/1.0\" targetNamespace=\"urn:bench\">"
      "<process id=\"open\" isExecutable=\"true\"><startEvent id=\"s\"/><userTask id=\"t\">"
      "<extensionElements><zeebe:assignmentDefinition candidateGroups=\"=role\"/>"
      "<zeebe:taskSchedule dueDate=\"=due\"/></extensionElements></userTask>"
      "<boundaryEvent id=\"b\" attachedToRef=\"t\"><timerEventDefinition><timeDate>=due</timeDate>"
      "</timerEventDefinition></boundaryEvent><task id=\"late\"/>"
      "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"t\"/>"
      "<sequenceFlow id=\"f2\" sourceRef=\"b\" targetRef=\"late\"/></process></definitions>";
  if (!db.writing([&](store::write& tx) { return e.deploy(tx, why(), text); }).ok()) std::abort();
  const auto begun = std::chrono::steady_clock::now();
  for (int n = 0; n < many;)
    db.writing([&](store::write& tx) {
      for (int k = 0; k < 2000 && n < many; ++k, ++n) {
        const std::string due = now().plus(std::chrono::minutes(60 + n)).str();
        if (!e.start(tx, why(), "open",
                     {{"role", rules::value("officer" + std::to_string(n % 500))},
                      {"due", rules::value(due)}})
                 .ok())
          std::abort();
      }
    });
  std::printf("%d open instances made in %.0f s\n", many, seconds_since(begun));
  audit::actor who;
  who.person = new_id();
  who.post = "p";
  who.roles = {"officer7"};
  double inbox = 1e9, due = 1e9;
  for (int n = 0; n < 20; ++n) {
    auto t = std::chrono::steady_clock::now();
    const auto tasks = db.reading([&](store::read& r) { return e.tasks_of(r, who, 50); });
    if (tasks.size() != 50) std::abort();
    inbox = std::min(inbox, seconds_since(t));
    t = std::chrono::steady_clock::now();
    (void)db.reading([&](store::read& r) { return e.next_due(r); });
    due = std::min(due, seconds_since(t));
  }
  std::printf("inbox page of 50 tasks        %8.2f ms   (bar 20)\n", inbox * 1e3);
  std::printf("when the next timer is due    %8.3f ms   (bar 5)\n", due * 1e3);
  rusage u{};
  getrusage(RUSAGE_SELF, &u);
  std::printf("memory at its most            %8.0f MB\n", static_cast<double>(u.ru_maxrss) / 1024);
}

}  // namespace

int main(int argc, char** argv) {
  const int many = argc > 1 ? std::atoi(argv[1]) : 1'000'000;
  const auto folder = std::filesystem::temp_directory_path() / ("bench" + new_id().str());
  const double alone = machine_alone();
  std::printf("machine alone, five tasks     %8.0f /s a core   (bar 100,000)\n", alone);
  {
    store::database db({folder.string(), "durable", 4, false});
    std::printf("durable, 64 callers           %8.0f /s         (bar 5,000)\n",
                durable(db, "serviceTask", 64'000, 64));
  }
  if (many > 0) {
    store::database db({folder.string(), "million", 4, false});
    a_million(db, many);
  }
  std::filesystem::remove_all(folder);
  return 0;
}
