#pragma once
#include <string>
#include <string_view>

#include "madang/base/result.hpp"

// Why X-Road refuses, in its own words: "InvalidSignatureValue", with those who pass it on adding
// where it happened in front ("MalformedSignature.HashChainUnusedInputs",
// "Server.ServerProxy.AccessDenied"). The code of the refusal is that word; the fact "detail" is a
// sentence in English for the operator at the other end, as the protocol sends it.
namespace madang::xroad {

inline refusal fault(std::string code, std::string detail) {
  return {kind::invalid, std::move(code), {}, {{"detail", std::move(detail)}}};
}
inline refusal within(std::string_view prefix, refusal f) {
  f.code = std::string(prefix) + "." + f.code;
  return f;
}
inline std::string detail_of(const refusal& f) {
  const auto found = f.facts.find("detail");
  return found == f.facts.end() ? std::string() : found->second;
}

}  // namespace madang::xroad
