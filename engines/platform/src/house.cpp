#include "madang/platform/house.hpp"

#include <algorithm>
#include <filesystem>
#include <typeinfo>

#include "madang/egress/egress.hpp"
#include "madang/platform/calls.hpp"
#include "madang/platform/context.hpp"
#include "madang/platform/guarding.hpp"
#include "messages.hpp"

namespace madang::platform {
namespace {

html::texts load_texts(const packs::pack& pack) {
  auto loaded = html::texts::load(text_folders(pack), pack.languages());
  if (!loaded)
    throw packs::broken_pack(
        {loaded.why().facts.at("file"), 0, loaded.why().code + " " + loaded.why().field});
  add_visitor_languages(pack, *loaded);
  return std::move(*loaded);
}

// {a: {b: text}} as a.b -> text.
void flatten(const json::value& v, const std::string& key,
             std::map<std::string, std::string>& out) {
  if (v.is_string()) out.emplace(key, std::string(v.get_string()));
  if (!v.is_object()) return;
  for (const auto& m : v.get_object())
    flatten(m.value(), key.empty() ? std::string(m.key()) : key + "." + std::string(m.key()), out);
}

html::assets load_assets(const std::string& folder) {
  auto loaded = html::assets::load(folder);
  if (!loaded)
    throw packs::broken_pack({folder, 0, "web files are not built: npm run build in web/"});
  return std::move(*loaded);
}

identity::options identity_of(const packs::pack& pack, const html::texts& texts) {
  identity::options out;
  for (const auto& language : pack.languages()) {
    out.sign_in_purpose.set(language, std::string(texts("purpose.sign_in", language)));
    out.sign_in_law.set(language, std::string(texts("law.e_government", language)));
  }
  if (const char* rights = "access/rights.yaml"; pack.has(rights)) {
    const json::value said = pack.yaml(rights);
    if (const auto& roles = json::at(said, "roles"); roles.is_array())
      for (const auto& r : roles.get_array())
        if (const auto& lent = json::at(r, "lent"); lent.is_bool() && !lent.get_bool())
          out.personal_roles.emplace_back(json::str(r, "id"));
  }
  return out;
}

egress::rules outgoing_of(const settings& s) {
  auto read = egress::rules::read(guarding_of(s).outgoing);
  if (!read)
    throw packs::broken_pack({s.data + "/guard.yaml", 0,
                              "'" + read.why().facts.at("entry") +
                                  "' is no entry of outgoing; see docs/operating.md"});
  return std::move(*read);
}

// What follows the name in the seal: "구" is ruled by a "구청장".
std::string ending_of(std::string_view name, const json::object& endings) {
  for (const auto& e : endings)
    if (name.ends_with(std::string_view(e.key()))) return std::string(e.value().get_string());
  return {};
}

}  // namespace

words seal_title(const json::value& seals, const packs::pack& pack, std::string_view town) {
  const packs::district* municipality =
      pack.find_district(town.substr(0, std::min<std::size_t>(5, town.size())));
  if (!municipality) return {};
  const packs::district* province = pack.find_district(town.substr(0, 2));
  words out;
  for (const auto& language : pack.languages()) {
    const json::value& form = json::at(json::at(seals, "district"), language);
    std::string name = municipality->name(language);
    if (form.is_object()) {
      name += ending_of(name, form.get_object());
      if (province) name = province->name(language) + " " + name;
    } else if (form.is_string()) {
      name = text::fill(form.get_string(), std::map<std::string, std::string>{{"name", name}});
    }
    out.set(language, name);
  }
  return out;
}

std::vector<std::filesystem::path> text_folders(const packs::pack& pack) {
  std::vector<std::filesystem::path> out;
  for (const auto& one : pack.folders()) out.push_back(one / "texts");
  return out;
}

std::vector<std::string> visitor_languages_of(const packs::pack& pack) {
  std::vector<std::string> out;
  for (const auto& file : pack.list("languages", ".yaml"))
    out.push_back(std::filesystem::path(file).stem().string());
  return out;
}

void add_visitor_languages(const packs::pack& pack, html::texts& texts) {
  for (const auto& file : pack.list("languages", ".yaml")) {
    std::map<std::string, std::string> said;
    flatten(pack.yaml(file), "", said);
    if (auto good = texts.add_language(std::filesystem::path(file).stem().string(), said); !good)
      throw packs::broken_pack({file, 0, "no text is called " + good.why().field});
  }
}

std::string house::where_of(const settings& s) {
  return s.database.empty() ? s.data : s.database;
}

house::house(settings s)
    : settings_(std::move(s)),
      pack_(settings_.pack),
      visitor_languages_(visitor_languages_of(pack_)),
      texts_(load_texts(pack_)),
      assets_(load_assets(settings_.web)),
      catalogue_(pack_),
      seals_(pack_.yaml("seals.yaml")) {
  egress::open_to(outgoing_of(settings_));
  std::filesystem::create_directories(settings_.data);
  set_home_zone(pack_.zone());
  people_ = std::make_unique<identity::directory>(database("identity"),
                                                  identity_of(pack_, texts_));
  box_ = std::make_unique<notices::box>(database("notices"));
  channels_ = std::make_unique<notices::channels>(database("notices"),
                                                   country_code_of(pack_));
  store::database& portal = database("gov24");
  drafts_ = std::make_unique<forms::drafts>(portal);
  office_ = std::make_unique<documents::office>(
      portal, pack_, documents::office_options{settings_.data + "/keys", settings_.passphrase,
                                               settings_.font, settings_.colour_profile,
                                               settings_.public_url});
}

house::~house() { close(); }

const spatial::atlas& house::atlas() const {
  std::call_once(atlas_once_, [&] {
    atlas_ = std::make_unique<spatial::atlas>(pack_, settings_.data + "/boundaries");
  });
  return *atlas_;
}

store::database& house::database(const std::string& system) {
  auto& db = databases_[system];
  if (!db) {
    db = std::make_unique<store::database>(
        store::options{where_of(settings_), system, settings_.database.empty() ? 4 : 3, false});
    audit::prepare(*db);
    hub_.carry(*db);
  }
  return *db;
}

std::vector<store::database*> house::databases() {
  std::vector<store::database*> out;
  for (auto& [name, db] : databases_) out.push_back(db.get());
  return out;
}

std::vector<registers::schema> house::schemas_of(const std::string& system) const {
  std::vector<registers::schema> out;
  for (const auto& file : pack_.list("registers", ".yaml")) {
    auto s = registers::parse_schema(pack_.yaml(file), file);
    if (s.system == system) out.push_back(std::move(s));
  }
  return out;
}

registers::registry& house::registers_of(const std::string& system) {
  auto& r = registries_[system];
  if (!r) {
    r = std::make_unique<registers::registry>(database(system), schemas_of(system));
    hub_.offer_registers(*r);
  }
  return *r;
}

cases::files& house::files_of(const std::string& system) {
  auto& f = files_[system];
  if (!f) {
    f = std::make_unique<cases::files>(database(system), pack_.calendar(), pack_.zone());
    f->know_posts(post_book());
    all_files_.push_back(f.get());
  }
  return *f;
}

// What the files of cases ask about posts.
cases::post_book house::post_book() {
  cases::post_book out;
  out.above = [this](std::string_view role, std::string_view office, std::string_view post) {
    auto found = people_->above(role, office, post);
    return found ? found->code : std::string();
  };
  out.fits = [this](std::string_view post, std::string_view role, std::string_view office) {
    auto p = people_->find_post(post);
    if (!p || !p->holder || !office.starts_with(p->office)) return false;
    const auto roles = text::split(p->roles, ',');
    return std::find(roles.begin(), roles.end(), role) != roles.end();
  };
  out.name = [this](std::string_view post) {
    auto p = people_->find_post(post);
    if (!p) return std::string(post);
    auto holder = people_->find_account(p->holder);
    return p->agency_name(pack_.language()) + " " + p->title(pack_.language()) +
           (holder ? " " + holder->name : "");
  };
  return out;
}

process::engine& house::processes_of(const std::string& system) {
  auto& e = processes_[system];
  if (!e) {
    audit::access clock{audit::system_actor("process clock"), said("purpose.process_clock"),
                        said("law.civil_petitions"), ""};
    e = std::make_unique<process::engine>(database(system), std::move(clock));
    clockwork_.add(*e);
    carry_calls(hub_, database(system), system, *e);
  }
  return *e;
}

cases::files* house::files_with(id key, std::optional<cases::matter>* found) {
  for (auto* f : all_files_) {
    auto m = f->find(key);
    if (!m) continue;
    if (found) *found = std::move(m);
    return f;
  }
  return nullptr;
}

words house::title_of(const cases::matter& m) const {
  if (const auto* e = catalogue_.find(m.procedure)) return e->name;
  for (const auto* f : all_files_)
    if (f->find_procedure(m.procedure)) return f->title_of(m);
  return {m.procedure, m.procedure};
}

words house::said(std::string_view key, const html::texts::facts& facts) const {
  words out;
  for (const auto& language : pack_.languages())
    out.set(language, texts_.fill(key, language, facts));
  return out;
}

words house::written(date d) const {
  words out;
  for (const auto& language : pack_.languages()) out.set(language, madang::written(d, language));
  return out;
}

words house::seal_of_district(std::string_view town) const {
  return seal_title(seals_, pack_, town);
}

void house::page(std::string method, std::string pattern, needs who, page_handler handle) {
  const std::string name = method + " " + pattern;
  needs_.emplace(name, who);
  router_.add(std::move(method), std::move(pattern),
              [this, name, who, handle = std::move(handle)](http::request& r) {
                return run(r, name, who, handle);
              },
              name);
}

void house::machine(std::string method, std::string pattern,
                    std::function<http::response(http::request&)> handle) {
  const std::string name = method + " " + pattern;
  needs_.emplace(name, needs::nobody);
  router_.add(std::move(method), std::move(pattern),
              [this, name, handle = std::move(handle)](http::request& r) {
                const instant begun = now();
                http::response out;
                try {
                  out = handle(r);
                } catch (const store::error& e) {
                  out = explain(r, refuse(kind::unavailable, "store.unavailable", "",
                                          {{"seconds", "5"}}));
                  log::error("store", {{"route", name}, {"what", e.what()}});
                }
                metrics_.answered(name, out.status, now().micros - begun.micros);
                return out;
              },
              name);
}

std::vector<house::watched> house::parts() const {
  std::vector<watched> out;
  for (const auto& [name, look] : watched_) {
    try {
      out.push_back(look());
    } catch (const store::error&) {
      out.push_back({name, "down", {}});
    }
  }
  return out;
}

void house::hold_writes(std::function<outcome()> may, std::vector<std::string> open) {
  may_write_ = std::move(may);
  always_open_ = std::move(open);
}

outcome house::write_allowed(const http::request& r) const {
  if (!may_write_ || r.method == "GET" || r.method == "HEAD") return nothing{};
  for (const auto& path : always_open_)
    if (r.path.starts_with(path)) return nothing{};
  return may_write_();
}

namespace {

// What works here and what is asked for most comes first among equals.
search::document searchable(const services::entry& e, const services::catalogue& catalogue) {
  search::document d;
  d.key = e.id;
  d.title = e.name;
  d.body = e.summary;
  d.keywords = e.search_words;
  d.facets = {{"category", e.category}, {"agency", e.agency}};
  d.boost = catalogue.find_definition(e.id) ? 3 : 0;
  d.boost += e.popular * 0.3;
  return d;
}

}  // namespace

void house::open() {
  const auto gateway = gateway_of(settings_);
  std::vector<search::document> all;
  all.reserve(catalogue_.entries().size());
  for (const auto& e : catalogue_.entries()) all.push_back(searchable(e, catalogue_));
  search_.replace(std::move(all));
  std::set<std::string, std::less<>> with_processes;
  for (const auto& [system, e] : processes_) with_processes.insert(system);
  for (const auto& [system, e] : processes_) e->calls_elsewhere(with_processes);
  hub_.start();
  each_night({"cases.clock",
              [this]() -> std::optional<date> {
                if (all_files_.empty()) return today(pack_.zone());
                std::optional<date> first;
                for (auto* f : all_files_) {
                  const auto rung = f->last_rung();
                  if (!rung) return {};
                  first = first ? std::min(*first, *rung) : *rung;
                }
                return first;
              },
              [this](const std::atomic<bool>& stop) -> outcome {
                for (auto* f : all_files_)
                  f->ring(today(pack_.zone()), [&] { return stop.load(); });
                return nothing{};
              }});
  clockwork_.start();
  messenger_ = messenger_of(*this, gateway, [this](auto w, auto language, auto code) {
    return message(w, language, code);
  });
  messenger_->start();
  for (auto& h : helpers_) h.start();
  if (settings_.nightly) nights_.start(pack_.zone());
}

void house::close() {
  nights_.stop();
  for (auto& h : helpers_) h.stop();
  if (messenger_) messenger_->stop();
  clockwork_.stop();
  hub_.stop();
}

http::response house::answer(http::request& r) {
  r.secure = r.secure || settings_.public_url.starts_with("https://");
  if (const auto* file = r.method == "GET" || r.method == "HEAD" ? assets_.find(r.path) : nullptr) {
    http::response out;
    out.content_type = file->content_type;
    out.shared = file->bytes;
    out.with("Cache-Control", file->immutable ? "public, max-age=31536000, immutable" : "no-cache");
    return out;
  }
  if (settings_.behind_proxy) {
    // The proxy adds whom it heard at the end; what stands before may be anybody's word.
    const auto told = r.header("x-forwarded-for");
    const auto last = text::trim(told.substr(told.find_last_of(',') + 1));
    if (!last.empty()) r.peer = last;
  }
  auto match = router_.find(r);
  if (match.found) return match.found->handle(r);
  return guarded(r, "none", [&](context& c) {
    if (match.allowed.empty()) return c.refuse(refuse(kind::not_found, "request.no_page"));
    auto out = c.refuse(refuse(kind::conflict, "request.method"));
    out.status = 405;
    return out.with("Allow", text::join(match.allowed, ", "));
  });
}

http::response house::explain(const http::request& asked, const refusal& why) {
  http::request r;
  r.method = asked.method;
  r.path = asked.path;
  r.headers = asked.headers;
  r.secure = asked.secure || settings_.public_url.starts_with("https://");
  const context c(*this, r, context::unknown_person{});
  // Our own mistake is no kind of refusal, so its status is said here (RFC 9457 section 3.1.2).
  if (why.code == "http.failed" && r.wants_json()) {
    auto out = http::text_response(
        500,
        json::print(json::object{{"type", "/problems/http.failed"},
                                 {"title", c.say("problem.title_500")},
                                 {"status", 500},
                                 {"detail", c.explain(why)},
                                 {"code", why.code}}),
        "application/problem+json");
    return c.with_privacy(std::move(out));
  }
  return c.refuse(why);
}

namespace {

refusal not_stored(const store::error& e, const std::string& route) {
  log::error("store", {{"route", route}, {"what", e.what()}});
  const bool full = e.why == store::error::cause::full;
  return refuse(kind::unavailable, full ? "store.full" : "store.unavailable", "",
                {{"seconds", full ? "30" : "5"}});
}

// The answer leaves when the looks it was made from are entered, on disk.
void hold_until_stored(http::response& answer, store::acknowledgement& entries,
                       const std::string& route) {
  answer.until = [told = entries.handed_over(), route](http::response::release let) {
    told([let = std::move(let), route](const std::exception_ptr& failed) {
      if (!failed) return let(nullptr);
      try {
        std::rethrow_exception(failed);
      } catch (const store::error& e) {
        const refusal why = not_stored(e, route);
        let(&why);
      } catch (const std::exception& e) {
        log::error("store", {{"route", route}, {"what", typeid(e).name()}});
        const refusal why = refuse(kind::unavailable, "store.unavailable", "", {{"seconds", "5"}});
        let(&why);
      }
    });
  };
}

}  // namespace

// What is made for one person stays with her, also where a page gave no thought to it.
static void keep_out_of_caches(http::response& answer) {
  for (const auto& [name, value] : answer.headers)
    if (name == "Cache-Control") return;
  answer.with("Cache-Control", "private, no-store");
}

// Reads may go on while the disk is full; what cannot be written is refused clearly, whoever asks.
http::response house::guarded(http::request& r, const std::string& route,
                              const page_handler& handle) {
  try {
    context c(*this, r);
    c.route = route;
    return handle(c);
  } catch (const store::error& e) {
    return explain(r, not_stored(e, route));
  }
}

http::response house::run(http::request& r, const std::string& route, needs who,
                          const page_handler& handle) {
  const instant begun = now();
  store::acknowledgement entries;
  http::response out = guarded(r, route, [&](context& c) {
    http::response answer;
    if (who != needs::nobody && !c.actor.signed_in()) {
      answer = c.refuse(refuse(kind::unauthenticated, "sign_in.needed"));
    } else if (who == needs::official && !c.actor.official()) {
      answer = c.refuse(refuse(kind::forbidden, "request.officials_only"));
    } else if (auto good = r.method == "POST" ? c.accept_form() : outcome(nothing{}); !good) {
      // No page of ours sends this: somebody tries.
      log::warn("request.refused", {{"route", route}, {"code", good.why().code}});
      answer = c.refuse(good.why());
    } else if (auto open = write_allowed(r); !open) {
      answer = c.refuse(open.why());
    } else if (auto instead = gate_ ? gate_(c, route) : std::nullopt) {
      answer = std::move(*instead);
    } else {
      answer = handle(c);
    }
    if (r.method == "GET") c.keep_choices(answer);
    if (who != needs::nobody || c.session) keep_out_of_caches(answer);
    if (answer.status == 403 && c.actor.signed_in())
      database("identity").writing([&](store::write& tx) {
        audit::append(tx, c.access(said("purpose.refused"), said("law.e_government")),
                      audit::action::refused, {}, "page", route);
      });
    return answer;
  });
  metrics_.answered(route, out.status, now().micros - begun.micros);
  if (entries.pending()) hold_until_stored(out, entries, route);
  return out;
}

}  // namespace madang::platform
