#include <fstream>

#include "madang/base/telephone.hpp"
#include "madang/carrier/carrier.hpp"
#include "madang/platform/house.hpp"
#include "madang/trust/bytes.hpp"
#include "madang/trust/password.hpp"
#include "pages.hpp"

namespace madang::carrier {
namespace {

// The key by which all carriers compute the same identifier of a person (CI): theirs alone.
std::string shared_key(const std::string& data) {
  const std::string file = data + "/ci-key";
  std::string key;
  if (std::ifstream in(file); in) std::getline(in, key);
  if (!key.empty()) return key;
  key = random_token(32);
  std::ofstream(file) << key << '\n';
  return key;
}

std::string ci_of(const std::string& key, std::string_view name, std::string_view born) {
  const std::string who = std::string(born) + " " + std::string(name);
  return text::base64url(trust::hmac_sha256(trust::view_of(key), trust::view_of(who)));
}

void add(platform::house& house, registers::registry& all, const json::value& said,
         const std::string& key) {
  const auto number = telephone_number(json::str(said, "number"), country_code);
  const auto born = json::str(said, "born"), name = json::str(said, "name");
  if (!number || name.empty() || !date::parse(born))
    throw packs::broken_pack({"subscribers.yaml", 0, "number, name or born is wrong"});
  if (house.people().find_login(*number)) return;
  identity::account a;
  a.person = new_id();
  a.login = *number;
  a.name = name;
  a.latin = json::str(said, "latin", name);
  a.password = trust::hash_password(json::str(said, "pin"));
  a.persona = true;
  const std::string shown = std::string(json::str(said, "number"));
  const std::string pin(json::str(said, "pin"));
  a.part = house.said("carrier.persona", {{"number", shown}, {"pin", pin}});
  const audit::access why{audit::system_actor("carrier"), house.said("purpose.sign_in"),
                          house.said("law.e_government"), ""};
  auto made = all.database().writing([&](store::write& tx) {
    return all.create(tx, why, "persons", a.person.str(),
                      {{"name", name}, {"born", born}, {"phone", *number},
                       {"ci", ci_of(key, name, born)}},
                      *date::parse(born));
  });
  check(bool(made), "a subscriber that the register takes");
  house.people().put_account(a);
}

}  // namespace

std::optional<id> subscriber_with(platform::house& house, std::string_view hint) {
  if (!hint.starts_with("tel:")) return {};
  auto account = house.people().find_login(hint.substr(4));
  return account ? std::optional(account->person) : std::nullopt;
}

void join(platform::house& house) {
  auto& all = house.registers_of("carrier");
  const std::string key = shared_key(house.chosen().data);
  const json::value said = house.pack().yaml("subscribers.yaml");
  if (const auto& list = json::at(said, "subscribers"); list.is_array())
    for (const auto& one : list.get_array()) add(house, all, one, key);
  pages(house);
}

}  // namespace madang::carrier
