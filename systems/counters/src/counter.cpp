#include "counter.hpp"

#include <algorithm>

#include "draftbook.hpp"
#include "madang/services/evidence.hpp"
#include "madang/trust/bytes.hpp"

namespace madang::counters {
namespace {

words plain(std::string_view s) { return words(std::string(s), std::string(s)); }

// 29 February becomes the last day of February.
date years_later(date d, int years) {
  if (auto same =
          date::of(d.year() + years, static_cast<int>(d.month()), static_cast<int>(d.day())))
    return *same;
  return *date::of(d.year() + years, 2, 28);
}

}  // namespace

counter::counter(platform::house& h, std::vector<permit> permits)
    : home_(h),
      permits_(std::move(permits)),
      processes_(h.processes_of("counters")),
      files_(h.files_of("counters")),
      registry_(h.registers_of("counters")) {
  if (h.pack().has("permit-rules/reasons.yaml")) law_.emplace(h.pack(), "permit-rules");
  drafts_ = std::make_shared<draftbook>(database(), processes_);
  drafts_->works.assign(std::begin(works), std::end(works));
  if (law_)
    for (const auto& one : law_->provisions()) drafts_->decisions.push_back(one.id);
  do_work();
  audit::access why{audit::system_actor("counters"), h.said("counters.purpose"),
                    h.said("law.civil_petitions"), ""};
  for (const auto& p : permits_) {
    handle(p);
    const std::string file = "permits/" + p.id + ".bpmn";
    auto deployed = database().writing([&](store::write& tx) -> outcome {
      // What officials published since stays in force: the pack's file is deployed once.
      const std::string bpmn = h.pack().text(file);
      const std::string hash = trust::sha256_hex(bpmn);
      const auto known = processes_.deployments(tx, p.id);
      if (std::ranges::find(known, hash, &process::deployment::hash) != known.end())
        return nothing{};
      if (auto made = processes_.deploy(tx, why, bpmn); !made) return made.why();
      return nothing{};
    });
    if (!deployed)
      throw packs::broken_pack({file, 0, deployed.why().code + " " + deployed.why().field});
  }
}

const permit* counter::find(std::string_view wanted) const {
  for (const auto& p : permits_)
    if (p.id == wanted) return &p;
  return nullptr;
}

audit::access counter::access_of(const audit::access& who, const permit& p,
                                 std::string reference) const {
  return {who.who, p.name, p.law, std::move(reference)};
}

void counter::handle(const permit& p) {
  cases::procedure c;
  c.id = p.id;
  c.name = p.name;
  c.law = p.law;
  c.role = p.role;
  c.working_days = p.working_days;
  c.look = [this, &p](const audit::access& why, const cases::matter& m) {
    return review(p, why, m);
  };
  c.accept = [this, &p](store::write& tx, const audit::access& why, const cases::matter& m,
                        cases::procedure::consequences& follow) {
    return accept(p, tx, why, m, follow);
  };
  c.title = [this, &p](const cases::matter& m) {
    words out;
    for (const auto& language : home_.pack().languages())
      out.set(language, p.name(language) + " · " + shown(p, p.title, m.answers, language));
    return out;
  };
  c.enclosures = [this](const cases::matter& m) -> std::vector<cases::enclosure> {
    return {{home_.said("counters.procedure"), "/cases/" + m.key.str() + "/procedure"}};
  };
  files_.handle(std::move(c));
}

void counter::do_work() {
  processes_.on_decisions(
      [this](store::read&, const process::work_request& r) { return decide(r); });
  processes_.on_work("licence.enter",
                     [this](store::write& tx, const audit::access& why,
                            const process::work_request& r) { return enter(tx, why, r); });
  processes_.on_work("licence.close", [this](store::write& tx, const audit::access& why,
                                             const process::work_request& r) {
    return change(tx, why, r, [this](const registers::record&, const json::value& answers) {
      const auto day = date::parse(json::str(answers, "day"));
      const date now_ = today(home_.pack().zone());
      return std::pair(json::object{{"status", "closed"}}, day && *day > now_ ? *day : now_);
    });
  });
  processes_.on_work("licence.renew", [this](store::write& tx, const audit::access& why,
                                             const process::work_request& r) {
    return change(tx, why, r, [this](const registers::record& l, const json::value&) {
      const permit* kind_of_it = find(l.text("permit"));
      const auto until = date::parse(l.text("until"));
      json::object items;
      if (kind_of_it && until) items["until"] = years_later(*until, kind_of_it->years).str();
      return std::pair(std::move(items), today(home_.pack().zone()));
    });
  });
}

// A licence that is named in the application: its holder's own, or it is left alone.
process::work_answer counter::change(store::write& tx, const audit::access& why,
                                     const process::work_request& r, const licence_change& how) {
  const auto a = application_of(r);
  if (!a) return refuse(kind::invalid, "counters.no_process");
  const std::string key(json::str(a->answers, "licence"));
  const audit::access acting = access_of(why, *a->what, a->number);
  auto l = registry_.get(tx, acting, "licences", key);
  if (!l || l->reference("holder") != a->holder)
    return refuse(kind::not_found, "counters.not_held", "licence");
  if (l->text("status") == "closed") return refuse(kind::conflict, "counters.closed_already");
  auto [items, from] = how(*l, a->answers);
  if (items.empty()) return refuse(kind::conflict, "counters.no_end_to_renew");
  if (auto done = registry_.change(tx, acting, "licences", key, items, from); !done)
    return done.why();
  return process::work_done{{{"licence", rules::value(key)}}};
}

// What the process knows of its case; it began with it.
std::optional<counter::application> counter::application_of(const process::work_request& r) const {
  const auto text = [&](std::string_view name) {
    const rules::value* v = r.sees.find(name);
    return v && v->is(rules::kind::string) ? v->text() : std::string();
  };
  application out;
  out.what = find(r.of.model->at(r.of.process).id);
  out.number = text("case");
  const auto holder = id::parse(text("holder"));
  if (!out.what || !holder || out.number.empty()) return {};
  out.holder = *holder;
  out.holder_name = text("holder_name");
  out.office = text("office");
  out.address = text("address");
  if (const rules::value* v = r.sees.find("answers")) out.answers = rules::to_json(*v);
  return out;
}

std::optional<id> counter::process_of(store::read& r, const std::string& number) {
  for (const auto& s : processes_.of_business(r, number))
    if (!s.caller) return s.key;
  return {};
}

// ---- applying ----

result<json::value> counter::apply(const audit::access& why, const json::value& in,
                                   std::string_view once) {
  const permit* p = find(json::str(in, "procedure"));
  if (!p) return refuse(kind::not_found, "case.not_found");
  const json::value& answers = json::at(in, "answers");
  auto* residents = home_.hub().registry_of("persons");
  if (!residents) return refuse(kind::unavailable, "register.unknown");
  auto me = residents->get(why, "persons", why.who.person.str());
  if (!me) return me.why();
  auto house = residents->get(why, "households", me->text("household"));
  if (!house) return house.why();
  std::string town(house->text("town")), address(house->text("address"));
  if (const auto& place = json::at(answers, p->place); place.is_object()) {
    town = json::str(place, "town");
    address = json::str(place, "text");
  }
  if (const auto licence = json::str(answers, "licence"); !licence.empty()) {
    auto l = registry_.get(why, "licences", licence);
    if (!l || l->reference("holder") != why.who.person)
      return refuse(kind::invalid, "counters.not_held", "licence");
    town = l->text("town");
  }
  auto opened = database().writing([&](store::write& tx) -> result<cases::matter> {
    auto m = files_.open(
        tx, why, {p->id, why.who.person, why.who.name, town, answers, {}, std::string(once)});
    if (!m) return m;
    if (process_of(tx, m->number)) return m;  // sent twice
    if (auto good =
            drafts_->put_in_force(tx, access_of(why, *p, m->number), today(home_.pack().zone()));
        !good)
      return good.why();
    auto begun = processes_.start(tx, access_of(why, *p, m->number), p->id,
                                  {{"office", rules::value(town)},
                                   {"address", rules::value(address)},
                                   {"case", rules::value(m->number)},
                                   {"event_day", rules::value(today(home_.pack().zone()).str())},
                                   {"holder", rules::value(why.who.person.str())},
                                   {"holder_name", rules::value(why.who.name)},
                                   {"answers", rules::of_json(answers)}},
                                  m->number);
    if (!begun) return begun.why();
    return m;
  });
  if (!opened) return opened.why();
  return json::value(json::object{{"key", opened->key.str()},
                                  {"number", opened->number},
                                  {"due", opened->due.str()},
                                  {"state", cases::name_of(opened->state)}});
}

std::string counter::shown(const permit& p, const std::string& question, const json::value& answers,
                           std::string_view language) const {
  const auto* d = home_.catalogue().find_definition(p.id);
  const auto* q = d ? d->form.find(question) : nullptr;
  const auto& answer = json::at(answers, question);
  if (!q || answer.is_null()) return {};
  return forms::shown(*q, q->options, answer, language);
}

// ---- deciding ----

result<cases::review> counter::review(const permit& p, const audit::access& why,
                                      const cases::matter& m) {
  cases::review out;
  const auto* d = home_.catalogue().find_definition(p.id);
  if (d)
    for (const auto& q : d->form.questions) {
      if (json::at(m.answers, q.id).is_null()) continue;
      words value;
      for (const auto& language : home_.pack().languages())
        value.set(language, shown(p, q.id, m.answers, language));
      out.application.push_back({q.title, value, {}, ""});
    }
  const auto held =
      registry_.find(access_of(why, p, m.number), "licences", "holder", m.applicant.str());
  int same = 0;
  if (held)
    for (const auto& l : *held)
      if (l.text("permit") == p.id && l.text("status") == "in_force") {
        ++same;
        out.evidence.push_back({home_.said("counters.fact_held"),
                                plain(l.key + " · " + std::string(l.text("title"))),
                                home_.said("counters.source_licences"), ""});
      }
  if (!same)
    out.evidence.push_back({home_.said("counters.fact_held"), home_.said("counters.value_none"),
                            home_.said("counters.source_licences"), ""});
  // The steps of the procedure are what must be met before it is decided.
  const auto instance = database().reading([&](store::read& r) { return process_of(r, m.number); });
  if (!instance) return out;
  const auto tasks =
      database().reading([&](store::read& r) { return processes_.tasks_in(r, *instance); });
  std::vector<process::outline_line> steps;
  rules::entries findings;
  database().reading([&](store::read& r) {
    const auto now_at = processes_.load(r, *instance);
    steps = process::outline(*now_at, processes_.history(r, *instance));
    findings = now_at->root() ? now_at->root()->variables : now_at->variables;
    for (const auto& d : decisions_in(*now_at))
      out.rules.push_back({d.what->name, d.reason, d.what->law, d.met});
  });
  // A step that is done and found something wrong is not met; its finding has the step's name.
  const auto found_bad = [&](const std::string& step) {
    return std::ranges::any_of(findings, [&](const auto& one) {
      return one.first == step && one.second.is(rules::kind::string) && one.second.text() == "bad";
    });
  };
  for (const auto& s : steps) {
    if (s.kind != process::element_kind::user) continue;
    bool decides = false, is_open = false;
    for (const auto& t : tasks)
      if (t.element == s.id) {
        is_open = true;
        decides = t.form == "decision";
      }
    if (s.is == process::outline_line::state::ahead && !is_open) continue;
    const bool bad = s.is == process::outline_line::state::done && found_bad(s.id);
    const bool met = (s.is == process::outline_line::state::done && !bad) || decides;
    out.rules.push_back({plain(s.name),
                         home_.said(decides ? "counters.value_decide"
                                    : met   ? "counters.value_done"
                                    : bad ? "counters.value_bad"
                                          : "counters.value_open"),
                         p.law, met});
  }
  return out;
}

outcome counter::accept(const permit& p, store::write& tx, const audit::access& why,
                        const cases::matter& m, cases::procedure::consequences& follow) {
  const auto instance = process_of(tx, m.number);
  if (!instance) return refuse(kind::conflict, "counters.no_process");
  const auto tasks = processes_.tasks_in(tx, *instance);
  std::string open;
  std::optional<process::task> decide;
  for (const auto& t : tasks) {
    if (t.form == "decision") decide = t;
    else open += (open.empty() ? "" : ", ") + t.name;
  }
  if (!decide || !open.empty())
    return refuse(kind::conflict, "counters.steps_open", "", {{"steps", open}});
  auto done = processes_.complete(tx, access_of(why, p, m.number), decide->key,
                                  {{"decision", rules::value("accept")}});
  if (!done) return done;
  const auto now_at = processes_.load(tx, *instance);
  if (now_at->incidents() > 0) {
    // What could not be entered is not accepted.
    for (const auto& a : now_at->live)
      if (a->incident) return *a->incident;
  }
  if (const auto made =
          tx.one<std::string>("select number from licence_made where matter = ?1", m.number))
    follow.facts = {{"licence", *made}};
  return nothing{};
}

// Local work of the processes: what was decided becomes an entry of the register.
process::work_answer counter::enter(store::write& tx, const audit::access& why,
                                    const process::work_request& r) {
  const auto a = application_of(r);
  if (!a) return refuse(kind::invalid, "counters.no_process");
  const permit& p = *a->what;
  const std::string language = home_.pack().languages().front();
  std::string details;
  for (const auto& q : p.details)
    if (const auto said = shown(p, q, a->answers, language); !said.empty())
      details += (details.empty() ? "" : " · ") + said;
  const date day = today(home_.pack().zone());
  const std::string key = p.prefix + "-" + a->number;
  json::object items{{"permit", p.id},
                     {"permit_name", p.name(language)},
                     {"deed", p.deed(language)},
                     {"deed_en", p.deed("en")},
                     {"holder", a->holder.str()},
                     {"holder_name", a->holder_name},
                     {"title", shown(p, p.title, a->answers, language)},
                     {"town", a->office},
                     {"granted", day.str()},
                     {"status", "in_force"},
                     {"case_number", a->number}};
  if (!a->address.empty()) items["address"] = a->address;
  if (!details.empty()) items["details"] = details;
  if (p.years > 0) items["until"] = years_later(day, p.years).plus(-1).str();
  if (auto made = registry_.create(tx, access_of(why, p, a->number), "licences", key, items, day);
      !made)
    return made.why();
  tx.run("insert into licence_made (matter, number) values (?1, ?2)", a->number, key);
  return process::work_done{{{"licence", rules::value(key)}}};
}

}  // namespace madang::counters
