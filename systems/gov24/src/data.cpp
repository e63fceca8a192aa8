// My data: who looked at my records, and what the records say.
#include <algorithm>
#include <set>
#include <tuple>

#include "pages.hpp"

#include "madang/services/evidence.hpp"

namespace madang::gov24 {
namespace {

using namespace html;

struct look_line {
  instant at;
  std::string action, who, post, agency, record_of, record_name, items, purpose, law, reference;
  std::string entry;               // its proof stands at /my/data/entries/<entry>
  bool mine = false, hidden = false, sealed = false;
};
BOOST_DESCRIBE_STRUCT(look_line, (),
                      (at, action, who, post, agency, record_of, record_name, items, purpose, law,
                       reference, entry, mine, hidden, sealed))
struct looks_view {
  std::int64_t total = 0;
  std::string next;                // address of the page of earlier ones; empty: these are the last
  std::vector<look_line> entries;
};
BOOST_DESCRIBE_STRUCT(looks_view, (), (total, next, entries))

constexpr int entries_on_a_page = 200;

// By others, or with what she did herself; from the newest on, or from behind some entry.
struct asked_for {
  bool with_mine = false;
  id before = audit::wanted{}.before;
  int limit = entries_on_a_page;

  std::string address(std::string_view earlier_than = {}) const {
    std::string out = with_mine ? "/my/data?by=all" : "/my/data";
    if (!earlier_than.empty())
      out += (with_mine ? "&before=" : "?before=") + std::string(earlier_than);
    return out;
  }
};

asked_for question_of(const context& c) {
  asked_for q{.with_mine = c.request.param("by") == "all"};
  if (auto key = id::parse(c.request.param("before"))) q.before = *key;
  return q;
}

std::string record_name(const context& c, const std::string& of) {
  for (const auto* s : c.home.hub().schemas())
    if (s->id == of) return s->name(c.language);
  const std::string key = "data.record_" + of;
  return c.home.texts().has(key) ? std::string(c.say(key)) : of;
}

std::string item_names(const context& c, const std::string& of, const std::string& items) {
  const registers::schema* schema = nullptr;
  for (const auto* s : c.home.hub().schemas())
    if (s->id == of) schema = s;
  if (!schema || items.empty()) return {};
  std::vector<std::string> out;
  for (const auto& i : text::split(items, ',')) {
    const auto* item = schema->find(i);
    out.push_back(item ? item->name(c.language)
                       : std::string(c.home.texts().has("data.items_" + i)
                                         ? c.say("data.items_" + i)
                                         : std::string_view(i)));
  }
  return text::join(out, ", ");
}

// Entries made before have a proof in the log; nothing where no log is kept.
std::optional<instant> sealed_until(const context& c) {
  const auto why = c.access(c.home.said("purpose.own_data"), c.home.said("law.privacy_35"));
  const auto until = c.home.hub().ask("transparency.sealed_until", why, json::object{});
  if (!until) return {};
  return instant{json::num(*until, "micros")};
}

look_line line_of(const context& c, const audit::entry& e, std::optional<instant> until) {
  look_line l;
  l.at = e.at;
  l.sealed = until && e.at < *until;
  l.action = audit::name_of(e.what);
  if (e.hidden_until && now() < *e.hidden_until) {
    l.hidden = true;
    return l;
  }
  if (until) l.entry = e.key.str();
  l.mine = e.actor_person == c.actor.person;
  l.who = json::str(e.actor, "name");
  l.post = json::words_of(json::at(e.actor, "post"))(c.language);
  l.agency = json::words_of(json::at(e.actor, "agency"))(c.language);
  l.record_of = e.record_of;
  l.record_name = record_name(c, e.record_of);
  l.items = item_names(c, e.record_of, e.items);
  l.purpose = e.purpose(c.language);
  l.law = e.law(c.language);
  l.reference = e.reference;
  return l;
}

looks_view looks_of(const context& c, const asked_for& q) {
  looks_view view;
  audit::wanted w{.what = {}, .not_by = {}, .limit = q.limit + 1, .before = q.before};
  if (!q.with_mine) w.not_by = c.actor.person;
  std::vector<audit::entry> found;
  store::acknowledgement::settle();   // the looks of this very request are among them
  for (auto* db : c.home.databases()) {
    db->reading([&](store::read& r) {
      for (id subject : {c.actor.person, audit::everybody}) {
        view.total += audit::count_about(r, subject, w.not_by);
        auto some = audit::about(r, subject, w);
        found.insert(found.end(), some.begin(), some.end());
      }
    });
  }
  found = audit::merged(std::move(found), q.limit + 1);
  if (found.size() > static_cast<std::size_t>(q.limit)) {
    found.pop_back();
    view.next = q.address(found.back().key.str());
  }
  const auto until = sealed_until(c);
  for (const auto& e : found) view.entries.push_back(line_of(c, e, until));
  return view;
}

node who_cell(const context& c, const look_line& l) {
  if (l.hidden) return em(c.say("data.hidden"));
  if (l.mine) return node(c.say("data.you"));
  std::string post = l.post;
  if (!l.agency.empty()) post += (post.empty() ? "" : ", ") + l.agency;
  return all(l.who, post.empty() ? node() : node(div(cls("note"), post)));
}

// What one person did for one purpose within a minute is one line to a reader: opening one screen
// reads several registers. Lines are newest first.
bool belongs_to(const look_line& first, const look_line& l) {
  constexpr std::int64_t a_minute = 60'000'000;
  return !l.hidden && !first.hidden && l.who == first.who && l.post == first.post &&
         l.purpose == first.purpose && l.reference == first.reference &&
         first.at.micros - l.at.micros < a_minute;
}

std::vector<std::vector<const look_line*>> grouped(const looks_view& view) {
  std::vector<std::vector<const look_line*>> out;
  for (const auto& l : view.entries) {
    if (out.empty() || !belongs_to(*out.back().front(), l)) out.emplace_back();
    out.back().push_back(&l);
  }
  return out;
}

node proof_link(const context& c, const look_line& l) {
  if (l.entry.empty()) return {};
  if (!l.sealed) return all(" · ", c.say("transparency.waiting"));
  return all(" · ", a(href("/my/data/entries/" + l.entry),
                      aria("label", std::string(c.say("transparency.proof")) + ": " +
                                        l.record_name + ", " + c.written(l.at)),
                      c.say("transparency.proof")));
}

node what_cell(const context& c, const std::vector<const look_line*>& group) {
  if (group.front()->hidden) return node(c.say("data.one_look"));
  std::vector<const look_line*> lines;   // alike ones stand there once, with the newest's proof
  for (const auto* l : group)
    if (std::ranges::none_of(lines, [&](const look_line* m) {
          return std::tie(l->action, l->record_name, l->items) ==
                 std::tie(m->action, m->record_name, m->items);
        }))
      lines.push_back(l);
  node out;
  for (const auto* l : lines)
    out = all(out, div(badge(l->action == "read" ? tone::neutral : tone::info,
                             c.say("data.action_" + l->action)),
                       " ", l->record_name, proof_link(c, *l),
                       l->items.empty() ? node() : node(div(cls("note"), l->items))));
  return out;
}

node looks_table(const context& c, const looks_view& view) {
  table_view t;
  t.caption = c.say("my.data");
  t.caption_hidden = true;
  t.stacked = true;
  t.columns = {{std::string(c.say("data.when"))}, {std::string(c.say("data.who"))},
               {std::string(c.say("data.what"))}, {std::string(c.say("data.why"))}};
  t.empty = c.say("data.none");
  for (const auto& group : grouped(view)) {
    const look_line& l = *group.front();
    t.rows.push_back({node(c.written(l.at)), who_cell(c, l), what_cell(c, group),
                      all(l.purpose, l.reference.empty() ? node() : node(" " + l.reference),
                          div(cls("note"), l.law))});
  }
  return data_table(c.shell(), t);
}

// What to do about an entry or a record that is wrong.
node when_wrong(const context& c) {
  constexpr const char* service = "record-correction";
  if (!c.home.catalogue().find_definition(service)) return inset(p(c.say("data.wrong")));
  return inset(all(p(c.say("data.wrong")),
                   p(a(href("/services/" + std::string(service)), c.say("data.correct")))));
}

// To earlier entries, and back to the newest.
node turning(const context& c, const asked_for& q, const looks_view& view) {
  std::vector<node> links;
  if (q.before != asked_for().before)
    links.push_back(link_button(q.address(), c.say("data.newest"), look::quiet));
  if (!view.next.empty())
    links.push_back(link_button(view.next, c.say("data.earlier"), look::secondary));
  return links.empty() ? node() : button_row(links);
}

http::response looks(context& c) {
  const asked_for q = question_of(c);
  const looks_view view = looks_of(c, q);
  return c.show(view, [&] {
    node body = all(h1(c.say("my.data")), lead(c.say("data.lead")),
                    p(badge(tone::info, c.fill("data.count", {{"n", text::grouped(view.total)}})),
                      " ", a(href("/my/data/records"), c.say("data.records")), " · ",
                      a(href("/my/data/download"), c.say("data.download"))),
                    tabs(c.say("my.data"),
                         {{"/my/data", std::string(c.say("data.by_others")), !q.with_mine},
                          {"/my/data?by=all", std::string(c.say("data.by_all")), q.with_mine}}),
                    looks_table(c, view), turning(c, q, view), when_wrong(c));
    return c.page(c.say("my.data"), {{"/my", std::string(c.say("my.title"))}}, body,
                  {.wide = true, .noindex = true});
  });
}

// Everything the registers hold about me, by register.
json::object records_of(const context& c) {
  const audit::access why =
      c.access(c.home.said("purpose.own_data"), c.home.said("law.privacy_35"));
  json::object out;
  std::set<std::pair<std::string, std::string>> seen;
  auto put = [&](const registers::schema& s, const registers::record& r) {
    if (!seen.emplace(s.id, r.key).second) return;
    if (!out.contains(s.id)) out[s.id] = json::array{};
    out[s.id].get_array().push_back(services::shown_record(c.home.pack(), s, r, c.language));
  };
  auto put_shared = [&](const registers::schema& s, const registers::record& r) {
    for (const auto& i : s.items) {
      auto* reg = i.shares.empty() ? nullptr : c.home.hub().registry_of(i.shares);
      if (!reg || seen.contains({i.shares, std::string(r.text(i.id))})) continue;
      if (auto shared = reg->get(why, i.shares, r.text(i.id)))
        put(*reg->find_schema(i.shares), *shared);
    }
  };
  for (const auto* s : c.home.hub().schemas()) {
    auto* reg = c.home.hub().registry_of(s->id);
    if (s->subject == "key") {
      auto r = reg->get(why, s->id, c.actor.person.str());
      if (!r) continue;
      put(*s, *r);
      put_shared(*s, *r);
    } else if (!s->subject.empty()) {
      auto all_of = reg->find(why, s->id, s->subject, c.actor.person.str());
      if (all_of)
        for (const auto& r : *all_of) put(*s, r);
    }
  }
  return out;
}

http::response records(context& c) {
  const json::object all_records = records_of(c);
  if (c.request.wants_json())
    return c.with_privacy(http::json_response(json::print(all_records)));
  node body = all(h1(c.say("data.records")), lead(c.say("data.records_lead")));
  for (const auto* s : c.home.hub().schemas()) {
    auto found = all_records.find(s->id);
    if (found == all_records.end()) continue;
    body = all(body, h2(s->name(c.language)), p(cls("note"), s->law(c.language)));
    for (const auto& r : found->value().get_array()) {
      std::vector<row> rows;
      if (!s->key_is_id) rows.push_back({s->key_name(c.language), node(json::str(r, "key")), ""});
      for (const auto& i : s->items) {
        const json::value& named = json::at(r, i.id + "_name");
        const json::value& plain = json::at(r, i.id);
        std::string said = named.is_string()   ? std::string(named.get_string())
                           : plain.is_string() ? std::string(plain.get_string())
                           : plain.is_int64()  ? text::grouped(plain.get_int64())
                                               : std::string();
        if (i.type == registers::type::date)
          if (auto d = date::parse(said)) said = c.written(*d);
        if (!said.empty() && i.type != registers::type::id)
          rows.push_back({i.name(c.language), node(said), ""});
      }
      body = all(body, summary_list(c.shell(), rows));
    }
  }
  body = all(body, when_wrong(c));
  return c.page(c.say("data.records"), {{"/my/data", std::string(c.say("my.data"))}}, body,
                {.noindex = true});
}

// A bound for memory's sake; who has more reads the rest on the page, by its `next`.
constexpr int most_downloaded = 100'000;

http::response download(context& c) {
  json::object out{{"person", c.actor.person.str()},
                   {"made", now().str()},
                   {"records", records_of(c)},
                   {"looks", json::to_value(looks_of(c, {.with_mine = true,
                                                           .limit = most_downloaded}))}};
  json::array documents_;
  for (const auto& d : c.home.documents().of_person(c.actor.person))
    documents_.push_back(json::object{{"number", d.number},
                                      {"title", d.title(c.language)},
                                      {"issued", d.at.str()}});
  out["documents"] = std::move(documents_);
  auto r = http::json_response(json::print(out));
  r.with("Content-Disposition", "attachment; filename=\"my-data.json\"");
  return c.with_privacy(std::move(r));
}

}  // namespace

void data_pages(house& h) {
  h.page("GET", "/my/data", needs::sign_in, looks);
  h.page("GET", "/my/data/records", needs::sign_in, records);
  h.page("GET", "/my/data/download", needs::sign_in, download);
}

}  // namespace madang::gov24
