// What happens when somebody reports: the place is found in its town, the category's questions are
// checked, pictures are cleaned, and the case is opened with all that Eungdapso knows of it in one
// transaction. What is sent twice under one key is there once.
#include <algorithm>
#include <cmath>

#include "center.hpp"
#include "madang/trust/bytes.hpp"

namespace madang::eungdapso {
namespace {

constexpr std::size_t longest_words = 2000, longest_place = 200, longest_contact = 100;
constexpr std::size_t most_pictures = 3;

std::int64_t millionths(double degrees) {
  return static_cast<std::int64_t>(std::llround(degrees * 1e6));
}

// Read out over the telephone: no letter that is taken for a digit.
std::string fresh_code() {
  static constexpr std::string_view letters = "23456789abcdefghjkmnpqrstuvwxyz";
  std::string out;
  for (const unsigned char c : random_token(32)) {
    if (out.size() == 12) break;
    out += letters[c % letters.size()];
  }
  return out;
}

outcome check(const telling& t) {
  if (!text::is_utf8(t.words) || text::length(t.words) > longest_words)
    return refuse(kind::invalid, "report.words", "words",
                  {{"limit", std::to_string(longest_words)}});
  if (!text::is_utf8(t.place) || text::length(t.place) > longest_place)
    return refuse(kind::invalid, "report.words", "place",
                  {{"limit", std::to_string(longest_place)}});
  if (text::length(t.name) > longest_contact || text::length(t.contact) > longest_contact)
    return refuse(kind::invalid, "report.contact", "contact",
                  {{"limit", std::to_string(longest_contact)}});
  if (t.once.size() > 100)
    return refuse(kind::invalid, "report.contact", "once", {{"limit", "100"}});
  if (t.pictures.size() > most_pictures)
    return refuse(kind::invalid, "report.many_pictures", "photo",
                  {{"limit", std::to_string(most_pictures)}});
  return nothing{};
}

// The row of a report that is filed now.
report told_as(const telling& t, const category& k, const center::settled& where,
               const cases::matter& m, const json::object& answers) {
  report r;
  r.matter = m.key;
  r.number = m.number;
  r.category = k.id;
  r.department = k.department;
  r.office = where.office;
  r.town = where.town;
  r.lat = millionths(where.at.latitude);
  r.lon = millionths(where.at.longitude);
  r.exact = where.exact;
  r.place = text::trim(t.place);
  r.words = text::trim(t.words);
  r.answers = answers;
  r.language = t.language;
  r.channel = t.channel;
  r.program = t.program;
  r.name = text::trim(t.name);
  r.contact = text::trim(t.contact);
  r.state = "open";
  r.urgency = k.urgency_for(r.answers);
  r.filed = r.updated = now();
  r.promised = r.filed.plus(std::chrono::hours(k.hours_for(r.answers)));
  return r;
}

void tell_filed(store::write& tx, const report& r) {
  tx.emit("eungdapso.filed", r.matter.str(),
          {{"key", r.matter.str()},
           {"number", r.number},
           {"category", r.category},
           {"department", r.department},
           {"office", r.office},
           {"channel", r.channel},
           {"urgency", r.urgency}});
}

}  // namespace

void center::put_update(store::write& tx, const report& r, std::string_view state,
                        std::string_view said, bool open, std::string_view author) {
  tx.insert("report_update", update{new_id(), r.matter, std::string(state), std::string(said), open,
                                    std::string(author), now()});
}

void center::keep(store::write& tx, id matter, std::string_view part, const clean_picture& p,
                  bool open, bool with_place, bool with_time, std::string_view author) {
  std::optional<std::int64_t> lat, lon;
  if (with_place && p.facts.latitude) {
    lat = millionths(*p.facts.latitude);
    lon = millionths(*p.facts.longitude);
  }
  tx.run(
      "insert into picture (key, matter, part, type, width, height, octets, size, open, lat, "
      "lon, made, author, at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
      "?14)",
      new_id(), matter, part, p.type, p.width, p.height,
      store::bytes(p.octets.begin(), p.octets.end()), static_cast<std::int64_t>(p.octets.size()),
      open ? 1 : 0, lat, lon, with_time ? p.facts.made : std::string(), author, now());
}

result<filed> center::file(const audit::access& why, const telling& t) {
  const auto* k = kinds.find(t.category);
  if (!k) return refuse(kind::invalid, "report.no_category", "category");
  if (auto good = check(t); !good) return good.why();
  std::vector<clean_picture> pictures;
  for (const auto& octets : t.pictures) {
    auto clean = cleaned(octets);
    if (!clean) return clean.why();
    pictures.push_back(std::move(*clean));
  }
  telling told = t;
  // A picture that says where it was taken serves where nothing else does, when that was agreed to.
  if (!told.at && told.town.empty() && t.keep_picture_place)
    for (const auto& p : pictures)
      if (p.facts.latitude) told.at = eungdapso::place{*p.facts.latitude, *p.facts.longitude};
  auto where = settle(told);
  if (!where) return where.why();
  auto answers = answered(*k, t.answers, today(home.pack().zone()));
  if (!answers) return answers.why();

  const std::string code = fresh_code();
  const std::string once = t.once.empty() ? std::string() : "eungdapso:" + t.once;
  bool again = false;
  auto opened = files.database().writing([&](store::write& tx) -> result<cases::matter> {
    again = false;
    auto m = files.open(tx, why,
                        {procedure_id,
                         why.who.official() ? id{} : why.who.person,
                         t.name,
                         where->office,
                         json::object{{"category", k->id}, {"answers", *answers}},
                         {},
                         once});
    if (!m) return m;
    if (tx.one<std::int64_t>("select 1 from report where matter = ?1", m->key)) {
      again = true;
      return m;
    }
    report r = told_as(t, *k, *where, *m, *answers);
    r.secret = trust::sha256_hex(code);
    tx.insert("report", r);
    put_update(tx, r, "open", "", true, "reporter");
    for (const auto& p : pictures)
      keep(tx, m->key, "report", p, k->open_pictures, t.keep_picture_place, t.keep_picture_time,
           "reporter");
    audit::access about = why;
    about.reference = r.number;
    audit::append(tx, about, audit::action::changed, m->applicant, "street_report", r.number,
                  "filed");
    tell_filed(tx, r);
    return m;
  });
  if (!opened) return opened.why();
  auto row = find(opened->key);
  madang::check(row.has_value(), "a report that was filed is there");
  return filed{std::move(*row), again ? "" : code, again};
}

result<std::int64_t> center::join(const audit::access& why, id matter, std::string_view said,
                                  std::string_view contact, const std::string& once) {
  if (!text::is_utf8(said) || text::length(said) > longest_words)
    return refuse(kind::invalid, "report.words", "words",
                  {{"limit", std::to_string(longest_words)}});
  if (text::length(contact) > longest_contact || once.size() > 100)
    return refuse(kind::invalid, "report.contact", "contact",
                  {{"limit", std::to_string(longest_contact)}});
  const auto m = files.find(matter);
  return files.database().writing([&](store::write& tx) -> result<std::int64_t> {
    auto r = tx.one<report>("select " + store::columns<report>() + " from report where matter = ?1",
                            matter);
    if (!r || r->state == "withdrawn") return refuse(kind::not_found, "report.unknown");
    const id person = why.who.official() ? id{} : why.who.person;
    // Who filed it is its first voice already.
    if (person && m && m->applicant == person) return r->voices;
    if (!r->is_open()) return refuse(kind::conflict, "report.closed");
    const auto key = new_id();
    if (!tx.run("insert into voice (key, matter, person, contact, words, once, at) values "
                "(?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict do nothing",
                key, matter, person, text::trim(contact), text::trim(said),
                once.empty() ? key.str() : once, now()))
      return r->voices;
    tx.run("update report set voices = voices + 1, updated = ?1 where matter = ?2", now(), matter);
    audit::access about = why;
    about.reference = r->number;
    audit::append(tx, about, audit::action::changed, person, "street_report", r->number, "joined");
    tx.emit("eungdapso.joined", matter.str(),
            {{"key", matter.str()}, {"number", r->number}, {"voices", r->voices + 1}});
    return r->voices + 1;
  });
}

std::vector<near_report> center::near(eungdapso::place at, std::string_view category, double metres,
                                      std::size_t most) {
  // A degree of a meridian is 111.2 km; of a parallel that times the cosine.
  const double up = metres / 111'195.0;
  const double across = up / std::max(0.01, std::cos(at.latitude * 3.14159265358979 / 180));
  auto rows = files.database().reading([&](store::read& r) {
    return r.all<report>("select " + store::columns<report>() +
                             " from report where closed is null and lat >= ?1 and lat <= ?2 and "
                             "lon >= ?3 and lon <= ?4 limit 500",
                         millionths(at.latitude - up), millionths(at.latitude + up),
                         millionths(at.longitude - across), millionths(at.longitude + across));
  });
  std::vector<near_report> out;
  for (auto& row : rows) {
    // Who named only a town is not near to anything.
    const double d = metres_between(at, row.at());
    if (row.exact && d <= metres) out.push_back({std::move(row), d});
  }
  std::ranges::sort(out, [&](const auto& a, const auto& b) {
    return std::tuple(a.row.category != category, a.metres, a.row.matter) <
           std::tuple(b.row.category != category, b.metres, b.row.matter);
  });
  if (out.size() > most) out.resize(most);
  return out;
}

}  // namespace madang::eungdapso
