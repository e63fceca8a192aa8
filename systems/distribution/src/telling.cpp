// What is told, and what a demonstration begins with.
#include <algorithm>

#include "madang/exchange/elsewhere.hpp"
#include "office.hpp"

namespace madang::distribution {

// In the message box of the house; it says that there is something and from whom, not what.
void office::tell(id person, const char* key, const std::string& number, const std::string& code,
                  const std::string& link) {
  if (!person) return;
  notices::notice n;
  n.person = person;
  n.title = house_.said("distribution.notice_" + std::string(key));
  const words name = agency(code);
  for (const auto& language : house_.pack().languages())
    n.body.set(language, house_.texts().fill("distribution.notice_body_" + std::string(key),
                                             language,
                                             {{"agency", name(language)}, {"number", number}}));
  n.link = link;
  n.at = now();
  house_.box().put(std::move(n), "distribution " + std::string(key) + " " + number);
}

void office::tell_receivers(const std::string& number) {
  const auto a = found(number);
  if (!a) return;
  for (const auto& p : house_.people().posts())
    if (const auto roles = text::split(p.roles, ',');
        p.agency == a->receiver && std::ranges::find(roles, role) != roles.end())
      tell(p.holder, "arrived", number, a->sender, "/desk/distribution/come/" + number);
}

void office::tell_writer(const std::string& number, const std::string& what) {
  const auto l = find(number);
  if (!l || (what != "refused" && what != "expired")) return;
  tell(l->writer, what.c_str(), number, l->receiver, "/desk/distribution/sent/" + number);
}

// Letters between the invented officials, sent as anybody's are: sealed, signed, delivered.
void office::begin_demonstration() {
  constexpr const char* file = "distribution/demonstration.yaml";
  if (!house_.chosen().demonstration || !house_.pack().has(file)) return;
  if (db_.reading([](store::read& r) {
        return r.one<std::int64_t>("select 1 from letter limit 1").has_value();
      }))
    return;
  const json::value all = house_.pack().yaml(file);
  for (const auto& one : all.as_array()) {
    const auto post = house_.people().find_post(json::str(one, "post"));
    const auto receives = receivers();
    const std::string to(json::str(one, "to"));
    // Whoever tries out a smaller staff, or one of several nodes, has fewer letters.
    if (!post || !post->holder || exchange::keeper_of(post->agency) ||
        std::ranges::find(receives, to) == receives.end())
      continue;
    audit::actor who;
    who.person = post->holder;
    if (const auto held = house_.people().find_account(post->holder)) who.name = held->name;
    who.post = post->code;
    who.post_title = post->title;
    who.agency = post->agency;
    who.agency_name = post->agency_name;
    auto l = begin(who, to);
    if (!l) throw packs::broken_pack({file, 0, l.why().code});
    for (auto [into, name] : {std::pair{&l->title, "title"}, {&l->purpose, "purpose"},
                              {&l->law, "law"}, {&l->reference, "reference"}})
      *into = json::str(one, name);
    l->until = today(house_.pack().zone()).plus(static_cast<int>(json::num(one, "days", 30)));
    for (const auto& f : json::at(one, "files").as_array())
      if (auto done = attach(who, *l, {"files", std::string(json::str(f, "name")), "text/plain",
                                       std::string(json::str(f, "text"))});
          !done)
        throw packs::broken_pack({file, 0, done.why().code});
    const bool sends = json::str(one, "state") != "draft";
    if (const auto done = sends ? send(who, *l) : keep(who, *l); !done)
      throw packs::broken_pack({file, 0, done.why().code});
  }
}

}  // namespace madang::distribution
