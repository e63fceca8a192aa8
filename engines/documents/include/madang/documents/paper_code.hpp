#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "madang/base/result.hpp"
#include "madang/base/time.hpp"
#include "madang/trust/certificate.hpp"

// The code on paper: what a printed certificate says about itself, signed with the agency's seal,
// in a QR code that anybody can check without a network. Format: docs/paper-code.md.
namespace madang::documents::paper_code {

struct facts {
  std::string number;                          // of the issue
  std::string kind;                            // name of the layout
  date issued;
  trust::bytes content;                        // first 16 octets of SHA-256 of the canonical data
  std::map<std::string, std::string> fields;   // a few chosen ones: {"성명": "김*윤"}
};

// "MD1:..." in the alphabet of QR's alphanumeric mode; about 300 characters.
std::string encode(const facts& f, const trust::signer& seal);

struct read_code {
  paper_code::facts facts;
  trust::bytes key_id;     // trust::public_key::short_id() of the seal
};

// Opens without verifying. Refusals: code.prefix, code.too_long, code.base45, code.inflate,
// code.facts, cbor.*, cose.*.
result<read_code> decode(std::string_view text);

// Finds the seal's key by its short id, or nothing.
using key_finder = std::function<std::optional<trust::public_key>(trust::view key_id)>;

// The same, and the signature holds. More refusals: code.unknown_key, code.signature.
result<read_code> verify(std::string_view text, const key_finder& find);

// The 16 octets that go into facts::content.
trust::bytes content_mark(std::string_view canonical_data);

}  // namespace madang::documents::paper_code
