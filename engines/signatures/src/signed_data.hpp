#pragma once
#include <memory>

#include "der.hpp"

// SignedData (RFC 5652 section 5) taken apart, every part as it stands in the file.
namespace madang::signatures {

struct attribute {
  view whole, type_whole;       // the Attribute; its attrType with tag and length
  std::string type;             // dotted
  std::vector<view> values;     // each whole
};

struct signer_info {
  view whole, version, sid, digest_algorithm;      // each whole
  view signed_attributes;                          // whole, with its tag [0]; may be empty
  view signature_algorithm, signature_whole, signature;
  view unsigned_attributes;                        // whole, with its tag [1]; may be empty
  std::vector<attribute> is_signed, is_unsigned;

  // What was signed when there are signed attributes: the same as SET OF (section 5.4).
  bytes signed_octets() const;
  std::vector<const attribute*> unsigned_of(std::string_view type) const;
  // The one value of an attribute that may be there once; empty: it is not there, or oddly.
  view signed_value(std::string_view type) const;
};

class signed_data {
 public:
  // DER, or BER that OpenSSL can write as DER; zero octets may follow (PDF pads). Empty for
  // anything else, more than `most` octets, 64 signers or 256 certificates.
  static std::optional<signed_data> parse(view octets, std::size_t most = 64u << 20);

  view version, digest_algorithms;     // whole
  view content_info, content_type;     // whole
  std::string content_type_name;
  std::optional<view> content;         // inside the OCTET STRING
  view certificates_whole, lists_whole;
  std::vector<view> certificates;      // X.509 only
  std::vector<view> lists;             // CertificateList only
  std::vector<view> answers;           // OCSPResponse or BasicOCSPResponse from [1]
  std::vector<view> all_certificates, all_lists;   // every choice, as it stands
  std::vector<signer_info> signers;

  // The same with these: whatever is empty stays as it was.
  struct change {
    std::vector<bytes> certificates;      // added where not yet there
    std::vector<bytes> list_choices;      // RevocationInfoChoice, added where not yet there
    std::size_t signer = 0;
    std::vector<bytes> attributes;        // Attribute, added to the unsigned of that signer
  };
  bytes with(const change& c) const;

 private:
  std::shared_ptr<const bytes> octets_;
  bool read(view der);
  bool read_signer(view der);
};

// Attribute with one value, in DER.
bytes attribute_of(const char* type, view value);
// RevocationInfoChoice [1] with an OCSPResponse (RFC 5940 section 2.1).
bytes choice_of_answer(view response);

}  // namespace madang::signatures
