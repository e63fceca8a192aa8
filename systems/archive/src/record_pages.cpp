// One record: what is known of it, its octets, its proofs, whom its holder lets look, and its end.
#include <algorithm>
#include <charconv>

#include "office.hpp"

namespace madang::archive {
namespace {

using namespace html;

// Without ranges an answer is one piece in memory; what is larger is asked for in ranges.
constexpr std::int64_t most_whole = 64 << 20, most_range = 8 << 20;

struct looker_line {
  std::string person, name;
  instant given;
};
BOOST_DESCRIBE_STRUCT(looker_line, (), (person, name, given))
struct record_view {
  std::string key, name, folder, type, state, sha256, invitation, proof, erasure, statement;
  std::int64_t size = 0, copies = 0, places = 0;
  bool mine = false;
  std::optional<instant> kept, verified, erased;
  std::vector<looker_line> lookers;
};
BOOST_DESCRIBE_STRUCT(record_view, (),
                      (key, name, folder, type, state, sha256, invitation, proof, erasure,
                       statement, size, copies, places, mine, kept, verified, erased, lookers))

record_view view_of(const context& c, office& o, const vault::record& r) {
  record_view v;
  v.key = r.key.str();
  v.name = r.name;
  v.folder = r.folder;
  v.type = r.type;
  constexpr const char* names[] = {"uploading", "kept", "erased"};
  v.state = names[static_cast<int>(r.state)];
  v.sha256 = r.sha256;
  v.size = r.size;
  v.copies = r.copies;
  v.places = static_cast<std::int64_t>(o.store().where().count());
  v.mine = r.holder == c.actor.person;
  if (r.kept.micros) v.kept = r.kept;
  if (r.verified.micros) v.verified = r.verified;
  if (r.erased.micros) v.erased = r.erased;
  for (const char* what : {"kept", "erased"})
    if (const auto p = o.prove(r, what)) {
      (std::string_view(what) == "kept" ? v.proof : v.erasure) =
          p->file.empty() ? "waiting" : "sealed";
      v.statement = p->said;
    }
  if (v.mine)
    for (const auto& l : o.store().lookers_of(r.key))
      v.lookers.push_back({l.person.str(), l.name, l.given});
  return v;
}

node proof_part(const context& c, const record_view& v) {
  const bool erased = v.state == "erased";
  const std::string& state = erased ? v.erasure : v.proof;
  if (state.empty()) return {};
  node body = all(h2(c.say(erased ? "archive.erasure_proof" : "archive.proof")),
                  p(c.say(erased ? "archive.erasure_what" : "archive.proof_what")));
  if (state == "waiting") return all(body, inset(p(c.say("archive.proof_waits"))));
  const std::string at = "/my/vault/" + v.key + "/proof";
  std::vector<node> steps;
  for (const char* step : {"commitment", "inclusion", "log", "witnesses"})
    steps.push_back(li(data("step", step), c.say("transparency.step_" + std::string(step))));
  return all(
      body,
      element("madang-proof", data("proof", at), data("policy", "/transparency/policy"),
              data("good", c.say("transparency.step_good")),
              data("bad", c.say("transparency.step_bad")),
              data("all-good", c.say("transparency.all_good")),
              data("all-bad", c.say("transparency.all_bad")),
              data("unreachable", c.say("transparency.not_fetched")),
              button(type_("button"), cls("button primary"), flag("hidden"),
                     span(c.say("transparency.check_here"))),
              ol(steps)),
      button_row({link_button(at, c.say("transparency.take_proof"), look::secondary)}),
      disclosure(c.say("transparency.statement"), pre(code(cls("wrap"), v.statement))));
}

node sharing_part(const context& c, const record_view& v) {
  const std::string at = "/my/vault/" + v.key;
  std::vector<node> lines;
  for (const auto& l : v.lookers)
    lines.push_back(li(l.name, " ", small(c.written(l.given)), " ",
                       post_button(c.shell(), at + "/take-back", c.say("archive.take_back"),
                                   look::quiet, {{"person", l.person}})));
  node body = all(h2(c.say("archive.lookers")), p(c.say("archive.lookers_what")));
  if (!lines.empty()) body = all(body, ul(lines));
  if (!v.invitation.empty())
    body = all(body, inset(all(p(c.say("archive.invitation")),
                               pre(code(cls("wrap"), v.invitation)))));
  return all(body, post_button(c.shell(), at + "/invite", c.say("archive.invite"),
                               look::secondary));
}

http::response page_of(context& c, const record_view& v) {
  return c.show(v, [&] {
    const std::string title =
        v.state == "erased" ? std::string(c.say("archive.erased_one")) : v.name;
    const std::string at = "/my/vault/" + v.key;
    node body = h1(title);
    std::vector<row> rows;
    const auto add = [&](const char* label, node value) {
      rows.push_back({std::string(c.say(label)), std::move(value), ""});
    };
    if (v.state == "kept") {
      body = all(body, button_row({link_button(at + "/file", c.say("archive.take_out"),
                                               look::primary, "download")}));
      if (!v.folder.empty()) add("archive.folder", node(v.folder));
      add("archive.size", node(size_words(v.size)));
      if (v.kept) add("archive.kept", node(c.written(*v.kept)));
      add("archive.copies",
          badge(v.copies == 0 ? tone::bad : v.copies < 2 ? tone::warn : tone::good,
                c.fill("archive.copies_of", {{"n", std::to_string(v.copies)},
                                             {"places", std::to_string(v.places)}})));
      if (v.verified) add("archive.verified", node(c.written(*v.verified)));
      add("archive.hash", code(cls("wrap"), v.sha256));
    } else if (v.erased) {
      add("archive.erased_at", node(c.written(*v.erased)));
    } else {
      body = all(body, inset(p(c.say("archive.uploading_what"))));
    }
    if (!rows.empty()) body = all(body, summary_list(c.shell(), rows));
    body = all(body, proof_part(c, v));
    if (v.mine && v.state == "kept") body = all(body, sharing_part(c, v));
    if (v.mine && v.state != "erased")
      body = all(body, disclosure(c.say("archive.erase_title"),
                                  all(p(c.say("archive.erase_what")),
                                      post_button(c.shell(), at + "/erase", c.say("archive.erase"),
                                                  look::danger))));
    return c.page(title, {{"/my", std::string(c.say("my.title"))},
                          {"/my/vault", std::string(c.say("archive.title"))}},
                  body, {.noindex = true});
  });
}

http::response show(context& c, office& o) {
  auto r = seen_by(c, o);
  if (!r) return c.refuse(r.why());
  if (r->holder != c.actor.person) o.store().looked(o.why(c, *r), *r);
  return page_of(c, view_of(c, o, *r));
}

// One range of RFC 9110 section 14; nothing: none that we serve, so the whole is answered.
struct span_asked {
  std::int64_t from = 0, length = 0;
};
std::optional<span_asked> range_of(std::string_view field, std::int64_t size, bool& unfit) {
  if (!field.starts_with("bytes=") || field.find(',') != std::string_view::npos) return {};
  field.remove_prefix(6);
  const auto dash = field.find('-');
  if (dash == std::string_view::npos) return {};
  const auto number = [](std::string_view s) -> std::optional<std::int64_t> {
    std::int64_t n = 0;
    const auto r = std::from_chars(s.data(), s.data() + s.size(), n);
    if (s.empty() || r.ec != std::errc() || r.ptr != s.data() + s.size() || n < 0) return {};
    return n;
  };
  const auto first = number(field.substr(0, dash)), last = number(field.substr(dash + 1));
  if (!first && !last) return {};
  const auto from = first ? *first : std::max<std::int64_t>(size - *last, 0);
  const auto until = first && last ? std::min(*last, size - 1) : size - 1;
  if (from >= size || until < from) {
    unfit = true;
    return {};
  }
  return span_asked{from, std::min(until - from + 1, most_range)};
}

std::string file_name(const std::string& name) {
  std::string plain;
  for (const char ch : name) plain += ch >= 32 && ch < 127 && ch != '"' && ch != '\\' ? ch : '_';
  return "attachment; filename=\"" + plain + "\"; filename*=UTF-8''" + http::percent_encode(name);
}

http::response file(context& c, office& o) {
  auto r = seen_by(c, o);
  if (!r) return c.refuse(r.why());
  bool unfit = false;
  const auto asked = range_of(c.request.header("range"), r->size, unfit);
  http::response out;
  out.with("Accept-Ranges", "bytes");
  if (unfit) {
    out.status = 416;
    out.with("Content-Range", "bytes */" + std::to_string(r->size));
    return c.with_privacy(std::move(out));
  }
  if (!asked && r->size > most_whole)
    return c.refuse(refuse(kind::too_large, "vault.by_ranges", "range",
                           {{"limit", std::to_string(most_whole >> 20)}}));
  // One look is one entry, however many ranges it is fetched in.
  if (!asked || asked->from == 0) o.store().looked(o.why(c, *r), *r);
  auto octets = o.store().read(*r, asked ? asked->from : 0, asked ? asked->length : r->size);
  if (!octets) return c.refuse(octets.why());
  if (asked) {
    out.status = 206;
    out.with("Content-Range",
             "bytes " + std::to_string(asked->from) + "-" +
                 std::to_string(asked->from + static_cast<std::int64_t>(octets->size()) - 1) +
                 "/" + std::to_string(r->size));
  }
  // Never shown within the house, whatever it is.
  out.content_type = "application/octet-stream";
  out.body = std::move(*octets);
  out.with("Content-Disposition", file_name(r->name))
      .with("Content-Security-Policy", "sandbox; default-src 'none'");
  return c.with_privacy(std::move(out));
}

http::response send_proof(context& c, office& o) {
  auto r = seen_by(c, o);
  if (!r) return c.refuse(r.why());
  const auto p = o.prove(*r, r->state == vault::state::erased ? "erased" : "kept");
  if (!p) return c.refuse(refuse(kind::not_found, "vault.no_proof"));
  if (p->file.empty()) return c.refuse(refuse(kind::unavailable, "tlog.beyond"));
  auto out = http::text_response(200, p->file);
  out.with("Content-Disposition",
           "attachment; filename=\"" + r->key.str() + "-" + p->what + ".tlog-proof\"");
  return c.with_privacy(std::move(out));
}

// The agency's signature over the statement of erasure, as a detached CMS.
http::response send_signature(context& c, office& o) {
  auto r = seen_by(c, o);
  if (!r) return c.refuse(r.why());
  for (const auto& s : o.store().said_of(r->key)) {
    if (s.what != "erased") continue;
    http::response out;
    out.content_type = "application/pkcs7-signature";
    out.body.assign(s.signature.begin(), s.signature.end());
    out.with("Content-Disposition",
             "attachment; filename=\"" + r->key.str() + "-erased.p7s\"");
    return c.with_privacy(std::move(out));
  }
  return c.refuse(refuse(kind::not_found, "vault.no_proof"));
}

http::response erase(context& c, office& o) {
  auto r = held_by(c, o);
  if (!r) return c.refuse(r.why());
  const bool uploading = r->state == vault::state::uploading;
  if (auto done = o.erase(c, *r); !done) return c.refuse(done.why());
  return c.go(uploading ? "/my/vault" : "/my/vault/" + r->key.str());
}

http::response invite(context& c, office& o) {
  auto r = held_by(c, o);
  if (!r) return c.refuse(r.why());
  if (r->state != vault::state::kept) return c.refuse(refuse(kind::conflict, "vault.erased"));
  std::string at = c.home.chosen().public_url;
  while (at.ends_with('/')) at.pop_back();
  const std::string token = o.invite(c, *r);
  record_view v = view_of(c, o, *r);
  v.invitation = at + "/vault/invitations/" + token;
  return page_of(c, v);
}

http::response take_back(context& c, office& o) {
  auto r = held_by(c, o);
  if (!r) return c.refuse(r.why());
  const auto person = id::parse(c.field("person"));
  if (!person) return c.refuse(refuse(kind::invalid, "forms.option", "person"));
  auto done = o.store().take_back(o.why(c, *r), r->key, c.actor.person, *person);
  if (!done) return c.refuse(done.why());
  return c.go("/my/vault/" + r->key.str());
}

http::response invitation(context& c, office& o) {
  const std::string token(c.request.capture("token"));
  const auto r = o.invited(token);
  if (!r) return c.refuse(refuse(kind::gone, "vault.invitation"));
  const node body =
      all(h1(c.say("archive.invited")), lead(c.say("archive.invited_what")),
          summary_list(c.shell(), {{std::string(c.say("archive.name")), node(r->name), ""},
                                   {std::string(c.say("archive.size")),
                                    node(size_words(r->size)), ""}}),
          post_button(c.shell(), "/vault/invitations/" + token, c.say("archive.accept")));
  return c.page(c.say("archive.invited"), {}, body, {.noindex = true});
}

http::response accept(context& c, office& o) {
  auto r = o.accept(c, c.request.capture("token"));
  if (!r) return c.refuse(r.why());
  return c.go("/my/vault/" + r->key.str());
}

}  // namespace

void record_pages(house& h, shared_office o) {
  const std::string at = "/my/vault/{record}";
  h.page("GET", at, needs::sign_in, [o](context& c) { return show(c, *o); });
  h.page("GET", at + "/file", needs::sign_in, [o](context& c) { return file(c, *o); });
  h.page("GET", at + "/proof", needs::sign_in, [o](context& c) { return send_proof(c, *o); });
  h.page("GET", at + "/erasure", needs::sign_in,
         [o](context& c) { return send_signature(c, *o); });
  h.page("POST", at + "/erase", needs::sign_in, [o](context& c) { return erase(c, *o); });
  h.page("POST", at + "/invite", needs::sign_in, [o](context& c) { return invite(c, *o); });
  h.page("POST", at + "/take-back", needs::sign_in, [o](context& c) { return take_back(c, *o); });
  h.page("GET", "/vault/invitations/{token}", needs::sign_in,
         [o](context& c) { return invitation(c, *o); });
  h.page("POST", "/vault/invitations/{token}", needs::sign_in,
         [o](context& c) { return accept(c, *o); });
}

}  // namespace madang::archive
