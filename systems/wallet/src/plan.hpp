#pragma once
#include <string>
#include <vector>

#include "madang/credentials/dcql.hpp"
#include "madang/platform/house.hpp"

// wallet.yaml of the pack:
//
//   days: 30                         how long a copy holds
//   copies: 10                       how many of them a wallet gets at once
//   status: {agency: kisa}           who serves the status of all credentials; never an issuer
//   asks: {agency: mois}             signs the requests of those who ask in no agency's name
//   credentials:
//     - id: resident-register        also the end of its type's address
//       layout: resident-certificate which documents it is made from
//       name: {...}
//       claims:                      each can be shown without the others
//         - {id: address, label: {...}, from: /address}        of the document's data
//         - {id: birthdate, label: {...}, person: born}        of the holder's entry in `persons`
//         - {id: age_over, label: {...}, ages: [14, 19, 65]}   yes or no for each, from `born`
//   questions:                       what a verifier of the house may ask
//     - {id: adult, name: {...}, credential: resident-register, purpose: {...}, law: {...},
//        show: [[age_over, "19"]], holds: true}
namespace madang::wallet {

struct claim_plan {
  std::string id;
  words label;
  std::string from, person;
  std::vector<int> ages;
};
struct credential_plan {
  std::string id, layout, type;    // type: vct
  words name;
  std::vector<claim_plan> claims;
  const claim_plan* find(std::string_view id) const;
};
struct question_plan {
  std::string id;
  words name, purpose, law;
  const credential_plan* credential = nullptr;
  std::vector<std::vector<std::string>> show;   // claims paths
  bool holds = false;              // the first of them must be true: the answer is yes or no
};
struct plan {
  int days = 30, copies = 10;
  std::string status_agency;
  words status_name, asks_name;
  std::vector<credential_plan> credentials;
  std::vector<question_plan> questions;

  const credential_plan* find(std::string_view id) const;
  const credential_plan* for_layout(std::string_view layout) const;
  const question_plan* find_question(std::string_view id) const;
};

// Throws packs::broken_pack. `at`: public address of the house, without a slash at its end.
plan read_plan(const packs::pack& pack, const std::string& at);

// The DCQL query of a question.
json::object query_of(const question_plan& q);

}  // namespace madang::wallet
