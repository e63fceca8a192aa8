// Votes as they are made, published, ended; and what came of them.
#include "madang/pictures/picture.hpp"
#include "rows.hpp"

namespace madang::mvoting {
namespace {

constexpr auto longest_window = std::chrono::hours(24 * 366);
constexpr std::int64_t smallest_radius = 50, largest_radius = 50'000;
constexpr std::size_t longest_reason = 1'000, longest_came = 5'000, longest_link = 500;

bool fits(std::string_view s, std::size_t most) {
  return !text::trim(s).empty() && text::length(s) <= most;
}

outcome judge_when(const plan& p, instant at) {
  const instant from = p.opens.micros ? p.opens : at;
  if (p.closes <= at || p.closes <= from || p.closes > from.plus(longest_window))
    return refuse(kind::invalid, "vote.window", "closes");
  return nothing{};
}

outcome judge_where(const plan& p) {
  if (p.presence.empty() || p.presence == "venue") return nothing{};
  if (p.presence != "place") return refuse(kind::invalid, "vote.presence", "presence");
  const auto& w = p.where;
  if (std::abs(w.lat) > 85'000'000 || std::abs(w.lon) > 180'000'000 || w.radius < smallest_radius ||
      w.radius > largest_radius)
    return refuse(kind::invalid, "vote.place", "latitude");
  return nothing{};
}

// Of whom a figure is given (size_of).
bool counts(const audience& a) { return !a.everybody() && a.work.empty(); }

// What the options showed stays with those that keep their text.
void keep_shown(voices::paper& now, const voices::paper& before) {
  for (auto& o : now.options)
    for (const auto& old : before.options)
      if (old.text == o.text && o.picture.empty()) {
        o.picture = old.picture;
        o.alt = old.alt;
        o.video = old.video;
      }
}

}  // namespace

outcome station::judge(bool poll, const plan& p, instant at) const {
  if (auto good = book_.judge(rule_of(poll).id, p.text); !good) return good;
  if (auto good = voices::judge(p.paper); !good) return good;
  if (auto good = mvoting::judge(house_.pack(), p.audience); !good) return good;
  if (auto good = judge_when(p, at); !good) return good;
  if (rule_of(poll).find_category(p.text.category)->level != 0 && !p.presence.empty())
    return refuse(kind::invalid, "vote.presence_unseen", "presence");
  return judge_where(p);
}

void station::keep(store::write& tx, const ask& a, const std::string& agency, const plan& p) {
  book_.set_paper(tx, a.key, p.paper);
  book_.set_end(tx, a.key, "coming", p.opens);
  book_.set_end(tx, a.key, "open", p.closes);
  vote v;
  v.ask = a.key;
  v.agency = agency;
  v.audience = json::write(p.audience);
  v.presence = p.presence;
  v.lat = p.where.lat;
  v.lon = p.where.lon;
  v.radius = p.where.radius;
  v.opens = p.opens;
  v.closes = p.closes;
  tx.run("delete from vote where ask = ?1", a.key);
  tx.insert("vote", v);
}

result<ask> station::draft(const audit::access& why, const std::string& agency, const plan& p,
                           instant at) {
  if (auto good = judge(agency.empty(), p, at); !good) return good.why();
  return db_.writing([&](store::write& tx) -> result<ask> {
    voices::filing text = p.text;
    text.agency = agency;
    auto a = book_.file(tx, why, rule_of(agency.empty()).id, std::move(text), at);
    if (a) keep(tx, *a, agency, p);
    return a;
  });
}

outcome station::redraft(const audit::access& why, const ask& a, const plan& p, instant at) {
  const vote v = vote_of(a.key);
  if (auto good = judge(v.poll(), p, at); !good) return good;
  plan with = p;
  if (const auto before = book_.paper_of(a.key)) keep_shown(with.paper, *before);
  return db_.writing([&](store::write& tx) -> outcome {
    if (auto good = book_.amend(tx, why, a, with.text); !good) return good;
    keep(tx, a, v.agency, with);
    drop_films(tx, a.key, &with.paper);
    return nothing{};
  });
}

outcome station::touch(store::write& tx, const audit::access& why, const ask& a) {
  return book_.amend(tx, why, a, {a.title, a.body, a.language, a.category, {}, a.listed});
}

outcome station::set_shown(const audit::access& why, const ask& a, std::size_t option,
                           const shown& s) {
  auto p = book_.paper_of(a.key);
  if (!p || option < 1 || option > p->options.size())
    return refuse(kind::not_found, "voices.unknown");
  auto& o = p->options[option - 1];
  o.alt = text::trim(s.alt);
  o.video = text::trim(s.video);
  const std::string old = o.picture;
  std::optional<pictures::clean_picture> clean;
  if (!s.octets.empty()) {
    auto made = pictures::cleaned(s.octets);
    if (!made) return made.why();
    clean = std::move(*made);
    o.picture = new_id().str();
  } else if (s.no_picture) {
    o.picture.clear();
    o.alt.clear();
  }
  if (auto good = voices::judge(*p); !good) return good;
  return db_.writing([&](store::write& tx) -> outcome {
    if (auto good = touch(tx, why, a); !good) return good;
    if (old != o.picture && !old.empty())
      tx.run("delete from picture where key = ?1", id::parse(old).value_or(id{}));
    if (clean)
      tx.run("insert into picture (key, ask, type, octets) values (?1, ?2, ?3, ?4)",
             *id::parse(o.picture), a.key, clean->type,
             store::bytes(clean->octets.begin(), clean->octets.end()));
    book_.set_paper(tx, a.key, *p);
    return nothing{};
  });
}

outcome station::publish(const audit::access& why, const ask& a, instant at) {
  const vote v = vote_of(a.key);
  if (v.closes <= at) return refuse(kind::conflict, "vote.window", "closes");
  return db_.writing([&](store::write& tx) -> outcome {
    const instant opens = v.opens.micros ? v.opens : at;
    tx.run("update vote set opens = ?1, eligible = ?2 where ask = ?3", opens,
           counts(audience_of(v)) ? electorate_awaited : electorate_unknown, a.key);
    book_.set_end(tx, a.key, "coming", opens);
    return book_.publish(tx, why, a, at);
  });
}

outcome station::discard(const audit::access& why, const ask& a) {
  return db_.writing([&](store::write& tx) -> outcome {
    if (auto good = book_.discard(tx, why, a); !good) return good;
    tx.run("delete from vote where ask = ?1", a.key);
    tx.run("delete from picture where ask = ?1", a.key);
    drop_films(tx, a.key, nullptr);
    return nothing{};
  });
}

outcome station::end_early(const audit::access& why, const ask& a, std::string_view reason,
                           instant at) {
  if (!fits(reason, longest_reason))
    return refuse(kind::invalid, "vote.reason", "reason",
                  {{"most", std::to_string(longest_reason)}});
  if (a.stage != "open") return refuse(kind::conflict, "voices.closed");
  return db_.writing([&](store::write& tx) -> outcome {
    if (auto good = book_.end_now(tx, why, a, at); !good) return good;
    tx.run("update vote set ended_why = ?1, closes = ?2 where ask = ?3", text::trim(reason), at,
           a.key);
    return nothing{};
  });
}

outcome station::tell_what_came(const audit::access& why, const ask& a, const result_of_it& r,
                                instant at) {
  if (auto stated = why.stated(); !stated) return stated;
  if (!fits(r.came, longest_came))
    return refuse(kind::invalid, "vote.came", "came", {{"most", std::to_string(longest_came)}});
  if (!r.link.empty() && (!r.link.starts_with("https://") || r.link.size() > longest_link))
    return refuse(kind::invalid, "vote.link", "link");
  if (a.stage != "ended") return refuse(kind::conflict, "vote.not_ended");
  db_.writing([&](store::write& tx) {
    tx.run("update vote set came = ?1, came_by = ?2, came_link = ?3, came_at = ?4 where ask = ?5",
           text::trim(r.came), r.by, r.link, at, a.key);
    audit::append(tx, why, audit::action::decided, a.author, "ask", a.key.str(), "outcome");
    tx.emit("mvoting.outcome", a.key.str(), json::object{{"number", a.number}});
  });
  return nothing{};
}

// ---- how many may vote ----
// A number alone: of everybody, the size of the register; of others see electorate.cpp.
void station::count_eligible() {
  const auto waiting = db_.reading([&](store::read& q) {
    return q.all<vote>("select " + store::columns<vote>() +
                       " from vote where eligible < 0 and opens > 0 and opens <= ?1 and "
                       "audience = ?2 limit 20",
                       now(), json::write(audience{}));
  });
  auto* registry = waiting.empty() ? nullptr : house_.hub().registry_of("persons");
  if (!registry) return;
  const auto n = registry->count("persons");
  for (const auto& v : waiting)
    db_.writing([&](store::write& tx) {
      tx.run("update vote set eligible = ?1 where ask = ?2", n, v.ask);
    });
}

}  // namespace madang::mvoting
