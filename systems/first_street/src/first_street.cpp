#include "madang/first_street/first_street.hpp"

#include "channel.hpp"
#include "madang/assembly/assembly.hpp"
#include "parts.hpp"

namespace madang::first_street {
namespace {

constexpr const char* moderator = "voice_moderator";

// Forums and activities are asks whose pages show what this room keeps beside them; what forums and
// other systems hand to a ministry is one place for all.
void open_street(platform::house& house) {
  auto& db = house.database("forums");
  auto s = std::make_shared<street>(house, db);
  auto ch = std::make_shared<channel>(house, db);
  planning_pages(s);
  forum_pages(s);
  plan_desk_pages(s);
  activity_pages(s);
  calendar_pages(s, ch);
  overview_pages(s, ch);
  assembly::open(
      house, {.system = "forums",
              .rule = "open-forum",
              .path = "/forums",
              .desk = "/desk/forums",
              .moderator = moderator,
              .keeper = planner_role,
              .filed = assembly::filing::by_program,
              .shows = [s](context& c, const voices::ask& a) { return forum_shown(c, *s, a); }});
  assembly::open(
      house, {.system = "activities",
              .rule = "activity",
              .path = "/activities",
              .desk = "/desk/activities",
              .moderator = moderator,
              .filed = assembly::filing::elsewhere,
              .shows = [s](context& c, const voices::ask& a) { return activity_shown(c, *s, a); }});
  assembly::open(house, {.system = "handed",
                         .rule = "handed-over",
                         .path = "/handed",
                         .desk = "/desk/handed",
                         .moderator = moderator,
                         .filed = assembly::filing::by_program});
  house.accompany({[ch] { ch->start(); }, [ch] { ch->stop(); }});
}

}  // namespace

void join(platform::house& house) {
  assembly::open(house, {.system = "talk",
                         .rule = "innovation-proposal",
                         .path = "/talk",
                         .desk = "/desk/talk",
                         .moderator = moderator});
  if (house.pack().has("participation/channel.yaml")) open_street(house);
}

}  // namespace madang::first_street
