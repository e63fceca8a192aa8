#include <filesystem>
#include <fstream>
#include <sstream>

#include "madang/access/access.hpp"
#include "personnel.hpp"
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

// {providers: [...]} of the pack and of the operator.
std::vector<signon::outside_provider> others_of(const house& home) {
  std::vector<signon::outside_provider> out;
  auto take = [&](const json::value& said, const std::string& file) {
    auto read = signon::read_providers(said);
    if (!read) throw packs::broken_pack({file, 0, read.why().code + " " + read.why().field});
    for (auto& one : *read) out.push_back(std::move(one));
  };
  const std::string of_pack = "signon/providers.yaml";
  if (home.pack().has(of_pack)) take(home.pack().yaml(of_pack), of_pack);
  const auto file = std::filesystem::path(home.chosen().data) / "providers.yaml";
  if (std::ifstream in(file); in) {
    std::ostringstream text;
    text << in.rdbuf();
    take(packs::parse_yaml(text.str(), file.string()), file.string());
  }
  return out;
}

}  // namespace

std::string origin_of(std::string_view address) {
  const auto host = address.find("//") + 2;
  return std::string(address.substr(0, address.find_first_of("/?", host)));
}

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

void join(house& h) {
  auto& db = h.database("signon");
  signon::options o;
  o.issuer = without_slash(h.chosen().public_url);
  o.passphrase = passphrase_of(h.chosen());
  auto& identities = h.database("identity");
  auto b = std::make_shared<bureau>(h, db, identities, clients_of(h), others_of(h),
                                    std::move(o));
  machine_pages(h, b);
  connect_pages(h, b);
  mine_pages(h, b);
  passkey_pages(h, b);
  code_pages(h, b);
  password_pages(h, b);
  step_up_pages(h, b);
  outside_pages(h, b);
  auto p = std::make_shared<personnel>(h, b);
  order_pages(p);
  who_pages(p);
  refusal_pages(p);
  account_desk(p);
  keep_periods(p);
  listen_to_orders(p);
  h.accompany({[p] { p->start(); }, [p] { p->stop(); }});
  h.hub().listen("access", "session.ended", [b](const exchange::event& e) {
    b->provider.session_ended(e.subject);
    b->sender.wake();
  });
  b->sender.start();
}

}  // namespace madang::access
