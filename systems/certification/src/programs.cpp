#include "programs.hpp"

#include <algorithm>
#include <set>

namespace madang::certification {
namespace {

std::string select_key() {
  return "select " + store::columns<program_key>() + " from program_key ";
}

std::vector<std::string> list_of(std::string_view names, bool of_dns) {
  auto list = text::split(of_dns ? text::lower_case(names) : std::string(names), ' ');
  std::erase(list, "");
  return list;
}

}  // namespace

result<program_key> admit_program(registrar& o, const audit::access& why, const program_key& wish) {
  if (auto said = why.stated(); !said) return said.why();
  if (o.hierarchy_of(wish.authority) != "government")
    return refuse(kind::invalid, "certification.authority", "authority");
  if (text::trim(wish.agency).empty() || text::length(wish.agency) > 64)
    return refuse(kind::invalid, "certification.agency", "agency");
  if (wish.kind != "server" && wish.kind != "device")
    return refuse(kind::invalid, "certification.kind", "kind");
  const bool servers = wish.kind == "server";
  const auto list = list_of(wish.names, servers);
  if (list.empty() || list.size() > 20 ||
      !std::all_of(list.begin(), list.end(), servers ? pki::is_dns_name : is_device_number))
    return refuse(kind::invalid, servers ? "certification.dns" : "certification.number", "names");
  program_key k = wish;
  k.key = new_id();
  k.kid = random_token(12);
  k.secret = trust::random_bytes(32);
  k.names = text::join(list, " ");
  k.made = now();
  k.made_by = why.who.name;
  o.db.writing([&](store::write& tx) {
    tx.insert("program_key", k);
    audit::append(tx, why, audit::action::issued, {}, "program_key", k.kid, k.names);
  });
  return k;
}

std::vector<program_key> program_keys(registrar& o) {
  return o.db.reading([](store::read& r) {
    return r.all<program_key>(select_key() + "order by key desc limit 200");
  });
}

std::optional<program_key> program_with(registrar& o, std::string_view kid) {
  return o.db.reading(
      [&](store::read& r) { return r.one<program_key>(select_key() + "where kid = ?1", kid); });
}

bool may_ask(const program_key& k, std::string_view name) {
  for (const auto& one : text::split(k.names, ' ')) {
    if (name == one) return k.kind == "server" || !one.ends_with('-');
    if (k.kind == "server" ? name.ends_with("." + one)
                           : one.ends_with('-') && name.starts_with(one) && name != one)
      return true;
  }
  return false;
}

result<program_wish> wish_for(const program_key& k, const trust::bytes& key,
                              const std::string& common_name,
                              const std::vector<std::string>& dns) {
  program_wish w;
  w.kind = k.kind;
  w.key = key;
  w.agency = k.agency;
  if (k.kind == "device") {
    w.number = common_name;
    if (!is_device_number(w.number) || !may_ask(k, w.number))
      return refuse(kind::forbidden, "certification.number", "request");
    return w;
  }
  std::set<std::string> names(dns.begin(), dns.end());
  if (!common_name.empty()) names.insert(text::lower_case(common_name));
  if (names.empty() || names.size() > 20 ||
      !std::all_of(names.begin(), names.end(),
                   [&](const auto& n) { return pki::is_dns_name(n) && may_ask(k, n); }))
    return refuse(kind::forbidden, "certification.dns", "request");
  w.dns = {names.begin(), names.end()};
  return w;
}

audit::access why_of_program(const registrar& o, const char* protocol, const program_key& k) {
  audit::actor who = audit::system_actor(protocol);
  who.name = std::string(protocol) + ", " + k.agency;
  return {who, o.home.said("certification.purpose_program"),
          o.home.said("law.signature_government"), k.kid};
}

}  // namespace madang::certification
