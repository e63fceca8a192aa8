// Communities, who belongs to them, and what they propose.
#include "hall.hpp"

#include "madang/trust/bytes.hpp"

namespace madang::communities {

std::span<const store::migration> migrations();

namespace {

constexpr std::string_view code_letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

refusal not_manager() { return refuse(kind::forbidden, "communities.not_manager"); }

std::string new_code() {
  std::string out;
  for (const auto octet : trust::random_bytes(10)) out += code_letters[octet % 32];
  return out;
}

bool is_video(const std::string& s) {
  return s.empty() || (s.starts_with("https://") && s.size() <= 300 && html::is_safe_address(s) &&
                       s.find_first_of(" \t\r\n\"<>") == std::string::npos);
}

}  // namespace

hall::hall(house& h) : house_(h), db_(h.database("communities")) {
  audit::prepare(db_);
  db_.migrate("communities", migrations());
}

audit::access hall::why(const context& c, const std::string& reference) const {
  return c.access(house_.said("communities.purpose"), house_.said("law.communities"), reference);
}

std::vector<community> hall::list(const std::string& words, std::size_t from, std::size_t most,
                                  std::size_t& all) {
  settle();
  auto every = db_.reading([&](store::read& r) {
    return r.all<community>("select " + std::string(store::columns<community>()) +
                            " from community order by number");
  });
  if (const auto sought = text::fold(text::trim(words)); !sought.empty())
    std::erase_if(every, [&](const community& c) {
      const auto* town = house_.pack().find_district(c.town);
      const auto* city = house_.pack().find_district(c.town.substr(0, 5));
      std::string said;
      for (const auto& language : house_.pack().languages())
        said += c.name(language) + " " + (town ? town->name(language) : "") + " " +
                (city ? city->name(language) : "") + " ";
      return text::fold(said).find(sought) == std::string::npos;
    });
  all = every.size();
  if (from >= every.size()) return {};
  return {every.begin() + std::ptrdiff_t(from),
          every.begin() + std::ptrdiff_t(std::min(every.size(), from + most))};
}

std::optional<community> hall::find(std::int64_t number) {
  settle();
  return db_.reading([&](store::read& r) {
    return r.one<community>(
        "select " + std::string(store::columns<community>()) + " from community where number = ?1",
        number);
  });
}

std::optional<community> hall::find(id key) {
  return db_.reading([&](store::read& r) {
    return r.one<community>(
        "select " + std::string(store::columns<community>()) + " from community where key = ?1",
        key);
  });
}

bool hall::is_resident(id community, id person) {
  if (!person) return false;
  return db_.reading([&](store::read& r) {
    return r
        .one<std::int64_t>("select 1 from resident where community = ?1 and person = ?2", community,
                           person)
        .has_value();
  });
}

std::int64_t hall::residents(id community) {
  return db_.reading([&](store::read& r) {
    return *r.one<std::int64_t>("select count(*) from resident where community = ?1", community);
  });
}

std::vector<community> hall::of_person(id person) {
  settle();
  return db_.reading([&](store::read& r) {
    return r.all<community>(
        "select c.key, c.number, c.name, c.town, c.code, c.manager from community c join resident "
        "m on m.community = c.key where m.person = ?1 order by c.number",
        person);
  });
}

// With the code that the manager hands out; without one by the register, which answers for her
// town.
outcome hall::join(const context& c, const community& to, const std::string& code) {
  std::string proof = "code";
  if (code.empty()) {
    proof = "register";
    const auto value = [&](const char* reg, const std::string& key, const char* item) {
      auto* registry = key.empty() ? nullptr : house_.hub().registry_of(reg);
      if (!registry) return std::string();
      auto found =
          registry->get(why(c), reg, key, registers::present(), std::vector<std::string>{item});
      return found ? std::string(found->text(item)) : std::string();
    };
    const auto town =
        value("households", value("persons", c.actor.person.str(), "household"), "town");
    if (town != to.town) return refuse(kind::forbidden, "communities.address");
  } else if (text::upper_case(text::trim(code)) != to.code) {
    return refuse(kind::invalid, "communities.code", "code");
  }
  return db_.writing([&](store::write& tx) -> outcome {
    const auto added = tx.run(
        "insert into resident (community, person, proof, since) values (?1, ?2, ?3, ?4) on "
        "conflict (community, person) do nothing",
        to.key, c.actor.person, proof, now());
    if (added) {
      audit::append(tx, why(c), audit::action::changed, c.actor.person, "resident_of_community",
                    std::to_string(to.number), proof);
      tx.emit("communities.joined", to.key.str(), {{"community", to.number}});
    }
    return nothing{};
  });
}

outcome hall::leave(const context& c, const community& from) {
  if (from.manager == c.actor.person) return refuse(kind::conflict, "communities.manager_stays");
  return db_.writing([&](store::write& tx) -> outcome {
    const auto gone = tx.run("delete from resident where community = ?1 and person = ?2", from.key,
                             c.actor.person);
    if (!gone) return refuse(kind::forbidden, "communities.not_resident");
    audit::append(tx, why(c), audit::action::changed, c.actor.person, "resident_of_community",
                  std::to_string(from.number), "left");
    tx.emit("communities.left", from.key.str(), {{"community", from.number}});
    return nothing{};
  });
}

outcome hall::renew_code(const context& c, const community& of) {
  if (of.manager != c.actor.person) return not_manager();
  return db_.writing([&](store::write& tx) -> outcome {
    tx.run("update community set code = ?1 where key = ?2", new_code(), of.key);
    audit::append(tx, why(c), audit::action::changed, {}, "community", std::to_string(of.number),
                  "code");
    return nothing{};
  });
}

std::string hall::town_name(const context& c, const std::string& town) const {
  const auto* city = house_.pack().find_district(town.substr(0, 5));
  const auto* d = house_.pack().find_district(town);
  std::string out = city ? city->name(c.language) : "";
  if (d)
    out = c.language == "ko" ? out + " " + d->name(c.language) : d->name(c.language) + ", " + out;
  return out;
}

// ---- proposals ----

std::vector<proposal> hall::proposals(id community) {
  return db_.reading([&](store::read& r) {
    return r.all<proposal>("select " + std::string(store::columns<proposal>()) +
                               " from proposal where community = ?1 and withdrawn = 0 order by at "
                               "desc, key desc limit 200",
                           community);
  });
}

result<id> hall::propose(const context& c, const community& to, proposal p) {
  if (!is_resident(to.key, c.actor.person))
    return refuse(kind::forbidden, "communities.not_resident");
  const auto fits = [](const std::string& s, std::size_t least, std::size_t most) {
    const auto n = text::length(s);
    return least <= n && n <= most;
  };
  if (!fits(p.title, 2, 60) || p.title.find_first_of("\r\n") != std::string::npos)
    return refuse(kind::invalid, "communities.title", "title");
  if (!fits(p.body, 5, 2000)) return refuse(kind::invalid, "communities.body", "body");
  if (!is_video(p.video)) return refuse(kind::invalid, "communities.video", "video");
  p.key = new_id();
  p.community = to.key;
  p.author = c.actor.person;
  p.at = now();
  return db_.writing([&](store::write& tx) -> result<id> {
    tx.insert("proposal", p);
    audit::append(tx, why(c), audit::action::changed, c.actor.person, "community_proposal",
                  p.key.str(), "filed");
    tx.emit("communities.proposed", p.key.str(), {{"community", to.number}});
    return p.key;
  });
}

// By its author; by the manager too, who sees to what is put before the residents.
outcome hall::withdraw(const context& c, const community& of, id proposal) {
  return db_.writing([&](store::write& tx) -> outcome {
    const auto author = tx.one<id>(
        "select author from proposal where key = ?1 and community = ?2 and withdrawn = 0", proposal,
        of.key);
    if (!author) return refuse(kind::not_found, "communities.unknown");
    if (*author != c.actor.person && of.manager != c.actor.person)
      return refuse(kind::forbidden, "communities.not_author");
    tx.run("update proposal set withdrawn = 1 where key = ?1", proposal);
    audit::append(tx, why(c), audit::action::changed, *author, "community_proposal", proposal.str(),
                  "withdrawn");
    return nothing{};
  });
}

}  // namespace madang::communities
