#include <map>
#include <set>

#include "a_case.hpp"

namespace madang::cases {
namespace {

struct an_inbox : a_case {
  void SetUp() override {
    a_case::SetUp();
    if (IsSkipped()) return;
    procedure petition{"petition", {"민원", "Petition"}, {"법", "Act"}, "resident_officer", 7};
    petition.turns = true;
    petition.accept = [](store::write&, const audit::access&, const matter&,
                         procedure::consequences&) -> outcome { return nothing{}; };
    petition.title = [](const matter& m) {
      const std::string about(json::str(m.answers, "about"));
      return about.empty() ? words("민원", "Petition") : words(about, about);
    };
    all().handle(petition);
  }
  std::vector<std::string> names(const wanted& w) {
    std::vector<std::string> out;
    for (const auto& m : all().list(w)) out.push_back(m.applicant_name);
    return out;
  }
};

TEST_P(an_inbox, is_read_page_by_page_each_case_once_in_every_order) {
  for (int i = 0; i < 23; ++i) {
    on(i % 2 ? "2026-12-21" : "2026-12-18");
    of(new_id(), "사람" + std::to_string(i), i % 3 ? "1101072" : "1101053",
       i % 4 ? "move-in" : "petition");
  }
  for (const char* order : {"due", "opened"}) {
    wanted w;
    w.office = "11";
    w.open_only = true;
    w.order = order;
    w.limit = 5;
    std::vector<id> seen;
    for (;;) {
      auto page = all().list(w);
      for (const auto& m : page) seen.push_back(m.key);
      if (page.size() < 5) break;
      w.after = position::parse(position_of(page.back(), w.order).str());
      ASSERT_TRUE(w.after);
    }
    EXPECT_EQ(seen.size(), 23u) << order;
    EXPECT_EQ(std::set<id>(seen.begin(), seen.end()).size(), 23u) << order;
    if (std::string(order) == "opened") {
      EXPECT_TRUE(std::is_sorted(seen.rbegin(), seen.rend()));
    }
  }
}

TEST_P(an_inbox, refuses_positions_that_are_none) {
  for (const char* s : {"", ".", "x.0", "1", "1.", "-.0000000000001", "99999999999999999999.1",
                        "1.' or 1=1"})
    EXPECT_FALSE(position::parse(s)) << s;
  EXPECT_EQ(position::parse("-5.0000000000001")->value, -5);
}

TEST_P(an_inbox, is_filtered_by_district_post_due_date_and_state) {
  matter a = of(kim, "김하윤"), b = of(park, "박서준", "1101053"), c = of(park, "박서준", "2601051");
  ASSERT_TRUE(all().take(officer, a.key));
  wanted w;
  w.open_only = true;
  w.office = "11010";
  EXPECT_EQ(all().count(w), 2);
  w.office = "1101053";
  EXPECT_EQ(all().count(w), 1);
  w.office = "";
  EXPECT_EQ(all().count(w), 3);
  EXPECT_EQ(all().count(w, 2), 2) << "no further than asked";
  w.post = "jongno.resident";
  EXPECT_EQ(names(w), std::vector<std::string>{"김하윤"});
  w.post.clear();
  w.unassigned = true;
  EXPECT_EQ(all().count(w), 2);
  w.unassigned = false;
  w.due_until = date::parse("2026-12-22");
  EXPECT_EQ(all().count(w), 0);
  w.due_until = date::parse("2026-12-23");
  EXPECT_EQ(all().count(w), 3);
  w.due_until.reset();
  ASSERT_TRUE(all().ask(stranger, c.key, "?") );
  w.state = state::question;
  EXPECT_EQ(all().count(w), 1);
  ASSERT_TRUE(all().accept(officer, b.key));
  w = {};
  w.which = wanted::part::closed;
  EXPECT_EQ(all().count(w), 1);
}

TEST_P(an_inbox, is_searched_by_parts_of_names_titles_and_numbers) {
  matter a = of(kim, "김하윤");
  matter b = of(park, "Park Seojun");
  matter c = *db->writing([&](store::write& tx) {
    return all().open(tx, citizen, {"petition", kim, "한예린", "1101072",
                                    json::object{{"about", "가로등이 나갔어요"}}, {}, ""});
  });
  auto found = [&](const char* text) {
    wanted w;
    w.open_only = true;
    w.text = text;
    return all().list(w);
  };
  EXPECT_EQ(found("하윤").size(), 1u);
  EXPECT_EQ(found("seojun").size(), 1u);
  EXPECT_EQ(found("PARK seojun").size(), 1u);
  EXPECT_EQ(found("가로등").at(0).key, c.key);
  EXPECT_EQ(found("가로등 예린").size(), 1u);
  EXPECT_EQ(found("가로등 하윤").size(), 0u);
  EXPECT_EQ(found("전입신고").size(), 2u) << "by the name of the procedure";
  EXPECT_EQ(found("전입신고 하윤").at(0).key, a.key);
  EXPECT_EQ(found(a.number.c_str()).at(0).key, a.key);
  EXPECT_EQ(found("2026-1218").size(), 3u);
  EXPECT_EQ(found("000002").at(0).key, b.key);
  EXPECT_EQ(found("' or 1=1 --").size(), 0u);
  EXPECT_EQ(found("없는말").size(), 0u);
}

// Ten who file twenty each, and one who comes after them: by arrival she would be the 201st; by
// turns she is within the first eleven, and so is everybody's first.
TEST_P(an_inbox, lets_applicants_take_turns_so_that_ten_writers_cannot_fill_it) {
  std::vector<id> writers;
  for (int i = 0; i < 10; ++i) writers.push_back(new_id());
  for (int n = 0; n < 20; ++n)
    for (int i = 0; i < 10; ++i) of(writers[i], "다작" + std::to_string(i), "1101072", "petition");
  of(kim, "김하윤", "1101072", "petition");
  wanted w;
  w.office = "11010";
  w.open_only = true;
  w.order = "fair";
  w.limit = 11;
  const auto first = names(w);
  EXPECT_EQ(std::set<std::string>(first.begin(), first.end()).size(), 11u);
  EXPECT_NE(std::ranges::find(first, "김하윤"), first.end());
  // When turns have gone by, who comes new begins at the turn that is served.
  for (const auto& m : all().list(w)) ASSERT_TRUE(all().accept(officer, m.key));
  of(park, "박서준", "1101072", "petition");
  const auto then = names(w);
  EXPECT_NE(std::ranges::find(then, "박서준"), then.end());
}

TEST_P(an_inbox, gives_a_case_to_a_post_that_may_handle_it) {
  matter m = open();
  all().know_posts({{},
                    [](std::string_view post, std::string_view role, std::string_view office) {
                      return post == "jongno.second" && role == "resident_officer" &&
                             office == "1101072";
                    },
                    [](std::string_view post) { return "자리 " + std::string(post); }});
  EXPECT_EQ(all().assign(officer, m.key, "busan.resident").why().code, "case.no_post");
  EXPECT_EQ(all().assign(stranger, m.key, "jongno.second").why().code, "case.not_yours");
  ASSERT_TRUE(all().assign(officer, m.key, "jongno.second"));
  EXPECT_EQ(now_of(m).post, "jongno.second");
  EXPECT_EQ(all().story(m.key).back().note, "자리 jongno.second");
}

INSTANTIATE_TEST_SUITE_P(stores, an_inbox, both_stores);

}  // namespace
}  // namespace madang::cases
