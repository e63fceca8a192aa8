#pragma once
#include "madang/base/json.hpp"
#include "madang/xroad/node.hpp"

// Internal: what a service of a node answers with.
namespace madang::nodes {

inline xroad::provided answered(const json::value& v, int status = 200) {
  xroad::provided out;
  out.status = status;
  out.reason = status == 200 ? "OK" : "Refused";
  out.headers = {{"Content-Type", "application/json;charset=utf-8"}};
  out.body = json::print(v);
  return out;
}

}  // namespace madang::nodes
