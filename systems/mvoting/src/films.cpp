// Films of a vote: of what is asked and of each option, in the room where all places keep theirs.
#include <algorithm>

#include "station.hpp"

namespace madang::mvoting {
namespace {

using assembly::recordings;

struct film {
  id owner, ask;
  std::string option_text;         // empty: of what is asked
};
BOOST_DESCRIBE_STRUCT(film, (), (owner, ask, option_text))

std::vector<film> all_of(store::read& q, id ask) {
  return q.all<film>("select " + store::columns<film>() + " from film where ask = ?1", ask);
}

std::optional<id> owner_of(store::read& q, id ask, const std::string& text) {
  return q.one<id>("select owner from film where ask = ?1 and option_text = ?2", ask, text);
}

// Nothing: there is no such option.
std::optional<std::string> text_of(const std::optional<paper>& p, std::size_t option) {
  if (!p || option > p->options.size()) return {};
  return option == 0 ? std::string() : p->options[option - 1].text;
}

}  // namespace

std::map<std::size_t, id> station::films_of(id ask, const paper& p) const {
  std::map<std::size_t, id> out;
  for (const auto& f : db_.reading([&](store::read& q) { return all_of(q, ask); })) {
    const auto at = std::ranges::find(p.options, f.option_text, &voices::option::text);
    if (f.option_text.empty()) out[0] = f.owner;
    else if (at != p.options.end())
      out[static_cast<std::size_t>(at - p.options.begin()) + 1] = f.owner;
  }
  return out;
}

outcome station::put_film(const audit::access& why, const ask& a, std::size_t option,
                          const assembly::uploaded& u) {
  const auto text = text_of(book_.paper_of(a.key), option);
  if (!text) return refuse(kind::not_found, "voices.unknown");
  const auto none = [] { return refuse(kind::invalid, "shared_file.recording", "recording"); };
  if (u.recording.empty() && u.captions.empty()) return none();
  if (auto good = recordings::judge(u); !good) return good;
  return db_.writing([&](store::write& tx) -> outcome {
    if (auto good = touch(tx, why, a); !good) return good;
    auto owner = owner_of(tx, a.key, *text);
    if (!owner) {
      if (u.recording.empty()) return none();
      if (std::ssize(all_of(tx, a.key)) >= most_films)
        return refuse(kind::invalid, "vote.films", "recording",
                      {{"most", std::to_string(most_films)}});
      owner = new_id();
      tx.insert("film", film{*owner, a.key, *text});
    }
    recordings::put(tx, *owner, u);
    return nothing{};
  });
}

outcome station::drop_film(const audit::access& why, const ask& a, std::size_t option) {
  const auto text = text_of(book_.paper_of(a.key), option);
  return db_.writing([&](store::write& tx) -> outcome {
    const auto owner = text ? owner_of(tx, a.key, *text) : std::nullopt;
    if (!owner) return refuse(kind::not_found, "voices.unknown");
    if (auto good = touch(tx, why, a); !good) return good;
    recordings::remove(tx, *owner);
    tx.run("delete from film where owner = ?1", *owner);
    return nothing{};
  });
}

void station::drop_films(store::write& tx, id ask, const paper* left) {
  for (const auto& f : all_of(tx, ask)) {
    const bool stays =
        left && (f.option_text.empty() ||
                 std::ranges::find(left->options, f.option_text, &voices::option::text) !=
                     left->options.end());
    if (stays) continue;
    recordings::remove(tx, f.owner);
    tx.run("delete from film where owner = ?1", f.owner);
  }
}

}  // namespace madang::mvoting
