#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "madang/exchange/exchange.hpp"
#include "madang/packs/packs.hpp"

// Who may vote, as questions that registers answer with yes or no about who votes, when she votes.
// Nobody is listed, before or after.
namespace madang::mvoting {

struct audience {
  std::vector<std::string> areas;  // codes of districts; empty: everywhere
  std::int64_t from = 0, to = 0;   // years of age, both counted; 0: no such limit
  std::string sex, work;           // codes; empty: any

  bool everybody() const { return areas.empty() && !from && !to && sex.empty() && work.empty(); }
};
BOOST_DESCRIBE_STRUCT(audience, (), (areas, from, to, sex, work))

// Refusals at the field: vote.ages, vote.sex, vote.work.
outcome judge(const packs::pack& pack, const audience& a);
// "서울특별시 종로구, 부산광역시": names in any language of the pack, or codes, with commas. Refusal
// vote.area {name}: none is called so, or several are.
result<std::vector<std::string>> areas_named(const packs::pack& pack, std::string_view names);

// What the registers know of one person, as far as it was asked for; not kept.
struct facts {
  bool known = false;              // the register of residents has her
  std::string town, sex, work;
  int age = 0;                     // on the day the vote opens
};
// Asks for work only where it is asked after. Each look stands in her own trail.
facts facts_of(exchange::hub& hub, const audit::access& why, id person, const audience& a, date on);

// Nothing, or why she may not: vote.not_resident, vote.not_area, vote.not_age, vote.not_sex,
// vote.not_work.
outcome may(const audience& a, const facts& f);
// How many residents it lets in, as of today and with the ages that they have on the day `on`. One
// entry about everybody says so in each resident's trail; nobody is named, and nothing but the
// number leaves. `stopped` is asked now and then. Nothing where the register lies elsewhere, where
// work is asked after (no figure that two votes could be subtracted of), or when it was stopped.
std::optional<std::int64_t> size_of(exchange::hub& hub, const audit::access& why, const audience& a,
                                    date on, const std::function<bool()>& stopped);

// Of what kind she is, for the tables: "11-20-f" (province, ten years of age, sex); "none".
std::string group_of(const facts& f);

}  // namespace madang::mvoting
