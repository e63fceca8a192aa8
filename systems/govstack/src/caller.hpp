#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "madang/platform/context.hpp"

// Who knocks at a door of the blocks, and what the pack lets her do there (govstack/callers.yaml).
namespace madang::govstack {

using platform::context;
using platform::house;

struct caller {
  std::string member;  // "eGovStack/GOV/90000009/digitalregistries"
  std::string client;  // of our OpenID provider, whose token she shows; may be empty
  words name;
  std::string agency;
  words purpose, law;
  std::set<std::string, std::less<>> may;
  std::string post;  // in which she decides; empty: she decides nothing
  std::vector<std::string> roles;

  bool can(std::string_view right) const { return may.contains(right); }
};

// INSTANCE/CLASS/MEMBER/APPLICATION: letters, digits, point, dash; none begins with an underscore.
struct member_name {
  std::string instance, klass, code, application;
  static std::optional<member_name> parse(std::string_view s);
  std::string str() const;
  bool operator==(const member_name&) const = default;
};
bool is_identifier(std::string_view s);

class callers {
 public:
  // Throws packs::broken_pack.
  explicit callers(house& h);

  // By her token (scope "exchange"), else by the field Information-Mediator-Client where the pack
  // says that a mediator stands in front and has judged it, else as the one the pack lets in
  // unnamed. Refusals: oauth.invalid_token, govstack.member (the field is no name), and
  // govstack.unknown_caller.
  result<const caller*> who(const http::request& r) const;
  // The same, with that right. Refusal govstack.may_not {right}.
  result<const caller*> who(const http::request& r, std::string_view right) const;

  // As an entry of the audit calls her; null: nobody of these.
  const caller* named(std::string_view name) const;
  audit::access access(const caller& by, const words& purpose, const words& law,
                       const http::request& r) const;

 private:
  house& house_;
  bool mediated_ = false;  // the field is believed
  std::vector<caller> all_;
  const caller* unnamed_ = nullptr;
};

// ---- answers ----
http::response said(const json::value& v, int status = 200);
// An error as all blocks read it: members of RFC 9457 and those of the blocks' own documents.
http::response said(house& h, http::request& r, const refusal& why);

// A route of a block: what the handler refuses becomes an error of the block.
using handler = std::function<result<http::response>(http::request&)>;
void door(house& h, const std::string& method, const std::string& path, handler handle);

// The body, an object; none: an empty one. Refusals: json.*, request.type.
result<json::value> body_of(const http::request& r);
// A query argument; some callers put a second "?" behind the first query, which ends it.
std::string param(const http::request& r, std::string_view name);
// offset and limit, or firstResult and maxResult. Refusal govstack.paging {field}.
struct page_wanted {
  std::int64_t from = 0, count = 100;
};
result<page_wanted> page_of(const http::request& r, const char* from, const char* count);

std::string uuid();  // version 4, RFC 9562

}  // namespace madang::govstack
