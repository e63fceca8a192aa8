// Replays a fuzz corpus and a bounded number of mutations of it without libFuzzer:
//   fuzz_room_target --seconds N corpus_dir [--seed S]
// The mutations come from a fixed seed, so two runs try the same inputs in the same order; only how
// far they come depends on the machine. A crash prints the number of the input first: run again
// with --only NUMBER to see that one alone.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size);

namespace {

using input = std::vector<unsigned char>;
constexpr std::size_t longest = 256 * 1024;
constexpr std::uint64_t most_mutations = 10'000'000;

// For the last words: async-signal-safe, so only a number and write(2).
volatile std::uint64_t current = 0;

extern "C" void say_which(int signal_number) {
  char text[64];
  int n = std::snprintf(text, sizeof text, "fuzz_replay: input %llu\n",
                        static_cast<unsigned long long>(current));
  if (::write(2, text, static_cast<std::size_t>(n)) < 0) std::_Exit(2);
  std::signal(signal_number, SIG_DFL);
  std::raise(signal_number);
}

std::vector<input> read_corpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  if (std::filesystem::is_directory(folder))
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
      if (entry.is_regular_file()) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());   // the order of a directory is nobody's promise
  std::vector<input> corpus;
  for (const auto& p : paths) {
    std::ifstream in(p, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return corpus;
}

class mutator {
 public:
  mutator(const std::vector<input>& corpus, std::uint64_t seed) : corpus_(corpus), seed_(seed) {}

  // The n-th mutation depends on nothing but the corpus, the seed and n.
  input make(std::uint64_t n) {
    random_.seed(seed_ * 0x9e3779b97f4a7c15ULL + n);
    input b = corpus_.empty() ? input{} : corpus_[below(corpus_.size())];
    for (std::size_t i = below(6) + 1; i > 0; --i) change(b);
    if (b.size() > longest) b.resize(longest);
    return b;
  }

 private:
  const std::vector<input>& corpus_;
  std::uint64_t seed_;
  std::mt19937_64 random_;

  std::size_t below(std::size_t n) { return n ? random_() % n : 0; }

  void change(input& b) {
    const std::size_t at = below(b.size());
    switch (below(8)) {
      case 0: if (!b.empty()) b[at] ^= static_cast<unsigned char>(1u << below(8)); break;
      case 1: if (!b.empty()) b[at] = static_cast<unsigned char>(random_()); break;
      case 2: b.insert(b.begin() + static_cast<long>(at), below(16) + 1,
                       static_cast<unsigned char>(random_())); break;
      case 3: erase(b, at, below(64) + 1); break;
      case 4: b.resize(at); break;
      case 5: copy_within(b); break;
      case 6: splice(b, at); break;
      default: extreme(b, at); break;
    }
  }

  void erase(input& b, std::size_t at, std::size_t count) {
    b.erase(b.begin() + static_cast<long>(at),
            b.begin() + static_cast<long>(std::min(b.size(), at + count)));
  }

  void copy_within(input& b) {
    if (b.empty()) return;
    const std::size_t from = below(b.size()), count = std::min(below(128) + 1, b.size() - from);
    const input part(b.begin() + static_cast<long>(from),
                     b.begin() + static_cast<long>(from + count));
    b.insert(b.begin() + static_cast<long>(below(b.size())), part.begin(), part.end());
  }

  void splice(input& b, std::size_t at) {
    if (corpus_.empty()) return;
    const input& other = corpus_[below(corpus_.size())];
    b.resize(at);
    const std::size_t from = below(other.size());
    b.insert(b.end(), other.begin() + static_cast<long>(from), other.end());
  }

  // Numbers that parsers stumble over: written in digits over digits, in octets elsewhere.
  void extreme(input& b, std::size_t at) {
    static const char* numbers[] = {"0", "-1", "4294967295", "9223372036854775807",
                                    "99999999999999999999", "2147483648"};
    const char* n = numbers[below(std::size(numbers))];
    if (!b.empty() && b[at] >= '0' && b[at] <= '9') {
      b.insert(b.begin() + static_cast<long>(at), n, n + std::strlen(n));
    } else {
      for (std::size_t i = at; i < std::min(b.size(), at + 4); ++i) b[i] = below(2) ? 0xff : 0;
    }
  }
};

void try_one(const input& b, std::uint64_t number) {
  current = number;
  // A heap copy of exactly this size, so that a sanitizer sees a read past the end.
  const std::unique_ptr<unsigned char[]> copy(new unsigned char[b.size()]);
  std::copy(b.begin(), b.end(), copy.get());
  LLVMFuzzerTestOneInput(copy.get(), b.size());
}

}  // namespace

int main(int count, char** words) {
  double seconds = 2;
  std::uint64_t seed = 1, only = 0;
  std::string folder;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (word == "--seconds" && i + 1 < count) {
      seconds = std::strtod(words[++i], nullptr);
    } else if (word == "--seed" && i + 1 < count) {
      seed = std::strtoull(words[++i], nullptr, 10);
    } else if (word == "--only" && i + 1 < count) {
      only = std::strtoull(words[++i], nullptr, 10);
    } else {
      folder = word;
    }
  }
  for (int s : {SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL}) std::signal(s, say_which);
  const std::vector<input> corpus = read_corpus(folder);
  mutator m(corpus, seed);
  auto numbered = [&](std::uint64_t n) { return n < corpus.size() ? corpus[n] : m.make(n); };
  if (only) {
    try_one(numbered(only), only);
    return 0;
  }
  const auto end = std::chrono::steady_clock::now() +
                   std::chrono::microseconds(static_cast<std::int64_t>(seconds * 1e6));
  std::uint64_t n = 0;
  while (n < corpus.size()) try_one(numbered(n), n), ++n;
  while (n < most_mutations && std::chrono::steady_clock::now() < end) try_one(numbered(n), n), ++n;
  std::printf("%zu seeds, %llu inputs\n", corpus.size(), static_cast<unsigned long long>(n));
  return 0;
}
