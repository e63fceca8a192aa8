// The trials of the law of packs/korea: cases with what must follow, worked out by hand. They stand
// beside the decisions (FOLDER/trials/ID.yaml), so that who changes the law changes its cases too:
//
//   - {name: .., as_of: 2025-06-01, given: {age: 65, ..}, by: "how the figure comes about",
//      expect: {entitled: true, amount: 342510, because: single}}
//
// What is not given is not known. `entitled: false` leaves the amount out.
#include <gtest/gtest.h>

#include <set>

#include "madang/rules/statutes.hpp"

namespace madang::rules {
namespace {

struct country {
  explicit country(const char* folder)
      : pack(std::string(MADANG_SOURCE) + "/packs/korea"), law(pack, folder), folder(folder) {}
  packs::pack pack;
  statutes law;
  std::string folder;

  json::value trials(const std::string& id) const {
    return pack.yaml(folder + "/trials/" + id + ".yaml");
  }
  // Names of the questions, as inputs are called.
  std::set<std::string> asked() const {
    std::set<std::string> out;
    const json::value questions = pack.yaml(folder + "/facts.yaml");
    for (const auto& q : questions.get_array())
      out.insert(text::replace_all(std::string(json::str(q, "id")), "_", " "));
    return out;
  }
};

const std::vector<const country*>& folders() {
  static const country decisions("decisions"), programmes("programmes"),
      permits("permit-rules");
  static const std::vector<const country*> all = {&decisions, &programmes, &permits};
  return all;
}

entries facts_of(const json::value& given) {
  entries out;
  for (const auto& m : given.get_object())
    out.emplace_back(text::replace_all(std::string(m.key()), "_", " "), of_json(m.value()));
  return out;
}

std::string expected(const json::value& e) {
  const std::string because(json::str(e, "because"));
  if (!json::flag(e, "entitled")) return "no " + because;
  return of_json(json::at(e, "amount")).str() + " " + because;
}

std::string judged_as(const country& c, const provision& p, const json::value& trial, judged& j) {
  const auto day = date::parse(json::str(trial, "as_of"));
  if (!day) return "no day";
  auto r = c.law.judge(p, facts_of(json::at(trial, "given")), *day);
  if (!r) return "!" + r.why().code;
  j = std::move(*r);
  return (j.entitled ? j.amount.str() : "no") + " " + j.because;
}

TEST(each_provision, decides_its_trials_as_worked_out_by_hand) {
  for (const auto* c : folders())
    for (const auto& p : c->law.provisions()) {
      const json::value trials = c->trials(p.id);
      ASSERT_TRUE(trials.is_array()) << c->folder << "/trials/" << p.id << ".yaml is missing";
      for (const auto& trial : trials.get_array()) {
        judged j;
        const std::string where = p.id + ": " + std::string(json::str(trial, "name"));
        const auto& e = json::at(trial, "expect");
        const std::string refused(json::str(e, "refused"));
        const std::string is = judged_as(*c, p, trial, j);
        EXPECT_EQ(is, refused.empty() ? expected(e) : "!" + refused) << where;
        EXPECT_FALSE(json::str(trial, "by").empty()) << where << " does not say how";
        if (!refused.empty()) continue;
        for (const char* language : {"ko", "en"}) {
          EXPECT_FALSE(j.reason(language).empty()) << where << " gives no reason " << j.because;
          EXPECT_EQ(j.reason(language).find('{'), std::string::npos) << where;
        }
      }
    }
}

TEST(each_provision, is_tried_granted_refused_and_for_every_reason_it_gives) {
  for (const auto* c : folders())
    for (const auto& p : c->law.provisions()) {
      std::set<std::string> reasons, ends;
      const json::value trials = c->trials(p.id);
      ASSERT_TRUE(trials.is_array()) << p.id;
      EXPECT_GE(trials.get_array().size(), 3u) << p.id;
      for (const auto& trial : trials.get_array()) {
        const auto& e = json::at(trial, "expect");
        reasons.insert(std::string(json::str(e, "because")));
        ends.insert(json::flag(e, "entitled") ? "granted" : "refused");
      }
      EXPECT_EQ(ends.size(), 2u) << p.id << " is not tried both ways";
      for (const auto& [key, said] : p.because)
        EXPECT_TRUE(reasons.contains(key)) << p.id << " is not tried for " << key;
    }
}

TEST(each_version, asks_only_what_is_asked) {
  for (const auto* c : folders()) {
    const auto asked = c->asked();
    for (const auto& p : c->law.provisions())
      for (const auto& v : p.versions)
        for (const auto& e : v.logic->elements()) {
          const bool known = e.kind != drg_element::what::input || asked.contains(e.name) ||
                             c->law.find_parameter(e.name);
          EXPECT_TRUE(known) << v.file << " needs " << e.name << ", which nobody asks";
        }
  }
}

TEST(each_provision, without_any_fact_entitles_nobody_and_names_what_it_needs) {
  for (const auto* c : folders())
    for (const auto& p : c->law.provisions()) {
      auto j = c->law.judge(p, {}, *date::parse("2026-11-23"));
      ASSERT_TRUE(j) << p.id << " " << j.why().code;
      EXPECT_FALSE(j->entitled) << p.id;
      EXPECT_TRUE(j->because.starts_with("unknown_")) << p.id << " says " << j->because;
      const auto* d = j->how.find("entitlement");
      ASSERT_TRUE(d) << p.id;
      for (const auto& r : d->rules)
        EXPECT_FALSE(r.annotations.empty() || r.annotations.front().empty())
            << p.id << " rule " << r.number << " names no article";
    }
}

// A fact that is left out can make a right unknown, never more.
TEST(each_provision, entitles_nobody_the_more_for_saying_less) {
  for (const auto* c : folders())
    for (const auto& p : c->law.provisions()) {
      const json::value trials = c->trials(p.id);
      for (const auto& trial : trials.get_array()) {
        if (!json::at(json::at(trial, "expect"), "refused").is_null()) continue;
        const auto day = *date::parse(json::str(trial, "as_of"));
        const auto all = facts_of(json::at(trial, "given"));
        const auto whole = c->law.judge(p, all, day);
        ASSERT_TRUE(whole) << p.id;
        for (std::size_t left_out = 0; left_out < all.size(); ++left_out) {
          auto less = all;
          less.erase(less.begin() + static_cast<std::ptrdiff_t>(left_out));
          const auto j = c->law.judge(p, less, day);
          ASSERT_TRUE(j) << p.id << " without " << all[left_out].first << ": " << j.why().code;
          const bool no_more = !j->entitled || (whole->entitled && j->amount <= whole->amount);
          EXPECT_TRUE(no_more) << p.id << ": " << json::str(trial, "name") << " without "
                               << all[left_out].first;
        }
      }
    }
}

}  // namespace
}  // namespace madang::rules
