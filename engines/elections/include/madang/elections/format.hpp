#pragma once
#include <boost/describe.hpp>

#include "madang/base/base.hpp"

// The messages of Belenios 2.0 (specification, section 4) with their members in its order. What is
// hashed has one form only, `print(x)`: compact JSON in which an absent optional member is left
// out. Numbers of the group are decimal text.
namespace madang::elections {

struct proof {  // 4.3
  std::string challenge;
  std::string response;
};
BOOST_DESCRIBE_STRUCT(proof, (), (challenge, response))

struct ciphertext {  // 4.3
  std::string alpha;
  std::string beta;
};
BOOST_DESCRIBE_STRUCT(ciphertext, (), (alpha, beta))

struct trustee_key {  // 4.5, trustee_public_key
  proof pok;
  std::string public_key;
};
BOOST_DESCRIBE_STRUCT(trustee_key, (), (pok, public_key))

struct question {  // 4.9, homomorphic
  std::vector<std::string> answers;
  std::optional<bool> blank;
  int min = 0;
  int max = 1;
  std::string question;
};
BOOST_DESCRIBE_STRUCT(question, (), (answers, blank, min, max, question))

struct election {  // 4.10
  int version = 1;
  std::string description;
  std::string name;
  std::string group;
  std::string public_key;
  std::vector<elections::question> questions;
  std::string uuid;
  std::optional<std::string> administrator;
  std::optional<std::string> credential_authority;
};
BOOST_DESCRIBE_STRUCT(election, (),
                      (version, description, name, group, public_key, questions, uuid,
                       administrator, credential_authority))

struct setup_data {  // 4.10
  std::string election;
  std::string trustees;
  std::string credentials;
};
BOOST_DESCRIBE_STRUCT(setup_data, (), (election, trustees, credentials))

struct answer {  // 4.11
  std::vector<ciphertext> choices;
  std::vector<std::vector<proof>> individual_proofs;
  std::vector<proof> overall_proof;
  std::optional<std::vector<proof>> blank_proof;
};
BOOST_DESCRIBE_STRUCT(answer, (), (choices, individual_proofs, overall_proof, blank_proof))

struct signature {  // 4.14
  std::string hash;
  elections::proof proof;
};
BOOST_DESCRIBE_STRUCT(signature, (), (hash, proof))

struct ballot {  // 4.15
  std::string election_uuid;
  std::string election_hash;
  std::string credential;
  std::vector<answer> answers;
  std::optional<elections::signature> signature;  // absent only while it is hashed
};
BOOST_DESCRIBE_STRUCT(ballot, (), (election_uuid, election_hash, credential, answers, signature))

using tally = std::vector<std::vector<ciphertext>>;  // 4.16, encrypted_tally

struct sized_tally {  // 4.16, sized_encrypted_tally
  std::uint64_t num_tallied = 0;
  std::uint64_t total_weight = 0;
  std::string encrypted_tally;  // its hash
};
BOOST_DESCRIBE_STRUCT(sized_tally, (), (num_tallied, total_weight, encrypted_tally))

struct partial_decryption {  // 4.18
  std::vector<std::vector<std::string>> decryption_factors;
  std::vector<std::vector<proof>> decryption_proofs;
};
BOOST_DESCRIBE_STRUCT(partial_decryption, (), (decryption_factors, decryption_proofs))

struct owned {    // 4.18, owned_partial_decryption
  int owner = 0;  // from 1, in the order of the trustees
  std::string payload;
};
BOOST_DESCRIBE_STRUCT(owned, (), (owner, payload))

struct outcome_of_poll {  // 4.19, result
  std::vector<std::vector<std::uint64_t>> result;
};
BOOST_DESCRIBE_STRUCT(outcome_of_poll, (), (result))

struct event {  // 4.4
  std::optional<std::string> parent;
  std::uint64_t height = 0;
  std::string type;
  std::optional<std::string> payload;
};
BOOST_DESCRIBE_STRUCT(event, (), (parent, height, type, payload))

// The canonical form of any of them.
template <class T>
void print(std::string& out, const T& v) {
  if constexpr (json::is_vector<T>::value) {
    out += '[';
    bool first = true;
    for (const auto& item : v) {
      if (!std::exchange(first, false)) out += ',';
      print(out, item);
    }
    out += ']';
  } else if constexpr (json::is_described<T>) {
    out += '{';
    bool first = true;
    auto member = [&](const char* name, const auto& value) {
      if (!std::exchange(first, false)) out += ',';
      json::append_string(out, name);
      out += ':';
      print(out, value);
    };
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
        [&](auto m) {
          const auto& value = v.*m.pointer;
          if constexpr (json::is_optional<std::remove_cvref_t<decltype(value)>>::value) {
            if (value) member(m.name, *value);
          } else {
            member(m.name, value);
          }
        });
    out += '}';
  } else {
    json::write(out, v);
  }
}

template <class T>
std::string print(const T& v) {
  std::string out;
  print(out, v);
  return out;
}

// ["Single",key] for each: every one of them is needed to decrypt (4.7).
std::string print_trustees(const std::vector<trustee_key>& keys);
result<std::vector<trustee_key>> read_trustees(std::string_view text);

// ["key,weight",..] (4.8), of any length. Refusal: elections.credentials.
struct voter_key {
  std::string credential;
  std::uint64_t weight = 1;  // below 2^32
};
std::string print_credentials(const std::vector<std::string>& credentials);
result<std::vector<voter_key>> read_credentials(std::string_view text);

// SHA-256: 64 hexadecimal digits for names and references; Base64 without padding for the
// fingerprint of an election and the tracking number of a ballot (4.15).
std::string reference(std::string_view text);
std::string fingerprint(std::string_view text);

}  // namespace madang::elections
