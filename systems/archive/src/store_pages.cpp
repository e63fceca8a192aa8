// The folders of one person: what is kept, in how many copies, when it was last looked at, and
// putting more in.
#include <algorithm>
#include <map>

#include "office.hpp"

namespace madang::archive {
namespace {

using namespace html;

struct record_line {
  std::string key, folder, name, type, state, sha256, holder_is;
  std::int64_t size = 0, copies = 0;
  std::optional<instant> kept, verified;
};
BOOST_DESCRIBE_STRUCT(record_line, (),
                      (key, folder, name, type, state, sha256, holder_is, size, copies, kept,
                       verified))
struct store_view {
  std::vector<record_line> records, shared;
  std::int64_t places = 0;
};
BOOST_DESCRIBE_STRUCT(store_view, (), (records, shared, places))

std::string name_of(vault::state s) {
  constexpr const char* names[] = {"uploading", "kept", "erased"};
  return names[static_cast<int>(s)];
}

record_line line_of(const vault::record& r, std::string holder_is) {
  record_line l{r.key.str(), r.folder, r.name, r.type, name_of(r.state), r.sha256,
                std::move(holder_is), r.size, r.copies, {}, {}};
  if (r.kept.micros) l.kept = r.kept;
  if (r.verified.micros) l.verified = r.verified;
  return l;
}

node copies_badge(const context& c, const record_line& l, std::int64_t places) {
  const auto said = c.fill("archive.copies_of", {{"n", std::to_string(l.copies)},
                                                 {"places", std::to_string(places)}});
  return badge(l.copies == 0 ? tone::bad : l.copies < 2 ? tone::warn : tone::good, said);
}

node folder_part(const context& c, const std::string& folder, const std::vector<record_line>& all,
                 std::int64_t places) {
  table_view t;
  t.caption = folder.empty() ? std::string(c.say("archive.no_folder")) : folder;
  t.stacked = true;
  for (const char* label : {"archive.name", "archive.size", "archive.kept", "archive.copies",
                            "archive.verified"})
    t.columns.push_back({std::string(c.say(label))});
  std::optional<instant> oldest;
  std::int64_t fewest = places;
  for (const auto& l : all) {
    t.rows.push_back({a(href("/my/vault/" + l.key), l.name), node(size_words(l.size)),
                      node(l.kept ? c.written(*l.kept) : std::string(c.say("archive.uploading"))),
                      l.kept ? copies_badge(c, l, places) : node(""),
                      node(l.verified ? c.written(*l.verified) : "")});
    if (!l.kept) continue;
    fewest = std::min(fewest, l.copies);
    if (l.verified && (!oldest || *l.verified < *oldest)) oldest = l.verified;
  }
  node foot;
  if (oldest)
    foot = p(cls("hint"), c.fill("archive.folder_state", {{"n", std::to_string(fewest)},
                                                          {"when", c.written(*oldest)}}));
  return section(data_table(c.shell(), t), foot);
}

node put_part(const context& c, const refusal* wrong) {
  const bool wrong_file = wrong && wrong->field != "folder";
  field folder{.name = "folder", .label = std::string(c.say("archive.folder"))};
  folder.hint = c.say("archive.folder_hint");
  folder.optional = true;
  folder.most = 100;
  if (wrong && !wrong_file) folder.error = c.explain(*wrong);
  // No limit is said to the page: with script a file goes in parts.
  const node file =
      div(cls(wrong_file ? "field bad" : "field"),
          label(for_("file"), c.say("archive.file")),
          p(cls("hint"), id_("file-hint"), c.say("archive.file_hint")),
          wrong_file ? p(cls("error"), id_("file-error"), c.explain(*wrong)) : node(),
          input(id_("file"), name_("file"), type_("file"),
                aria("describedby", wrong_file ? "file-hint file-error" : "file-hint")));
  const node plain =
      form(method("post"), action("/my/vault"), attr("enctype", "multipart/form-data"),
           c.shell().csrf_field(), text_field(c.shell(), folder),
           file, submit_button(c.say("archive.put")));
  return element("madang-vault", data("begin", "/my/vault/uploads"),
                 data("working", c.say("archive.working")), data("failed", c.say("archive.failed")),
                 data("again", c.say("archive.again")), plain);
}

http::response show(context& c, office& o, const refusal* wrong = nullptr) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  store_view v;
  v.places = static_cast<std::int64_t>(o.store().where().count());
  std::map<std::string, std::vector<record_line>> folders;
  for (const auto& r : o.store().of_holder(c.actor.person)) {
    v.records.push_back(line_of(r, "me"));
    if (r.state != vault::state::erased) folders[r.folder].push_back(v.records.back());
  }
  for (const auto& r : o.store().shared_with(c.actor.person))
    v.shared.push_back(line_of(r, "other"));
  return c.show(v, [&] {
    std::vector<error_item> errors;
    if (wrong)
      errors.push_back({wrong->field.empty() ? "file" : wrong->field, c.explain(*wrong)});
    node body = all(error_summary(c.shell(), errors), h1(c.say("archive.title")),
                    lead(c.say("archive.lead")));
    if (folders.empty())
      body = all(body, empty_state("book", c.say("archive.none"), p(c.say("archive.none_hint"))));
    for (const auto& [folder, lines] : folders)
      body = all(body, folder_part(c, folder, lines, v.places));
    if (!v.shared.empty())
      body = all(body, h2(c.say("archive.shared")),
                 folder_part(c, std::string(c.say("archive.shared")), v.shared, v.places));
    body = all(body, h2(c.say("archive.put_title")), put_part(c, wrong));
    std::vector<node> erased;
    for (const auto& l : v.records)
      if (l.state == "erased")
        erased.push_back(li(a(href("/my/vault/" + l.key), c.say("archive.erased_one")), " ",
                            l.key));
    if (!erased.empty()) body = all(body, disclosure(c.say("archive.erased_list"), ul(erased)));
    auto r = c.page(c.say("archive.title"), {{"/my", std::string(c.say("my.title"))}}, body,
                    {.has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

audit::access why_of(const context& c) {
  return c.access(c.home.said("purpose.archive"), c.home.said("law.e_government"));
}

const http::part* file_of(const context& c, std::string_view name) {
  for (const auto& one : c.files())
    if (one.name == name) return &one;
  return nullptr;
}

// A whole file in one form.
http::response put(context& c, office& o) {
  const auto* file = file_of(c, "file");
  if (!file || file->body.empty()) {
    const auto why = refuse(kind::invalid, "forms.missing", "file");
    return show(c, o, &why);
  }
  const std::string name = file->filename.empty() ? "file" : file->filename;
  auto r = o.store().begin(why_of(c), c.actor.person, c.field("folder"), name, file->content_type);
  if (!r) return show(c, o, &r.why());
  const std::string_view octets = file->body;
  for (std::size_t at = 0; at < octets.size(); at += vault::part_size)
    if (auto added = o.store().add(r->key, c.actor.person, static_cast<std::int64_t>(at),
                                   octets.substr(at, vault::part_size));
        !added) {
      (void)o.store().abandon(r->key, c.actor.person);
      return show(c, o, &added.why());
    }
  auto kept = o.store().finish(why_of(c), r->key, c.actor.person);
  if (!kept) return show(c, o, &kept.why());
  return c.go("/my/vault/" + r->key.str());
}

http::response told(const context& c, const json::object& what) {
  return c.with_privacy(http::json_response(json::print(what)));
}

// By parts: a file of any size, which goes on where it was broken off.
http::response begin(context& c, office& o) {
  auto r = o.store().begin(why_of(c), c.actor.person, c.field("folder"), c.field("name"),
                           c.field("type"));
  if (!r) return c.refuse(r.why());
  return told(c, {{"record", r->key.str()},
                  {"offset", 0},
                  {"part", static_cast<std::int64_t>(vault::part_size)}});
}

http::response add(context& c, office& o) {
  const auto key = id::parse(c.request.capture("record"));
  const auto r = key ? o.store().find(*key) : std::nullopt;
  if (!r || r->holder != c.actor.person)
    return c.refuse(refuse(kind::not_found, "vault.unknown"));
  const auto* part = file_of(c, "part");
  if (!part) return c.refuse(refuse(kind::invalid, "forms.missing", "part"));
  const std::string text(c.field("offset"));
  if (text.empty() || text.size() > 15 ||
      text.find_first_not_of("0123456789") != std::string::npos)
    return c.refuse(refuse(kind::invalid, "forms.missing", "offset"));
  const auto offset = static_cast<std::int64_t>(std::stoll(text));
  auto added = o.store().add(*key, c.actor.person, offset, part->body);
  if (!added) return c.refuse(added.why());
  return told(c, {{"offset", offset + static_cast<std::int64_t>(part->body.size())}});
}

// How far an upload has come.
http::response reached(context& c, office& o) {
  const auto key = id::parse(c.request.capture("record"));
  const auto r = key ? o.store().find(*key) : std::nullopt;
  if (!r || r->holder != c.actor.person || r->state != vault::state::uploading)
    return c.refuse(refuse(kind::not_found, "vault.unknown"));
  return told(c, {{"offset", r->size}, {"part", static_cast<std::int64_t>(vault::part_size)}});
}

http::response finish(context& c, office& o) {
  const auto key = id::parse(c.request.capture("record"));
  if (!key) return c.refuse(refuse(kind::not_found, "vault.unknown"));
  auto kept = o.store().finish(why_of(c), *key, c.actor.person, c.field("sha256"));
  if (!kept) return c.refuse(kept.why());
  return told(c, {{"record", key->str()},
                  {"href", "/my/vault/" + key->str()},
                  {"sha256", kept->sha256},
                  {"copies", kept->copies}});
}

}  // namespace

void store_pages(house& h, shared_office o) {
  h.page("GET", "/my/vault", needs::sign_in, [o](context& c) { return show(c, *o); });
  h.page("POST", "/my/vault", needs::sign_in, [o](context& c) { return put(c, *o); });
  h.page("POST", "/my/vault/uploads", needs::sign_in, [o](context& c) { return begin(c, *o); });
  h.page("GET", "/my/vault/uploads/{record}", needs::sign_in,
         [o](context& c) { return reached(c, *o); });
  h.page("POST", "/my/vault/uploads/{record}", needs::sign_in,
         [o](context& c) { return add(c, *o); });
  h.page("POST", "/my/vault/uploads/{record}/finish", needs::sign_in,
         [o](context& c) { return finish(c, *o); });
}

}  // namespace madang::archive
