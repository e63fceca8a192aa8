// Anyone verifies a document, without signing in: by number, by the code on it, by the file.
#include "pages.hpp"

namespace madang::gov24 {
namespace {

using namespace html;

constexpr std::size_t largest_file = 4u << 20;

struct finding_line {
  std::string code, said;
};
BOOST_DESCRIBE_STRUCT(finding_line, (), (code, said))
struct difference_line {
  std::string was, is;
};
BOOST_DESCRIBE_STRUCT(difference_line, (), (was, is))
struct verify_view {
  std::string verdict, said, number, title, seal, holder;
  std::optional<instant> issued, revoked;
  std::vector<finding_line> findings;
  std::vector<difference_line> differences;
};
BOOST_DESCRIBE_STRUCT(verify_view, (),
                      (verdict, said, number, title, seal, holder, issued, revoked, findings,
                       differences))

verify_view view_of(const context& c, const documents::verification& v) {
  verify_view out;
  out.verdict = documents::name_of(v.verdict);
  out.said = c.say("verify.said_" + out.verdict);
  out.number = v.number;
  out.title = v.title(c.language);
  out.seal = v.seal(c.language);
  out.holder = v.holder;
  out.issued = v.issued;
  out.revoked = v.revoked;
  for (const auto& f : v.findings) {
    const std::string key = "document.finding." + f.code;
    out.findings.push_back({f.code, c.home.texts().has(key)
                                        ? c.fill(key, f.facts)
                                        : std::string(c.say("verify.finding_other"))});
  }
  for (const auto& d : v.differences) out.differences.push_back({d.was, d.is});
  return out;
}

tone tone_of(const std::string& verdict) {
  return verdict == "genuine" ? tone::good : verdict == "unknown" ? tone::warn : tone::bad;
}

http::response result_page(context& c, const documents::verification& v) {
  const verify_view view = view_of(c, v);
  return c.show(view, [&] {
    const std::string title(c.say("verify.title_" + view.verdict));
    node body = all(h1(title), banner(c.shell(), tone_of(view.verdict), title, p(view.said)));
    std::vector<row> rows;
    auto add = [&](const char* key, const std::string& value) {
      if (!value.empty()) rows.push_back({std::string(c.say(key)), node(value), ""});
    };
    add("document.number", view.number);
    add("document.title", view.title);
    add("document.sealed_by", view.seal);
    add("verify.holder", view.holder);
    if (view.issued) add("document.issued", c.written(*view.issued));
    if (view.revoked) add("verify.revoked", c.written(*view.revoked));
    if (!rows.empty()) body = all(body, summary_list(c.shell(), rows));
    if (!view.differences.empty()) {
      table_view t;
      t.caption = c.say("verify.differences");
      t.columns = {{std::string(c.say("verify.was"))}, {std::string(c.say("verify.is"))}};
      for (const auto& d : view.differences) t.rows.push_back({node(d.was), node(d.is)});
      body = all(body, data_table(c.shell(), t));
    }
    std::vector<node> lines;
    for (const auto& f : view.findings) lines.push_back(li(f.said));
    if (!lines.empty()) body = all(body, disclosure(c.say("verify.details"), ul(lines)));
    body = all(body, link_button("/verify", c.say("verify.again"), look::secondary));
    return c.page(title, {{"/verify", std::string(c.say("nav.verify"))}}, body, {.noindex = true});
  });
}

http::response form_page(context& c, const refusal* wrong = nullptr, std::string_view part = {}) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  field number{.name = "number", .label = std::string(c.say("verify.number_label"))};
  number.hint = c.say("verify.number_hint");
  number.width = 20;
  field code{.name = "code", .label = std::string(c.say("verify.code_label"))};
  code.hint = c.say("verify.code_hint");
  field file{.name = "file", .label = std::string(c.say("verify.file_label"))};
  file.hint = c.say("verify.file_hint");
  std::vector<error_item> errors;
  if (wrong) {
    const std::string said = c.explain(*wrong);
    errors.push_back({std::string(part), said});
    for (field* f : {&number, &code, &file})
      if (f->name == part) {
        f->error = said;
        f->value = std::string(c.field(f->name));
      }
  }
  node body =
      all(error_summary(c.shell(), errors), h1(c.say("verify.title")), lead(c.say("verify.lead")),
          section(h2(c.say("verify.by_number")),
                  form(method("post"), action("/verify/number"), c.shell().csrf_field(),
                       text_field(c.shell(), number), submit_button(c.say("verify.check")))),
          section(h2(c.say("verify.by_file")),
                  form(method("post"), action("/verify/file"),
                       attr("enctype", "multipart/form-data"), c.shell().csrf_field(),
                       upload_field(c.shell(), file, "application/pdf,.pdf", largest_file),
                       submit_button(c.say("verify.check"), look::secondary))),
          section(h2(c.say("verify.by_code")), p(c.say("verify.by_code_text")),
                  form(method("post"), action("/verify/code"), c.shell().csrf_field(),
                       scan_field(c.shell(), code, true),
                       submit_button(c.say("verify.check"), look::secondary)),
                  p(a(href("/verify/paper"), c.say("verify.offline_link")))),
          p(a(href("/verify/signature"), c.say("signature.link"))));
  if (c.home.pack().has("wallet.yaml"))
    body = all(body, section(h2(c.say("proofs.title")), p(c.say("proofs.lead")),
                             p(a(href("/proofs"), c.say("proofs.begin_link")), " · ",
                               a(href("/wallet/check"), c.say("proofs.offline")))));
  auto r = c.page(c.say("verify.title"), {}, body, {.has_errors = wrong != nullptr});
  if (wrong) r.status = http::status_of(wrong->kind);
  return r;
}

// Numbers are random, but only a thousand million a day: trying them out is made slow. A forged
// file tries a number out too, so every kind of miss counts.
template <class F>
http::response guarded(context& c, F verify) {
  auto& guesses = c.home.number_guesses();
  if (auto seconds = guesses.wait(c.request.peer)) {
    log::warn("verify.refused", {{"code", "request.too_many"}});
    return c.refuse(
        refuse(kind::too_many, "request.too_many", "", {{"seconds", std::to_string(*seconds)}}));
  }
  const documents::verification v = verify();
  if (v.verdict == documents::verdict::unknown || v.verdict == documents::verdict::changed)
    guesses.miss(c.request.peer);
  return result_page(c, v);
}

http::response by_number(context& c) {
  const auto typed = c.field("number");
  if (typed.empty()) {
    const auto why = refuse(kind::invalid, "forms.missing", "number");
    return form_page(c, &why, "number");
  }
  return guarded(c, [&] { return c.home.documents().verify_number(text::head(typed, 40)); });
}

http::response by_address(context& c) {
  return guarded(c, [&] {
    return c.home.documents().verify_number(text::head(c.request.capture("number"), 40));
  });
}

http::response by_code(context& c) {
  const auto typed = c.field("code");
  if (typed.empty() || typed.size() > 4000) {
    const auto why = refuse(kind::invalid, typed.empty() ? "forms.missing" : "forms.too_long",
                            "code", {{"limit", "4000"}});
    return form_page(c, &why, "code");
  }
  return guarded(c, [&] { return c.home.documents().verify_code(typed); });
}

http::response by_file(context& c) {
  const http::part* uploaded = nullptr;
  for (const auto& p : c.files())
    if (p.name == "file") uploaded = &p;
  if (!uploaded || uploaded->body.empty()) {
    const auto why = refuse(kind::invalid, "forms.missing", "file");
    return form_page(c, &why, "file");
  }
  if (uploaded->body.size() > largest_file) {
    const auto why = refuse(kind::too_large, "upload.too_large", "file", {{"limit", "4"}});
    return form_page(c, &why, "file");
  }
  if (!std::string_view(uploaded->body).substr(0, 1024).starts_with("%PDF-")) {
    const auto why = refuse(kind::unsupported, "verify.not_pdf", "file");
    return form_page(c, &why, "file");
  }
  return guarded(c, [&] { return c.home.documents().verify_file(uploaded->body); });
}

// Works without the network once it was opened: a service worker keeps it with the seals' keys.
http::response paper(context& c) {
  field code{.name = "code", .label = std::string(c.say("verify.code_label"))};
  code.hint = c.say("verify.code_hint");
  std::vector<std::pair<std::string, std::string>> said{
      {"ok", std::string(c.say("verify.paper_ok"))},
      {"bad", std::string(c.say("verify.paper_bad"))},
      {"keys", std::string(c.say("verify.paper_keys"))},
      {"fact.number", std::string(c.say("document.number"))},
      {"fact.seal", std::string(c.say("document.sealed_by"))},
      {"reason.code.prefix", std::string(c.say("verify.paper_no_code"))},
      {"reason.code.signature", std::string(c.say("verify.paper_forged"))},
      {"reason.code.unknown_key", std::string(c.say("verify.paper_unknown"))},
      {"fact.issued", std::string(c.say("document.issued"))},
      {"fact.name", std::string(c.say("verify.holder"))},
      {"fact.title", std::string(c.say("document.title"))}};
  // Without script the same form asks the server.
  node checked = form(method("post"), action("/verify/code"), c.shell().csrf_field(),
                      scan_field(c.shell(), code, false), submit_button(c.say("verify.check")));
  node body = all(h1(c.say("verify.paper_title")), lead(c.say("verify.paper_lead")),
                  paper_check(said, checked), inset(p(c.say("verify.paper_limits"))));
  return c.page(c.say("verify.paper_title"), {{"/verify", std::string(c.say("nav.verify"))}}, body,
                {.scripts = {"paper.js"}});
}

http::response keys(context& c) {
  auto r = http::json_response(json::print(c.home.documents().paper_keys()));
  return r.with("Cache-Control", "public, max-age=3600");
}

}  // namespace

void verify_pages(house& h) {
  h.page("GET", "/verify", needs::nobody, [](context& c) { return form_page(c); });
  h.page("POST", "/verify/number", needs::nobody, by_number);
  h.page("POST", "/verify/code", needs::nobody, by_code);
  h.page("POST", "/verify/file", needs::nobody, by_file);
  h.page("GET", "/verify/paper", needs::nobody, paper);
  h.page("GET", "/verify/keys.json", needs::nobody, keys);
  h.page("GET", "/v/{number}", needs::nobody, by_address);
}

}  // namespace madang::gov24
