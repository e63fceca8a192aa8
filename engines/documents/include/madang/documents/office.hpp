#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "madang/audit/audit.hpp"
#include "madang/base/base.hpp"
#include "madang/documents/examine.hpp"
#include "madang/documents/scan.hpp"
#include "madang/packs/packs.hpp"
#include "madang/store/store.hpp"
#include "madang/trust/cms.hpp"

// The office that issues official paper, keeps the record of it, and tells anyone whether a paper
// is genuine. What is kept of a document is its data, the version of its layout and its signature;
// the file is rebuilt from them to the same bytes when somebody asks for it.
namespace madang::documents {

struct request {
  id person;                       // whose wallet it goes to
  std::string service;             // which service issued it
  std::string layout;              // documents/<layout>.yaml of the pack
  words title;                     // "주민등록표 등본"
  words seal;                      // who seals: "서울특별시 종로구청장"
  std::string holder;              // the name that the code on paper shows, masked
  std::string language = "ko";
  json::value data;
  audit::access why;
};

struct issued {
  id key;
  std::string number;              // 2611-2300-0417-8832
  id person;
  std::string service, layout, layout_version;
  words title, seal;
  std::string holder, language;
  json::value data;
  std::string code;                // the code on paper
  store::bytes cms;
  instant at;
  std::optional<instant> revoked;
};

struct verification {
  documents::verdict verdict = verdict::unknown;
  std::string number;
  words title, seal;
  std::string holder;              // masked
  std::optional<instant> issued, revoked;
  std::vector<finding> findings;
  std::vector<line_change> differences;
};
std::string_view name_of(verdict v);

struct office_options {
  std::string keys;                // folder of the sealed keys
  std::string passphrase;          // empty: read from <keys>/../passphrase, made when absent
  std::string font, colour_profile;
  std::string public_url;          // where anyone verifies
};

class office {
 public:
  // Throws std::runtime_error when keys or fonts cannot be used.
  office(store::database& db, const packs::pack& pack, const office_options& o);
  ~office();

  // Makes, signs and keeps a document. `together` runs in the same transaction; when it refuses,
  // nothing is issued. Refusals: document.no_layout, and those of the press.
  result<issued> issue(const request& r,
                       const std::function<outcome(store::write&)>& together = {});

  // The file, octet for octet as it was issued. Throws when the record has been tampered with.
  std::string file(const issued& d) const;

  std::optional<issued> find(id key, id person);
  bool exists(id key);             // whosoever it is
  std::vector<issued> of_person(id person, int limit = 100);
  // By the person herself: it will verify as revoked from now on.
  outcome revoke(const audit::access& why, id key);

  verification verify_number(std::string_view number);
  verification verify_file(std::string_view pdf);
  verification verify_code(std::string_view code);

  // A detached signature (CAdES baseline B) under a seal over octets that are kept elsewhere, and
  // whether one holds for them today. Refusals: those of trust::hierarchy::seal.
  result<trust::bytes> sign(std::string_view octets, const words& seal);
  trust::cms_report verify(std::string_view octets, trust::view cms);

  // Paper whose pages are pictures; see press::print().
  result<std::string> print(const scan& s) const;

  // The list of seals as docs/paper-code.md says it, for checking paper without a network.
  json::value paper_keys() const;

 private:
  struct inside;
  std::unique_ptr<inside> inside_;
};

// "김하윤" -> "김*윤": enough to recognise, too little to learn.
std::string masked_name(std::string_view name);

// A number that cannot be guessed: two-digit year, month, day, 9 random digits, check digit
// (ISO/IEC 7064 MOD 11-10), in groups of four.
std::string new_document_number(date day);
bool is_document_number(std::string_view number);
// As people type it: spaces and missing hyphens forgiven.
std::string tidy_number(std::string_view typed);

}  // namespace madang::documents
