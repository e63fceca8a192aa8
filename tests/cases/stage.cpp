#include "stage.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "madang/residents/residents.hpp"

namespace madang::cases_of {
namespace {

using wrong = std::optional<std::string>;

constexpr std::int64_t longest_wait_micros = 20'000'000;

// Everything that is expected is there; more may be.
bool covers(const json::value& is, const json::value& expected) {
  if (!expected.is_object()) return is == expected;
  if (!is.is_object()) return false;
  return std::ranges::all_of(expected.get_object(), [&](const auto& member) {
    const auto* found = is.get_object().if_contains(member.key());
    return found ? covers(*found, member.value()) : member.value().is_null();
  });
}

wrong expected(const std::string& what, const std::string& is) {
  return "expected " + what + ", but it is " + is;
}

std::string told(const refusal& r) {
  return r.code + (r.field.empty() ? "" : " at " + r.field);
}

}  // namespace

stage::stage(platform::house& house) : house_(house) {
  for (const char* name : {"residents.moved", "residents.born", "benefits.circumstances_changed",
                          "benefits.granted", "eungdapso.closed", "case.accepted", "case.refused",
                          "case.withdrawn", "disclosure.decided"})
    house_.hub().listen("cases", name,
                        [this](const exchange::event& e) { events_[e.name] = e.payload; });
}

wrong stage::play(const statement& s) {
  const std::string& begins = s.word(0);
  if (refused_ && !seen_ && begins != "then") return "was refused: " + told(*refused_);
  if (begins == "given") return given(s);
  if (begins == "when") return when(s);
  return then(s);
}

// ---- values ----

std::string stage::key_of(const std::string& name) const {
  auto found = keys_.find(name);
  return found == keys_.end() ? name : found->second;
}

std::string stage::meant(std::string_view s, const json::object* beside) {
  if (!s.starts_with('=')) return std::string(s);
  s.remove_prefix(1);
  if (s == "number") {
    check(beside != nullptr, "=number stands beside born and sex");
    const json::value all(*beside);
    return residents::resident_number(*date::parse(meant(json::str(all, "born"))),
                                      json::str(all, "sex") == "f", serial_++);
  }
  if (s == "now") return now().str();
  if (s.starts_with("years-")) {
    const date day = today(house_.pack().zone());
    const std::string rest(s.substr(6));
    const auto plus = rest.find('+');
    const int years = std::atoi(rest.c_str());
    const int days = plus == std::string::npos ? 0 : std::atoi(rest.c_str() + plus);
    const bool leap_day = day.month() == 2 && day.day() == 29;
    return date::of(day.year() - years, day.month(), leap_day ? 28 : day.day())->plus(days).str();
  }
  if (s.starts_with("today")) {
    const int days = s.size() > 5 ? std::atoi(std::string(s.substr(5)).c_str()) : 0;
    return today(house_.pack().zone()).plus(days).str();
  }
  auto found = keys_.find(s);
  check(found != keys_.end(), "a name after = is one that was given");
  return found->second;
}

json::value stage::meant(const json::value& v, const json::object* beside) {
  if (v.is_string()) return json::value(meant(std::string_view(v.get_string()), beside));
  if (v.is_object()) {
    json::object out;
    for (const auto& m : v.get_object()) out[m.key()] = meant(m.value(), &v.get_object());
    return out;
  }
  if (v.is_array()) {
    json::array out;
    for (const auto& one : v.get_array()) out.push_back(meant(one));
    return out;
  }
  return v;
}

date stage::day(const statement& s, const char* preposition, date otherwise) {
  const std::string said = s.after(preposition);
  return said.empty() ? otherwise : date::parse(meant(said)).value_or(otherwise);
}

audit::access stage::access_of(const std::string& who) const {
  audit::access why{audit::system_actor("cases"), {"시험", "Test"}, {"시험법", "Test Act"}, ""};
  if (auto found = actors_.find(who); found != actors_.end()) {
    why.who = found->second;
  } else if (auto key = id::parse(key_of(who))) {
    why.who.person = *key;
    why.who.name = who;
  }
  return why;
}

// ---- given ----

wrong stage::given(const statement& s) {
  const std::string &what = s.word(1), &name = s.word(2);
  if (what == "official") {
    audit::actor who;
    who.person = new_id();
    who.name = name;
    who.post = "post." + name;
    who.roles = text::split(json::str(s.with, "role"), ',');
    who.office = json::str(s.with, "office");
    who.agency = json::str(s.with, "agency");
    if (auto holder = json::str(s.with, "person"); !holder.empty())
      if (auto key = id::parse(meant(holder))) who.person = *key;
    if (auto post = json::str(s.with, "post"); !post.empty()) who.post = post;
    house_.people().put_post({who.post, {name, name}, who.agency, {name, name}, who.office,
                              std::string(json::str(s.with, "role")), who.person});
    actors_[name] = who;
    keys_[name] = who.person.str();
    return {};
  }
  if (what == "instant") {
    // Written to the millisecond: nothing else happens within this one.
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    keys_[name] = now().str();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return {};
  }
  auto* reg = house_.hub().registry_of(what);
  if (!reg) return "there is no register " + what;
  const bool by_id = reg->find_schema(what)->key_is_id;
  // A name may be spoken of before it is given: a household names its head.
  auto key = keys_.find(name);
  if (key == keys_.end()) key = keys_.emplace(name, by_id ? new_id().str() : name).first;
  if (s.with.is_object())
    for (const auto& m : s.with.get_object())
      if (m.value().is_string() && m.value().get_string().starts_with("="))
        if (std::string other(m.value().get_string().subview(1));
            other != "number" && !other.starts_with("today") && !other.starts_with("years-"))
          keys_.emplace(other, new_id().str());
  const json::value items = meant(s.with);
  auto made = reg->database().writing([&](store::write& tx) {
    return reg->create(tx, access_of(""), what, key->second, items.as_object(),
                       day(s, "from", *date::parse("2015-01-01")));
  });
  return made ? wrong{} : wrong(told(made.why()));
}

// ---- when ----

wrong stage::when(const statement& s) {
  const audit::access why = access_of(s.word(1));
  const std::string& verb = s.word(2);
  refused_.reset();
  seen_ = false;
  if (verb == "tells") {
    auto said = house_.hub().tell(s.word(3), why, meant(s.with), "");
    if (!said) {
      refused_ = said.why();
    } else {
      answer_ = *said;
      if (auto key = id::parse(json::str(answer_, "key"))) it_ = *key;
      keys_["it"] = it_.str();
      if (auto name = s.after("as"); !name.empty()) keys_[name] = it_.str();
    }
  } else if (verb == "queries") {
    auto said = house_.hub().ask(s.word(3), why, meant(s.with));
    if (said) answer_ = *said;
    else refused_ = said.why();
  } else if (auto done = act(s, why); !done) {
    refused_ = done.why();
  }
  return settle();
}

// An event may raise further ones.
wrong stage::settle() {
  const instant begun = now();
  for (house_.hub().drain(); house_.hub().waiting() > 0; house_.hub().drain()) {
    if (now().micros - begun.micros > longest_wait_micros) return "an event is never delivered";
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return {};
}

// The open step of that name in the process of a case.
outcome stage::do_step(const audit::access& why, const std::string& number,
                       const std::string& step, const std::string& found) {
  auto& processes = house_.processes_of("counters");
  return house_.database("counters").writing([&](store::write& tx) -> outcome {
    for (const auto& p : processes.of_business(tx, number))
      for (const auto& t : processes.tasks_in(tx, p.key))
        if (t.element == step)
          return processes.complete(tx, why, t.key, {{step, rules::value(found)}});
    return refuse(kind::not_found, "process.no_task");
  });
}

outcome stage::act(const statement& s, const audit::access& why) {
  std::optional<cases::matter> it;
  auto* files = house_.files_with(it_, &it);
  if (!files) return refuse(kind::not_found, "case.not_found");
  const std::string &verb = s.word(2), &text = s.word(3);
  if (verb == "agrees") return files->answer_consent(why, it_, true);
  if (verb == "declines") return files->answer_consent(why, it_, false);
  if (verb == "takes") return files->take(why, it_);
  if (verb == "accepts") return files->accept(why, it_);
  if (verb == "withdraws") return files->withdraw(why, it_);
  if (verb == "asks") return files->ask(why, it_, text);
  if (verb == "replies") return files->reply(why, it_, text);
  if (verb == "returns") return files->give_back(why, it_, text);
  if (verb == "refuses") return files->decline(why, it_, text);
  if (verb == "moves") return files->transfer(why, it_, s.after("to"), s.words.back());
  if (verb == "rings") {
    files->ring(*date::parse(meant(s.after("on"))));
    return nothing{};
  }
  if (verb == "does") return do_step(why, it->number, text, s.words.back());
  if (verb == "writes") return files->write(why, it_, text);
  if (verb == "notes") return files->put_note(why, it_, text);
  if (verb == "objects") return files->object(why, it_, text);
  if (verb == "reopens") return files->reopen(why, it_, text);
  if (verb == "extends")
    return files->extend(why, it_, std::atoi(s.after("by").c_str()), s.words.back());
  if (verb == "rates") return files->rate(why, it_, std::atoi(text.c_str()), "");
  if (verb == "consults")
    return files->ask_opinion(why, it_, text, s.words.back(), it->due);
  if (verb == "advises") {
    const auto asked = files->opinions(it_);
    if (asked.empty()) return refuse(kind::not_found, "case.not_found");
    return files->answer_opinion(why, asked.back().key, text);
  }
  check(verb == "looks", "a verb is one of those in stage.hpp");
  auto seen = files->find_procedure(it->procedure)->look(why, *it);
  if (!seen) return seen.why();
  review_ = std::move(*seen);
  return nothing{};
}

// ---- then ----

wrong stage::then(const statement& s) {
  const std::string& what = s.word(1);
  if (what == "refused") {
    seen_ = true;
    if (!refused_) return expected("refused " + s.word(2), "done");
    const refusal& r = *refused_;
    const std::string field = s.after("at");
    return r.code == s.word(2) && (field.empty() || field == r.field)
               ? wrong{}
               : expected(s.word(2) + (field.empty() ? "" : " at " + field), told(r));
  }
  if (refused_ && !seen_) return expected("done", "refused " + told(*refused_));
  if (what == "done") return {};
  if (what == "answer" && (s.word(2) == "says" || s.word(2) == "hides")) {
    const std::string all = json::print(answer_), sought = meant(s.word(3));
    const bool there = all.find(sought) != std::string::npos;
    return there == (s.word(2) == "says") ? wrong{} : expected(s.word(2) + " " + sought, all);
  }
  if (what == "answer") {
    const json::value wanted = meant(s.with);
    return covers(answer_, wanted) ? wrong{} : expected(json::print(wanted), json::print(answer_));
  }
  if (what == "state") {
    std::optional<cases::matter> it;
    house_.files_with(it_, &it);
    const std::string is = it ? std::string(cases::name_of(it->state)) : "nowhere";
    return is == s.word(2) ? wrong{} : expected("state " + s.word(2), is);
  }
  if (what == "rule") return rule_is(s);
  if (what == "story") return story_tells(s);
  if (what == "entry") return entry_is_there(s);
  if (what == "event") return event_was(s);
  if (what == "notice" || what == "no") return notice_is(s);
  return register_holds(s);
}

wrong stage::story_tells(const statement& s) {
  auto* files = house_.files_with(it_);
  std::string seen;
  if (files)
    for (const auto& e : files->story(it_)) {
      if (e.what == s.word(2)) return {};
      seen += " " + e.what;
    }
  return expected(s.word(2) + " in the story", seen);
}

wrong stage::rule_is(const statement& s) {
  for (const auto& rule : review_.rules)
    if (rule.rule("en") == s.word(2)) {
      const bool wanted = s.word(3) == "met";
      return rule.met == wanted ? wrong{} : expected(s.word(3), rule.met ? "met" : "open");
    }
  return "the review has no rule '" + s.word(2) + "'";
}

wrong stage::entry_is_there(const statement& s) {
  const auto who = id::parse(key_of(s.word(3)));
  if (!who) return "nobody is called " + s.word(3);
  json::value wanted = meant(s.with);
  std::string seen;
  for (auto* db : house_.databases()) {
    auto entries = db->reading([&](store::read& r) { return audit::about(r, *who); });
    for (const auto& e : entries) {
      const json::value is = json::object{{"what", audit::name_of(e.what)},
                                          {"by", json::at(e.actor, "name")},
                                          {"record_of", e.record_of},
                                          {"items", e.items}};
      if (covers(is, wanted)) return {};
      seen += "\n    " + json::print(is);
    }
  }
  return expected("an entry " + json::print(wanted), seen.empty() ? "not there" : seen);
}

wrong stage::event_was(const statement& s) {
  auto found = events_.find(s.word(2));
  if (found == events_.end()) return expected("event " + s.word(2), "not told");
  const json::value wanted = meant(s.with);
  return s.with.is_null() || covers(found->second, wanted)
             ? wrong{}
             : expected(json::print(wanted), json::print(found->second));
}

wrong stage::notice_is(const statement& s) {
  const bool wanted = s.word(1) == "notice";
  const int allowed = wanted ? 0 : s.word(2) == "second" ? 1 : 0;
  const auto who = id::parse(key_of(s.after("to")));
  if (!who) return "nobody is called " + s.after("to");
  std::string seen;
  int count = 0;
  for (const auto& n : house_.box().of_person(*who)) {
    const std::string is = n.title("en") + ": " + n.body("en");
    count += is.find(s.words.back()) != std::string::npos;
    seen += "\n    " + is;
  }
  return (count > allowed) == wanted ? wrong{} : expected((wanted ? "a notice " : "no notice ") +
                                              s.words.back(), seen.empty() ? "none" : seen);
}

wrong stage::register_holds(const statement& s) {
  const std::string& what = s.word(1);
  auto* reg = house_.hub().registry_of(what);
  if (!reg) return "there is no register " + what;
  const registers::moment when{day(s, "on", today(house_.pack().zone())), forever};
  if (s.word(2) == "of") {
    auto found = reg->find(access_of(""), what, s.word(3), meant(s.word(4)), when);
    if (!found) return told(found.why());
    const std::string n = std::to_string(found->size());
    return n == s.word(6) ? wrong{} : expected(s.word(6), n);
  }
  auto found = reg->get(access_of(""), what, key_of(s.word(2)), when);
  if (s.word(3) == "is")
    return found ? expected("nothing", json::print(found->items)) : wrong{};
  if (!found) return told(found.why());
  const json::value wanted = meant(s.with);
  return covers(found->items, wanted) ? wrong{}
                                      : expected(json::print(wanted), json::print(found->items));
}

}  // namespace madang::cases_of
