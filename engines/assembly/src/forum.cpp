#include "forum.hpp"

#include <algorithm>

#include "madang/assembly/invented.hpp"
#include "madang/platform/passphrase.hpp"
#include "madang/platform/text_commands.hpp"

namespace madang::assembly {

namespace {

constexpr auto pause = std::chrono::milliseconds(500);
constexpr std::size_t most_similar = 5;
constexpr int most_indexed = 50'000;

std::vector<voices::rule> only(voices::rule r) {
  std::vector<voices::rule> out;
  out.push_back(std::move(r));
  return out;
}

words text_example(const house& h, const std::string& system) {
  for (const auto& one : platform::text_commands_of(h.pack()))
    if (one.system == system) return one.example;
  return {};
}

}  // namespace

forum::forum(house& h, place p, voices::rule r)
    : house_(h),
      place_(std::move(p)),
      book_(book_of(h, place_.system, only(std::move(r)))),
      tokens_(h.database(place_.system), book_, platform::passphrase_of(h.chosen())),
      passes_(h.database(place_.system), book_, platform::passphrase_of(h.chosen())),
      answers_(h.database(place_.system)),
      log_(h, place_.system, rule().law),
      districts_(h, h.database(place_.system),
                 {audit::system_actor(place_.system), rule().name, h.said(rule().law), ""}),
      on_paper_(h.database(place_.system), "assembly"),
      by_text_(text_example(h, place_.system)) {
  for (const char* name : {"voices.stage", "voices.hidden", "voices.shown", "voices.stays_hidden",
                           "voices.excess"})
    house_.hub().listen(place_.system, name, [this](const exchange::event& e) { tell(e); });
}

// ---- the thread ----
void forum::start() {
  stopping_ = false;
  thread_ = std::thread([this] { work(); });
}

void forum::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void forum::work() {
  try {
    speak_first();
  } catch (const std::exception& e) {
    log::warn("voices.demonstration", {{"system", place_.system}, {"what", e.what()}});
  }
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    try {
      book_.turn(now());
      log_.enter(book_);
      districts_.look(book_, now(), [this] { return stopping_.load(); });
      if (changed_.exchange(false)) find_anew();
      invented_ = true;
    } catch (const std::exception& e) {      // the store or the log cannot be reached: later
      changed_ = true;
      log::warn("voices.turn", {{"system", place_.system}, {"what", e.what()}});
    }
    lock.lock();
    wake_.wait_for(lock, pause, [&] { return stopping_.load(); });
  }
}

void forum::find_anew() {
  voices::book::wanted w{.rule = rule().id};
  for (const auto& s : rule().stages)
    if (s.listed) w.stages.push_back(s.id);
  w.limit = most_indexed;
  std::vector<search::document> all;
  for (const auto& a : book_.list(w)) {
    search::document d;
    d.key = a.number;
    d.title.set(a.language, a.title);
    d.body.set(a.language, a.body);
    all.push_back(std::move(d));
  }
  index_.replace(std::move(all));
}

std::vector<ask> forum::similar(std::string_view words, std::string_view language) const {
  std::vector<ask> out;
  if (text::trim(words).empty()) return out;
  search::question q;
  q.text = words;
  q.language = language;
  q.limit = most_similar;
  for (const auto& hit : index_.query(q).hits)
    if (auto a = book_.find(rule().id, hit.key)) out.push_back(std::move(*a));
  return out;
}

// ---- who speaks ----
audit::access forum::why(const context& c, const std::string& reference) const {
  return c.access(rule().name, house_.said(rule().law), reference);
}

std::string forum::bucket_of(const audit::access& why, id person) {
  const std::string nowhere = "none";
  const auto value = [&](const char* reg, const std::string& key, const char* item) {
    auto* registry = key.empty() ? nullptr : house_.hub().registry_of(reg);
    if (!registry) return std::string();
    auto found = registry->get(why, reg, key, registers::present(),
                               std::vector<std::string>{item});
    return found ? std::string(found->text(item)) : std::string();
  };
  const std::string town = value("households", value("persons", person.str(), "household"),
                                 "town");
  const auto* district = town.size() < 2 ? nullptr : house_.pack().find_district(town.substr(0, 2));
  return district ? district->code : nowhere;
}

std::optional<ask> forum::find(const context& c) const {
  return book_.find(rule().id, c.request.capture("number"));
}

bool forum::owes(const audit::actor& who, const ask& a) const {
  return who.official() &&
         (who.agency == a.agency || who.agency.starts_with(a.agency + "-") ||
          (!place_.keeper.empty() && who.has_role(place_.keeper)));
}

bool forum::gives_verdicts() const {
  return std::ranges::any_of(rule().stages, [](const auto& s) { return !s.verdicts.empty(); });
}

// ---- who is told ----
void forum::tell(const exchange::event& e) {
  if (json::str(e.payload, "rule") != rule().id) return;
  const auto key = id::parse(e.subject);
  const auto a = key ? book_.find(*key) : std::optional<ask>();
  if (!a) return;
  if (e.name == "voices.excess") {
    tell_excess(*a, e);
    return;
  }
  changed_ = true;
  const std::string source = e.key.str();
  notices::notice n;
  n.person = a->author;
  n.link = path_of(*a);
  n.reference = place_.system + "-" + a->number;
  if (e.name == "voices.stage") {
    const auto* s = rule().find_stage(json::str(e.payload, "to"));
    if (!s) return;
    for (const auto& language : house_.pack().languages())
      n.title.set(language,
                  house_.texts().fill("assembly.told_stage", language,
                                      {{"title", a->title}, {"stage", s->name(language)}}));
    n.body = s->says;
    if (!s->duty.empty()) {
      notices::notice to_office = n;
      to_office.person = {};
      to_office.office = a->agency;
      to_office.link = place_.desk + "/" + a->number;
      house_.box().put(std::move(to_office), source);
    }
  } else {
    n.title = house_.said("assembly.told_" + e.name.substr(e.name.find('.') + 1),
                          {{"title", a->title}});
    n.body = house_.said("assembly.told_reason", {{"reason", a->hidden}});
    if (a->hidden.empty()) n.body = {};
  }
  // The authors of a demonstration are nobody.
  if (house_.people().find_account(a->author)) house_.box().put(std::move(n), source);
}

// What cannot be is for who answers to look into, and for who runs the house.
void forum::tell_excess(const ask& a, const exchange::event& e) {
  const std::string district(json::str(e.payload, "district"));
  const auto n = json::num(e.payload, "counted"), people = json::num(e.payload, "people");
  log::warn("voices.excess", {{"system", place_.system},
                              {"ask", a.number},
                              {"district", district},
                              {"counted", std::to_string(n)},
                              {"people", std::to_string(people)}});
  notices::notice note;
  note.office = a.agency;
  note.link = path_of(a, "/unusual");
  note.reference = place_.system + "-" + a.number;
  note.title = house_.said("assembly.told_excess", {{"title", a.title}});
  for (const auto& language : house_.pack().languages()) {
    const auto* d = house_.pack().find_district(district);
    note.body.set(language,
                  house_.texts().fill("assembly.told_excess_body", language,
                                      {{"district", d ? d->name(language) : district},
                                       {"n", text::grouped(n)},
                                       {"people", text::grouped(people)}}));
  }
  house_.box().put(std::move(note), e.key.str());
}

// ---- for all pages ----
saying main_saying(const forum& f) { return f.rule().stages.front().takes.front(); }

html::tone tone_of(const voices::stage& s) {
  if (!s.duty.empty()) return html::tone::warn;
  if (!s.takes.empty()) return html::tone::info;
  return html::tone::neutral;
}

ask_line line_of(const context& c, forum& f, const ask& a, std::int64_t count) {
  const auto& s = f.book().stage_of(a);
  const auto* category = f.rule().find_category(a.category);
  ask_line l{a.number, a.title, a.category, category ? category->name(c.language) : "",
             a.stage,  s.name(c.language), f.path_of(a), a.filed, {}, count, 0};
  if (a.ends != forever) l.ends = a.ends;
  for (const auto& g : s.goals)
    if (g.of == main_saying(f)) l.goal = g.count;
  return l;
}

void unseen_pages(const shared_forum& f) {
  if (std::ranges::none_of(f->rule().categories, [](const auto& k) { return k.level != 0; }))
    return;
  token_room r;
  r.home = &f->home();
  r.path = f->where().path;
  r.title = f->key("title");
  r.main = main_saying(*f);
  r.tokens = &f->tokens();
  r.passes = &f->passes();
  r.find = [f](const context& c) { return f->find(c); };
  r.why = [f](const context& c, const std::string& reference) { return f->why(c, reference); };
  r.bucket_of = [f](const context& c, const ask&) -> result<std::string> {
    return f->bucket_of(c);
  };
  token_pages(std::move(r));
}

voices::rule rule_of(const packs::pack& pack, const std::string& file) {
  auto r = voices::read_rule(pack.yaml(file));
  if (!r) throw packs::broken_pack({file, 0, r.why().field + " is wrong"});
  for (const auto& category : r->categories)
    if (!pack.find_agency(category.agency))
      throw packs::broken_pack({file, 0, "no agency is called " + category.agency});
  return std::move(*r);
}

void open(house& h, place p) {
  const std::string file = "voices/" + p.rule + ".yaml";
  if (!h.pack().has(file)) return;
  auto f = std::make_shared<forum>(h, std::move(p), rule_of(h.pack(), file));
  list_pages(f);
  if (f->where().filed == filing::form) filing_pages(f);
  ask_pages(f);
  unseen_pages(f);
  unusual_pages(f);
  open_data_pages(f);
  desk_pages(f);
  paper_pages(f);
  strike_pages(f);
  answer_pages(f);
  if (f->gives_verdicts()) adoption_pages(f);
  offer(f);
  watch_invented(h, f->where().system, [f] { return f->invented(); });
  h.accompany({[f] { f->start(); }, [f] { f->stop(); }});
}

}  // namespace madang::assembly
