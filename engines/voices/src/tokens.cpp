#include "madang/voices/tokens.hpp"

#include <algorithm>

#include "spending.hpp"

namespace madang::voices {
namespace {

namespace blind = trust::blind_rsa;

constexpr std::string_view version = "madang-voice/1";
constexpr std::size_t secret_size = 32, lock_digits = 64, longest_message = 256, most_open = 256;

struct issue_row {
  std::string bucket, asked;
};
BOOST_DESCRIBE_STRUCT(issue_row, (), (bucket, asked))

token_office::bucket_key given_out(const key_row& k) {
  return {k.bucket, *text::from_base64(k.spki), k.issued, k.spent};
}

bool opens(const token_message& m, trust::view secret) {
  return secret.size() == secret_size &&
         trust::equal_in_constant_time(trust::view_of(text::hex(trust::sha256(secret))),
                                       trust::view_of(m.lock));
}

}  // namespace

// ---- what is signed ----
std::string token_message::str() const {
  return fmt::format("{} {} {} {}", version, ask.str(), bucket, lock);
}

std::optional<token_message> token_message::parse(trust::view prepared) {
  if (prepared.size() <= blind::randomizer_size || prepared.size() > longest_message) return {};
  const auto rest = prepared.subspan(blind::randomizer_size);
  const std::string_view line(reinterpret_cast<const char*>(rest.data()), rest.size());
  const auto parts = text::split(line, ' ');
  if (parts.size() != 4 || parts[0] != version) return {};
  const auto ask = id::parse(parts[1]);
  if (!ask || !is_word(parts[2]) || !is_hex(parts[3], lock_digits)) return {};
  token_message out{*ask, std::string(parts[2]), std::string(parts[3])};
  if (out.str() != line) return {};          // one way to write each
  return out;
}

std::string pseudonym_of(trust::view prepared) { return text::hex(trust::sha256(prepared)); }

// ---- keys ----
std::vector<token_office::bucket_key> token_office::keys(id ask) const {
  std::vector<bucket_key> out;
  db_.reading([&](store::read& q) {
    for (const auto& k : q.all<key_row>("select " + store::columns<key_row>() +
                                            " from token_key where ask = ?1 order by bucket",
                                        ask))
      out.push_back(given_out(k));
  });
  return out;
}

result<token_office::bucket_key> token_office::key_for(const ask& a, std::string_view bucket,
                                                       instant at) {
  if (auto kept = db_.reading([&](store::read& q) { return key_in(q, a.key, bucket); }))
    return given_out(*kept);
  // Outside the transaction: it takes a while. Whoever is first keeps hers.
  const auto fresh = blind::signer::generate();
  const auto spki = fresh.public_half().der();
  const std::string sealed = fresh.seal(passphrase_);
  return db_.writing([&](store::write& tx) -> result<bucket_key> {
    if (auto open = judge_open(find_in(tx, a.key), book_, 1, {}, at); !open) return open.why();
    if (auto kept = key_in(tx, a.key, bucket)) return given_out(*kept);
    put_key(tx, a.key, {std::string(bucket), {}, sealed}, spki, at);
    return bucket_key{std::string(bucket), spki, 0, 0};
  });
}

std::optional<blind::signer> token_office::signer_of(id ask, std::string_view bucket) {
  const std::pair<id, std::string> which{ask, bucket};
  {
    const std::scoped_lock lock(mutex_);
    if (const auto found = open_.find(which); found != open_.end()) return found->second;
  }
  const auto kept = db_.reading([&](store::read& q) { return key_in(q, ask, bucket); });
  if (!kept) return {};
  auto opened = blind::signer::open(kept->kept, passphrase_);
  if (!opened) throw std::runtime_error("the keys of voices open with another passphrase");
  const std::scoped_lock lock(mutex_);
  if (open_.size() >= most_open) open_.clear();
  open_.emplace(which, *opened);
  return std::move(*opened);
}

// ---- step 1 ----
result<trust::bytes> token_office::issue(const audit::access& why, const ask& given,
                                         std::string_view home, std::string_view bucket,
                                         trust::view blinded, instant at) {
  if (auto stated = why.stated(); !stated) return stated.why();
  check(why.who.signed_in(), "a person who asks for her token");
  auto by = signer_of(given.key, bucket);
  if (!by) return refuse(kind::conflict, "voices.token_bucket", "bucket");
  // Before the right is used up: what cannot be signed costs nobody hers.
  auto made = by->blind_sign(blinded);
  if (!made) return refuse(kind::invalid, "voices.token_blinded", "blinded");
  const std::string holder = book_.pseudonym(why.who.person, given.key);
  const std::string asked = text::hex(trust::sha256(blinded));
  const outcome entered = db_.writing([&](store::write& tx) -> outcome {
    const auto a = find_in(tx, given.key);
    if (auto open = judge_open(a, book_, 1, {}, at); !open) return open;
    const auto before = tx.one<issue_row>(
        "select bucket, asked from token_issue where ask = ?1 and holder = ?2", a->key, holder);
    if (before && before->asked == asked && before->bucket == bucket) return nothing{};
    if (before) return refuse(kind::conflict, "voices.token_had");
    if (home != bucket) return refuse(kind::conflict, "voices.token_bucket", "bucket");
    tx.run("insert into token_issue (ask, holder, bucket, asked) values (?1, ?2, ?3, ?4)", a->key,
           holder, bucket, asked);
    tx.run("update token_key set issued = issued + 1 where ask = ?1 and bucket = ?2", a->key,
           bucket);
    audit::append(tx, why, audit::action::issued, why.who.person, "ask", a->key.str(), "token");
    return nothing{};
  });
  if (!entered) return entered.why();
  return std::move(*made);
}

// ---- step 2 ----
result<token_message> token_office::read(const ask& a, const token& t) const {
  auto said = token_message::parse(t.prepared);
  if (!said || said->ask != a.key) return refuse(kind::invalid, "voices.token", "message");
  const auto key = db_.reading([&](store::read& q) { return key_in(q, a.key, said->bucket); });
  const auto by = key ? blind::verifier::from_der(*text::from_base64(key->spki))
                      : result<blind::verifier>(refuse(kind::invalid, "voices.token", "message"));
  if (!by || !by->verify(t.prepared, t.signature))
    return refuse(kind::invalid, "voices.token", "signature");
  return std::move(*said);
}

outcome token_office::say(const ask& given, saying s, const token& t, trust::view secret,
                          instant at) {
  if (s == saying::choice) return refuse(kind::conflict, "voices.closed");   // see choose()
  const auto said = read(given, t);
  if (!said) return said.why();
  const std::string who = pseudonym_of(t.prepared);
  return db_.writing([&](store::write& tx) -> outcome {
    const auto a = find_in(tx, given.key);
    if (auto open = judge_open(a, book_, 1, s, at); !open) return open;
    const auto before = voice_in(tx, a->key, who);
    if (before && (before->state != taken_back || before->saying != name_of(s)))
      return refuse(kind::conflict, "voices.token_spent");
    if (before && secret.empty()) return refuse(kind::conflict, "voices.token_taken");
    if (before && !opens(*said, secret)) return refuse(kind::forbidden, "voices.token_secret");
    if (!before)
      if (auto good = spend(tx, a->key, said->bucket, at); !good) return good;
    put_voice(tx, {a->key, s, '+', who, said->bucket, {}, slot_of(at), {}}, 0);
    return nothing{};
  });
}

outcome token_office::choose(const ask& given, const chosen& c, const token& t,
                             trust::view secret, instant at) {
  const auto said = read(given, t);
  if (!said) return said.why();
  const std::string who = pseudonym_of(t.prepared);
  return db_.writing([&](store::write& tx) -> outcome {
    const auto a = find_in(tx, given.key);
    if (auto open = judge_open(a, book_, 1, saying::choice, at); !open) return open;
    const auto p = paper_in(tx, a->key);
    if (!p) return refuse(kind::conflict, "voices.closed");
    const auto written = write_chosen(*p, c);
    if (!written) return written.why();
    const auto before = voice_in(tx, a->key, who);
    if (before && secret.empty())
      return refuse(kind::conflict,
                    before->state == counts ? "voices.token_spent" : "voices.token_taken");
    if (before && !opens(*said, secret)) return refuse(kind::forbidden, "voices.token_secret");
    if (!before)
      if (auto good = spend(tx, a->key, said->bucket, at); !good) return good;
    give_choice(tx, a->key, *p, who, said->bucket, *written, at);
    return nothing{};
  });
}

outcome token_office::take_back(const ask& given, saying s, trust::view prepared,
                                trust::view secret, instant at) {
  const auto said = token_message::parse(prepared);
  if (!said || said->ask != given.key) return refuse(kind::invalid, "voices.token", "message");
  if (!opens(*said, secret)) return refuse(kind::forbidden, "voices.token_secret", "secret");
  const std::string who = pseudonym_of(prepared);
  return db_.writing([&](store::write& tx) -> outcome {
    const auto a = find_in(tx, given.key);
    if (auto open = judge_open(a, book_, 1, s, at); !open) return open;
    const auto before = voice_in(tx, a->key, who);
    if (!before || before->saying != name_of(s) || before->state != counts) return nothing{};
    if (s == saying::choice)
      withdraw_choice(tx, a->key, who, at);
    else
      put_voice(tx, {a->key, s, '-', who, before->bucket, {}, slot_of(at), {}}, 0);
    return nothing{};
  });
}

}  // namespace madang::voices
