#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "madang/exchange/exchange.hpp"

// Names that another node answers. Which those are is a fact about the process, as a process is a
// node: hub::ask and hub::tell go there, also when a system of this process offers the same name.
namespace madang::exchange {

// From now on these names, and no others. May be called again at any time, from any thread.
void answer_elsewhere(std::map<std::string, hub::query, std::less<>> queries,
                      std::map<std::string, hub::command, std::less<>> commands);
bool is_elsewhere(std::string_view name);

// ---- agencies ----
// A verb that is addressed says to whom it goes: the member "agency" of its input is the code of an
// agency. hub::ask and hub::tell take it to the node that serves this agency, and to the system of
// this process when that is this one. Who asks does not know.
struct agency_elsewhere {
  std::string keeper;  // "KR/GOV/1613000/registers": as whom its node signs
  std::function<hub::query(const std::string& name)> query;
  std::function<hub::command(const std::string& name)> command;
};
// From now on these agencies, by code, and no others. May be called again at any time, from any
// thread.
void serve_elsewhere(std::map<std::string, agency_elsewhere, std::less<>> agencies);
// Before the hub starts.
void address(std::string_view name);
bool is_addressed(std::string_view name);
// By whom an agency is kept; nothing: it is served here, or there is none of that code.
std::optional<std::string> keeper_of(std::string_view agency);
std::map<std::string, std::string, std::less<>> agencies_elsewhere();  // code -> keeper

}  // namespace madang::exchange
