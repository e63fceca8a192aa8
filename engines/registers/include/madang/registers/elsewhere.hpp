#pragma once
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "madang/registers/registers.hpp"

// Registers that another node keeps. Which those are is a fact about the process, as a process is a
// node: systems ask `registry` as ever, and their questions go to the keeper, who enters each look
// where the record lies. What is written is refused here (register.elsewhere).
namespace madang::registers {

// What registry::get, find, starting and history are asked, as one thing that can travel.
struct question {
  std::string verb = {};  // "get" "find" "starting" "history"
  std::string reg = {};
  std::string item = {};   // of find and starting
  std::string value = {};  // the key, of get and history
  moment when = present();
  std::vector<std::string> items = {};
  int limit = 100;
};
// `get` answers one record or refuses register.no_record.
using keeper = std::function<result<std::vector<record>>(const audit::access&, const question&)>;

// From now on these registers, and no others, are asked of their keepers. May be called again at
// any time, from any thread.
void keep_elsewhere(std::map<std::string, keeper, std::less<>> all);
bool is_elsewhere(std::string_view reg);

// The keeper's side: asks a registry of this process. Besides its own refusals register.unknown
// for another verb.
result<std::vector<record>> answer(registry& r, const audit::access& why, const question& q);

json::value to_json(const question& q);
// Refusal json.type: no question.
result<question> read_question(const json::value& v);
json::value to_json(std::span<const record> all);
// Refusal json.type: no records.
result<std::vector<record>> read_records(const json::value& v);

}  // namespace madang::registers
