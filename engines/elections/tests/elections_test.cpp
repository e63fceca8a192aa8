// Elections by the Belenios specification 2.0, each verdict beside that of belenios-tool (Debian).
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "madang/elections/audit.hpp"

using namespace madang;
using namespace madang::elections;

namespace {

namespace fs = std::filesystem;

bool succeeds(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  return pipe && pclose(pipe) == 0;
}

// A folder with one archive, which belenios-tool looks at.
class folder {
 public:
  folder() : path_(fs::temp_directory_path() / ("elections" + new_id().str())) {
    fs::create_directories(path_);
  }
  ~folder() { fs::remove_all(path_); }
  void put(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  // What the command writes; nothing when it fails.
  std::optional<std::string> run(const std::string& command) const {
    const auto out = path_ / "out";
    const std::string line = "cd " + path_.string() + " && BELENIOS_USE_URANDOM=1 belenios-tool " +
                             command + " >" + out.string() + " 2>" + (path_ / "err").string();
    if (!succeeds(line)) return {};
    std::ifstream file(out);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  bool verified(const std::string& uuid, const std::string& octets) const {
    put(uuid + ".bel", octets);
    return run("election verify").has_value();
  }

 private:
  fs::path path_;
};

bool has_tool() {
  static const bool has = succeeds("belenios-tool --version >/dev/null 2>&1");
  return has;
}

const std::string no_tool = "belenios-tool (Debian package belenios-tool) is not installed";

// Two questions, the second of which allows a blank vote; four voters and two trustees.
struct village {
  std::string uuid = new_uuid();
  std::vector<number> trustees{random_scalar(), random_scalar()};
  std::vector<std::string> private_credentials;
  std::vector<number> secrets;
  std::string election_text, trustees_text, credentials_text;
  std::optional<poll> open;
  archive file;

  village() {
    std::vector<trustee_key> keys;
    for (const auto& t : trustees) keys.push_back(make_trustee_key(t));
    std::vector<std::string> credentials;
    for (int i = 0; i < 4; ++i) {
      private_credentials.push_back(new_credential());
      secrets.push_back(*secret_of(private_credentials.back(), uuid));
      credentials.push_back(public_credential(secrets.back()));
    }
    election e{1,
               "마을 \"한마당\"\n",
               "Village",
               std::string(group_name),
               *public_key_of(keys),
               {{{"Garden", "Library", "Lamps"}, {}, 1, 1, "What first?"},
                {{"Saturday", "Sunday"}, true, 1, 2, "When?"}},
               uuid,
               "manager",
               "authority"};
    election_text = print(e);
    trustees_text = print_trustees(keys);
    credentials_text = print_credentials(credentials);
    open.emplace(*poll::open(election_text, trustees_text, credentials_text));
    file.begun = 1700000000;
    const setup_data setup{file.add_data(election_text), file.add_data(trustees_text),
                           file.add_data(credentials_text)};
    file.add_event("Setup", file.add_data(print(setup)));
  }

  void cast(int voter, const std::vector<std::vector<int>>& choices) {
    put(open->make_ballot(secrets[voter], choices));
  }
  void put(const std::string& ballot) { file.add_event("Ballot", file.add_data(ballot)); }

  void vote() {
    cast(0, {{1, 0, 0}, {0, 1, 0}});
    cast(1, {{0, 1, 0}, {1, 0, 0}});
    cast(2, {{0, 0, 1}, {0, 1, 1}});
    cast(0, {{0, 1, 0}, {0, 0, 1}});  // another time: the last counts
  }

  tally close(const std::function<void(tally&)>& spoil = {}) {
    file.add_event("EndBallots", {});
    counting c(open->about());
    for (const auto& m : file.members)
      if (auto j = open->judge(m.text)) c.add(*j);
    tally sum = c.sum();
    if (spoil) spoil(sum);
    const std::string ref = file.add_data(print(sum));
    file.add_event("EncryptedTally",
                   file.add_data(print(sized_tally{c.ballots(), c.weight(), ref})));
    return sum;
  }

  std::vector<partial_decryption> decrypt(
      const tally& sum, const std::function<void(partial_decryption&)>& spoil = {}) {
    std::vector<partial_decryption> shares;
    for (int i = 0; i < 2; ++i) {
      shares.push_back(open->decrypt(sum, trustees[i]));
      if (spoil) spoil(shares.back());
      const std::string ref = file.add_data(print(shares.back()));
      file.add_event("PartialDecryption", file.add_data(print(owned{i + 1, ref})));
    }
    return shares;
  }

  void finish() {
    vote();
    const tally sum = close();
    publish(sum, decrypt(sum));
  }

  void publish(const tally& sum, const std::vector<partial_decryption>& shares) {
    file.add_event("Result", file.add_data(print(*open->open_tally(sum, shares, 3))));
  }
};

std::string code_of(const std::string& octets) {
  auto a = audit(octets, 2);
  return a ? "" : a.why().code;
}

TEST(an_election, is_counted_and_verified_by_us_and_by_belenios_tool) {
  village v;
  v.finish();
  const std::string octets = v.file.str();
  auto a = audit(octets, 2);
  ASSERT_TRUE(a) << a.why().code << a.why().field;
  // By hand: the first voter's second ballot counts, so Library 2, Lamps 1; nobody's blank but one.
  EXPECT_EQ(print(*a->result), R"({"result":[[0,2,1],[1,1,2]]})");
  EXPECT_EQ(a->cast, 4u);
  EXPECT_EQ(a->counted, 3u);
  if (!has_tool()) GTEST_SKIP() << no_tool;
  EXPECT_TRUE(folder().verified(v.uuid, octets));
}

TEST(an_election, may_be_verified_at_each_step) {
  village v;
  const folder tool;
  auto good = [&](const char* step) {
    EXPECT_EQ(code_of(v.file.str()), "") << step;
    if (has_tool()) {
      EXPECT_TRUE(tool.verified(v.uuid, v.file.str())) << step;
    }
  };
  good("set up");
  v.vote();
  good("ballots");
  const tally sum = v.close();
  good("closed");
  v.decrypt(sum);
  good("decrypted");
}

TEST(an_election, of_the_tool_s_ballots_shares_and_result_is_ours_too) {
  if (!has_tool()) GTEST_SKIP() << no_tool;
  village v;
  const folder tool;
  tool.put(v.uuid + ".bel", v.file.str());
  for (int i = 0; i < 4; ++i) {
    tool.put("credential", v.private_credentials[i] + "\n");
    tool.put("choices", i == 3 ? "[[0,1,0],[1,0,0]]" : "[[1,0,0],[0,0,1]]");
    auto ballot = tool.run("election generate-ballot --privcred credential --ballot choices");
    ASSERT_TRUE(ballot);
    const std::string text(text::trim(*ballot));
    auto j = v.open->judge(text);
    ASSERT_TRUE(j) << j.why().code << j.why().field;
    v.put(text);
  }
  const tally sum = v.close();
  tool.put(v.uuid + ".bel", v.file.str());
  std::vector<partial_decryption> shares;
  for (int i = 0; i < 2; ++i) {
    tool.put("key", "\"" + v.trustees[i].decimal() + "\"");
    auto made = tool.run("election decrypt --privkey key --trustee-id " + std::to_string(i + 1));
    ASSERT_TRUE(made);
    const std::string lines(text::trim(*made));  // the share, then what names its owner
    auto share = json::parse_as<partial_decryption>(lines.substr(0, lines.find('\n')));
    ASSERT_TRUE(share);
    EXPECT_TRUE(v.open->check_share(sum, std::size_t(i), *share));
    EXPECT_FALSE(v.open->check_share(sum, std::size_t(1 - i), *share));
    shares.push_back(*share);
  }
  EXPECT_EQ(print(*v.open->open_tally(sum, shares, 4)), R"({"result":[[3,1,0],[1,0,3]]})");
}

TEST(a_credential, is_derived_as_the_tool_derives_it) {
  if (!has_tool()) GTEST_SKIP() << no_tool;
  const std::string uuid = new_uuid(), credential = new_credential();
  auto derived = folder().run("setup generate-credentials --group BELENIOS-2048 --uuid " + uuid +
                              " --derive " + credential);
  ASSERT_TRUE(derived);
  EXPECT_EQ(text::trim(*derived), public_credential(*secret_of(credential, uuid)));
}

TEST(a_credential, with_a_typing_error_is_none) {
  const std::string c = new_credential();
  EXPECT_TRUE(secret_of(c, "u"));
  EXPECT_TRUE(secret_of(text::replace_all(c, "-", ""), "u"));
  std::string typo = c;
  typo[0] = typo[0] == '2' ? '3' : '2';
  EXPECT_FALSE(secret_of(typo, "u"));
  EXPECT_FALSE(secret_of("", "u"));
}

// --- what is spoilt is refused, by us with its reason and by the tool

std::string changed(std::string s, std::string_view after) {
  const auto at = s.find(after) + after.size() + 3;
  s[at] = s[at] == '1' ? '2' : '1';
  return s;
}

TEST(a_spoilt_election, is_refused_by_both) {
  struct spoiling {
    const char* code;
    std::function<std::string(village&)> octets;
  };
  auto with_ballot = [](village& v, const std::string& text) {
    v.put(text);
    return v.file.str();
  };
  const std::vector<std::vector<int>> choices{{1, 0, 0}, {0, 1, 0}};
  const std::vector<spoiling> all{
      {"elections.archive_hash", [&](village& v) { return changed(v.file.str(), "public_key"); }},
      {"elections.signature",
       [&](village& v) {
         return with_ballot(v, changed(v.open->make_ballot(v.secrets[0], choices), "response"));
       }},
      {"elections.credential",
       [&](village& v) { return with_ballot(v, v.open->make_ballot(random_scalar(), choices)); }},
      {"elections.ballot_of_another",
       [&](village& v) {
         village other;
         return with_ballot(v, other.open->make_ballot(v.secrets[0], choices));
       }},
      {"elections.proof",
       [&](village& v) {
         // Another's encrypted choices, signed by this voter.
         auto b = *json::parse_as<ballot>(v.open->make_ballot(v.secrets[1], choices));
         return with_ballot(v, v.open->make_ballot(v.secrets[0], choices, [&](ballot& mine) {
           mine.answers = b.answers;
         }));
       }},
      {"elections.ballot_group",
       [&](village& v) {
         return with_ballot(v, v.open->make_ballot(v.secrets[0], choices, [&](ballot& mine) {
           mine.answers[0].choices[1].alpha = "2";  // of order (p-1)/..., not q
         }));
       }},
      {"elections.chain",
       [&](village& v) {
         archive two = v.file;  // its last event is replaced by one of another height
         two.members.back().text =
             R"({"height":1,"type":"Setup","payload":")" + reference(two.members[3].text) + "\"}";
         return two.str();
       }},
      {"elections.reference",
       [&](village& v) {
         v.file.add_event("Ballot", reference("not there"));
         return v.file.str();
       }},
      {"elections.tally",
       [&](village& v) {
         v.vote();
         const auto sum = v.close([](tally& spoilt) { std::swap(spoilt[0][0], spoilt[0][1]); });
         v.publish(sum, v.decrypt(sum));
         return v.file.str();
       }},
      {"elections.decryption",
       [&](village& v) {
         v.vote();
         const auto sum = v.close();
         auto shares = v.decrypt(sum, [](partial_decryption& share) {
           std::swap(share.decryption_proofs[0][0], share.decryption_proofs[0][1]);
         });
         v.publish(sum, shares);
         return v.file.str();
       }},
      {"elections.result",
       [&](village& v) {
         v.vote();
         v.decrypt(v.close());
         v.file.add_event("Result", v.file.add_data(R"({"result":[[1,1,1],[1,1,2]]})"));
         return v.file.str();
       }},
  };
  for (const auto& s : all) {
    village v;
    const std::string octets = s.octets(v);
    EXPECT_EQ(code_of(octets), s.code);
    if (has_tool()) {
      EXPECT_FALSE(folder().verified(v.uuid, octets)) << s.code;
    }
  }
}

TEST(a_spoilt_election, with_a_forged_trustee_key_or_a_key_of_nobody_is_refused) {
  village v;
  auto keys = v.open->trustees();
  keys[0].pok.response = keys[1].pok.response;
  EXPECT_EQ(poll::open(v.election_text, print_trustees(keys), v.credentials_text).why().code,
            "elections.trustee_key");
  keys.assign(1, v.open->trustees()[1]);
  EXPECT_EQ(poll::open(v.election_text, print_trustees(keys), v.credentials_text).why().code,
            "elections.public_key");
  EXPECT_EQ(poll::open(
                v.election_text, v.trustees_text,
                print_credentials({v.open->voters()[0].credential, v.open->voters()[0].credential}))
                .why()
                .code,
            "elections.credentials");
}

TEST(an_archive, grows_and_nothing_is_taken_back) {
  village v;
  const auto before = *archive::parse(v.file.str());
  v.vote();
  const auto after = *archive::parse(v.file.str());
  EXPECT_TRUE(continues(before, after));
  EXPECT_FALSE(continues(after, before));
}

// What belenios-tool 2.0 lets pass and this house does not.
TEST(we_are_stricter, about_a_ballot_cast_twice_to_the_letter_or_after_the_end) {
  village v;
  const auto text = v.open->make_ballot(v.secrets[0], {{1, 0, 0}, {0, 1, 0}});
  v.put(text);
  village again = v;
  again.put(text);
  EXPECT_EQ(code_of(again.file.str()), "elections.twice");
  v.file.add_event("EndBallots", {});
  v.cast(1, {{1, 0, 0}, {0, 1, 0}});
  EXPECT_EQ(code_of(v.file.str()), "elections.chain");
}

// Shares and tallies are judged at once, not only with the result.
TEST(we_are_stricter, about_shares_before_there_is_a_result) {
  village v;
  v.vote();
  const auto sum = v.close();
  v.trustees[1] = random_scalar();
  v.decrypt(sum);
  EXPECT_EQ(code_of(v.file.str()), "elections.decryption");
}

// 400 ballots that belenios-tool made (suite "trust", belenios/sample-400).
TEST(the_sample_of_400, is_verified_and_written_again_to_the_octet) {
  const char* suites = std::getenv("MADANG_SUITES");
  const fs::path path = fs::path(suites ? suites : MADANG_SOURCE "/../shared/suites") /
                        "trust/belenios/sample-400/u6tG8SVMaEHfh2.bel";
  if (!fs::exists(path))
    GTEST_SKIP() << "an election of 400 made with belenios-tool, https://www.belenios.org";
  std::ifstream file(path, std::ios::binary);
  const std::string octets(std::istreambuf_iterator<char>(file), {});
  auto a = audit(octets, 2);
  ASSERT_TRUE(a) << a.why().code;
  EXPECT_EQ(print(*a->result), R"({"result":[[133,134,133]]})");
  EXPECT_EQ(a->counted, 400u);
  EXPECT_EQ(archive::parse(octets)->str(), octets);
  EXPECT_EQ(code_of(changed(octets, "individual_proofs")), "elections.archive_hash");
}

}  // namespace
