#include "madang/elections/poll.hpp"

#include "proofs.hpp"

namespace madang::elections {
namespace {

refusal bad(const char* code, std::string field = {}) {
  return refuse(kind::invalid, code, std::move(field));
}

bool fits(const question& q) {
  const int answers = int(q.answers.size());
  return answers >= 1 && answers <= int(most_answers) && 0 <= q.min && q.min <= q.max &&
         q.max <= answers;
}

// What is hashed for the proofs of a question as a whole: S of section 4.11.1.
std::string all_choices(const std::string& start, const std::vector<ciphertext>& choices) {
  std::string out = start + "|";
  for (const auto& c : choices) {
    if (out.back() != '|') out += ',';
    out += c.alpha + ',' + c.beta;
  }
  return out;
}

std::string prefix_of(const std::string& s, const ciphertext& c) {
  return "prove|" + s + "|" + c.alpha + "," + c.beta + "|";
}

std::vector<statement> values(const encrypted_powers& about, int first, int last) {
  std::vector<statement> out;
  for (int v = first; v <= last; ++v) out.push_back({&about, std::uint64_t(v)});
  return out;
}

// blank_proof: m0 = 0 or the sum is 0; overall_proof: m0 = 1 or the sum is allowed (4.13).
std::vector<statement> blank_or_nothing(const encrypted_powers& first,
                                        const encrypted_powers& sum) {
  return {{&first, 0}, {&sum, 0}};
}

std::vector<statement> blank_or_allowed(const encrypted_powers& first, const encrypted_powers& sum,
                                        const question& q) {
  auto out = values(sum, q.min, q.max);
  out.insert(out.begin(), {&first, 1});
  return out;
}

std::string signed_part(const ballot& b) {
  ballot plain = b;
  plain.signature.reset();
  return fingerprint(print(plain));
}

challenge_of signature_challenge(const std::string& hash) {
  return [&hash](const std::vector<element>& a) {
    return hash_to_scalar("sig|" + hash + "|" + a[0].decimal());
  };
}

}  // namespace

poll::poll(elections::election about, std::string fingerprint, std::vector<trustee_key> trustees,
           std::vector<voter_key> voters, const element& key)
    : about_(std::move(about)),
      fingerprint_(std::move(fingerprint)),
      trustees_(std::move(trustees)),
      voters_(std::move(voters)),
      key_(key),
      key_powers_(key) {
  for (const auto& v : voters_) weights_.emplace(v.credential, v.weight);
}

result<poll> poll::open(std::string election_text, std::string_view trustees_text,
                        std::string_view credentials_text) {
  auto about = json::parse_as<elections::election>(election_text);
  if (!about || about->version != 1) return bad("elections.election");
  if (about->group != group_name) return refuse(kind::unsupported, "elections.group");
  if (about->questions.empty() || about->questions.size() > most_questions)
    return bad("elections.election", "questions");
  for (const auto& q : about->questions)
    if (!fits(q)) return bad("elections.question");

  auto trustees = read_trustees(trustees_text);
  if (!trustees) return bad("elections.trustees");
  for (const auto& key : *trustees)
    if (auto good = check_trustee_key(key); !good) return good.why();
  auto product = public_key_of(*trustees);
  const auto key = element::read(about->public_key);
  if (!product || !key || *product != about->public_key) return bad("elections.public_key");

  auto voters = read_credentials(credentials_text);
  if (!voters) return voters.why();
  std::string hash = elections::fingerprint(election_text);
  poll out(std::move(*about), std::move(hash), std::move(*trustees), std::move(*voters), *key);
  if (out.weights_.size() != out.voters_.size()) return bad("elections.credentials");
  return out;
}

outcome poll::judge_answer(const answer& a, std::size_t index,
                           const std::string& credential) const {
  const question& q = about_.questions[index];
  const bool blank = q.blank.value_or(false);
  const std::string field = "/answers/" + std::to_string(index);
  const std::size_t size = q.answers.size() + blank;
  if (a.choices.size() != size || a.individual_proofs.size() != size ||
      a.blank_proof.has_value() != blank)
    return bad("elections.ballot_form", field);

  const std::string start = fingerprint_ + "|" + credential;
  encrypted sum;
  std::optional<encrypted_powers> first;
  for (std::size_t i = 0; i < size; ++i) {
    const auto c = read(a.choices[i]);
    if (!c) return bad("elections.ballot_group", field);
    encrypted_powers of_choice(*c);
    if (!of_choice.alpha.in_group() || !of_choice.beta.in_group())
      return bad("elections.ballot_group", field);
    if (!check_one_of(prefix_of(start, a.choices[i]), values(of_choice, 0, 1),
                      a.individual_proofs[i], key_powers_))
      return bad("elections.proof", field + "/individual_proofs/" + std::to_string(i));
    if (blank && i == 0) first = std::move(of_choice);
    else sum = sum * *c;
  }
  const std::string s = all_choices(start, a.choices);
  const encrypted_powers of_sum(sum);
  const bool good = blank ? check_one_of("bproof1|" + s + "|", blank_or_allowed(*first, of_sum, q),
                                         a.overall_proof, key_powers_)
                          : check_one_of(prefix_of(s, write(sum)), values(of_sum, q.min, q.max),
                                         a.overall_proof, key_powers_);
  if (!good) return bad("elections.proof", field + "/overall_proof");
  if (blank && !check_one_of("bproof0|" + s + "|", blank_or_nothing(*first, of_sum), *a.blank_proof,
                             key_powers_))
    return bad("elections.proof", field + "/blank_proof");
  return nothing{};
}

result<judged> poll::judge(std::string_view ballot_text) const {
  auto b = json::parse_as<ballot>(ballot_text);
  if (!b || print(*b) != ballot_text || !b->signature) return bad("elections.ballot_form");
  if (b->election_uuid != about_.uuid || b->election_hash != fingerprint_)
    return bad("elections.ballot_of_another");
  const auto weight = weights_.find(b->credential);
  if (weight == weights_.end()) return bad("elections.credential");
  if (b->answers.size() != about_.questions.size()) return bad("elections.ballot_form");

  const auto credential = element::read(b->credential);
  if (!credential) return bad("elections.credential");
  const powers of_credential(*credential);
  const std::string hash = signed_part(*b);
  if (b->signature->hash != hash ||
      !check_exponent(b->signature->proof, {nullptr}, {&of_credential}, signature_challenge(hash)))
    return bad("elections.signature");
  for (std::size_t i = 0; i < b->answers.size(); ++i)
    if (auto good = judge_answer(b->answers[i], i, b->credential); !good) return good.why();
  return judged{std::move(*b), elections::fingerprint(ballot_text), weight->second};
}

answer poll::make_answer(const std::vector<int>& choices, const question& q,
                         const std::string& credential) const {
  const bool blank = q.blank.value_or(false);
  check(choices.size() == q.answers.size() + blank, "a choice for each answer");
  const std::string start = fingerprint_ + "|" + credential;
  answer a;
  number first_r, r_sum;
  int m_sum = 0;
  encrypted sum;
  std::optional<encrypted_powers> first;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    check(choices[i] == 0 || choices[i] == 1, "0 or 1");
    const number r = random_scalar();
    const element y = key_.to_secret(r);
    const encrypted c{generator().to_secret(r), choices[i] ? y * generator() : y};
    a.choices.push_back(write(c));
    encrypted_powers of_choice(c);
    a.individual_proofs.push_back(prove_one_of(prefix_of(start, a.choices[i]),
                                               values(of_choice, 0, 1), std::size_t(choices[i]), r,
                                               key_powers_, key_));
    if (blank && i == 0) {
      first = std::move(of_choice);
      first_r = r;
    } else {
      sum = sum * c;
      r_sum = elections::sum(r_sum, r);
      m_sum += choices[i];
    }
  }
  const std::string s = all_choices(start, a.choices);
  const encrypted_powers of_sum(sum);
  const bool is_blank = blank && choices[0] == 1;
  check(is_blank ? m_sum == 0 : q.min <= m_sum && m_sum <= q.max, "choices the question allows");
  if (!blank) {
    a.overall_proof = prove_one_of(prefix_of(s, write(sum)), values(of_sum, q.min, q.max),
                                   std::size_t(m_sum - q.min), r_sum, key_powers_, key_);
    return a;
  }
  a.overall_proof = prove_one_of("bproof1|" + s + "|", blank_or_allowed(*first, of_sum, q),
                                 is_blank ? 0 : std::size_t(1 + m_sum - q.min),
                                 is_blank ? first_r : r_sum, key_powers_, key_);
  a.blank_proof = prove_one_of("bproof0|" + s + "|", blank_or_nothing(*first, of_sum),
                               is_blank ? 1 : 0, is_blank ? r_sum : first_r, key_powers_, key_);
  return a;
}

std::string poll::make_ballot(const number& secret, const std::vector<std::vector<int>>& choices,
                              const std::function<void(ballot&)>& before_signing) const {
  check(choices.size() == about_.questions.size(), "choices for each question");
  ballot b{about_.uuid, fingerprint_, public_credential(secret), {}, {}};
  for (std::size_t i = 0; i < choices.size(); ++i)
    b.answers.push_back(make_answer(choices[i], about_.questions[i], b.credential));
  if (before_signing) before_signing(b);
  const std::string hash = signed_part(b);
  b.signature = {hash, prove_exponent({generator()}, secret, signature_challenge(hash))};
  return print(b);
}

}  // namespace madang::elections
