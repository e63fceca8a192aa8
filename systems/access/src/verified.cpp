// OpenID Connect for Identity Assurance 1.0: not only what is said about a person, but who has
// verified it, how, and by which evidence. What a house can say so is data of its pack
// (signon/verified.yaml): the trust framework, the evidence, and which items of the register the
// claims are.
#include "madang/signon/claims.hpp"
#include "pages.hpp"

namespace madang::access {
namespace {

// Which claims a scope lets out of what the pack names.
bool lets_out(const signon::connection& k, std::string_view claim) {
  return claim == "ci" ? k.may("ci") : claim == "phone_number" ? k.may("phone") : true;
}

constexpr const char* file = "signon/verified.yaml";

// What a client that asked for single claims gets of all that could be said.
json::value picked(const std::string& claims, const json::value& all) {
  const auto asked = signon::read_claims(claims);
  if (!asked) return nullptr;
  json::array out;
  for (const auto& one : asked->verified)
    if (auto part = signon::as_asked(one, all, now()))
      if (!json::at(*part, "claims").get_object().empty()) out.push_back(std::move(*part));
  if (out.empty()) return nullptr;
  return asked->several ? json::value(std::move(out)) : out.front();
}

}  // namespace

json::value verified_claims(bureau& b, const audit::access& why, const signon::connection& k) {
  auto* reg = b.home.hub().registry_of("persons");
  if (!k.may("verified") || !reg || !b.home.pack().has(file)) return nullptr;
  const json::value said = b.home.pack().yaml(file);
  const auto& wanted = json::at(said, "claims");
  if (!wanted.is_object()) return nullptr;
  std::vector<std::string> items;
  for (const auto& one : wanted.get_object())
    if (lets_out(k, one.key())) items.emplace_back(one.value().get_string());
  auto found = reg->get(why, "persons", k.person.str(), registers::present(), items);
  if (!found) return nullptr;
  json::object claims;
  for (const auto& one : wanted.get_object())
    if (const auto value = found->text(one.value().get_string());
        !value.empty() && lets_out(k, one.key()))
      claims[one.key()] = value;
  json::object verification{{"trust_framework", json::str(said, "trust_framework")},
                            {"time", now().str()},
                            {"evidence", json::at(said, "evidence")}};
  json::value all(
      json::object{{"verification", std::move(verification)}, {"claims", std::move(claims)}});
  return k.claims.empty() ? all : picked(k.claims, all);
}

html::node verified_part(const context& c, std::string_view claims) {
  using namespace html;
  if (!c.home.pack().has(file)) return {};
  const json::value said = c.home.pack().yaml(file);
  std::vector<std::string> names;
  if (const auto asked = signon::read_claims(claims)) names = asked->verified_names();
  std::vector<std::string> words;
  if (const auto& all = json::at(said, "claims"); all.is_object())
    for (const auto& one : all.get_object())
      if (names.empty() || std::ranges::find(names, std::string(one.key())) != names.end())
        words.emplace_back(c.say("signon.claim_" + std::string(one.key())));
  return summary_list(
      c.shell(),
      {{std::string(c.say("signon.verified_what")), node(text::join(words, ", ")), ""},
       {std::string(c.say("signon.verified_how")),
        node(json::words_of(json::at(said, "how"))(c.language)), ""}});
}

void describe_verified(const house& h, json::object& discovery) {
  if (!h.pack().has(file)) return;
  const json::value said = h.pack().yaml(file);
  json::array names, records, kinds;
  if (const auto& all = json::at(said, "claims"); all.is_object())
    for (const auto& one : all.get_object()) names.emplace_back(one.key());
  if (const auto& all = json::at(said, "evidence"); all.is_array())
    for (const auto& one : all.get_array()) {
      kinds.emplace_back(json::str(one, "type"));
      records.emplace_back(json::str(json::at(one, "record"), "type"));
    }
  discovery["verified_claims_supported"] = true;
  discovery["trust_frameworks_supported"] = json::array{json::str(said, "trust_framework")};
  discovery["evidence_supported"] = std::move(kinds);
  discovery["electronic_records_supported"] = std::move(records);
  discovery["claims_in_verified_claims_supported"] = std::move(names);
}

}  // namespace madang::access
