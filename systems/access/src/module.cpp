#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "madang/access/access.hpp"
#include "madang/platform/client_tls.hpp"
#include "details.hpp"
#include "personnel.hpp"
#include "scim.hpp"
#include "step_up.hpp"

namespace madang::access {
namespace {

std::string passphrase_of(const platform::settings& s) {
  if (!s.passphrase.empty()) return s.passphrase;
  // Made by the office of documents, which is there before any system.
  std::ifstream in(s.data + "/passphrase");
  std::string kept;
  std::getline(in, kept);
  check(!kept.empty(), "the passphrase of the house");
  return kept;
}

std::string without_slash(std::string address) {
  while (address.ends_with('/')) address.pop_back();
  return address;
}

void add(std::vector<signon::client>& all, const json::value& said, const std::string& file) {
  auto read = signon::read_clients(said);
  if (!read) throw packs::broken_pack({file, 0, read.why().code + " " + read.why().field});
  for (auto& c : *read) {
    for (const auto& before : all)
      if (before.id == c.id) throw packs::broken_pack({file, 0, "client twice: " + c.id});
    all.push_back(std::move(c));
  }
}

std::vector<signon::client> clients_of(const house& home) {
  std::vector<signon::client> out;
  const std::string of_pack = "signon/clients.yaml";
  if (home.pack().has(of_pack)) add(out, home.pack().yaml(of_pack), of_pack);
  const std::filesystem::path own = std::filesystem::path(home.chosen().data) / "clients.yaml";
  if (std::ifstream in(own); in) {
    std::ostringstream text;
    text << in.rdbuf();
    add(out, packs::parse_yaml(text.str(), own.string()), own.string());
  }
  return out;
}

// What `read` makes of a file of the pack's folder signon and of the one of that name in the data
// folder, which is the operator's.
template <class T>
std::vector<T> both_of(const house& home, const std::string& name,
                       const std::function<result<std::vector<T>>(const json::value&)>& read) {
  std::vector<T> out;
  auto take = [&](const json::value& said, const std::string& file) {
    auto good = read(said);
    if (!good) throw packs::broken_pack({file, 0, good.why().code + " " + good.why().field});
    for (auto& one : *good) out.push_back(std::move(one));
  };
  const std::string of_pack = "signon/" + name;
  if (home.pack().has(of_pack)) take(home.pack().yaml(of_pack), of_pack);
  const auto file = std::filesystem::path(home.chosen().data) / name;
  if (std::ifstream in(file); in) {
    std::ostringstream text;
    text << in.rdbuf();
    take(packs::parse_yaml(text.str(), file.string()), file.string());
  }
  return out;
}

std::vector<signon::outside_provider> others_of(const house& home) {
  return both_of<signon::outside_provider>(
      home, "providers.yaml", [](const json::value& v) { return signon::read_providers(v); });
}

std::vector<signon::carrier> carriers_of(const house& home) {
  return both_of<signon::carrier>(home, "carriers.yaml", signon::read_carriers);
}

}  // namespace

std::optional<signon::presence> presence_of(const context& c, bureau& b) {
  if (!c.session) return {};
  auto s = b.sessions.of_token(c.session->token);
  if (!s) return {};
  return signon::presence{s->person, s->sid, s->authenticated, s->acr, text::split(s->amr, ' ')};
}

audit::access for_client(const context& c, const signon::client& by) {
  return c.access(by.purpose, by.law, by.id);
}

std::vector<std::string> given_words(const context& c, std::string_view scope) {
  std::vector<std::string> out;
  for (const auto& one : text::split(scope, ' '))
    if (const std::string key = "signon.gives_" + one; c.home.texts().has(key))
      out.emplace_back(c.say(key));
  return out;
}

html::node given_part(const context& c, const signon::client& by, std::string_view scope,
                      std::string_view claims) {
  using namespace html;
  std::vector<node> items;
  for (const auto& one : given_words(c, scope)) items.push_back(li(one));
  return all(
      items.empty() ? node() : all(h2(c.say("signon.what")), ul(items)),
      (" " + std::string(scope) + " ").find(" verified ") == std::string::npos
          ? node()
          : verified_part(c, claims),
      h2(c.say("signon.why")),
      summary_list(c.shell(),
                   {{std::string(c.say("signon.purpose")), node(by.purpose(c.language)), ""},
                    {std::string(c.say("signon.law")), node(by.law(c.language)), ""}}),
      inset(p(c.say("signon.until"), " ",
              a(href("/my/connections"), c.say("signon.connections")))));
}

namespace {

// Whose a certificate is, by the authorities that this country has.
std::optional<signon::options::certificate_holder> holder_of(house& h, trust::view der) {
  const audit::access why{audit::system_actor("sign-on"), h.said("purpose.sign_in"),
                          h.said("law.e_government"), ""};
  auto said = h.hub().ask("certification.holder", why, {{"certificate", text::base64(der)}});
  // Persons prove themselves at the sign-in page, programs here.
  if (!said || json::str(*said, "person") != "") return {};
  signon::options::certificate_holder out{std::string(json::str(*said, "subject")), {}};
  for (const auto& one : json::at(*said, "dns").as_array()) out.dns.emplace_back(one.as_string());
  return out;
}

shared_bureau bureau_of(house& h,
                        std::function<std::optional<id>(std::string_view hint)> person_called) {
  auto& db = h.database("signon");
  signon::options o;
  o.issuer = without_slash(h.chosen().public_url);
  o.passphrase = passphrase_of(h.chosen());
  o.person_called = std::move(person_called);
  o.tls_base = platform::client_tls_of(h.chosen()).public_url;
  o.holder_of = [&h](trust::view der) { return holder_of(h, der); };
  offer_details(h, o);
  auto clients = clients_of(h);
  for (const auto& by : clients)
    for (const auto& one : by.detail_types)
      if (std::ranges::find(o.detail_types, one, &signon::detail_type::name) ==
          o.detail_types.end())
        throw packs::broken_pack(
            {"clients.yaml", 0, by.id + ": there are no authorization details '" + one + "'"});
  auto& identities = h.database("identity");
  return std::make_shared<bureau>(h, db, identities, std::move(clients), others_of(h),
                                  carriers_of(h), std::move(o));
}

// What a provider is by itself.
void provider_pages(house& h, const shared_bureau& b) {
  machine_pages(h, b);
  details_doors(h, b);
  connect_pages(h, b);
  decoupled_pages(h, b);
  leaving_page(h, b);
  mine_pages(h, b);
  h.hub().listen("access", "session.ended", [b](const exchange::event& e) {
    b->provider.session_ended(e.subject);
    b->sender.wake();
  });
  b->sender.start();
}

}  // namespace

void join_provider(house& h, std::function<std::optional<id>(std::string_view)> person_called) {
  auto b = bureau_of(h, std::move(person_called));
  b->asks_pin = true;
  provider_pages(h, b);
}

void join(house& h) {
  auto b = bureau_of(h, [&h](std::string_view hint) -> std::optional<id> {
    auto account = h.people().find_login(hint);
    return account ? std::optional(account->person) : std::nullopt;
  });
  provider_pages(h, b);
  passkey_pages(h, b);
  code_pages(h, b);
  password_pages(h, b);
  step_up_pages(h, b);
  outside_pages(h, b);
  phone_pages(h, b);
  certificate_pages(h, b);
  auto p = std::make_shared<personnel>(h, b);
  order_pages(p);
  who_pages(p);
  refusal_pages(p);
  account_desk(p);
  scim_pages(p);
  keep_periods(p);
  listen_to_orders(p);
  h.accompany({[p] { p->start(); }, [p] { p->stop(); }});
}

}  // namespace madang::access
