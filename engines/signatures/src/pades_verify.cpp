#include <fmt/format.h>

#include <algorithm>

#include "madang/base/text.hpp"
#include "madang/pdf/text.hpp"
#include "madang/pdf/revisions.hpp"
#include "pades.hpp"

namespace madang::signatures {
namespace {

constexpr std::size_t most_fields = 5'000, most_signatures = 64, longest_name = 100;

bool is_name(const pdf::object& o, std::string_view text) {
  return o.as<pdf::name>() && o.as<pdf::name>()->text == text;
}

// "D:20261123091207+09'00'" (ISO 32000-1 section 7.9.4)
std::optional<instant> read_date(std::string_view s) {
  if (!s.starts_with("D:") || s.size() < 16 || s.size() > 23) return {};
  for (const char c : s.substr(2, 14))
    if (c < '0' || c > '9') return {};
  std::string iso = fmt::format("{}-{}-{}T{}:{}:{}", s.substr(2, 4), s.substr(6, 2),
                                s.substr(8, 2), s.substr(10, 2), s.substr(12, 2), s.substr(14, 2));
  if (s.size() >= 22 && (s[16] == '+' || s[16] == '-'))
    iso += fmt::format("{}{}:{}", s[16], s.substr(17, 2), s.substr(20, 2));
  else
    iso += 'Z';
  return instant::parse(iso);
}

struct walker {
  const pdf::file& f;
  std::vector<pdf_place>& out;
  bool& limit;
  std::size_t fields = 0;

  void walk(const pdf::object& node, bool signature_above, std::string_view above, int depth) {
    const pdf::dictionary* d = f.follow(&node).keys();
    if (!d || depth > 16) return;
    if (++fields > most_fields || out.size() == most_signatures) {
      limit = true;
      return;
    }
    std::string name(above);
    if (const auto* t = f.at(*d, "T").as<pdf::text>())
      name += (name.empty() ? "" : ".") + pdf::shown_text(t->octets, longest_name);
    const bool is_signature = d->find("FT") ? is_name(f.at(*d, "FT"), "Sig") : signature_above;
    if (is_signature)
      if (const pdf::dictionary* v = f.dictionary_at(*d, "V")) add(v, name);
    if (const auto* kids = f.at(*d, "Kids").as<pdf::array>())
      for (const auto& k : *kids) walk(k, is_signature, name, depth + 1);
  }

  void add(const pdf::dictionary* v, const std::string& name) {
    for (const pdf_place& p : out)
      if (p.value == v) return;
    pdf_place p{v, name, {}, 0, nullptr};
    if (const auto* k = f.at(*v, "SubFilter").as<pdf::name>()) p.kind = k->text;
    if (const auto* r = f.at(*v, "ByteRange").as<pdf::array>(); r && r->size() == 4) {
      const auto *c = (*r)[2].as<std::int64_t>(), *n = (*r)[3].as<std::int64_t>();
      if (c && n && *c > 0 && *n >= 0 && *n <= 1 << 30 && *c <= 1 << 30)
        p.end = static_cast<std::size_t>(*c + *n);
    }
    const auto* contents = v->find("Contents");
    const auto* hex = contents ? contents->as<pdf::text>() : nullptr;
    if (hex && hex->hex && hex->to != 0) p.contents = hex;
    out.push_back(p);
  }
};

class pdf_verifier {
 public:
  pdf_verifier(std::string_view octets, const policy& p) : octets_(octets), policy_(p) {}

  report run() {
    report_.format = "PDF";
    if (octets_.size() > largest_file) return refused("format.too_large");
    file_ = pdf::file::open(octets_);
    if (!file_) return refused("format.malformed");
    if (file_->encrypted()) return refused("format.encrypted");
    bool limit = false;
    places_ = find_places(*file_, limit);
    if (limit) refused("format.limit");
    if (places_.empty()) return refused("format.no_signature");
    read_store();
    for (std::size_t i = places_.size(); i-- > 0;)
      if (places_[i].kind == "ETSI.RFC3161") read_stamp(places_[i]);
    report_.is = limit ? indication::indeterminate : indication::total_passed;
    for (const pdf_place& p : places_) {
      look_at(p);
      report_.is = std::max(report_.is, report_.signatures.back().is);
    }
    return std::move(report_);
  }

 private:
  std::string_view octets_;
  const policy& policy_;
  report report_;
  std::optional<pdf::file> file_;
  std::vector<pdf_place> places_;
  pool embedded_;
  std::vector<std::size_t> stores_;   // where each object of the security store stands
  struct document_stamp {
    const pdf_place* place;
    found_stamp stamp;
  };
  std::vector<document_stamp> stamps_;

  report refused(const char* code) {
    report_.reasons.push_back({code, {}});
    return report_;
  }

  // The document security store (EN 319 142-1 section 5.4.2).
  void read_store() {
    const pdf::dictionary* catalog = file_->dictionary_at(file_->trailer(), "Root");
    const pdf::dictionary* dss = catalog ? file_->dictionary_at(*catalog, "DSS") : nullptr;
    if (!dss) return;
    const auto each = [&](const char* key, auto add) {
      const auto* all = file_->at(*dss, key).as<pdf::array>();
      for (std::size_t i = 0; all && i < all->size() && i < 256; ++i) {
        const auto* s = file_->follow(&(*all)[i]).as<pdf::stream>();
        const auto content = s ? file_->content(*s) : std::nullopt;
        if (content) add(trust::view_of(*content));
        if (const auto* r = (*all)[i].as<pdf::reference>())
          if (const pdf::entry* e = file_->find_entry(r->number); e && std::string_view(key) !=
                                                                           "Certs")
            stores_.push_back(e->kind == pdf::entry::plain ? e->offset : octets_.size());
      }
    };
    each("Certs", [&](trust::view v) { embedded_.add_certificate(v); });
    each("CRLs", [&](trust::view v) { embedded_.add_list(v); });
    each("OCSPs", [&](trust::view v) { embedded_.add_answer(v); });
  }

  void read_stamp(const pdf_place& p) {
    std::vector<trust::view> ranges;
    document_stamp d{&p, {stamp_seen::what::document, {}, false, false}};
    if (read_ranges(p, ranges).empty()) {
      d.stamp.said = token::read(trust::view_of(p.contents->octets));
      d.stamp.covers = d.stamp.said && d.stamp.said->covers(ranges);
      d.stamp.covers_evidence =
          !stores_.empty() && std::all_of(stores_.begin(), stores_.end(),
                                          [&](std::size_t at) { return at < p.end; });
      if (d.stamp.said) gather(*d.stamp.said->cms, embedded_);
    }
    stamps_.push_back(std::move(d));
  }

  // The ranges must be the whole revision but for the digits of /Contents: [0 a b c], a where '<'
  // stands and b just after '>'. Everything else leaves room for what nobody signed. Gives the code
  // of what is wrong.
  std::string read_ranges(const pdf_place& p, std::vector<trust::view>& ranges) const {
    const auto* r = file_->at(*p.value, "ByteRange").as<pdf::array>();
    std::size_t n[4];
    if (!r || r->size() != 4) return "range.byte_range";
    for (std::size_t i = 0; i < 4; ++i) {
      const auto* v = (*r)[i].as<std::int64_t>();
      if (!v || *v < 0 || static_cast<std::size_t>(*v) > octets_.size()) return "range.byte_range";
      n[i] = static_cast<std::size_t>(*v);
    }
    if (!p.contents) return "range.contents";
    if (n[0] != 0 || n[1] > n[2] || n[3] > octets_.size() - n[2]) return "range.byte_range";
    if (n[1] != p.contents->from || n[2] != p.contents->to) return "range.gap";
    const std::string_view digits = octets_.substr(n[1] + 1, n[2] - n[1] - 2);
    if (digits.find_first_not_of("0123456789abcdefABCDEF \r\n\t") != std::string_view::npos)
      return "range.contents";
    const trust::view all = trust::view_of(octets_);
    ranges = {all.first(n[1]), all.subspan(n[2], n[3])};
    return {};
  }

  void look_at(const pdf_place& p) {
    signature s;
    s.place = p.field;
    const bool pades = p.kind == "ETSI.CAdES.detached";
    const bool is_stamp = p.kind == "ETSI.RFC3161";
    s.format = is_stamp ? "time stamp" : pades ? "PAdES" : "PKCS#7";
    if (const auto* m = file_->at(*p.value, "M").as<pdf::text>()) s.claimed = read_date(m->octets);
    std::vector<trust::view> ranges;
    if (!pades && !is_stamp && p.kind != "adbe.pkcs7.detached") {
      settle(s, indication::indeterminate, "FORMAT_FAILURE", {"format.algorithm_unknown", {}});
    } else if (const auto wrong = read_ranges(p, ranges); !wrong.empty()) {
      settle(s, indication::total_failed, "FORMAT_FAILURE", {wrong, {}});
    } else if (is_stamp) {
      check_stamp(p, s);
    } else {
      check_cms(p, pades, ranges, s);
    }
    if (ranges.size() == 2) check_later(p, s);
    report_.signatures.push_back(std::move(s));
  }

  // Those around this place, for what each covers.
  std::vector<found_stamp> stamps_around(const pdf_place& p) const {
    std::vector<found_stamp> out;
    for (const document_stamp& d : stamps_)
      if (d.place->end > p.end && p.end != 0) out.push_back(d.stamp);
    return out;
  }

  void check_cms(const pdf_place& p, bool pades, const std::vector<trust::view>& ranges,
                 signature& s) {
    const auto d = signed_data::parse(trust::view_of(p.contents->octets));
    if (!d || d->signers.size() != 1) {
      settle(s, indication::total_failed, "FORMAT_FAILURE", {"format.malformed", {}});
      return;
    }
    if (d->content) {   // its content would be signed, and not the file
      settle(s, indication::total_failed, "FORMAT_FAILURE", {"range.uncovered", {}});
      return;
    }
    verify_signer(*d, d->signers[0], ranges, embedded_, stamps_around(p), !pades, policy_, s);
  }

  // A document time stamp is judged as whatever is outside it leaves it.
  void check_stamp(const pdf_place& p, signature& s) {
    instant control = policy_.at;
    const found_stamp* own = nullptr;
    for (const document_stamp& d : stamps_) {   // from the newest
      if (d.place == &p) {
        own = &d.stamp;
        break;
      }
      if (const auto j = judge_stamp(d.stamp, policy_, embedded_, control); j.good)
        control = j.seen.at;
    }
    auto j = judge_stamp(*own, policy_, embedded_, control);
    s.signer = j.seen.authority;
    s.stamps.push_back(j.seen);
    s.revocations = std::move(j.revocations);
    s.reasons = std::move(j.reasons);
    const auto any = [&](std::string_view code) { return s.has(code); };
    s.is = j.good ? indication::total_passed
           : any("stamp.wrong") || any("stamp.crypto") ? indication::total_failed
                                                       : indication::indeterminate;
    s.sub = j.good               ? ""
            : any("stamp.wrong") ? "HASH_FAILURE"
            : any("stamp.crypto") ? "SIG_CRYPTO_FAILURE"
            : any("stamp.order") ? "TIMESTAMP_ORDER_FAILURE"
                                 : "NO_POE";
    if (j.good) s.proven = j.seen.at;
  }

  struct permission {
    pdf::later most = pdf::later::filled;
    bool all = false, but = false;      // FieldMDP: every field is locked; all but those named
    std::vector<std::string> fields;

    bool locks(const std::string& name) const {
      const bool listed = std::any_of(fields.begin(), fields.end(), [&](const std::string& n) {
        return name == n || name.starts_with(n + ".");
      });
      return all || (but ? !listed : listed);
    }
  };

  // What DocMDP lets follow (ISO 32000-1 section 12.8.2.2): 1 nothing, 2 forms, 3 notes too. A
  // signature without it is an approval: others may fill in and sign, as in table 254.
  permission permitted(const pdf_place& p) const {
    permission out;
    const auto* references = file_->at(*p.value, "Reference").as<pdf::array>();
    for (std::size_t i = 0; references && i < references->size() && i < 16; ++i) {
      const pdf::dictionary* r = file_->follow(&(*references)[i]).keys();
      const pdf::dictionary* how = r ? file_->dictionary_at(*r, "TransformParams") : nullptr;
      if (!how) continue;
      if (is_name(file_->at(*r, "TransformMethod"), "DocMDP")) {
        const auto* n = file_->at(*how, "P").as<std::int64_t>();
        out.most = n && *n == 1   ? pdf::later::evidence
                   : n && *n == 3 ? pdf::later::annotated
                                  : pdf::later::filled;
      } else if (is_name(file_->at(*r, "TransformMethod"), "FieldMDP")) {
        out.all = is_name(file_->at(*how, "Action"), "All");
        out.but = is_name(file_->at(*how, "Action"), "Exclude");
        if (const auto* names = file_->at(*how, "Fields").as<pdf::array>())
          for (const auto& n : *names)
            if (const auto* t = file_->follow(&n).as<pdf::text>()) out.fields.push_back(t->octets);
      }
    }
    return out;
  }

  void check_later(const pdf_place& p, signature& s) const {
    const permission may = permitted(p);
    std::string why;
    const pdf::later found = pdf::judge_later(
        *file_, p.end, why, [&](const std::string& name) { return may.locks(name); });
    constexpr const char* codes[] = {"",                "later.evidence",  "later.filled",
                                     "later.annotated", "later.forbidden", "later.hidden"};
    if (found == pdf::later::none) return;
    if (found == pdf::later::hidden)
      settle(s, indication::total_failed, "FORMAT_FAILURE",
             {why == "sections" ? "range.uncovered" : "later.hidden", {}});
    else if (found == pdf::later::forbidden)
      settle(s, indication::total_failed, "FORMAT_FAILURE", {"later.forbidden", {{"what", why}}});
    else if (found > may.most)
      settle(s, indication::total_failed, "FORMAT_FAILURE",
             {"later.not_permitted", {{"what", why}}});
    else
      s.reasons.push_back({codes[static_cast<int>(found)], {}});
  }
};

}  // namespace

std::vector<pdf_place> find_places(const pdf::file& f, bool& limit) {
  std::vector<pdf_place> out;
  const pdf::dictionary* catalog = f.dictionary_at(f.trailer(), "Root");
  const pdf::dictionary* form = catalog ? f.dictionary_at(*catalog, "AcroForm") : nullptr;
  const auto* fields = form ? f.at(*form, "Fields").as<pdf::array>() : nullptr;
  walker w{f, out, limit};
  if (fields)
    for (const auto& field : *fields) w.walk(field, false, "", 0);
  std::stable_sort(out.begin(), out.end(),
                   [](const pdf_place& a, const pdf_place& b) { return a.end < b.end; });
  return out;
}

report verify_pdf(std::string_view octets, const policy& p) {
  return pdf_verifier(octets, p).run();
}

}  // namespace madang::signatures
