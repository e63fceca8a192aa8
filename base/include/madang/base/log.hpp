#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

// Structured log: one JSON object a line on standard error. Values are facts about machines and
// cases (route, status, milliseconds, case id), never about people: no name, number, address, or
// text somebody typed.
namespace madang::log {

enum class level { debug, info, warn, error };

struct field {
  std::string_view key;
  std::string value;
  field(std::string_view k, std::string_view v) : key(k), value(v) {}
  field(std::string_view k, const char* v) : key(k), value(v) {}
  field(std::string_view k, long long v) : key(k), value(std::to_string(v)) {}
  field(std::string_view k, long v) : key(k), value(std::to_string(v)) {}
  field(std::string_view k, int v) : key(k), value(std::to_string(v)) {}
  field(std::string_view k, unsigned long v) : key(k), value(std::to_string(v)) {}
};

void set_level(level at_least);
// Tests look at what was written.
void set_sink(void (*sink)(std::string_view line));
void write(level l, std::string_view event, std::initializer_list<field> fields);

inline void debug(std::string_view e, std::initializer_list<field> f = {}) {
  write(level::debug, e, f);
}
inline void info(std::string_view e, std::initializer_list<field> f = {}) {
  write(level::info, e, f);
}
inline void warn(std::string_view e, std::initializer_list<field> f = {}) {
  write(level::warn, e, f);
}
inline void error(std::string_view e, std::initializer_list<field> f = {}) {
  write(level::error, e, f);
}

}  // namespace madang::log
