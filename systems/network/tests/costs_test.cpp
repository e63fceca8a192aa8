// Figures by hand, to the won.
#include "../src/costs.hpp"

#include <gtest/gtest.h>

namespace madang::network {
namespace {

using amounts = std::vector<std::int64_t>;

TEST(costs, are_split_to_the_won) {
  EXPECT_EQ(split(600'000, {1, 2, 3}), (amounts{100'000, 200'000, 300'000}));
  // 100 / 3 = 33 1/3 each: one won is left, and the first of three equal ones gets it.
  EXPECT_EQ(split(100, {1, 1, 1}), (amounts{34, 33, 33}));
  // 10 x 1/7 = 1 3/7, 10 x 2/7 = 2 6/7, 10 x 4/7 = 5 5/7: two are left, for 6/7 and 5/7.
  EXPECT_EQ(split(10, {1, 2, 4}), (amounts{1, 3, 6}));
  EXPECT_EQ(split(9, {0, 5, 0}), (amounts{0, 9, 0}));
  EXPECT_EQ(split(9, {0, 0}), (amounts{5, 4})) << "nothing passed: equally";
  EXPECT_EQ(split(0, {3, 4}), (amounts{0, 0}));
  EXPECT_EQ(split(9, {}), amounts{});
  // 48,000,000 won by an exabyte and a half of it: 32,000,000 and 16,000,000.
  EXPECT_EQ(split(48'000'000, {1'000'000'000'000'000'000, 500'000'000'000'000'000}),
            (amounts{32'000'000, 16'000'000}));
}

shared_thing thing(const char* id, bool circuit, std::int64_t cost, int fixed,
                   std::vector<std::string> members = {}) {
  return {id, circuit, {id, id}, {}, cost, fixed, std::move(members)};
}

TEST(costs, of_a_month_are_a_fixed_share_and_one_by_what_passed) {
  const std::map<std::string, volume> month{
      {"KR/GOV/1", {10, 1'000}}, {"KR/GOV/2", {30, 1'000}}, {"KR/GOV/3", {0, 0}}};
  const auto all = accounted({thing("line", true, 1'000'000, 40),
                              thing("stamps", false, 100, 50),
                              thing("own", true, 777, 0, {"KR/GOV/2", "KR/GOV/9"}),
                              thing("nobodys", true, 5, 50, {"KR/GOV/9"})},
                             month);
  // The line: 400,000 equally (133,334 + 133,333 + 133,333), 600,000 by octets 1:1:0.
  // Stamps: 50 equally (17 + 17 + 16), 50 by calls 10:30:0 (12.5 and 37.5: the won left goes to the
  // first). Its own: all of 777. What nobody of the network uses is on nobody's account.
  const std::vector<std::tuple<std::string, std::string, std::int64_t, std::int64_t>> wanted{
      {"line", "KR/GOV/1", 133'334, 300'000}, {"line", "KR/GOV/2", 133'333, 300'000},
      {"line", "KR/GOV/3", 133'333, 0},       {"stamps", "KR/GOV/1", 17, 13},
      {"stamps", "KR/GOV/2", 17, 37},         {"stamps", "KR/GOV/3", 16, 0},
      {"own", "KR/GOV/2", 0, 777}};
  ASSERT_EQ(all.size(), wanted.size());
  for (std::size_t i = 0; i < all.size(); ++i)
    EXPECT_EQ(std::tie(all[i].thing, all[i].member, all[i].fixed, all[i].by_volume),
              std::tie(std::get<0>(wanted[i]), std::get<1>(wanted[i]), std::get<2>(wanted[i]),
                       std::get<3>(wanted[i])));
}

TEST(costs, that_are_not_said_wholly_are_no_costs) {
  const auto read = [](const char* text) { return read_things(*json::parse(text)); };
  EXPECT_EQ(read("{}").size(), 0u);
  EXPECT_EQ(read(R"({"circuits":[{"id":"a","cost":1,"fixed":0,"members":"all"}]})").size(), 1u);
  for (const char* bad : {R"({"circuits":[{"id":"a","fixed":0,"members":"all"}]})",
                          R"({"circuits":[{"id":"a","cost":1,"fixed":101,"members":"all"}]})",
                          R"({"circuits":[{"id":"a","cost":-1,"fixed":1,"members":"all"}]})",
                          R"({"services":[{"id":"a","cost":1,"fixed":1,"members":[]}]})",
                          R"({"services":[{"cost":1,"fixed":1,"members":"all"}]})",
                          R"({"services":[{"id":"a","cost":1,"fixed":1}]})"})
    EXPECT_THROW(read(bad), std::runtime_error) << bad;
}

}  // namespace
}  // namespace madang::network
