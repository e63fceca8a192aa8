// Evidence that a pack asks for, from the registers of packs/korea with two families in them.
#include "madang/services/evidence.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace madang::services {
namespace {

json::value yaml(const std::string& text) { return packs::parse_yaml(text, "test"); }

class evidence : public testing::Test {
 protected:
  void SetUp() override {
    folder = std::filesystem::temp_directory_path() / ("e" + new_id().str());
    db = std::make_unique<store::database>(
        store::options{folder.string(), "evidence", 2, false});
    std::vector<registers::schema> schemas;
    for (const char* name : {"persons", "households", "vehicles"}) {
      const std::string file = "registers/" + std::string(name) + ".yaml";
      schemas.push_back(registers::parse_schema(pack.yaml(file), file));
    }
    reg = std::make_unique<registers::registry>(*db, std::move(schemas));
    hub.offer_registers(*reg);
    why.who.person = kim;
    why.purpose = {"시험", "Test"};
    why.law = {"시험법", "Test Act"};
    put("households", home.str(),
        {{"head", kim.str()}, {"town", "1101053"}, {"address", "종로 1"}, {"formed", "2015-01-01"}});
    person(kim, "김가나", "1984-03-02", "f", "head");
    person(jung, "정다라", "1982-07-09", "m", "spouse");
    put("vehicles", "12가3456",
        {{"owner", kim.str()}, {"kind", "승용차"}, {"cc", 1998}, {"first_registered", "2020-02-02"}});
  }
  void TearDown() override {
    reg.reset();
    db.reset();
    std::filesystem::remove_all(folder);
  }
  void put(const char* name, const std::string& key, const json::object& items) {
    auto made = db->writing([&](store::write& tx) {
      return reg->create(tx, why, name, key, items, *date::parse("2015-01-01"));
    });
    ASSERT_TRUE(made.ok()) << made.why().code << " " << made.why().field;
  }
  void person(id key, const char* name, const char* born, const char* sex, const char* relation) {
    put("persons", key.str(),
        {{"resident_number", "00000-" + key.str().substr(6)},
         {"name", name},
         {"born", born},
         {"sex", sex},
         {"household", home.str()},
         {"relation", relation},
         {"since", "2015-01-01"},
         {"status", "resident"}});
  }
  result<json::object> gathered(const std::string& spec, const char* language = "en") {
    return gather(hub, pack, why, yaml(spec), {{"actor", kim.str()}}, language);
  }

  std::filesystem::path folder;
  packs::pack pack{std::string(MADANG_SOURCE) + "/packs/korea"};
  std::unique_ptr<store::database> db;
  std::unique_ptr<registers::registry> reg;
  exchange::hub hub;
  audit::access why;
  id kim = new_id(), jung = new_id(), home = new_id();
};

TEST_F(evidence, leads_from_the_one_who_asks_to_what_she_belongs_to) {
  auto found = gathered(R"(
- {as: me, get: persons, key: $actor, required: true}
- {as: home, get: households, key: $me.household}
- {as: members, find: persons, by: household, value: $me.household, order: [born]}
)");
  ASSERT_TRUE(found.ok()) << found.why().code;
  EXPECT_EQ(json::str(found->at("me"), "name"), "김가나");
  EXPECT_EQ(json::str(found->at("home"), "address"), "종로 1");
  const auto& members = found->at("members").as_array();
  ASSERT_EQ(members.size(), 2u);
  EXPECT_EQ(json::str(members[0], "name"), "정다라") << "the elder first";
}

TEST_F(evidence, names_codes_and_districts_in_the_language_asked_for) {
  const std::string spec = "- {as: me, get: persons, key: $actor}\n"
                           "- {as: home, get: households, key: $me.household}";
  auto en = gathered(spec), ko = gathered(spec, "ko");
  ASSERT_TRUE(en && ko);
  EXPECT_EQ(json::str(ko->at("me"), "sex_name"), "여");
  EXPECT_EQ(json::str(en->at("home"), "town_name"), "Sajik-dong, Jongno-gu, Seoul");
  EXPECT_EQ(json::str(ko->at("home"), "town_name"), "서울특별시 종로구 사직동");
}

TEST_F(evidence, hands_out_only_the_items_that_are_named) {
  auto found = gathered("- {as: me, get: persons, key: $actor, items: [name]}");
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(json::str(found->at("me"), "name"), "김가나");
  EXPECT_FALSE(found->at("me").as_object().contains("resident_number"));
  auto entries =
      db->reading([&](store::read& r) { return audit::about(r, kim, audit::action::read); });
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries.front().items, "name");
}

TEST_F(evidence, that_must_be_there_and_is_not_is_named) {
  auto found = gathered("- {as: car, get: vehicles, key: 99하9999, required: true}");
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.why().code, "evidence.missing");
  EXPECT_EQ(found.why().field, "car");
  auto optional = gathered("- {as: car, get: vehicles, key: 99하9999}");
  ASSERT_TRUE(optional.ok());
  EXPECT_FALSE(optional->contains("car"));
}

TEST_F(evidence, of_each_in_a_list_is_a_list_and_several_lines_add_to_one) {
  auto found = gathered(R"(
- {as: members, find: persons, by: household, value: )" + home.str() + R"(}
- {as: again, each: $members, get: persons, key: $item.key, items: [name]}
- {as: both, find: persons, by: household, value: )" + home.str() + R"(, items: [name]}
- {as: both, find: vehicles, by: owner, value: $actor}
)");
  ASSERT_TRUE(found.ok()) << found.why().code;
  EXPECT_EQ(found->at("again").as_array().size(), 2u);
  EXPECT_EQ(found->at("both").as_array().size(), 3u);
}

TEST_F(evidence, from_a_register_that_nobody_keeps_is_refused) {
  auto found = gathered("- {as: pet, get: pets, key: $actor}");
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.why().code, "register.unknown");
}

TEST_F(evidence, becomes_the_options_of_a_question) {
  forms::question q;
  q.options_from = yaml(
      "{find: vehicles, by: owner, value: $actor, option: {value: key, label: "
      "{ko: \"{key} {kind} {cc}cc\", en: \"{key} {cc} cc\"}}}");
  auto options = options_of(hub, pack, why, q, {{"actor", kim.str()}});
  ASSERT_TRUE(options.ok());
  ASSERT_EQ(options->size(), 1u);
  EXPECT_EQ(options->front().value, "12가3456");
  EXPECT_EQ(options->front().label("ko"), "12가3456 승용차 1,998cc");
  EXPECT_EQ(options->front().label("en"), "12가3456 1,998 cc");
}

TEST(a_path, leads_into_what_is_known_or_nowhere) {
  const json::object scope = yaml("{me: {name: Kim, home: {town: '11'}}, list: [1]}").as_object();
  EXPECT_EQ(resolve("$me.home.town", scope), json::value("11"));
  EXPECT_EQ(resolve("plain", scope), json::value("plain"));
  EXPECT_EQ(resolve(7, scope), json::value(7));
  for (const char* nowhere : {"$you", "$me.age", "$me.name.first", "$list.0", "$", "$.", "$me."})
    EXPECT_TRUE(resolve(nowhere, scope).is_null()) << nowhere;
}

TEST(a_shape, is_built_from_what_is_known_and_leaves_out_what_is_not) {
  const json::object scope =
      yaml("{language: en, yes: true, no: false, empty: '', list: [{n: A}, {n: B}], one: {n: C}}")
          .as_object();
  EXPECT_EQ(shape(yaml("{a: $one.n, b: $nowhere, c: plain}"), scope), yaml("{a: C, c: plain}"));
  EXPECT_EQ(shape(yaml("{each: $list, of: {name: $item.n}}"), scope),
            yaml("[{name: A}, {name: B}]"));
  EXPECT_EQ(shape(yaml("{if: $yes, then: A, else: B}"), scope), json::value("A"));
  EXPECT_EQ(shape(yaml("{if: $no, then: A, else: B}"), scope), json::value("B"));
  EXPECT_EQ(shape(yaml("{if: $empty, then: A, else: B}"), scope), json::value("B"));
  EXPECT_EQ(shape(yaml("{if: $nowhere, then: A}"), scope), json::value(nullptr));
  EXPECT_EQ(shape(yaml("{ko: 가, en: A}"), scope), json::value("A"));
  EXPECT_EQ(shape(yaml("[$one, {each: $list, of: $item}, $nowhere]"), scope),
            yaml("[{n: C}, {n: A}, {n: B}]"))
      << "a list in a list is joined to it";
}

}  // namespace
}  // namespace madang::services
