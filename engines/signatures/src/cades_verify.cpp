#include <algorithm>

#include "cades.hpp"
#include "madang/base/text.hpp"

namespace madang::signatures {
namespace {

bytes list_of_hashes(const std::vector<bytes>& hashes) {
  bytes content;
  for (const bytes& h : hashes) der::append(content, der::node(der::octet_string, h));
  return der::node(der::sequence, content);
}

bytes hash_of_attribute(const attribute& a, view value, const std::string& digest) {
  const view spans[] = {a.type_whole, value};
  return digest_over(digest, spans);
}

// Every hash of the index must be of something that is there; what is there need not be in it, as
// it may have come later.
bool index_holds(const signed_data& d, const signer_info& i, view index, std::string& digest,
                 bool& covers_lists) {
  auto outer = der::only(index, der::sequence);
  auto parts = outer ? der::all_of(outer->content, 4) : std::nullopt;
  if (!parts || parts->size() != 4) return false;
  digest = digest_named(algorithm_of((*parts)[0].whole));
  if (digest.empty()) return false;
  std::vector<bytes> there[3];
  for (view c : d.all_certificates) there[0].push_back(digest_over(digest, c));
  for (view l : d.all_lists) there[1].push_back(digest_over(digest, l));
  for (const attribute& a : i.is_unsigned)
    for (view v : a.values) there[2].push_back(hash_of_attribute(a, v, digest));
  for (std::size_t n = 0; n < 3; ++n) {
    auto hashes = der::all_of((*parts)[n + 1].content, 1024);
    if (!hashes) return false;
    for (const auto& h : *hashes)
      if (h.tag != der::octet_string ||
          std::none_of(there[n].begin(), there[n].end(),
                       [&](const bytes& b) { return std::ranges::equal(b, h.content); }))
        return false;
    if (n == 1) covers_lists = !hashes->empty() && hashes->size() == there[1].size();
  }
  return true;
}

view index_in(const token& t) {
  const auto found = t.cms->signers.front().unsigned_of(ids::hash_index_v3);
  return found.size() == 1 && found[0]->values.size() == 1 ? found[0]->values[0] : view();
}

found_stamp archive_stamp(const signed_data& d, const signer_info& i,
                          std::span<const view> content, view value) {
  found_stamp s{stamp_seen::what::archive, token::read(value), false, false};
  if (!s.said) return s;
  const view index = index_in(*s.said);
  std::string digest;
  if (index.empty() || !index_holds(d, i, index, digest, s.covers_evidence) ||
      digest != s.said->digest)
    return s;
  s.covers = s.said->covers(archive_octets(d, i, digest_over(digest, content), index));
  return s;
}

std::string_view unwrapped_pem(std::string_view cms, bytes& room) {
  if (!cms.starts_with("-----BEGIN")) return cms;
  const std::size_t from = cms.find('\n'), to = cms.find("-----END");
  if (from == std::string_view::npos || to == std::string_view::npos || to < from) return {};
  std::string digits;
  for (const char c : cms.substr(from, to - from))
    if (c != '\n' && c != '\r') digits += c;
  auto octets = text::from_base64(digits);
  if (!octets) return {};
  room.assign(octets->begin(), octets->end());
  return {reinterpret_cast<const char*>(room.data()), room.size()};
}

}  // namespace

bytes hash_index(const signed_data& d, const signer_info& i, const std::string& digest) {
  std::vector<bytes> certificates, lists, attributes;
  for (view c : d.all_certificates) certificates.push_back(digest_over(digest, c));
  for (view l : d.all_lists) lists.push_back(digest_over(digest, l));
  for (const attribute& a : i.is_unsigned)
    for (view v : a.values) attributes.push_back(hash_of_attribute(a, v, digest));
  return der::node(der::sequence,
                   {identifier_of_digest(digest), list_of_hashes(certificates),
                    list_of_hashes(lists), list_of_hashes(attributes)});
}

bytes archive_octets(const signed_data& d, const signer_info& i, view content_digest, view index) {
  bytes out;
  for (view part : {d.content_type, content_digest, i.version, i.sid, i.digest_algorithm,
                    i.signed_attributes, i.signature_algorithm, i.signature_whole, index})
    der::append(out, part);
  return out;
}

void verify_signer(const signed_data& d, const signer_info& i, std::span<const view> content,
                   const pool& embedded, std::vector<found_stamp> outer, bool may_lack_binding,
                   const policy& p, signature& out) {
  presented w;
  w.embedded = embedded;
  gather(d, w.embedded);
  pool held = w.embedded;
  for (const bytes& c : p.certificates) held.add_certificate(c);
  const signer_check c = check_signer(d, i, content, held);
  out.claimed = out.claimed ? out.claimed : c.claimed;
  w.certificate = c.certificate;
  w.digest = c.digest;
  w.key = c.key;
  w.bound = c.bound == binding::good;
  w.over_all = std::move(outer);
  for (const attribute* a : i.unsigned_of(ids::signature_stamp))
    for (view v : a->values) {
      found_stamp s{stamp_seen::what::signature, token::read(v), false, false};
      s.covers = s.said && s.said->covers(i.signature);
      w.on_signature.push_back(std::move(s));
    }
  for (const attribute* a : i.unsigned_of(ids::archive_stamp_v3))
    for (view v : a->values) w.over_all.push_back(archive_stamp(d, i, content, v));
  // Whoever stamped may be proven by what stands in another stamp.
  for (const auto* stamps : {&w.on_signature, &w.over_all})
    for (const found_stamp& s : *stamps)
      if (s.said) gather(*s.said->cms, w.embedded);
  name_signer(c.certificate, out);
  if (settle_crypto(c, out)) return;
  if (c.bound == binding::missing) {
    out.reasons.push_back({"binding.missing", {}});
    if (!may_lack_binding) {
      out.is = indication::indeterminate;
      out.sub = "SIG_CONSTRAINTS_FAILURE";
      return;
    }
  }
  judge(w, p, out);
}

report verify_cms(std::string_view cms, const policy& p, std::string_view original) {
  report r;
  r.format = "CMS";
  bytes room;
  if (cms.size() > largest_file || original.size() > 8 * largest_file) {
    r.reasons.push_back({"format.too_large", {}});
    return r;
  }
  const auto d = signed_data::parse(trust::view_of(unwrapped_pem(cms, room)));
  if (!d || d->signers.empty()) {
    r.reasons.push_back({d ? "format.no_signature" : "format.malformed", {}});
    return r;
  }
  const bool detached = !d->content;
  const view spans[] = {detached ? trust::view_of(original) : *d->content};
  r.is = indication::total_passed;
  for (const signer_info& i : d->signers) {
    signature s;
    const bool bound = !i.signed_value(ids::signing_certificate_v2).empty() ||
                       !i.signed_value(ids::signing_certificate).empty();
    s.format = d->content_type_name == ids::stamp_info ? "time stamp" : bound ? "CAdES" : "PKCS#7";
    if (detached && original.data() == nullptr) {
      settle(s, indication::indeterminate, "SIGNED_DATA_NOT_FOUND",
             {"original.missing", {{"name", ""}}});
    } else {
      verify_signer(*d, i, spans, {}, {}, true, p, s);
    }
    r.is = std::max(r.is, s.is);
    r.signatures.push_back(std::move(s));
  }
  return r;
}

}  // namespace madang::signatures
