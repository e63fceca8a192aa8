#include "center.hpp"

#include <algorithm>

#include "madang/trust/bytes.hpp"

namespace madang::eungdapso {

std::span<const store::migration> migrations();

namespace {

const std::string& select() {
  static const std::string text = "select " + store::columns<report>() + " from report ";
  return text;
}
const std::string& select_picture() {
  static const std::string text = "select " + store::columns<picture>() + " from picture ";
  return text;
}
const std::string& select_update() {
  static const std::string text = "select " + store::columns<update>() + " from report_update ";
  return text;
}
const std::string& select_program() {
  static const std::string text = "select " + store::columns<program>() + " from program ";
  return text;
}

}  // namespace

center::center(platform::house& h) : home(h), files(h.files_of("eungdapso")), kinds(h.pack()) {
  files.database().migrate("eungdapso", migrations());
  handle();
  listen();
}

void center::handle() {
  cases::procedure p;
  p.id = procedure_id;
  p.name = home.said("street.case");
  p.law = home.said("law.street");
  p.role = crew_role;
  p.working_days = 3;
  p.desk = "/desk/eungdapso";
  p.page = "/eungdapso/reports";
  p.units = true;
  p.reopen_days = reopen_days;
  p.title = [this](const cases::matter& m) {
    const auto* k = kinds.find(json::str(m.answers, "category"));
    return k ? k->name : home.said("street.case");
  };
  p.due = [this](const cases::matter& m) {
    const auto* k = kinds.find(json::str(m.answers, "category"));
    const int hours = k ? k->hours_for(json::at(m.answers, "answers")) : 72;
    const instant until = now().plus(std::chrono::hours(hours));
    date day = in_zone(until, home.pack().zone()).date;
    while (!home.pack().calendar().is_working_day(day)) day = day.plus(1);
    return day;
  };
  p.barred = [this](const audit::actor& who, const cases::matter& m) { return barred(who, m); };
  p.look = [this](const audit::access& why, const cases::matter& m) { return look(why, m); };
  p.accept = [](store::write&, const audit::access&, const cases::matter&, auto&) -> outcome {
    return nothing{};
  };
  files.handle(std::move(p));
}

// A crew handles what its department has.
bool center::barred(const audit::actor& who, const cases::matter& m) {
  const auto row = find(m.key);
  return row && !who.has_role("crew_" + row->department);
}

result<cases::review> center::look(const audit::access&, const cases::matter& m) {
  cases::review out;
  const auto row = find(m.key);
  const auto* k = row ? kinds.find(row->category) : nullptr;
  if (!k) return out;
  out.application.push_back({home.said("street.category"), k->name, {}, ""});
  out.application.push_back({home.said("street.words"), {row->words, row->words}, {}, ""});
  return out;
}

// ---- looking ----

std::optional<report> center::find(id matter) {
  return files.database().reading(
      [&](store::read& r) { return r.one<report>(select() + "where matter = ?1", matter); });
}

std::optional<report> center::find_number(std::string_view number) {
  return files.database().reading(
      [&](store::read& r) { return r.one<report>(select() + "where number = ?1", number); });
}

std::vector<report> center::list(const wanted_reports& w) {
  // Withdrawn reports are nobody's business any more.
  return files.database().reading([&](store::read& r) {
    return r.all<report>(
        select() +
            "where filed >= ?1 and filed <= ?2 and updated >= ?3 and updated <= ?4 and "
            "(?5 = '' or substr(office, 1, length(?5)) = ?5) and (?6 = '' or category = ?6) and "
            "(?7 = '' or state = ?7) and (?8 = 0 or closed is null) and state <> 'withdrawn' "
            "order by filed desc, matter desc limit ?9 offset ?10",
        w.from.value_or(instant{0}), w.until.value_or(forever), w.updated_from.value_or(instant{0}),
        w.updated_until.value_or(forever), w.office, w.category, w.state, w.open_only ? 1 : 0,
        static_cast<std::int64_t>(w.limit), static_cast<std::int64_t>(w.skip));
  });
}

std::vector<picture> center::pictures(id matter) {
  return files.database().reading([&](store::read& r) {
    return r.all<picture>(select_picture() + "where matter = ?1 order by key", matter);
  });
}

std::optional<std::pair<picture, std::string>> center::octets(id key) {
  using found = std::optional<std::pair<picture, std::string>>;
  return files.database().reading([&](store::read& r) -> found {
    auto p = r.one<picture>(select_picture() + "where key = ?1", key);
    auto b = p ? r.one<store::bytes>("select octets from picture where key = ?1", key)
               : std::optional<store::bytes>();
    if (!b) return {};
    return std::pair{std::move(*p), std::string(b->begin(), b->end())};
  });
}

std::vector<update> center::updates(id matter) {
  return files.database().reading([&](store::read& r) {
    return r.all<update>(select_update() + "where matter = ?1 order by key", matter);
  });
}

std::vector<update> center::updates_between(instant from, instant until, std::size_t most) {
  return files.database().reading([&](store::read& r) {
    return r.all<update>(select_update() + "where at >= ?1 and at <= ?2 order by key limit ?3",
                         from, until, static_cast<std::int64_t>(most));
  });
}

std::vector<tally> center::figures() {
  return files.database().reading([&](store::read& r) {
    return r.all<tally>(
        "select office, category, count(*), cast(sum(case when closed is null then 1 else 0 end) "
        "as bigint), count(closed), cast(coalesce(sum(kept), 0) as bigint), cast(sum(case when "
        "closed is null and promised < ?1 then 1 else 0 end) as bigint), cast(sum(voices) as "
        "bigint) from report where state <> 'withdrawn' group by office, category order by office, "
        "category",
        now());
  });
}

std::vector<report> center::work_of(const audit::actor& who, std::size_t most) {
  std::vector<report> out;
  if (!who.has_role(crew_role)) return out;
  files.database().reading([&](store::read& r) {
    for (const auto& d : kinds.departments())
      if (who.has_role("crew_" + d.id))
        for (auto& one : r.all<report>(
                 select() + "where closed is null and department = ?1 and substr(office, 1, "
                            "length(?2)) = ?2 order by promised, matter limit ?3",
                 d.id, who.office, static_cast<std::int64_t>(most)))
          out.push_back(std::move(one));
  });
  std::ranges::sort(out, [](const report& a, const report& b) {
    return std::tie(a.urgency, a.promised, a.matter) < std::tie(b.urgency, b.promised, b.matter);
  });
  if (out.size() > most) out.resize(most);
  return out;
}

std::vector<report> center::of_person(id person) {
  if (!person) return {};
  return files.database().reading([&](store::read& r) {
    return r.all<report>(select() +
                             "where matter in (select key from matter where applicant = ?1 union "
                             "select matter from voice where person = ?1) order by filed desc "
                             "limit 100",
                         person);
  });
}

bool center::is_hers(const report& r, const audit::actor& who, std::string_view code) {
  if (who.person && !who.official())
    if (const auto m = files.find(r.matter); m && m->applicant == who.person) return true;
  return !code.empty() && !r.secret.empty() &&
         trust::equal_in_constant_time(trust::view_of(trust::sha256_hex(code)),
                                       trust::view_of(r.secret));
}

bool center::may_release(const audit::actor& who, const report& r) const {
  return who.official() && who.has_role(center_role) &&
         std::string_view(r.office).starts_with(who.office);
}

// ---- programs ----

std::vector<program> center::programs() {
  return files.database().reading(
      [&](store::read& r) { return r.all<program>(select_program() + "order by key"); });
}

std::optional<program> center::program_of(std::string_view key) {
  if (key.empty() || key.size() > 100) return {};
  return files.database().reading([&](store::read& r) {
    return r.one<program>(select_program() + "where secret = ?1 and ended is null",
                          trust::sha256_hex(key));
  });
}

result<std::string> center::admit(const audit::access& why, std::string_view name,
                                  std::string_view contact) {
  const std::string called(text::trim(name));
  if (called.empty() || text::length(called) > 100 || text::length(contact) > 200)
    return refuse(kind::invalid, "report.program", "name");
  const std::string key = random_token();
  files.database().writing([&](store::write& tx) {
    const id made = new_id();
    tx.run(
        "insert into program (key, name, contact, secret, made, author) values "
        "(?1, ?2, ?3, ?4, ?5, ?6)",
        made, called, contact, trust::sha256_hex(key), now(), why.who.name);
    audit::append(tx, why, audit::action::changed, {}, "open311_program", made.str(), "admitted");
    tx.emit("eungdapso.program_admitted", made.str(), {{"name", called}});
  });
  return key;
}

outcome center::dismiss(const audit::access& why, id which) {
  return files.database().writing([&](store::write& tx) -> outcome {
    if (!tx.run("update program set ended = ?1 where key = ?2 and ended is null", now(), which))
      return refuse(kind::not_found, "report.no_program");
    audit::append(tx, why, audit::action::changed, {}, "open311_program", which.str(), "dismissed");
    tx.emit("eungdapso.program_dismissed", which.str(), json::object{});
    return nothing{};
  });
}

// ---- who is told ----

void center::listen() {
  home.hub().listen("eungdapso", "eungdapso.closed", [this](const exchange::event& e) {
    const auto key = id::parse(json::str(e.payload, "key"));
    const auto row = key ? find(*key) : std::nullopt;
    if (!row) return;
    const auto* k = kinds.find(row->category);
    words title;
    for (const auto& language : home.pack().languages())
      title.set(language, home.texts().fill("street.notice_closed", language,
                                            {{"what", k ? k->name(language) : row->category},
                                             {"number", row->number}}));
    std::vector<id> who = files.database().reading([&](store::read& r) {
      return r.all<id>("select person from voice where matter = ?1 and person <> 0", row->matter);
    });
    std::vector<notices::notice> all;
    for (id person : who)
      all.push_back({{},
                     person,
                     "",
                     title,
                     {row->result, row->result},
                     "/eungdapso/reports/" + row->number,
                     row->number,
                     e.at,
                     {}});
    if (!all.empty()) home.box().put_all(std::move(all), e.key.str());
  });
}

}  // namespace madang::eungdapso
