#pragma once
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "madang/cases/cases.hpp"
#include "madang/documents/office.hpp"
#include "madang/exchange/exchange.hpp"
#include "madang/forms/drafts.hpp"
#include "madang/html/html.hpp"
#include "madang/http/router.hpp"
#include "madang/identity/identity.hpp"
#include "madang/notices/channels.hpp"
#include "madang/notices/notices.hpp"
#include "madang/packs/packs.hpp"
#include "madang/platform/metrics.hpp"
#include "madang/platform/clockwork.hpp"
#include "madang/platform/nights.hpp"
#include "madang/platform/settings.hpp"
#include "madang/platform/throttle.hpp"
#include "madang/process/engine.hpp"
#include "madang/registers/registers.hpp"
#include "madang/search/index.hpp"
#include "madang/services/catalogue.hpp"
#include "madang/spatial/atlas.hpp"
#include "madang/store/store.hpp"

// The courtyard: what every system finds when it moves in. A system is one function,
// `void join(platform::house&)`, that says which registers it owns, which verbs it offers, which
// kinds of cases it handles, and which pages it shows.
namespace madang::platform {

class context;
using page_handler = std::function<http::response(context&)>;

// Who may ask for a page. What exactly she may see there is the page's own matter.
enum class needs { nobody, sign_in, official };

class house {
 public:
  explicit house(settings s);
  ~house();
  house(const house&) = delete;

  // ---- moving in ----
  // The database of a system, opened once.
  store::database& database(const std::string& system);
  // Does the pack give this system anything to keep? One without registers stays silent: a small
  // country need not have a register of vehicles because the program knows how to keep one.
  bool keeps(const std::string& system) const { return !schemas_of(system).empty(); }
  // The registers that the pack gives to a system.
  registers::registry& registers_of(const std::string& system);
  cases::files& files_of(const std::string& system);
  // Processes that live in the database of a system; their timers run while the house is open.
  process::engine& processes_of(const std::string& system);
  void page(std::string method, std::string pattern, needs who, page_handler handle);
  // Work that is done once a night; not where `nightly` is off.
  void each_night(nights::job j) { nights_.add(std::move(j)); }

  // A route that programs of others use: no session, no form and no token; the handler gets the
  // request as it came. Never held back by a gate.
  void machine(std::string method, std::string pattern,
               std::function<http::response(http::request&)> handle);
  // Work in threads of its own: begun when the house opens, ended before anything else closes.
  struct helper {
    std::function<void()> start, stop;
  };
  void accompany(helper h) { helpers_.push_back(std::move(h)); }
  // A part that can say how it is, for /health and /metrics; it is asked on any thread.
  struct watched {
    std::string name, state;       // "up", "late", "down"
    std::vector<platform::metrics::gauge> gauges;
  };
  void watch(std::string name, std::function<watched()> look) {
    watched_.emplace_back(std::move(name), std::move(look));
  }
  // A part whose look needs the store is "down" with it; the others are told all the same.
  std::vector<watched> parts() const;
  // While this refuses, what would change something is refused with it: every POST but those whose
  // path begins with one of `open`.
  void hold_writes(std::function<outcome()> may, std::vector<std::string> open);

  // Asked before a page's own handler, when who asks is known and the form is read: an answer here
  // is the answer. The page is named as the router names it, "GET /desk/audit".
  using gate = std::function<std::optional<http::response>(context&, const std::string& page)>;
  void guard(gate g) { gate_ = std::move(g); }
  // Where somebody reads why she was refused: called for each refusal of kind `forbidden` to who
  // has signed in; keeps what the page will say and gives its address, or nothing.
  using explainer = std::function<std::string(const context&, const refusal&)>;
  void explain_refusals(explainer e) { explainer_ = std::move(e); }
  std::string explained(const context& c, const refusal& why) const {
    return explainer_ ? explainer_(c, why) : std::string();
  }

  // After all have moved in: search is filled, the exchange starts to carry events.
  void open();
  void close();

  // A request from the edge, to its page.
  http::response answer(http::request& r);
  // A refusal of the edge itself, in the reader's language. Touches no store.
  http::response explain(const http::request& asked, const refusal& why);

  // ---- what is there ----
  const settings& chosen() const { return settings_; }
  const packs::pack& pack() const { return pack_; }
  // The districts as shapes, with the boundaries in <data>/boundaries; made when first asked for,
  // as cells of thousands of towns are not needed to start.
  const spatial::atlas& atlas() const;
  const html::texts& texts() const { return texts_; }
  // Further languages in which visitors find a part of the texts (languages/TAG.yaml of the pack).
  const std::vector<std::string>& visitor_languages() const { return visitor_languages_; }
  const html::assets& assets() const { return assets_; }
  const services::catalogue& catalogue() const { return catalogue_; }
  exchange::hub& hub() { return hub_; }
  identity::directory& people() { return *people_; }
  notices::box& box() { return *box_; }
  notices::channels& channels() { return *channels_; }
  forms::drafts& drafts() { return *drafts_; }
  documents::office& documents() { return *office_; }
  search::index& search() { return search_; }
  platform::metrics& metrics() { return metrics_; }
  // Whoever tries out numbers of documents, or passwords, is made to wait.
  throttle& number_guesses() { return number_guesses_; }
  throttle& password_guesses() { return password_guesses_; }
  const http::router& router() const { return router_; }
  // Of a route, by its name in the router.
  needs needs_of(const std::string& route) const { return needs_.at(route); }
  const std::vector<cases::files*>& all_files() const { return all_files_; }
  std::vector<store::database*> databases();

  // A text of the pack in all its languages.
  words said(std::string_view key, const html::texts::facts& facts = {}) const;
  words written(date d) const;

  // The files that hold a case, by its key; null when none does.
  cases::files* files_with(id key, std::optional<cases::matter>* found = nullptr);

  // What a case is called: as its files say, or the catalogue's name of the service.
  words title_of(const cases::matter& m) const;

  // "서울특별시 종로구청장": who seals for a district, as the pack's seals.yaml names them.
  words seal_of_district(std::string_view town) const;

 private:
  http::response guarded(http::request& r, const std::string& route, const page_handler& handle);
  http::response run(http::request& r, const std::string& route, needs who,
                     const page_handler& handle);
  outcome write_allowed(const http::request& r) const;
  static std::string where_of(const settings& s);
  notices::letter message(notices::way w, std::string_view language, std::string_view code) const;
  cases::post_book post_book();
  std::vector<registers::schema> schemas_of(const std::string& system) const;

  settings settings_;
  packs::pack pack_;
  mutable std::once_flag atlas_once_;
  mutable std::unique_ptr<spatial::atlas> atlas_;
  std::vector<std::string> visitor_languages_;
  html::texts texts_;
  html::assets assets_;
  services::catalogue catalogue_;
  json::value seals_;
  std::map<std::string, std::unique_ptr<store::database>> databases_;
  std::map<std::string, std::unique_ptr<registers::registry>> registries_;
  std::map<std::string, std::unique_ptr<cases::files>> files_;
  std::vector<cases::files*> all_files_;
  std::map<std::string, std::unique_ptr<process::engine>> processes_;
  std::unique_ptr<identity::directory> people_;
  std::unique_ptr<notices::box> box_;
  std::unique_ptr<notices::channels> channels_;
  std::unique_ptr<forms::drafts> drafts_;
  std::unique_ptr<documents::office> office_;
  search::index search_;
  platform::metrics metrics_;
  throttle number_guesses_{30, std::chrono::minutes(10)};
  throttle password_guesses_{30, std::chrono::minutes(10)};
  http::router router_;
  std::map<std::string, needs> needs_;
  exchange::hub hub_;              // last but one: its dispatcher uses all the others
  clockwork clockwork_;
  std::unique_ptr<notices::messenger> messenger_;
  nights nights_;                  // ends before all others
  std::vector<helper> helpers_;
  std::vector<std::pair<std::string, std::function<watched()>>> watched_;
  std::function<outcome()> may_write_;
  std::vector<std::string> always_open_;
  gate gate_;
  explainer explainer_;
};

// The seal of a nation is data of its pack; this reads it.
words seal_title(const json::value& seals, const packs::pack& pack, std::string_view town);
// Tags of the files languages/TAG.yaml of a pack, and the texts with what they say. Throws
// packs::broken_pack.
std::vector<std::string> visitor_languages_of(const packs::pack& pack);
void add_visitor_languages(const packs::pack& pack, html::texts& texts);
// Where the sentences of a country stand: its own, then those of what it stands on.
std::vector<std::filesystem::path> text_folders(const packs::pack& pack);

}  // namespace madang::platform
