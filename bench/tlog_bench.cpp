// How fast a log grows and proves, on one core, beside what SHA-256 alone allows.
//   appends    durable, groups of 2,000 as the house makes them: leaves, tiles, signed checkpoint
//   proofs     inclusion in a log of 500,000 entries, from the tiles of the store
//   hashing    the limit: the hashes that the same appends, or the check of the same proof, need
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>

#include "madang/store/store.hpp"
#include "madang/tlog/log.hpp"

using namespace madang;

namespace {

double seconds_of(const auto& work) {
  const auto begun = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

}  // namespace

int main() {
  constexpr std::size_t entries = 500'000, group = 2'000, proofs = 100'000;
  const auto folder = std::filesystem::temp_directory_path() / ("tlog_bench" + new_id().str());
  {
    store::database db({folder.string(), "log", 4, false});
    tlog::tiled_log l(db, "bench",
                      {"log.example", tlog::signature_type::ed25519,
                       *trust::ed25519_key::from_seed(trust::bytes(32, 1))});
    const double appending = seconds_of([&] {
      for (std::size_t at = 0; at < entries; at += group) {
        tlog::batch b{"bench", at + 1, {}};
        for (std::size_t i = 0; i < group; ++i) {
          const auto d = trust::sha256(std::to_string(at + i));
          b.entries.emplace_back(d.begin(), d.end());
        }
        check(l.append(b).ok(), "appended");
      }
    });
    tlog::hash h = tlog::empty_root();
    const double hashing = seconds_of([&] {
      for (std::size_t i = 0; i < 2 * entries; ++i) h = tlog::node_hash(h, h);
    });
    const auto s = l.now();
    auto c = tlog::parse_signed_checkpoint(s.checkpoint);
    check(c.ok() && l.publish(*c, now()).ok(), "published");
    std::mt19937_64 random(1);
    const auto tree = l.at(s.size);
    std::size_t hashes = 0;
    for (int i = 0; i < 20'000; ++i) (void)tree.inclusion(random() % entries);   // tiles are read
    const double proving = seconds_of([&] {
      for (std::size_t i = 0; i < proofs; ++i) hashes += tree.inclusion(random() % entries)->size();
    });
    const double whole = seconds_of([&] {
      for (std::size_t i = 0; i < proofs / 10; ++i) 
        hashes += l.prove(random() % entries)->str().size();
    });
    const double checking = seconds_of([&] {
      for (std::size_t i = 0; i < proofs * 20; ++i) h = tlog::node_hash(h, h);
    });
    std::printf("appends durable   %9.0f /s   hashing alone %9.0f /s   ratio %.3f\n",
                entries / appending, entries / hashing, hashing / appending);
    std::printf("proofs            %9.0f /s   hashing one's path %5.0f /s   ratio %.3f\n",
                proofs / proving, proofs / checking, checking / proving);
    std::printf("proofs as a file  %9.0f /s   with the state read from the store (%02x)\n",
                proofs / 10 / whole, h[0]);
  }
  std::filesystem::remove_all(folder);
}
