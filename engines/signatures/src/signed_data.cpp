#include "signed_data.hpp"

#include <algorithm>

#include "openssl.hpp"

namespace madang::signatures {
namespace {

constexpr std::size_t most_signers = 64, most_certificates = 256, most_attributes = 512;

bool read_attributes(view whole, std::uint8_t tag, std::vector<attribute>& out) {
  auto set = der::only(whole, tag);
  auto all = set ? der::all_of(set->content, most_attributes) : std::nullopt;
  if (!all) return false;
  for (const auto& one : *all) {
    if (one.tag != der::sequence) return false;
    view rest = one.content;
    auto type = der::take(rest, der::object_id);
    auto values = der::only(rest, der::set);
    auto each = values ? der::all_of(values->content, 64) : std::nullopt;
    if (!type || !each) return false;
    attribute a{one.whole, type->whole, der::dotted(type->content), {}};
    for (const auto& v : *each) a.values.push_back(v.whole);
    out.push_back(std::move(a));
  }
  return true;
}

// BER's indefinite lengths, as streaming signers write them, in DER.
std::optional<bytes> rewritten(view octets) {
  const unsigned char* at = octets.data();
  owned<CMS_ContentInfo, CMS_ContentInfo_free> cms(
      d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(octets.size())));
  ERR_clear_error();
  if (!cms || !std::all_of(at, octets.data() + octets.size(), [](auto b) { return b == 0; }))
    return {};
  unsigned char* out = nullptr;
  const int size = i2d_CMS_ContentInfo(cms.get(), &out);
  ERR_clear_error();
  if (size <= 0) return {};
  bytes der(out, out + size);
  OPENSSL_free(out);
  return der;
}

bool has(const std::vector<view>& all, const bytes& one) {
  return std::any_of(all.begin(), all.end(), [&](view v) {
    return std::equal(v.begin(), v.end(), one.begin(), one.end());
  });
}

}  // namespace

bytes signer_info::signed_octets() const {
  bytes out = der::copy(signed_attributes);
  if (!out.empty()) out[0] = der::set;
  return out;
}

std::vector<const attribute*> signer_info::unsigned_of(std::string_view type) const {
  std::vector<const attribute*> out;
  for (const attribute& a : is_unsigned)
    if (a.type == type) out.push_back(&a);
  return out;
}

view signer_info::signed_value(std::string_view type) const {
  const attribute* found = nullptr;
  for (const attribute& a : is_signed) {
    if (a.type != type) continue;
    if (found) return {};
    found = &a;
  }
  return found && found->values.size() == 1 ? found->values.front() : view();
}

std::optional<signed_data> signed_data::parse(view octets, std::size_t most) {
  if (octets.size() > most || octets.empty()) return {};
  signed_data d;
  view rest = octets;
  auto outer = der::take(rest, der::sequence);
  const bool clean = outer && std::all_of(rest.begin(), rest.end(), [](auto b) { return b == 0; });
  if (clean) {
    d.octets_ = std::make_shared<const bytes>(der::copy(outer->whole));
    if (d.read(*d.octets_)) return d;
    d = signed_data();
  }
  auto der = rewritten(octets);
  if (!der) return {};
  d.octets_ = std::make_shared<const bytes>(std::move(*der));
  if (!d.read(*d.octets_)) return {};
  return d;
}

bool signed_data::read(view all) {
  auto info = der::only(all, der::sequence);
  if (!info) return false;
  view rest = info->content;
  auto type = der::take(rest, der::object_id);
  auto outer = der::only(rest, der::context_0);
  if (!type || der::dotted(type->content) != ids::signed_data || !outer) return false;
  auto data = der::only(outer->content, der::sequence);
  if (!data) return false;
  rest = data->content;
  auto v = der::take(rest, der::integer), digests = der::take(rest, der::set);
  auto encap = der::take(rest, der::sequence);
  if (!v || !digests || !encap) return false;
  version = v->whole;
  digest_algorithms = digests->whole;
  content_info = encap->whole;
  view inner = encap->content;
  auto kind = der::take(inner, der::object_id);
  if (!kind) return false;
  content_type = kind->whole;
  content_type_name = der::dotted(kind->content);
  if (!inner.empty()) {
    auto explicit_0 = der::only(inner, der::context_0);
    auto octets = explicit_0 ? der::only(explicit_0->content, der::octet_string) : std::nullopt;
    if (!octets) return false;
    content = octets->content;
  }
  if (auto held = der::take(rest, der::context_0)) {
    certificates_whole = held->whole;
    auto each = der::all_of(held->content, most_certificates);
    if (!each) return false;
    for (const auto& c : *each) {
      all_certificates.push_back(c.whole);
      if (c.tag == der::sequence) certificates.push_back(c.whole);
    }
  }
  if (auto held = der::take(rest, der::context_1)) {
    lists_whole = held->whole;
    auto each = der::all_of(held->content, most_certificates);
    if (!each) return false;
    for (const auto& c : *each) {
      all_lists.push_back(c.whole);
      if (c.tag == der::sequence) lists.push_back(c.whole);
      view other = c.content;
      auto format = c.tag == der::context_1 ? der::take(other, der::object_id) : std::nullopt;
      if (format && der::dotted(format->content) == ids::ocsp_response) answers.push_back(other);
    }
  }
  auto infos = der::only(rest, der::set);
  auto each = infos ? der::all_of(infos->content, most_signers) : std::nullopt;
  return each && std::all_of(each->begin(), each->end(),
                             [&](const auto& s) { return read_signer(s.whole); });
}

bool signed_data::read_signer(view one) {
  auto s = der::only(one, der::sequence);
  if (!s) return false;
  signer_info i;
  i.whole = s->whole;
  view rest = s->content;
  auto v = der::take(rest, der::integer), sid = der::take(rest);
  auto digest = der::take(rest, der::sequence);
  if (!v || !sid || !digest) return false;
  i.version = v->whole;
  i.sid = sid->whole;
  i.digest_algorithm = digest->whole;
  if (auto a = der::take(rest, der::context_0)) {
    i.signed_attributes = a->whole;
    if (!read_attributes(a->whole, der::context_0, i.is_signed)) return false;
  }
  auto method = der::take(rest, der::sequence), value = der::take(rest, der::octet_string);
  if (!method || !value) return false;
  i.signature_algorithm = method->whole;
  i.signature_whole = value->whole;
  i.signature = value->content;
  if (auto a = der::take(rest, der::context_1)) {
    i.unsigned_attributes = a->whole;
    if (!read_attributes(a->whole, der::context_1, i.is_unsigned)) return false;
  }
  if (!rest.empty()) return false;
  signers.push_back(std::move(i));
  return true;
}

// Sets are kept in the order in which they stand: hashes in archive time stamps go by item, and
// what others have written need not be sorted.
bytes signed_data::with(const change& c) const {
  bytes held, known;
  for (view v : all_certificates) der::append(held, v);
  for (const bytes& more : c.certificates)
    if (!has(all_certificates, more)) der::append(held, more);
  for (view v : all_lists) der::append(known, v);
  for (const bytes& more : c.list_choices)
    if (!has(all_lists, more)) der::append(known, more);
  bytes infos;
  for (std::size_t n = 0; n < signers.size(); ++n) {
    const signer_info& i = signers[n];
    if (n != c.signer || c.attributes.empty()) {
      der::append(infos, i.whole);
      continue;
    }
    bytes attributes;
    for (const attribute& a : i.is_unsigned) der::append(attributes, a.whole);
    for (const bytes& a : c.attributes) der::append(attributes, a);
    der::append(infos, der::node(der::sequence,
                                 {i.version, i.sid, i.digest_algorithm, i.signed_attributes,
                                  i.signature_algorithm, i.signature_whole,
                                  der::node(der::context_1, attributes)}));
  }
  // Version 5 as soon as there is another format of revocation information (RFC 5652 section 5.1).
  const bool other = std::any_of(c.list_choices.begin(), c.list_choices.end(),
                                 [](const bytes& b) { return b[0] == der::context_1; });
  const bytes number = other ? der::number(5) : der::copy(version);
  const bytes data = der::node(
      der::sequence, {number, digest_algorithms, content_info,
                      held.empty() ? bytes() : der::node(der::context_0, held),
                      known.empty() ? bytes() : der::node(der::context_1, known),
                      der::node(der::set, infos)});
  return der::node(der::sequence,
                   {der::oid(ids::signed_data), der::node(der::context_0, data)});
}

bytes attribute_of(const char* type, view value) {
  return der::node(der::sequence, {der::oid(type), der::node(der::set, value)});
}

bytes choice_of_answer(view response) {
  return der::node(der::context_1, {der::oid(ids::ocsp_response), response});
}

}  // namespace madang::signatures
