// Personnel orders. The last test plays random orders beside a model of a few maps: nobody may ever
// do what the model does not explain by one post held and at most one substitution from it.
#include "madang/identity/orders.hpp"

#include <random>
#include <set>

#include "both_stores.hpp"
#include "madang/identity/sessions.hpp"

namespace madang::identity {
namespace {

constexpr std::string_view seoul = "Asia/Seoul";

struct an_order : on_both_stores {
  std::unique_ptr<directory> people;
  std::unique_ptr<orders> book;
  id lee = new_id(), yoon = new_id(), oh = new_id(), clerk = new_id(), head = new_id();
  instant at = from_civil({*date::parse("2026-12-18"), 10, 0, 0}, seoul);
  audit::access clock{audit::system_actor("clock"), {"인사", "Personnel"}, {"법", "Act"}, ""};

  void SetUp() override {
    if (!open()) GTEST_SKIP() << none;
    set_clock([this] { return at; });
    options o;
    o.personal_roles = {"personnel_head", "guardian"};
    people = std::make_unique<directory>(*db, o);
    book = std::make_unique<orders>(
        *db, *people,
        order_rules{"personnel_officer", "personnel_head", {"mpm"}, o.personal_roles});
    for (auto [who, login] :
         {std::pair(lee, "lee"), {yoon, "yoon"}, {oh, "oh"}, {clerk, "clerk"}, {head, "head"}})
      people->put_account({who, login, login, login, "", true, {}});
    post("a.desk", "a", "resident_officer,register_reader", lee);
    post("a.welfare", "a", "welfare_officer", yoon);
    post("a.empty", "a", "auditor,guardian", {});
    post("b.desk", "b", "resident_officer", oh);
    post("a.clerk", "a", "personnel_officer", clerk);
    post("a.head", "a", "personnel_head", head);
  }
  void TearDown() override {
    people.reset();
    book.reset();
    on_both_stores::TearDown();
    set_clock({});
  }
  void post(const char* code, const char* agency, const char* roles, id holder) {
    people->put_post({code, {code, code}, agency, {agency, agency}, "", roles, holder});
  }
  audit::access by(id who, const char* post_code) {
    audit::access out = clock;
    out.who.person = who;
    auto p = people->find_post(post_code);
    out.who.post = post_code;
    out.who.agency = p->agency;
    out.who.roles = text::split(p->roles, ',');
    return out;
  }
  audit::access drafter() { return by(clerk, "a.clerk"); }
  audit::access approver() { return by(head, "a.head"); }
  static order of(sort s, id person, std::string post_code, std::string from = {}) {
    order o;
    o.sort = s;
    o.person = person;
    o.post = std::move(post_code);
    o.from_post = std::move(from);
    o.grounds = "reasons";
    return o;
  }
  order stand_in(sort s, std::string post_code, std::string substitute, int days,
                 std::string roles = {}) {
    order o = of(s, {}, std::move(post_code));
    o.substitute = std::move(substitute);
    o.ends = in_zone(at, seoul).date.plus(days);
    o.roles = std::move(roles);
    return o;
  }
  std::string refused(const order& o) {
    auto done = book->draft(drafter(), o);
    return done ? "" : done.why().code;
  }
  // Drafted, approved and carried out; its state.
  order_state through(const order& o) {
    auto made = book->draft(drafter(), o);
    EXPECT_TRUE(made) << made.why().code;
    if (!made) return order_state::failed;
    EXPECT_TRUE(book->approve(approver(), made->key));
    book->carry_out(clock, at);
    return book->find(made->key)->state;
  }
  std::string roles_of(id who, const char* post_code) {
    auto r = people->roles_in(who, *people->find_post(post_code));
    return r ? text::join(*r, ",") : "-";
  }
};
INSTANTIATE_TEST_SUITE_P(stores, an_order, both_stores);

TEST_P(an_order, moves_a_post_at_its_hour_and_not_before) {
  order o = of(sort::transfer, lee, "a.empty", "a.desk");
  o.begins = at.plus(std::chrono::hours(2));
  auto made = book->draft(drafter(), o);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->number, "2026-0001");
  ASSERT_TRUE(book->approve(approver(), made->key));
  at = at.plus(std::chrono::minutes(119));
  EXPECT_EQ(book->carry_out(clock, at), 0);
  EXPECT_EQ(roles_of(lee, "a.desk"), "resident_officer,register_reader");
  at = at.plus(std::chrono::minutes(1));
  EXPECT_EQ(book->carry_out(clock, at), 1);
  EXPECT_EQ(roles_of(lee, "a.desk"), "-");
  EXPECT_EQ(roles_of(lee, "a.empty"), "auditor,guardian");
  EXPECT_EQ(book->carry_out(clock, at), 0) << "once";
}

TEST_P(an_order, needs_a_second_person_who_gains_nothing) {
  auto made = book->draft(drafter(), of(sort::appoint, lee, "a.empty"));
  ASSERT_TRUE(made);
  EXPECT_EQ(book->approve(drafter(), made->key).why().code, "order.not_yours");
  post("a.head", "a", "personnel_head,personnel_officer", clerk);
  EXPECT_EQ(book->approve(by(clerk, "a.head"), made->key).why().code, "order.four_eyes");
  post("a.head", "a", "personnel_head", lee);
  EXPECT_EQ(book->approve(by(lee, "a.head"), made->key).why().code, "order.own");
  EXPECT_EQ(book->carry_out(clock, at), 0) << "nobody approved it";
  post("a.head", "a", "personnel_head", head);
  EXPECT_TRUE(book->approve(approver(), made->key));
  EXPECT_EQ(book->approve(approver(), made->key).why().code, "order.decided");
}

TEST_P(an_order, is_refused_by_what_is_wrong_with_it) {
  EXPECT_EQ(refused(of(sort::appoint, lee, "nowhere")), "order.post");
  EXPECT_EQ(refused(of(sort::appoint, lee, "b.desk")), "order.not_yours") << "another agency";
  EXPECT_EQ(refused(of(sort::appoint, new_id(), "a.empty")), "order.person");
  EXPECT_EQ(refused(of(sort::appoint, clerk, "a.empty")), "order.own");
  EXPECT_EQ(refused(of(sort::appoint, lee, "a.desk")), "order.holds_it");
  EXPECT_EQ(refused(of(sort::leave, yoon, "a.desk")), "order.not_holder");
  EXPECT_EQ(refused(of(sort::transfer, lee, "a.empty", "a.welfare")), "order.not_holder");
  EXPECT_EQ(refused(of(sort::transfer, lee, "a.empty", "a.empty")), "order.from_post");
  EXPECT_EQ(refused(stand_in(sort::absence, "a.desk", "a.desk", 3)), "order.substitute");
  EXPECT_EQ(refused(stand_in(sort::absence, "a.desk", "a.empty", 3)), "order.substitute");
  EXPECT_EQ(refused(stand_in(sort::absence, "a.desk", "a.welfare", -1)), "order.ends");
  EXPECT_EQ(refused(stand_in(sort::absence, "a.desk", "a.clerk", 3)), "order.own");
  EXPECT_EQ(refused(stand_in(sort::delegation, "a.desk", "a.welfare", 3, "auditor")), "order.roles")
      << "the post itself lacks it";
  EXPECT_EQ(refused(stand_in(sort::delegation, "a.head", "a.welfare", 3, "personnel_head")),
            "order.roles")
      << "bound to its holder";
  EXPECT_EQ(refused(stand_in(sort::delegation, "a.desk", "a.welfare", 3)), "order.roles");
  order late = of(sort::appoint, lee, "a.empty");
  late.begins = at.plus(std::chrono::hours(24 * 367));
  EXPECT_EQ(refused(late), "order.begins");
  order mute = of(sort::appoint, lee, "a.empty");
  mute.grounds = " ";
  EXPECT_EQ(refused(mute), "order.grounds");
}

TEST_P(an_order, exchanges_two_posts_in_one_hour_or_not_at_all) {
  auto one = book->draft(drafter(), of(sort::transfer, lee, "a.welfare", "a.desk"));
  auto two = book->draft(drafter(), of(sort::transfer, yoon, "a.desk", "a.welfare"));
  ASSERT_TRUE(one && two);
  ASSERT_TRUE(book->approve(approver(), one->key));
  ASSERT_TRUE(book->approve(approver(), two->key));
  EXPECT_EQ(book->carry_out(clock, at), 2);
  EXPECT_EQ(roles_of(lee, "a.welfare"), "welfare_officer");
  EXPECT_EQ(roles_of(yoon, "a.desk"), "resident_officer,register_reader");
  EXPECT_EQ(book->tenures("a.desk").front().by_order, two->number);
  EXPECT_EQ(book->tenures("a.desk").front().ends, instant{});
  // Alone it cannot be.
  EXPECT_EQ(through(of(sort::transfer, yoon, "a.welfare", "a.desk")), order_state::failed);
  EXPECT_EQ(roles_of(yoon, "a.desk"), "resident_officer,register_reader") << "she keeps hers";
}

TEST_P(an_order, that_moves_somebody_ends_her_sessions_and_what_she_lent) {
  sessions open(*db);
  const auto s = open.open(*people, *people->find_account(lee), {"pwd", ""}, "", "ko", clock);
  EXPECT_EQ(through(stand_in(sort::absence, "a.desk", "a.welfare", 5)), order_state::done);
  EXPECT_EQ(roles_of(yoon, "a.desk"), "resident_officer,register_reader");
  EXPECT_TRUE(people->find_session(s.token)) << "an absence takes nothing from her";
  EXPECT_EQ(through(of(sort::leave, lee, "a.desk")), order_state::done);
  EXPECT_FALSE(people->find_session(s.token));
  EXPECT_EQ(roles_of(yoon, "a.desk"), "-") << "what she lent was hers to lend";
}

TEST_P(an_order, lends_no_role_that_is_bound_to_its_holder) {
  EXPECT_EQ(through(of(sort::appoint, oh, "a.empty")), order_state::done);
  EXPECT_EQ(through(stand_in(sort::absence, "a.empty", "a.desk", 5)), order_state::done);
  EXPECT_EQ(roles_of(lee, "a.empty"), "auditor") << "not the guardian's";
}

TEST_P(an_order, of_absence_ends_with_its_last_day) {
  EXPECT_EQ(through(stand_in(sort::delegation, "a.desk", "a.welfare", 1, "register_reader")),
            order_state::done);
  EXPECT_EQ(roles_of(yoon, "a.desk"), "register_reader");
  at = from_civil({*date::parse("2026-12-19"), 23, 59, 59}, seoul);
  EXPECT_EQ(roles_of(yoon, "a.desk"), "register_reader");
  at = from_civil({*date::parse("2026-12-20"), 0, 0, 0}, seoul);
  EXPECT_EQ(roles_of(yoon, "a.desk"), "-");
}

// Found by the model in tests/models/orders.pml.
TEST_P(an_order, gives_nothing_to_who_approved_it_though_posts_changed_hands_since) {
  order o = stand_in(sort::absence, "a.desk", "a.welfare", 5);
  o.begins = at.plus(std::chrono::hours(1));
  auto made = book->draft(drafter(), o);
  ASSERT_TRUE(made && book->approve(approver(), made->key));
  post("a.welfare", "a", "welfare_officer", head);
  at = at.plus(std::chrono::hours(1));
  EXPECT_EQ(book->carry_out(clock, at), 1);
  EXPECT_EQ(book->find(made->key)->state, order_state::failed);
  EXPECT_EQ(book->find(made->key)->remark, "order.own");
  EXPECT_EQ(roles_of(head, "a.desk"), "-");
}

TEST_P(an_order, that_was_withdrawn_is_never_done) {
  auto made = book->draft(drafter(), of(sort::appoint, lee, "a.empty"));
  ASSERT_TRUE(book->approve(approver(), made->key));
  EXPECT_EQ(book->withdraw(approver(), made->key).why().code, "order.not_yours");
  EXPECT_TRUE(book->withdraw(drafter(), made->key));
  EXPECT_EQ(book->carry_out(clock, at), 0);
  EXPECT_EQ(roles_of(lee, "a.empty"), "-");
}

// ---- random orders ----
struct lent {
  std::string post, substitute;
  std::set<std::string> roles;  // empty: all
  date begins, ends;
};
struct model {
  std::map<std::string, id> holder;
  std::map<std::string, std::set<std::string>> roles;
  std::vector<lent> loans;

  std::set<std::string> of(id who, const std::string& code, date day) const {
    if (holder.at(code) == who) return roles.at(code);
    std::set<std::string> out;
    for (const auto& l : loans)
      if (l.post == code && l.begins <= day && day <= l.ends && holder.at(l.substitute) == who)
        for (const auto& role : roles.at(code))
          if ((l.roles.empty() || l.roles.contains(role)) && role != "personal") out.insert(role);
    return out;
  }
};

TEST_P(an_order, of_any_kind_in_any_sequence_widens_nobodys_rights) {
  std::mt19937 dice(20261218);
  auto roll = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(dice);
  };
  model m;
  std::vector<std::string> codes;
  std::vector<id> persons;
  for (int i = 0; i < 5; ++i) {
    persons.push_back(new_id());
    const std::string name = "p" + std::to_string(i);
    people->put_account({persons.back(), name, name, name, "", true, {}});
    codes.push_back("a.x" + std::to_string(i));
    m.holder[codes.back()] = i < 4 ? persons.back() : id{};
    m.roles[codes.back()] = {"r" + std::to_string(i), "r" + std::to_string((i + 1) % 5),
                             "personal"};
    post(codes.back().c_str(), "a",
         text::join(
             std::vector<std::string>(m.roles[codes.back()].begin(), m.roles[codes.back()].end()),
             ",")
             .c_str(),
         m.holder[codes.back()]);
  }
  options with;
  with.personal_roles = {"personal"};
  directory strict(*db, with);
  int done = 0;
  for (int turn = 0; turn < 220; ++turn) {
    order o;
    o.sort = static_cast<sort>(roll(5));
    o.person = persons[roll(5)];
    o.post = codes[roll(5)];
    o.from_post = codes[roll(5)];
    o.substitute = codes[roll(5)];
    o.ends = in_zone(at, seoul).date.plus(static_cast<int>(roll(4)));
    const auto& own = m.roles[o.post];
    if (o.sort == sort::delegation)
      o.roles = *std::next(own.begin(), static_cast<long>(roll(own.size())));
    o.grounds = "x";
    auto made = book->draft(drafter(), o);
    if (made) {
      ASSERT_TRUE(book->approve(approver(), made->key));
      book->carry_out(clock, at);
      const auto now_is = *book->find(made->key);
      const date day = in_zone(at, seoul).date;
      if (now_is.state == order_state::done) {
        ++done;
        if (o.sort == sort::absence || o.sort == sort::delegation) {
          lent l{o.post, o.substitute, {}, day, o.ends};
          if (!o.roles.empty()) l.roles = {o.roles};
          m.loans.push_back(l);
        } else {
          const auto left = o.sort == sort::leave      ? o.post
                            : o.sort == sort::transfer ? o.from_post
                                                       : std::string();
          if (!left.empty()) {
            ASSERT_EQ(m.holder[left], o.person);
            m.holder[left] = {};
            std::erase_if(m.loans, [&](const lent& l) { return l.post == left; });
          }
          if (o.sort != sort::leave) {
            ASSERT_FALSE(m.holder[o.post]) << "two cannot hold one post";
            m.holder[o.post] = o.person;
            std::erase_if(m.loans, [&](const lent& l) { return l.post == o.post; });
          }
        }
      }
    }
    for (const id who : persons)
      for (const auto& code : codes) {
        const auto has = strict.roles_in(who, *strict.find_post(code));
        const auto list = has.value_or(std::vector<std::string>{});
        const std::set<std::string> is(list.begin(), list.end());
        ASSERT_EQ(is, m.of(who, code, in_zone(at, seoul).date)) << "turn " << turn << " " << code;
      }
    if (roll(3) == 0) at = at.plus(std::chrono::hours(13));
  }
  EXPECT_GT(done, 40) << "the sequence must have moved something";
}

}  // namespace
}  // namespace madang::identity
