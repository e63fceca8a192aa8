// Filters: the examples of RFC 7644 figure 2 and what its section 3.4.2.2 says of each operator.
#include <gtest/gtest.h>

#include "people.hpp"

namespace madang::scim {
namespace {

struct filtering : testing::Test {
  const shape of = user_shape();
  const json::object babs = user(bjensen);

  // "yes", "no", or "refused at N".
  std::string says(std::string_view text) {
    auto f = filter::read(text, of);
    if (!f) return "refused at " + f.why().field;
    return f->matches(babs) ? "yes" : "no";
  }
};

TEST_F(filtering, reads_each_example_of_the_standard) {
  EXPECT_EQ(says(R"(userName eq "bjensen")"), "yes");
  EXPECT_EQ(says(R"(name.familyName co "O'Malley")"), "no");
  EXPECT_EQ(says(R"(userName sw "J")"), "no");
  EXPECT_EQ(says(R"(urn:ietf:params:scim:schemas:core:2.0:User:userName sw "b")"), "yes");
  EXPECT_EQ(says("title pr"), "yes");
  EXPECT_EQ(says(R"(meta.lastModified gt "2011-05-13T04:42:34Z")"), "no");
  EXPECT_EQ(says(R"(meta.lastModified ge "2011-05-13T04:42:34Z")"), "yes");
  EXPECT_EQ(says(R"(meta.lastModified lt "2011-05-13T04:42:34Z")"), "no");
  EXPECT_EQ(says(R"(meta.lastModified le "2011-05-13T04:42:34Z")"), "yes");
  EXPECT_EQ(says(R"(title pr and userType eq "Employee")"), "yes");
  EXPECT_EQ(says(R"(title pr or userType eq "Intern")"), "yes");
  EXPECT_EQ(says(R"(schemas eq "urn:ietf:params:scim:schemas:core:2.0:User")"), "yes");
  EXPECT_EQ(says(R"(userType eq "Employee" and (emails co "example.com" or )"
                 R"(emails.value co "example.org"))"),
            "yes");
  EXPECT_EQ(says(R"(userType ne "Employee" and not (emails co "example.com" or )"
                 R"(emails.value co "example.org"))"),
            "no");
  EXPECT_EQ(says(R"(userType eq "Employee" and (emails.type eq "work"))"), "yes");
  EXPECT_EQ(says(R"(userType eq "Employee" and emails[type eq "work" and )"
                 R"(value co "@example.com"])"),
            "yes");
  EXPECT_EQ(says(R"(emails[type eq "work" and value co "@jensen.org"] or )"
                 R"(ims[type eq "xmpp" and value co "@foo.com"])"),
            "no");
}

TEST_F(filtering, compares_as_the_schema_says) {
  EXPECT_EQ(says(R"(USERNAME EQ "BJENSEN")"), "yes") << "names, operators, and what is not exact";
  EXPECT_EQ(says(R"(code eq "ab")"), "no") << "caseExact";
  EXPECT_EQ(says(R"(code eq "Ab")"), "yes");
  EXPECT_EQ(says("active eq true"), "yes");
  EXPECT_EQ(says("active ne true"), "no");
  EXPECT_EQ(says("level gt 6"), "yes");
  EXPECT_EQ(says("level lt 7"), "no");
  EXPECT_EQ(says("nickName eq null"), "yes") << "null is the absence of a value";
  EXPECT_EQ(says("nickName pr"), "no");
  EXPECT_EQ(says(R"(nickName ne "x")"), "yes");
  EXPECT_EQ(says(R"(urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber )"
                 R"(eq "701984")"),
            "yes");
  EXPECT_EQ(says(R"(userName ew "SEN")"), "yes");
  EXPECT_EQ(says(R"(title eq "Tour \u0047uide")"), "yes") << "a text is one of JSON";
}

TEST_F(filtering, binds_and_before_or_and_not_before_both) {
  EXPECT_EQ(says("title pr or nickName pr and nickName pr"), "yes");
  EXPECT_EQ(says("(title pr or nickName pr) and nickName pr"), "no");
  EXPECT_EQ(says("not (nickName pr) and title pr"), "yes");
  EXPECT_EQ(says("not (nickName pr and title pr)"), "yes");
  EXPECT_EQ(says("(title pr)and(userName pr)"), "yes");
}

TEST_F(filtering, refuses_what_is_none_and_says_where) {
  EXPECT_EQ(says("userName"), "refused at 8");
  EXPECT_EQ(says("userName pr and"), "refused at 15");
  EXPECT_EQ(says(R"(userName eq "b)"), "refused at 12");
  EXPECT_EQ(says("userName eq bjensen"), "refused at 19") << "texts stand in quotes";
  EXPECT_EQ(says(R"(shoeSize eq "9")"), "refused at 8") << "no such attribute";
  EXPECT_EQ(says(R"(userName near "b")"), "refused at 17");
  EXPECT_EQ(says("active gt true"), "refused at 14") << "truths have no order";
  EXPECT_EQ(says("level co 7"), "refused at 10") << "numbers have no parts";
  EXPECT_EQ(says("(title pr"), "refused at 9");
  EXPECT_EQ(says("title pr)"), "refused at 8");
  EXPECT_EQ(says(R"(emails[type eq "work")"), "refused at 21");
  EXPECT_EQ(says(R"(emails[emails[type pr]])"), "refused at 13");
  EXPECT_EQ(says(""), "refused at 0");
  EXPECT_TRUE(
      says(std::string(60, '(') + "title pr" + std::string(60, ')')).starts_with("refused"));
  EXPECT_EQ(says(std::string(2001, 'a')), "refused at 0");
}

TEST_F(filtering, chooses_sorts_and_pages) {
  std::vector<json::object> all;
  for (const char* name : {"b", "A", "c"}) {
    auto one = babs;
    one["userName"] = name;
    if (*name == 'c') one.erase("title");
    all.push_back(one);
  }
  auto names = [&](const parameters& said) {
    auto w = read_wish(said, of);
    if (!w) return "refused " + w.why().code + " " + w.why().field;
    std::string out;
    const auto list = listed(chosen(all, *w), *w, of);
    for (const auto& one : list.at("Resources").as_array())
      out += json::str(one, "userName");
    return out;
  };
  EXPECT_EQ(names({{"sortBy", "userName"}}), "Abc");
  EXPECT_EQ(names({{"sortBy", "userName"}, {"sortOrder", "descending"}}), "cbA");
  EXPECT_EQ(names({{"sortBy", "title"}}), "bAc") << "without the value: last";
  EXPECT_EQ(names({{"sortBy", "userName"}, {"startIndex", "2"}, {"count", "1"}}), "b");
  EXPECT_EQ(names({{"startIndex", "-4"}, {"count", "2"}}), "bA") << "less than one is one";
  EXPECT_EQ(names({{"filter", R"(userName eq "a")"}}), "A");
  EXPECT_EQ(names({{"count", "many"}}), "refused scim.value count");
  EXPECT_EQ(names({{"sortBy", "shoeSize"}}), "refused scim.path sortBy");
  const auto none = read_wish({{"count", "0"}}, of);
  ASSERT_TRUE(none);
  const auto list = listed(chosen(all, *none), *none, of);
  EXPECT_EQ(list.at("totalResults"), json::value(3)) << "section 3.4.2.4: only how many";
  EXPECT_FALSE(list.contains("Resources"));
}

TEST_F(filtering, shows_what_is_asked_for_and_never_what_is_not_returned) {
  auto one = babs;
  one["secret"] = "s";
  one["costly"] = "c";
  auto members = [&](const parameters& said) {
    auto w = read_wish(said, of);
    if (!w) return "refused " + w.why().field;
    std::vector<std::string> out;
    const auto visible = shown(one, *w, of);
    for (const auto& m : visible) out.emplace_back(m.key());
    std::ranges::sort(out);
    return text::join(out, " ");
  };
  EXPECT_EQ(members({{"attributes", "userName,emails.value"}}), "emails id schemas userName");
  EXPECT_EQ(members({{"attributes", "costly,secret"}}), "costly id schemas");
  EXPECT_EQ(members({{"excludedAttributes",
                      "id,emails,addresses,name,meta,active,level,code,title,userType,displayName,"
                      "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"}}),
            "id schemas userName")
      << "id is always returned";
  EXPECT_EQ(members({{"attributes", "id"}, {"excludedAttributes", "title"}}),
            "refused excludedAttributes");
  const auto w = read_wish({{"attributes", "emails.value"}}, of);
  EXPECT_EQ(json::print(shown(one, *w, of)["emails"]),
            R"([{"value":"bjensen@example.com"},{"value":"babs@jensen.org"}])");
}

}  // namespace
}  // namespace madang::scim
