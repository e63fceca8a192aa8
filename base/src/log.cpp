#include "madang/base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>

#include "madang/base/json.hpp"
#include "madang/base/time.hpp"

namespace madang::log {
namespace {

std::atomic<level> least{level::info};
std::atomic<void (*)(std::string_view)> sink{nullptr};

spdlog::logger& output() {
  static auto logger = [] {
    auto made = spdlog::stderr_logger_mt("madang");
    made->set_pattern("%v");
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *logger;
}

constexpr std::string_view name(level l) {
  constexpr std::string_view names[] = {"debug", "info", "warn", "error"};
  return names[static_cast<int>(l)];
}

}  // namespace

void set_level(level at_least) { least = at_least; }
void set_sink(void (*to)(std::string_view)) { sink = to; }

void write(level l, std::string_view event, std::initializer_list<field> fields) {
  if (l < least.load()) return;
  std::string line = "{\"time\":\"" + now().str() + "\",\"level\":\"";
  line += name(l);
  line += "\",\"event\":";
  json::append_string(line, event);
  for (const auto& f : fields) {
    line += ',';
    json::append_string(line, f.key);
    line += ':';
    json::append_string(line, f.value);
  }
  line += '}';
  if (auto to = sink.load()) {
    to(line);
  } else {
    output().info(line);
  }
}

}  // namespace madang::log
