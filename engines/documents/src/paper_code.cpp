#include "madang/documents/paper_code.hpp"

#include "madang/pdf/deflate.hpp"
#include "madang/trust/base45.hpp"
#include "madang/trust/cose.hpp"

// docs/paper-code.md is the format's own description; keys and limits are said there.
namespace madang::documents::paper_code {
namespace {

constexpr std::string_view prefix = "MD1:";
constexpr std::size_t longest_text = 2000, longest_cose = 4096, mark_octets = 16;
constexpr int key_number = 1, key_kind = 2, key_issued = 3, key_content = 4, key_fields = 5;

namespace cbor = trust::cbor;

cbor::value to_cbor(const facts& f) {
  cbor::map all{{key_number, f.number},
                {key_kind, f.kind},
                {key_issued, f.issued.str()},
                {key_content, f.content}};
  if (!f.fields.empty()) {
    cbor::map fields;
    for (const auto& [name, value] : f.fields) fields.emplace_back(name, value);
    all.emplace_back(key_fields, std::move(fields));
  }
  return all;
}

const std::string* text_at(const cbor::value& v, int key) {
  const cbor::value* found = cbor::find(v, key);
  return found ? found->as<std::string>() : nullptr;
}

result<facts> from_cbor(const cbor::value& v) {
  const auto wrong = refuse(kind::invalid, "code.facts");
  facts f;
  const std::string* number = text_at(v, key_number);
  const std::string* kind_ = text_at(v, key_kind);
  const std::string* issued = text_at(v, key_issued);
  const cbor::value* content = cbor::find(v, key_content);
  const trust::bytes* mark = content ? content->as<trust::bytes>() : nullptr;
  auto day = issued ? date::parse(*issued) : std::nullopt;
  if (!number || !kind_ || !day || !mark || mark->size() != mark_octets) return wrong;
  f.number = *number;
  f.kind = *kind_;
  f.issued = *day;
  f.content = *mark;
  std::size_t members = 4;
  if (const cbor::value* fields = cbor::find(v, key_fields)) {
    const auto* all = fields->as<cbor::map>();
    if (!all) return wrong;
    for (const auto& [name, value] : *all) {
      const auto* n = name.as<std::string>();
      const auto* s = value.as<std::string>();
      if (!n || !s) return wrong;
      f.fields.emplace(*n, *s);
    }
    ++members;
  }
  if (v.as<cbor::map>()->size() != members) return wrong;
  return f;
}

}  // namespace

trust::bytes content_mark(std::string_view canonical_data) {
  const trust::digest d = trust::sha256(canonical_data);
  return {d.begin(), d.begin() + mark_octets};
}

std::string encode(const facts& f, const trust::signer& seal) {
  check(f.content.size() == mark_octets, "content mark of 16 octets");
  const trust::bytes payload = cbor::write(to_cbor(f));
  const trust::bytes signed_one =
      trust::cose::sign(seal.key, seal.certificate.key_id(), payload);
  const std::string packed = pdf::deflate(
      {reinterpret_cast<const char*>(signed_one.data()), signed_one.size()}, 9);
  return std::string(prefix) + trust::base45::encode(trust::view_of(packed));
}

namespace {

result<trust::cose::signed_one> open(std::string_view text) {
  if (text.size() > longest_text) return refuse(kind::too_large, "code.too_long");
  if (!text.starts_with(prefix)) return refuse(kind::invalid, "code.prefix");
  auto packed = trust::base45::decode(text.substr(prefix.size()));
  if (!packed) return refuse(kind::invalid, "code.base45");
  auto plain = pdf::inflate({reinterpret_cast<const char*>(packed->data()), packed->size()},
                       longest_cose);
  if (!plain) return refuse(kind::invalid, "code.inflate");
  return trust::cose::read(trust::view_of(*plain));
}

result<read_code> read(const trust::cose::signed_one& opened) {
  auto payload = cbor::read(opened.payload);
  if (!payload) return payload.why();
  auto f = from_cbor(*payload);
  if (!f) return f.why();
  return read_code{*f, opened.key_id};
}

}  // namespace

result<read_code> decode(std::string_view text) {
  auto opened = open(text);
  if (!opened) return opened.why();
  return read(*opened);
}

result<read_code> verify(std::string_view text, const key_finder& find) {
  auto opened = open(text);
  if (!opened) return opened.why();
  auto k = find(opened->key_id);
  if (!k) return refuse(kind::not_found, "code.unknown_key");
  if (!trust::cose::verify(*opened, *k)) return refuse(kind::forbidden, "code.signature");
  return read(*opened);
}

}  // namespace madang::documents::paper_code
