// How many ballots a second are verified, beside belenios-tool (Debian) on the same archive and in
// the same minute; 400 ballots of one question with three answers, BELENIOS-2048, three trustees.
//   elections_bench [ARCHIVE.bel]    else an election is made first
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "madang/elections/audit.hpp"

using namespace madang;
using namespace madang::elections;

namespace {

double seconds_of(const auto& work) {
  const auto begun = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

std::string made(int ballots) {
  const std::string uuid = new_uuid();
  std::vector<number> trustees, voters;
  std::vector<trustee_key> keys;
  for (int i = 0; i < 3; ++i)
    keys.push_back(make_trustee_key(trustees.emplace_back(random_scalar())));
  std::vector<std::string> credentials;
  for (int i = 0; i < ballots; ++i)
    credentials.push_back(public_credential(voters.emplace_back(random_scalar())));
  const election e{1,
                   "",
                   "bench",
                   std::string(group_name),
                   *public_key_of(keys),
                   {{{"A", "B", "C"}, {}, 1, 1, "Which?"}},
                   uuid,
                   "adm",
                   "ca"};
  archive file;
  file.begun = 1700000000;
  const std::string text = print(e), all = print_trustees(keys),
                    list = print_credentials(credentials);
  const auto p = *poll::open(text, all, list);
  const setup_data setup{file.add_data(text), file.add_data(all), file.add_data(list)};
  file.add_event("Setup", file.add_data(print(setup)));
  counting c(e);
  const double making = seconds_of([&] {
    for (int i = 0; i < ballots; ++i) {
      const auto ballot = p.make_ballot(voters[i], {{i % 3 == 0, i % 3 == 1, i % 3 == 2}});
      c.add({*json::parse_as<elections::ballot>(ballot), "", 1});
      file.add_event("Ballot", file.add_data(ballot));
    }
  });
  std::printf("making ballots     %7.0f /s a core\n", ballots / making);
  file.add_event("EndBallots", {});
  const double counting_time = seconds_of([&] {
    const tally sum = c.sum();
    const auto ref = file.add_data(print(sum));
    file.add_event("EncryptedTally",
                   file.add_data(print(sized_tally{c.ballots(), c.weight(), ref})));
    std::vector<partial_decryption> shares;
    for (int i = 0; i < 3; ++i) {
      shares.push_back(p.decrypt(sum, trustees[i]));
      const auto share = file.add_data(print(shares.back()));
      file.add_event("PartialDecryption", file.add_data(print(owned{i + 1, share})));
    }
    file.add_event("Result", file.add_data(print(*p.open_tally(sum, shares, c.weight()))));
  });
  std::printf("tally and result   %7.2f s for %d ballots\n", counting_time, ballots);
  return file.str();
}

}  // namespace

int main(int count, char** words) {
  std::string octets;
  if (count > 1) {
    std::ifstream file(words[1], std::ios::binary);
    octets.assign(std::istreambuf_iterator<char>(file), {});
  } else {
    octets = made(400);
  }
  (void)audit(octets, 1);  // tables are made
  const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  audited whole;
  const double one = seconds_of([&] { whole = *audit(octets, 1); });
  const double all = seconds_of([&] { whole = *audit(octets, cores); });
  std::printf("whole election     %7.2f s on one core, %.2f s on %u: %.0f and %.0f ballots/s\n",
              one, all, cores, whole.cast / one, whole.cast / all);
  const auto folder = std::filesystem::temp_directory_path() / ("elections_bench" + new_id().str());
  std::filesystem::create_directories(folder);
  std::ofstream(folder / (whole.uuid + ".bel"), std::ios::binary) << octets;
  const std::string tool =
      "belenios-tool election verify --dir " + folder.string() + " >/dev/null 2>&1";
  int said = 0;
  const double theirs = seconds_of([&] { said = pclose(popen(tool.c_str(), "r")); });
  if (said == 0)
    std::printf(
        "belenios-tool      %7.2f s on one core: %.0f ballots/s   ratio %.2f a core, %.2f\n",
        theirs, whole.cast / theirs, theirs / one, theirs / all);
  else std::printf("belenios-tool is not installed\n");
  std::filesystem::remove_all(folder);
}
