#include "madang/elections/audit.hpp"

#include <algorithm>
#include <atomic>
#include <thread>
#include <unordered_set>

namespace madang::elections {
namespace {

refusal wrong(const char* code, const std::string& where) {
  return refuse(kind::invalid, code, where);
}

// The refusal of the first piece of work that is refused, as if it were done in order.
outcome all_of(std::size_t count, unsigned threads,
               const std::function<outcome(std::size_t)>& work) {
  std::vector<std::optional<refusal>> why(count);
  std::atomic<std::size_t> next{0}, refused{count};
  auto take = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      if (i > refused) continue;
      if (auto good = work(i); !good) {
        why[i] = good.why();
        std::size_t least = refused;
        while (i < least && !refused.compare_exchange_weak(least, i)) {
        }
      }
    }
  };
  {
    std::vector<std::jthread> others;
    for (unsigned i = 1; i < threads; ++i) others.emplace_back(take);
    take();
  }
  if (refused < count) return *why[refused];
  return nothing{};
}

class auditor {
 public:
  auditor(const archive& a, unsigned threads) : archive_(a), threads_(threads) {}

  result<audited> run() {
    std::string parent;
    std::uint64_t height = 0;
    for (const auto& m : archive_.members) {
      const std::string ref = reference(m.text);
      if (!m.is_event) {
        if (!data_.emplace(ref, &m.text).second) return wrong("elections.twice", ref);
        unused_.insert(ref);
        continue;
      }
      auto e = json::parse_as<event>(m.text);
      if (!e || e->height != height || e->parent.value_or("") != parent ||
          e->parent.has_value() != (height > 0))
        return wrong("elections.chain", ref);
      if (auto good = take(*e, ref); !good) return good.why();
      if (!unused_.empty()) return wrong("elections.reference", *unused_.begin());
      parent = ref;
      ++height;
    }
    if (stage_ == stage::nothing) return wrong("elections.chain", "Setup");
    if (!unused_.empty()) return wrong("elections.reference", *unused_.begin());
    if (auto good = judge_ballots(); !good) return good.why();
    if (stage_ == stage::ballots || stage_ == stage::ended) finish_counting();
    out_.last_event = parent;
    return std::move(out_);
  }

 private:
  enum class stage { nothing, ballots, ended, tallied, result };

  const std::string* use(const std::string& ref) {
    unused_.erase(ref);
    const auto found = data_.find(ref);
    return found == data_.end() ? nullptr : found->second;
  }

  template <class T>
  result<T> payload(const std::string& ref) {
    const auto* text = use(ref);
    if (!text) return wrong("elections.reference", ref);
    auto read = json::parse_as<T>(*text);
    if (!read) return wrong("elections.archive_form", ref);
    return read;
  }

  outcome take(const event& e, const std::string& ref) {
    if (e.type == "EndBallots") {
      if (stage_ != stage::ballots || e.payload) return wrong("elections.chain", ref);
      stage_ = stage::ended;
      out_.closed = true;
      return nothing{};
    }
    if (!e.payload) return wrong("elections.chain", ref);
    if (e.type == "Setup" && stage_ == stage::nothing) return set_up(*e.payload);
    if (e.type == "Ballot" && stage_ == stage::ballots) return take_ballot(*e.payload);
    if (e.type == "EncryptedTally" && stage_ == stage::ended) return take_tally(*e.payload);
    if (e.type == "PartialDecryption" && stage_ == stage::tallied) return take_share(*e.payload);
    if (e.type == "Result" && stage_ == stage::tallied) return take_result(*e.payload);
    return wrong("elections.chain", ref);
  }

  outcome set_up(const std::string& ref) {
    auto names = payload<setup_data>(ref);
    if (!names) return names.why();
    const auto* election = use(names->election);
    const auto* trustees = use(names->trustees);
    const auto* credentials = use(names->credentials);
    if (!election || !trustees || !credentials) return wrong("elections.reference", ref);
    auto opened = poll::open(*election, *trustees, *credentials);
    if (!opened) return opened.why();
    out_.about.emplace(std::move(*opened));
    out_.uuid = out_.about->about().uuid;
    out_.name = out_.about->about().name;
    const auto& voters = out_.about->voters();
    stage_ = stage::ballots;
    return all_of(voters.size(), threads_, [&](std::size_t i) -> outcome {
      if (is_public_credential(voters[i].credential)) return nothing{};
      return wrong("elections.credentials", std::to_string(i));
    });
  }

  outcome take_ballot(const std::string& ref) {
    const auto* text = use(ref);
    if (!text) return wrong("elections.reference", ref);
    if (!seen_.insert(ref).second) return wrong("elections.twice", ref);
    ballots_.push_back(text);
    return nothing{};
  }

  // Each on its own, by as many threads as there may be; then in their order.
  outcome judge_ballots() {
    if (judged_) return nothing{};
    judged_ = true;
    std::vector<std::optional<judged>> good(ballots_.size());
    auto all = all_of(ballots_.size(), threads_, [&](std::size_t i) -> outcome {
      auto j = out_.about->judge(*ballots_[i]);
      if (!j) {
        refusal why = j.why();
        why.field = reference(*ballots_[i]) + why.field;
        return why;
      }
      good[i] = std::move(*j);
      return nothing{};
    });
    if (!all) return all;
    counting_.emplace(out_.about->about());
    for (auto& j : good) {
      trackers_[j->ballot.credential] = j->tracker;
      counting_->add(*j);
    }
    return nothing{};
  }

  void finish_counting() {
    out_.cast = ballots_.size();
    out_.counted = counting_->ballots();
    for (const auto& [credential, tracker] : trackers_) out_.trackers.push_back(tracker);
    std::ranges::sort(out_.trackers);
  }

  outcome take_tally(const std::string& ref) {
    auto sized = payload<sized_tally>(ref);
    if (!sized) return sized.why();
    auto sum = payload<tally>(sized->encrypted_tally);
    if (!sum) return sum.why();
    if (auto good = judge_ballots(); !good) return good;
    finish_counting();
    sum_ = counting_->sum();
    if (print(*sum) != print(sum_) || sized->num_tallied != counting_->ballots() ||
        sized->total_weight != counting_->weight())
      return wrong("elections.tally", ref);
    stage_ = stage::tallied;
    return nothing{};
  }

  outcome take_share(const std::string& ref) {
    auto o = payload<owned>(ref);
    if (!o) return o.why();
    auto share = payload<partial_decryption>(o->payload);
    if (!share) return share.why();
    if (o->owner < 1 || std::size_t(o->owner) > out_.about->trustees().size())
      return wrong("elections.decryption", ref);
    if (!shares_.emplace(o->owner, *share).second) return wrong("elections.twice", ref);
    if (auto good = out_.about->check_share(sum_, std::size_t(o->owner - 1), *share); !good)
      return wrong("elections.decryption", ref);
    out_.shares = int(shares_.size());
    return nothing{};
  }

  outcome take_result(const std::string& ref) {
    auto claimed = payload<outcome_of_poll>(ref);
    if (!claimed) return claimed.why();
    std::vector<partial_decryption> shares;
    for (auto& [owner, share] : shares_) shares.push_back(share);
    auto found = out_.about->open_tally(sum_, shares, counting_->weight());
    if (!found) return found.why();
    if (print(*found) != print(*claimed)) return wrong("elections.result", ref);
    out_.result = std::move(*found);
    stage_ = stage::result;
    return nothing{};
  }

  const archive& archive_;
  unsigned threads_;
  audited out_;
  stage stage_ = stage::nothing;
  bool judged_ = false;
  std::unordered_map<std::string, const std::string*> data_;
  std::unordered_set<std::string> unused_, seen_;
  std::vector<const std::string*> ballots_;
  std::optional<counting> counting_;
  std::unordered_map<std::string, std::string> trackers_;  // by credential
  tally sum_;
  std::map<int, partial_decryption> shares_;
};

}  // namespace

result<audited> audit(std::string_view octets, unsigned threads) {
  auto a = archive::parse(octets);
  if (!a) return a.why();
  return auditor(*a, std::max(threads, 1u)).run();
}

bool continues(const archive& earlier, const archive& later) {
  return earlier.members.size() <= later.members.size() &&
         std::ranges::equal(earlier.members, std::span(later.members).first(earlier.members.size()),
                            {}, &member::text, &member::text);
}

}  // namespace madang::elections
