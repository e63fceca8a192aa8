#include "madang/documents/examine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "madang/base/text.hpp"
#include "madang/trust/cms.hpp"
#include "madang/pdf/file.hpp"
#include "madang/pdf/revisions.hpp"
#include "madang/pdf/text.hpp"

namespace madang::documents {
namespace {

constexpr std::size_t most_signatures = 64, most_fields = 20'000, longest_name = 200;

bool is_name(const pdf::object& o, std::string_view text) {
  return o.as<pdf::name>() && o.as<pdf::name>()->text == text;
}

// "D:20261123091207+09'00'" (ISO 32000-1 section 7.9.4)
std::optional<instant> read_date(std::string_view s) {
  if (!s.starts_with("D:") || s.size() < 16 || s.size() > 23) return {};
  for (char c : s.substr(2, 14))
    if (c < '0' || c > '9') return {};
  std::string iso = fmt::format("{}-{}-{}T{}:{}:{}", s.substr(2, 4), s.substr(6, 2),
                                s.substr(8, 2), s.substr(10, 2), s.substr(12, 2), s.substr(14, 2));
  if (s.size() >= 22 && (s[16] == '+' || s[16] == '-')) {
    iso += fmt::format("{}{}:{}", s[16], s.substr(17, 2), s.substr(20, 2));
  } else {
    iso += 'Z';
  }
  return instant::parse(iso);
}

// A paper of the house has no form to fill in and no margin for notes.
later_revisions later_of(pdf::later found) {
  switch (found) {
    case pdf::later::none: return later_revisions::none;
    case pdf::later::evidence: return later_revisions::allowed;
    case pdf::later::hidden: return later_revisions::hidden;
    default: return later_revisions::forbidden;
  }
}

struct place {
  const pdf::dictionary* value = nullptr;   // the signature dictionary
  std::string field;
  std::size_t end = 0;                      // of what it covers
};

class examiner {
 public:
  examiner(std::string_view octets, const trust::anchors& believed, const issue_lookup& lookup,
           std::optional<instant> at)
      : octets_(octets), believed_(believed), lookup_(lookup), at_(at ? *at : now()) {}

  report run() {
    if (octets_.size() > largest_examined) {
      note("pdf.too_large");
      return report_;
    }
    file_ = pdf::file::open(octets_);
    if (!file_) {
      note("pdf.malformed");
      return report_;
    }
    if (file_->encrypted()) {
      note("pdf.encrypted");
      return report_;
    }
    find_signatures();
    std::stable_sort(places_.begin(), places_.end(),
                     [](const place& a, const place& b) { return a.end < b.end; });
    for (const place& p : places_) check_signature(p);
    if (places_.empty()) note("pdf.no_signature");
    decide();
    ask_register();
    return report_;
  }

 private:
  std::string_view octets_;
  const trust::anchors& believed_;
  const issue_lookup& lookup_;
  instant at_;
  report report_;
  std::optional<pdf::file> file_;
  std::vector<place> places_;
  std::size_t fields_ = 0;
  bool only_expired_ = false;   // nothing is wrong but that the seal's time is over

  void note(std::string code, std::map<std::string, std::string> facts = {}) {
    if (report_.findings.size() < 500)
      report_.findings.push_back({std::move(code), std::move(facts)});
  }

  void find_signatures() {
    const pdf::dictionary* catalog = file_->dictionary_at(file_->trailer(), "Root");
    const pdf::dictionary* form = catalog ? file_->dictionary_at(*catalog, "AcroForm") : nullptr;
    const auto* fields = form ? file_->at(*form, "Fields").as<pdf::array>() : nullptr;
    if (fields)
      for (const auto& f : *fields) walk_field(f, false, "", 0);
    if (const auto* info = file_->dictionary_at(file_->trailer(), "Info")) read_number(*info);
  }

  void walk_field(const pdf::object& node, bool signature_above, std::string_view above,
                  int depth) {
    const pdf::dictionary* d = file_->follow(&node).keys();
    if (!d || depth > 16) return;
    if (++fields_ > most_fields || places_.size() == most_signatures) {
      if (!report_.has("pdf.limit")) note("pdf.limit");
      return;
    }
    std::string name(above);
    if (const auto* t = file_->at(*d, "T").as<pdf::text>())
      name += (name.empty() ? "" : ".") + pdf::shown_text(t->octets, longest_name);
    const bool is_signature =
        d->find("FT") ? is_name(file_->at(*d, "FT"), "Sig") : signature_above;
    if (is_signature)
      if (const pdf::dictionary* v = file_->dictionary_at(*d, "V")) add_place(v, name);
    if (const auto* kids = file_->at(*d, "Kids").as<pdf::array>())
      for (const auto& k : *kids) walk_field(k, is_signature, name, depth + 1);
  }

  void add_place(const pdf::dictionary* v, const std::string& name) {
    for (const place& p : places_)
      if (p.value == v) return;
    place p{v, name, 0};
    if (const auto* r = file_->at(*v, "ByteRange").as<pdf::array>(); r && r->size() == 4) {
      const auto *c = (*r)[2].as<std::int64_t>(), *n = (*r)[3].as<std::int64_t>();
      if (c && n && *c > 0 && *n >= 0 && *n <= 1 << 30 && *c <= 1 << 30)
        p.end = static_cast<std::size_t>(*c + *n);
    }
    places_.push_back(p);
    read_number(*v);
  }

  void read_number(const pdf::dictionary& d) {
    const auto* t = file_->at(d, "MadangIssue").as<pdf::text>();
    if (!t || !report_.issue_number.empty() || t->octets.size() > 64) return;
    report_.issue_number = pdf::shown_text(t->octets, longest_name);
  }

  // The ranges must be the whole revision but for the digits of /Contents: [0 a b c], a where '<'
  // stands and b just after '>'. Everything else leaves room for what nobody signed.
  bool read_ranges(const place& p, trust::view (&ranges)[2], found_signature& s) {
    const auto* r = file_->at(*p.value, "ByteRange").as<pdf::array>();
    const auto* contents = p.value->find("Contents");
    const auto* hex = contents ? contents->as<pdf::text>() : nullptr;
    std::size_t n[4];
    if (!r || r->size() != 4) return bad_range(s, "signature.byte_range");
    for (std::size_t i = 0; i < 4; ++i) {
      const auto* v = (*r)[i].as<std::int64_t>();
      if (!v || *v < 0 || static_cast<std::size_t>(*v) > octets_.size())
        return bad_range(s, "signature.byte_range");
      n[i] = static_cast<std::size_t>(*v);
    }
    if (!hex || !hex->hex || hex->to == 0) return bad_range(s, "signature.contents");
    if (n[0] != 0 || n[1] > n[2] || n[3] > octets_.size() - n[2])
      return bad_range(s, "signature.byte_range");
    if (n[1] != hex->from || n[2] != hex->to) return bad_range(s, "signature.gap");
    const std::string_view digits = octets_.substr(n[1] + 1, n[2] - n[1] - 2);
    if (digits.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos)
      return bad_range(s, "signature.contents");
    const trust::view all = trust::view_of(octets_);
    ranges[0] = all.first(n[1]);
    ranges[1] = all.subspan(n[2], n[3]);
    return true;
  }
  bool bad_range(const found_signature& s, const char* code) {
    note(code, {{"field", s.field}});
    return false;
  }

  void check_signature(const place& p) {
    found_signature s;
    s.field = p.field;
    if (is_name(file_->at(*p.value, "SubFilter"), "ETSI.RFC3161")) return;   // a time stamp
    if (const auto* m = file_->at(*p.value, "M").as<pdf::text>())
      s.signed_at = read_date(m->octets);
    const bool pades = is_name(file_->at(*p.value, "SubFilter"), "ETSI.CAdES.detached");
    trust::view ranges[2];
    if (!pades && !is_name(file_->at(*p.value, "SubFilter"), "adbe.pkcs7.detached")) {
      note("signature.filter", {{"field", s.field}});
    } else if (read_ranges(p, ranges, s)) {
      check_cms(p, pades, ranges, s);
      check_revision(p, s);
    }
    report_.signatures.push_back(std::move(s));
  }

  void check_cms(const place& p, bool pades, const trust::view (&ranges)[2], found_signature& s) {
    const std::string& cms = p.value->find("Contents")->as<pdf::text>()->octets;
    const auto r = trust::verify_cms(trust::view_of(cms), ranges, believed_, at_);
    if (r.signer) {
      s.signer = pdf::shown_text(r.signer->common_name(), longest_name);
      s.issuer = pdf::shown_text(r.signer->issuer(), longest_name);
    }
    s.intact = r.readable && r.digest_ok && r.signature_ok && (r.binding_ok || !pades);
    s.believed = r.chain_ok;
    s.revoked = r.revoked;
    for (const std::string& reason : r.reasons)
      if (pades || reason != "cms.no_binding") note(reason, {{"field", s.field}});
    only_expired_ = s.intact && r.reasons == std::vector<std::string>{"chain.expired"};
    if (r.revoked)
      note("seal.revoked", {{"field", s.field}, {"reason", r.revocation_of->reason},
                            {"when", r.revocation_of->when.str()}});
  }

  void check_revision(const place& p, found_signature& s) {
    std::string why;
    s.later = later_of(pdf::judge_later(*file_, p.end, why));
    s.covers_its_revision = s.later != later_revisions::hidden;
    switch (s.later) {
      case later_revisions::none: return;
      case later_revisions::allowed: note("revision.allowed", {{"field", s.field}}); return;
      case later_revisions::forbidden:
        note("revision.forbidden", {{"field", s.field}, {"what", why}});
        return;
      case later_revisions::hidden:
        note(why == "sections" ? "signature.uncovered" : "revision.hidden", {{"field", s.field}});
        return;
    }
  }

  static bool clean(const found_signature& s) {
    return s.intact && s.covers_its_revision &&
           (s.later == later_revisions::none || s.later == later_revisions::allowed);
  }

  void decide() {
    const auto& all = report_.signatures;
    const auto any = [&](auto&& f) { return std::any_of(all.begin(), all.end(), f); };
    if (all.empty()) return;
    if (!std::all_of(all.begin(), all.end(), clean)) {
      report_.verdict = verdict::changed;
    } else if (any([](const auto& s) { return s.revoked; })) {
      report_.verdict = verdict::revoked;
    } else if (any([](const auto& s) { return s.believed; }) && !report_.has("pdf.limit")) {
      report_.verdict = verdict::genuine;
    }
  }

  void ask_register() {
    if (report_.issue_number.empty()) return;
    note("issue.number", {{"number", report_.issue_number}});
    if (!lookup_) return;
    const auto known = lookup_(report_.issue_number);
    if (!known) {
      note("issue.unknown");
      return;
    }
    if (known->withdrawn) {
      note("issue.withdrawn");
      if (report_.verdict == verdict::genuine) report_.verdict = verdict::revoked;
    }
    if (!known->original.empty()) compare_with(known->original, known->withdrawn);
  }

  void compare_with(const std::string& original, bool withdrawn) {
    if (original == octets_) {
      note("issue.same_bytes");
      // A seal's certificate lives shorter than the paper. That our own register makes the very
      // same octets again is the stronger proof.
      if (report_.verdict == verdict::unknown && only_expired_ && report_.signatures.size() == 1)
        report_.verdict = withdrawn ? verdict::revoked : verdict::genuine;
      return;
    }
    note(report_.signatures.empty() ? "issue.unsigned_copy" : "issue.other_bytes");
    const auto was = text_lines(original), is = text_lines(octets_);
    if (was && is) report_.changes = compare(*was, *is);
    if (!report_.changes.empty() && report_.verdict == verdict::unknown)
      report_.verdict = verdict::changed;
  }
};

}  // namespace

bool report::has(std::string_view code) const {
  return std::any_of(findings.begin(), findings.end(),
                     [&](const finding& f) { return f.code == code; });
}

report examine(std::string_view pdf, const trust::anchors& believed, const issue_lookup& lookup,
               std::optional<instant> at) {
  return examiner(pdf, believed, lookup, at).run();
}

}  // namespace madang::documents
