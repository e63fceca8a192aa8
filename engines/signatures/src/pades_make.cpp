#include <fmt/format.h>

#include <algorithm>

#include "madang/base/text.hpp"
#include "madang/pdf/update.hpp"
#include "pades.hpp"

namespace madang::signatures {
namespace {

// Room for a signature with its certificates and a time stamp, and for a document time stamp.
constexpr std::size_t reserved_signature = 12 * 1024, reserved_stamp = 8 * 1024;

std::string upper_hex(view v) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(2 * v.size());
  for (const std::uint8_t b : v) {
    out += digits[b >> 4];
    out += digits[b & 15];
  }
  return out;
}

refusal bad_pdf() { return refuse(kind::invalid, "signatures.pdf"); }

// A file and the revision that is being appended to it.
struct revision {
  std::string_view octets;
  pdf::file file;
  pdf::update update;
  pdf::dictionary catalog;
  std::uint32_t root = 0;

  static std::unique_ptr<revision> of(std::string_view octets) {
    auto f = octets.size() <= largest_file ? pdf::file::open(octets) : std::nullopt;
    if (!f || f->encrypted()) return nullptr;
    const auto* root = f->trailer().find("Root");
    const auto* number = root ? root->as<pdf::reference>() : nullptr;
    if (!number) return nullptr;
    auto out = std::unique_ptr<revision>(new revision{octets, std::move(*f)});
    const auto* d = out->file.get(number->number).as<pdf::dictionary>();
    if (!d) return nullptr;
    out->catalog = *d;
    out->root = number->number;
    return out;
  }

  static void set(pdf::dictionary& d, const std::string& key, pdf::object value) {
    for (auto& m : d.members)
      if (m.first == key) {
        m.second = std::move(value);
        return;
      }
    d.members.emplace_back(key, std::move(value));
  }

  // An invisible field on the first page with `value` as its signature; false without a page.
  bool add_field(const std::string& name, std::uint32_t value) {
    std::uint32_t page = 0;
    const auto* first = first_page(page);
    if (!first) return false;
    const std::uint32_t widget = update.add(
        fmt::format("<</Type/Annot/Subtype/Widget/FT/Sig/T({})/F 132/Rect[0 0 0 0]/P {} 0 R"
                    "/V {} 0 R>>", name, page, value));
    const pdf::object reference{pdf::reference{widget, 0}};
    pdf::dictionary changed = *first;
    pdf::array notes;
    if (const auto* all = file.at(changed, "Annots").as<pdf::array>()) notes = *all;
    notes.push_back(reference);
    set(changed, "Annots", pdf::object{notes});
    update.replace(page, pdf::written(changed));
    pdf::dictionary form;
    if (const auto* there = file.dictionary_at(catalog, "AcroForm")) form = *there;
    pdf::array fields;
    if (const auto* all = file.at(form, "Fields").as<pdf::array>()) fields = *all;
    fields.push_back(reference);
    set(form, "Fields", pdf::object{fields});
    set(form, "SigFlags", pdf::object{std::int64_t{3}});
    set(catalog, "AcroForm", pdf::object{form});
    return true;
  }

  const pdf::dictionary* first_page(std::uint32_t& number) const {
    const pdf::object* node = catalog.find("Pages");
    for (int depth = 0; node && depth < pdf::deepest; ++depth) {
      const auto* r = node->as<pdf::reference>();
      const auto* d = r ? file.get(r->number).as<pdf::dictionary>() : nullptr;
      if (!d) return nullptr;
      const auto* kids = file.at(*d, "Kids").as<pdf::array>();
      if (!kids) {
        number = r->number;
        return d;
      }
      node = kids->empty() ? nullptr : &kids->front();
    }
    return nullptr;
  }

 private:
  revision(std::string_view o, pdf::file f)
      : octets(o), file(std::move(f)), update(file) {}
};

constexpr std::string_view range_mark = "/ByteRange[0 0000000000 0000000000 0000000000]";

std::string signature_body(std::string_view keys, std::size_t reserved) {
  return fmt::format("<<{}{}/Contents<{}>>>", keys, range_mark, std::string(2 * reserved, '0'));
}

// Patches the ranges, hands what is signed to `sign`, and puts its answer into the zeros. Gives the
// octets to be appended.
result<std::string> sign_revision(const revision& r, std::uint32_t value, std::size_t reserved,
                                  const std::function<result<bytes>(std::span<const view>)>& sign) {
  auto made = r.update.finish();
  std::string& out = made.octets;
  const std::size_t from = out.find(range_mark, made.bodies.at(value));
  const std::size_t open = out.find("/Contents<", from) + 9, close = open + 2 * reserved + 2;
  const std::size_t base = r.octets.size();
  const std::string ranges = fmt::format("/ByteRange[0 {:010} {:010} {:010}]", base + open,
                                         base + close, out.size() - close);
  out.replace(from, ranges.size(), ranges);
  const view all = trust::view_of(out);
  const view before[] = {trust::view_of(r.octets), all.first(open), all.subspan(close)};
  auto signature = sign(before);
  if (!signature) return signature.why();
  if (signature->size() > reserved) return refuse(kind::too_large, "signatures.pdf");
  out.replace(open + 1, 2 * signature->size(), upper_hex(*signature));
  return std::move(out);
}

std::string pdf_date(instant at) {
  std::string digits;
  for (const char c : at.str().substr(0, 19))
    if (c >= '0' && c <= '9') digits += c;
  return "D:" + digits + "Z";
}

bool is_plain(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) {
    return c >= 0x20 && c < 0x7f && c != '(' && c != ')' && c != '\\';
  });
}

// DSS and, for each signature, VRI under the SHA-1 of its /Contents (EN 319 142-1 section 5.4.2).
void add_store(revision& r, const evidence& proof) {
  const auto written_list = [&](const std::vector<bytes>& all, std::string_view key) {
    if (all.empty()) return std::string();
    std::string out = fmt::format("/{}[", key);
    for (const bytes& one : all)
      out += fmt::format("{} 0 R ", r.update.add_stream("", text::chars_of(one)));
    return out + "]";
  };
  std::string own[3] = {written_list(proof.certificates, "Certs"),
                        written_list(proof.lists, "CRLs"), written_list(proof.answers, "OCSPs")};
  std::string vri;
  bool limit = false;
  for (const pdf_place& p : find_places(r.file, limit)) {
    if (!p.contents) continue;
    std::string parts;
    constexpr std::pair<std::string_view, std::string_view> names[] = {
        {"/Certs[", "/Cert["}, {"/CRLs[", "/CRL["}, {"/OCSPs[", "/OCSP["}};
    for (std::size_t i = 0; i < 3; ++i)
      if (!own[i].empty())
        parts += std::string(names[i].second) + own[i].substr(names[i].first.size());
    vri += fmt::format("/{}<<{}>>",
                       upper_hex(digest_over("SHA1", trust::view_of(p.contents->octets))), parts);
  }
  // What an older store has is kept.
  const auto* old = r.file.dictionary_at(r.catalog, "DSS");
  constexpr std::string_view keys[] = {"Certs", "CRLs", "OCSPs"};
  std::string body = "<</Type/DSS";
  for (std::size_t i = 0; i < 3; ++i) {
    const auto* kept = old ? r.file.at(*old, keys[i]).as<pdf::array>() : nullptr;
    std::string list = own[i].empty() ? fmt::format("/{}[", keys[i])
                                      : own[i].substr(0, own[i].size() - 1);
    for (std::size_t k = 0; kept && k < kept->size(); ++k) list += pdf::written((*kept)[k]) + " ";
    if (!own[i].empty() || kept) body += list + "]";
  }
  const std::uint32_t store = r.update.add(body + "/VRI<<" + vri + ">>>>");
  revision::set(r.catalog, "DSS", pdf::object{pdf::reference{store, 0}});
}

bool taken(const std::vector<pdf_place>& places, std::string_view name) {
  return std::any_of(places.begin(), places.end(), [&](const auto& p) { return p.field == name; });
}

}  // namespace

result<std::string> sign_pades(std::string_view octets, const signer& who, const pades_options& o,
                               const stamping& authority) {
  auto r = revision::of(octets);
  if (!r || !is_plain(o.reason)) return bad_pdf();
  bool limit = false;
  if (o.field.empty() || !is_plain(o.field) || taken(find_places(r->file, limit), o.field))
    return refuse(kind::conflict, "signatures.field", "field");
  std::string keys = fmt::format(
      "/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M({})", pdf_date(o.at));
  if (!o.reason.empty()) keys += fmt::format("/Reason({})", o.reason);
  if (o.certifies != 0)
    keys += fmt::format("/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams"
                        "<</Type/TransformParams/P {}/V/1.2>>>>]", o.certifies);
  const std::uint32_t value = r->update.add(signature_body(keys, reserved_signature));
  if (!r->add_field(o.field, value)) return bad_pdf();
  if (o.certifies != 0)
    revision::set(r->catalog, "Perms", pdf::object{pdf::dictionary{
                                           {{"DocMDP", pdf::object{pdf::reference{value, 0}}}}}});
  r->update.replace(r->root, pdf::written(r->catalog));
  auto more = sign_revision(*r, value, reserved_signature,
                            [&](std::span<const view> spans) -> result<bytes> {
                              bytes cms = sign_spans(who, spans, view(), {});
                              return authority ? cades_with_stamp(cms, authority) : cms;
                            });
  if (!more) return more.why();
  return std::string(octets) + *more;
}

result<std::string> pades_extension(std::string_view octets, const evidence& proof,
                                    const stamping& authority, const std::string& digest) {
  auto r = revision::of(octets);
  if (!r) return bad_pdf();
  if (!proof.empty()) add_store(*r, proof);
  if (!authority) {
    r->update.replace(r->root, pdf::written(r->catalog));
    return r->update.finish().octets;
  }
  bool limit = false;
  const auto places = find_places(r->file, limit);
  std::size_t number = 1;
  while (taken(places, fmt::format("Stamp{}", number))) ++number;
  const std::uint32_t value = r->update.add(signature_body(
      "/Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161", reserved_stamp));
  if (!r->add_field(fmt::format("Stamp{}", number), value)) return bad_pdf();
  r->update.replace(r->root, pdf::written(r->catalog));
  return sign_revision(*r, value, reserved_stamp,
                       [&](std::span<const view> spans) -> result<bytes> {
                         bytes all;
                         for (view v : spans) der::append(all, v);
                         return stamp(authority, all, digest);
                       });
}

}  // namespace madang::signatures
