// For everybody: is this signed file what its signer signed? Whatever is uploaded is looked at in
// memory and forgotten with the answer.
#include "madang/certification/believed.hpp"
#include "pages.hpp"

namespace madang::certification {
namespace {

using namespace html;
using signatures::indication;

constexpr std::size_t largest_file = 8u << 20;

struct reason_line {
  std::string code, said;
};
BOOST_DESCRIBE_STRUCT(reason_line, (), (code, said))
struct signature_view {
  std::string verdict, sub, level, format, place, signer, title, organisation, issuer;
  std::optional<instant> claimed, proven;
  std::vector<std::string> covers;
  std::vector<reason_line> reasons;
};
BOOST_DESCRIBE_STRUCT(signature_view, (),
                      (verdict, sub, level, format, place, signer, title, organisation, issuer,
                       claimed, proven, covers, reasons))
struct check_signature_view {
  std::string verdict;  // passed, unsure, failed
  std::string said, next, format, file;
  std::vector<signature_view> signatures;
  std::vector<reason_line> reasons;
};
BOOST_DESCRIBE_STRUCT(check_signature_view, (),
                      (verdict, said, next, format, file, signatures, reasons))

std::string word_of(indication i) {
  return i == indication::total_passed    ? "passed"
         : i == indication::indeterminate ? "unsure"
                                          : "failed";
}

// Believed at this moment. Reading it takes keys out of their files, so it is kept for a while.
class beliefs {
 public:
  explicit beliefs(house& h, office o) : home_(h), office_(std::move(o)) {}

  signatures::policy now_believed() {
    std::lock_guard lock(gate_);
    if (!kept_ || kept_->at.plus(std::chrono::minutes(10)) < now()) {
      // Its keys are made when somebody first asks, and a root that nobody has made signs nothing.
      if (office_) (void)office_->keys();
      kept_ = believed(home_.chosen(), home_.pack());
    }
    signatures::policy out = *kept_;
    out.at = now();
    if (office_)
      for (const auto& h : office_->plans())
        for (const auto& a : h.authorities)
          for (int shard = 0; shard < pki::authority::shards; ++shard)
            if (auto list = office_->list_of(a.id, shard)) out.lists.push_back(list->der);
    return out;
  }

 private:
  house& home_;
  office office_;
  std::mutex gate_;
  std::optional<signatures::policy> kept_;
};

std::vector<reason_line> lines_of(const context& c,
                                  const std::vector<signatures::reason>& reasons) {
  std::vector<reason_line> out;
  for (const auto& r : reasons) {
    html::texts::facts facts(r.facts.begin(), r.facts.end());
    if (const auto when = facts.find("when"); when != facts.end())
      if (const auto t = instant::parse(when->second)) when->second = c.written(*t);
    out.push_back({r.code, c.fill("signature.reason." + r.code, facts)});
  }
  return out;
}

check_signature_view view_of(const context& c, const signatures::report& r, std::string file) {
  check_signature_view v;
  v.verdict = word_of(r.is);
  v.said = c.say("signature.said_" + v.verdict);
  v.next = c.say("signature.next_" + v.verdict);
  v.format = r.format;
  v.file = std::move(file);
  v.reasons = lines_of(c, r.reasons);
  for (const auto& s : r.signatures) {
    signature_view one;
    one.verdict = word_of(s.is);
    one.sub = s.sub;
    one.level = signatures::name_of(s.level);
    one.format = s.format;
    one.place = s.place;
    one.signer = s.signer;
    one.title = s.title;
    one.organisation = s.organisation;
    one.issuer = s.issuer;
    one.claimed = s.claimed;
    one.proven = s.proven;
    one.covers = s.covers;
    one.reasons = lines_of(c, s.reasons);
    v.signatures.push_back(std::move(one));
  }
  return v;
}

tone tone_of(const std::string& verdict) {
  return verdict == "passed" ? tone::good : verdict == "unsure" ? tone::warn : tone::bad;
}

bool any_starts(const signature_view& s, std::initializer_list<std::string_view> codes) {
  for (const auto& r : s.reasons)
    for (const auto code : codes)
      if (r.code.starts_with(code)) return true;
  return false;
}

// One sentence: was it changed afterwards?
std::string_view change_of(const signature_view& s) {
  if (any_starts(s, {"digest", "later.forbidden", "later.hidden", "later.not_permitted", "range."}))
    return "signature.changed_yes";
  if (any_starts(s, {"later.filled", "later.annotated"})) return "signature.changed_allowed";
  return s.sub == "SIG_CRYPTO_FAILURE" || s.sub == "SIGNED_DATA_NOT_FOUND"
             ? "signature.changed_unknown"
             : "signature.changed_no";
}

node signature_part(const context& c, const signature_view& s, std::size_t number,
                    std::size_t all) {
  std::vector<row> rows;
  const auto add = [&](std::string_view key, const node& value) {
    rows.push_back({std::string(c.say(key)), value});
  };
  const auto add_text = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) add(key, node(value));
  };
  const bool stamp = s.format == "time stamp";
  add("signature.result",
      badge(tone_of(s.verdict), c.say("signature.badge_" + s.verdict)));
  add_text(stamp ? "signature.stamped_by" : "signature.who", s.signer);
  std::string as = s.organisation;
  if (!s.title.empty()) as += (as.empty() ? "" : " · ") + s.title;
  add_text("signature.as", as);
  add_text("signature.issuer", s.issuer);
  add_text("signature.proven",
           s.proven ? c.fill("signature.proven_at", {{"when", c.written(*s.proven)}})
                    : std::string(c.say("signature.proven_not")));
  if (s.claimed) add_text("signature.claimed", c.written(*s.claimed));
  add("signature.changed", node(c.say(change_of(s))));
  std::string covers;
  for (const auto& f : s.covers) covers += (covers.empty() ? "" : ", ") + f;
  add_text("signature.covers", covers);
  if (!stamp)
    add("signature.lasts", node(c.say("signature.level_" + (s.level.empty() ? "none" : s.level))));
  std::vector<node> lines;
  for (const auto& r : s.reasons) lines.push_back(li(r.said));
  const std::string heading =
      all == 1 ? std::string(c.say("signature.one"))
               : c.fill("signature.numbered", {{"number", std::to_string(number)},
                                               {"all", std::to_string(all)}});
  return section(h2(heading), summary_list(c.shell(), rows),
                 lines.empty() ? node() : html::all(h3(c.say("signature.why")), ul(lines)),
                 s.sub.empty() ? node()
                               : p(cls("note"), c.fill("signature.standard", {{"sub", s.sub}})));
}

http::response result_page(context& c, const check_signature_view& v) {
  return c.show(v, [&] {
    const std::string title(c.say("signature.title_" + v.verdict));
    std::vector<node> parts;
    for (std::size_t i = 0; i < v.signatures.size(); ++i)
      parts.push_back(signature_part(c, v.signatures[i], i + 1, v.signatures.size()));
    std::vector<node> lines;
    for (const auto& r : v.reasons) lines.push_back(li(r.said));
    const node body = all(
        h1(title), banner(c.shell(), tone_of(v.verdict), title, html::all(p(v.said), p(v.next))),
        v.file.empty() ? node() : p(cls("note"), c.fill("signature.file_was", {{"file", v.file}})),
        lines.empty() ? node() : ul(lines), join(parts),
        p(cls("note"), c.say("signature.nothing_kept")),
        link_button("/verify/signature", c.say("signature.again"), look::secondary));
    return c.page(title, {{"/verify/signature", std::string(c.say("signature.title"))}}, body,
                  {.noindex = true});
  });
}

http::response form_page(context& c, const refusal* wrong = nullptr) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const shell s = c.shell();
  field file{.name = "file", .label = std::string(c.say("signature.file"))};
  file.hint = c.say("signature.file_hint");
  field original{.name = "original", .label = std::string(c.say("signature.original"))};
  original.hint = c.say("signature.original_hint");
  original.optional = true;
  std::vector<error_item> errors;
  if (wrong) {
    errors.push_back({wrong->field, c.explain(*wrong)});
    (wrong->field == "original" ? original : file).error = c.explain(*wrong);
  }
  const node body = html::all(
      error_summary(s, errors), h1(c.say("signature.title")), lead(c.say("signature.lead")),
      form(method("post"), action("/verify/signature"), attr("enctype", "multipart/form-data"),
           cls("questions"),
           s.csrf_field(),
           upload_field(s, file, ".pdf,.p7s,.p7m,.asice,.sce,.asics,.scs,.pem,.xml,.ers",
                        largest_file),
           upload_field(s, original, "", largest_file), submit_button(c.say("signature.check"))),
      p(cls("note"), c.say("signature.nothing_kept")),
      disclosure(c.say("signature.what"),
                 html::all(p(c.say("signature.what_1")), p(c.say("signature.what_2")),
                           p(c.say("signature.what_3")))));
  auto out = c.page(c.say("signature.title"),
                    {{"/verify", std::string(c.say("nav.verify"))}}, body,
                    {.has_errors = wrong != nullptr,
                     .description = std::string(c.say("signature.lead"))});
  if (wrong) out.status = http::status_of(wrong->kind);
  return out;
}

http::response check(context& c, beliefs& b) {
  const http::part* file = nullptr;
  const http::part* original = nullptr;
  for (const auto& part : c.files()) {
    if (part.body.empty()) continue;
    if (part.name == "file") file = &part;
    if (part.name == "original") original = &part;
  }
  if (!file) {
    const auto why = refuse(kind::invalid, "forms.missing", "file");
    return form_page(c, &why);
  }
  for (const auto* part : {file, original})
    if (part && part->body.size() > largest_file) {
      const auto why = refuse(kind::too_large, "upload.too_large", part->name, {{"limit", "8"}});
      return form_page(c, &why);
    }
  const auto report =
      signatures::verify(file->body, b.now_believed(),
                         original ? std::string_view(original->body) : std::string_view());
  return result_page(c, view_of(c, report, std::string(text::head(file->filename, 120))));
}

}  // namespace

void signature_pages(house& h, office o) {
  const auto b = std::make_shared<beliefs>(h, std::move(o));
  h.page("GET", "/verify/signature", needs::nobody, [](context& c) { return form_page(c); });
  h.page("POST", "/verify/signature", needs::nobody, [b](context& c) { return check(c, *b); });
}

}  // namespace madang::certification
