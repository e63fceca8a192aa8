// The drills: a place that is lost, chunks that are spoiled, a program that dies in the middle.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "both_stores.hpp"
#include "madang/trust/cipher.hpp"
#include "madang/vault/vault.hpp"

using namespace madang;
namespace fs = std::filesystem;

namespace {

// NIST GCM test vectors (CAVP gcmEncryptExtIV256, Keylen 256, IVlen 96, PTlen 128, AADlen 0): the
// first of the group, laid out as we keep it.
TEST(cipher, opens_the_text_of_nists_first_vector) {
  const auto key =
      *text::from_hex("31bdadd96698c204aa9ce1448ea94ae1fb4a9a0b3c9d773b51bb1822666b8f22");
  const auto sealed = *text::from_hex(
      "0d18e06c7c725ac9e362e1ce" "fa4362189661d163fcd6a56d8bf0405a"
      "d636ac1bbedd5cc3ee727dc2ab4a9489");
  auto plain = trust::open_text(key, sealed, {});
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(text::hex(*plain), "2db5168e932556f8089a0622981d017d");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto bad = sealed;
    bad[i] ^= 1;
    EXPECT_FALSE(trust::open_text(key, bad, {}).has_value()) << i;
  }
  EXPECT_FALSE(trust::open_text(key, sealed, trust::view_of("x")).has_value());
}

// Project Wycheproof, aes_gcm_test.json: keys of 256 bits, nonces of 96, tags of 128.
TEST(cipher, judges_as_wycheproof_does) {
  const char* set = std::getenv("MADANG_SUITES");
  const fs::path file = fs::path(set ? set : std::string(MADANG_SOURCE) + "/../shared/suites") /
                        "trust/wycheproof/testvectors_v1/aes_gcm_test.json";
  std::ifstream in(file, std::ios::binary);
  if (!in) GTEST_SKIP() << "no suite: github.com/C2SP/wycheproof, testvectors_v1";
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  const auto all = boost::json::parse(bytes);
  int judged = 0;
  for (const auto& group : json::at(all, "testGroups").as_array()) {
    if (json::num(group, "keySize") != 256 || json::num(group, "ivSize") != 96 ||
        json::num(group, "tagSize") != 128)
      continue;
    for (const auto& t : json::at(group, "tests").as_array()) {
      const auto octets = [&](const char* name) { return *text::from_hex(json::str(t, name)); };
      auto sealed = octets("iv");
      for (const char* part : {"ct", "tag"})
        for (const auto o : octets(part)) sealed.push_back(o);
      const auto plain = trust::open_text(octets("key"), sealed, octets("aad"));
      EXPECT_EQ(plain.has_value(), json::str(t, "result") == "valid") << json::num(t, "tcId");
      if (plain) EXPECT_EQ(*plain, octets("msg")) << json::num(t, "tcId");
      ++judged;
    }
  }
  EXPECT_GT(judged, 50);
}

TEST(cipher, opens_what_it_sealed_for_the_same_thing_only) {
  const auto key = trust::random_bytes(32);
  for (const std::string text : {"", "a", "abc"}) {
    const auto sealed = trust::seal_text(key, trust::view_of(text), trust::view_of("one"));
    EXPECT_EQ(text::chars_of(*trust::open_text(key, sealed, trust::view_of("one"))), text);
    EXPECT_FALSE(trust::open_text(key, sealed, trust::view_of("two")).has_value());
  }
}

class vaults : public on_both_stores {
 protected:
  void SetUp() override {
    if (!on_both_stores::open()) GTEST_SKIP() << none;
    static int count = 0;
    folder_ = fs::temp_directory_path() /
              ("madang-vault-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
    fs::create_directories(folder_);
    reopen();
  }
  void TearDown() override {
    vault_.reset();
    fs::remove_all(folder_);
  }
  void reopen() {
    vault_ = std::make_unique<vault::vault>(
        *db, std::vector<fs::path>{folder_ / "a", folder_ / "b"}, trust::view_of("secret"));
  }
  audit::access why() const {
    return {audit::actor{kim, "Kim", "", {}, "", {}, "", {}, ""}, {"p", "p"}, {"l", "l"}, ""};
  }
  static std::string content(std::size_t size) {
    std::string out(size, '\0');
    std::uint32_t n = 1;
    for (auto& c : out) c = static_cast<char>((n = n * 1664525 + 1013904223) >> 24);
    return out;
  }
  vault::record put(const std::string& octets) {
    auto r = vault_->begin(why(), kim, "folder", "deed.pdf", "application/pdf");
    EXPECT_TRUE(r.ok());
    for (std::size_t at = 0; at < octets.size(); at += vault::part_size)
      EXPECT_TRUE(vault_->add(r->key, kim, static_cast<std::int64_t>(at),
                              std::string_view(octets).substr(at, vault::part_size)));
    auto kept = vault_->finish(why(), r->key, kim);
    EXPECT_TRUE(kept.ok());
    return *kept;
  }
  std::vector<fs::path> files(const char* place) const {
    std::vector<fs::path> out;
    for (const auto& e : fs::recursive_directory_iterator(folder_ / place))
      if (e.is_regular_file()) out.push_back(e.path());
    return out;
  }
  static void spoil(const fs::path& file) {
    std::fstream f(file, std::ios::in | std::ios::out | std::ios::binary);
    f.seekp(100);
    f.put('!');
    f.put('?');
  }
  result<store::bytes> signed_(std::string_view) { return store::bytes{1, 2, 3}; }
  outcome erase(id key) {
    return vault_->erase(why(), key, kim, [&](std::string_view s) { return signed_(s); });
  }

  const id kim{7}, lee{8};
  fs::path folder_;
  std::unique_ptr<vault::vault> vault_;
};

TEST_P(vaults, give_back_what_was_put_in_whole_and_in_parts) {
  const auto octets = content(vault::part_size + vault::chunk_size + 12345);
  const auto r = put(octets);
  EXPECT_EQ(r.copies, 2);
  EXPECT_EQ(r.sha256, trust::sha256_hex(octets));
  EXPECT_EQ(*vault_->read(r, 0, r.size), octets);
  for (const auto& [from, length] : std::vector<std::pair<std::int64_t, std::int64_t>>{
           {0, 1}, {1048575, 2}, {r.size - 1, 10}, {r.size, 10}, {3, 0}, {1048576, 1048576}})
    EXPECT_EQ(*vault_->read(r, from, length),
              octets.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(length)));
}

TEST_P(vaults, keep_nothing_readable_on_the_disks) {
  const std::string octets = "A very recognisable sentence of a will. ";
  put(octets);
  for (const char* place : {"a", "b"})
    for (const auto& file : files(place)) {
      std::ifstream in(file, std::ios::binary);
      const std::string all((std::istreambuf_iterator<char>(in)), {});
      EXPECT_EQ(all.find("recognisable"), std::string::npos);
    }
  // The same content twice is not the same chunk: nobody sees that two hold one document.
  const auto before = files("a").size();
  put(octets);
  EXPECT_EQ(files("a").size(), before + 1);
}

TEST_P(vaults, mend_what_a_place_spoiled_when_it_is_read) {
  const auto octets = content(3 * vault::chunk_size);
  const auto r = put(octets);
  for (const auto& file : files("a")) spoil(file);
  EXPECT_EQ(*vault_->read(r, 0, r.size), octets);
  fs::remove_all(folder_ / "b");
  fs::create_directories(folder_ / "b");
  EXPECT_EQ(*vault_->read(r, 0, r.size), octets) << "the first place is whole again";
}

TEST_P(vaults, restore_a_whole_place_that_was_lost) {
  const auto octets = content(5 * vault::chunk_size + 1);
  const auto one = put(octets), two = put("short");
  fs::remove_all(folder_ / "b");
  EXPECT_EQ(*vault_->read(one, 0, one.size), octets) << "reading goes on with one place";
  auto poor = vault_->scrub();
  EXPECT_EQ(poor.lost, 0);
  EXPECT_EQ(vault_->find(one.key)->copies, 1) << "and it is said that there is one copy";
  fs::create_directories(folder_ / "b");   // a new disk
  auto rich = vault_->scrub();
  EXPECT_EQ(rich.mended, 7);
  EXPECT_EQ(vault_->find(one.key)->copies, 2);
  fs::remove_all(folder_ / "a");
  EXPECT_EQ(*vault_->read(one, 0, one.size), octets);
  EXPECT_EQ(*vault_->read(two, 0, two.size), "short");
}

TEST_P(vaults, say_so_when_both_copies_are_gone) {
  const auto r = put(content(2 * vault::chunk_size));
  spoil(files("a").front());
  const auto name = files("a").front().filename();
  for (const auto& file : files("b"))
    if (file.filename() == name) fs::remove(file);
  EXPECT_EQ(vault_->read(r, 0, r.size).why().code, "vault.lost");
  const auto found = vault_->scrub();
  EXPECT_EQ(found.lost, 1);
  EXPECT_EQ(vault_->find(r.key)->copies, 0);
}

TEST_P(vaults, do_not_let_one_chunk_stand_for_another) {
  const auto octets = content(2 * vault::chunk_size);
  const auto r = put(octets);
  db->writing([&](store::write& tx) {
    const auto first =
        tx.one<std::string>("select hash from chunk where record = ?1 and n = 0", r.key);
    tx.run("update chunk set hash = ?1 where record = ?2 and n = 1", *first, r.key);
  });
  EXPECT_EQ(vault_->read(r, 0, r.size).why().code, "vault.lost");
}

TEST_P(vaults, go_on_with_an_upload_where_it_was_broken_off) {
  const auto octets = content(2 * vault::part_size + 77);
  auto r = vault_->begin(why(), kim, "", "film.mp4", "video/mp4");
  ASSERT_TRUE(vault_->add(r->key, kim, 0, std::string_view(octets).substr(0, vault::part_size)));
  auto again = vault_->add(r->key, kim, 0, std::string_view(octets).substr(0, vault::part_size));
  EXPECT_EQ(again.why().code, "vault.offset");
  EXPECT_EQ(again.why().facts.at("offset"), std::to_string(vault::part_size));
  reopen();                                // another day
  for (std::size_t at = vault::part_size; at < octets.size(); at += vault::part_size)
    ASSERT_TRUE(vault_->add(r->key, kim, static_cast<std::int64_t>(at),
                            std::string_view(octets).substr(at, vault::part_size)));
  EXPECT_EQ(vault_->add(r->key, kim, static_cast<std::int64_t>(octets.size()), "x").why().code,
            "vault.part") << "a chunk that is not whole was the last";
  EXPECT_EQ(vault_->finish(why(), r->key, kim, "00").why().code, "vault.changed");
  auto kept = vault_->finish(why(), r->key, kim, trust::sha256_hex(octets));
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(*vault_->read(*kept, 0, kept->size), octets);
  EXPECT_EQ(vault_->add(r->key, kim, 0, "x").why().code, "vault.unknown");
}

TEST_P(vaults, lose_nothing_acknowledged_when_killed_in_the_middle) {
  const auto octets = content(6 * vault::part_size);
  auto r = vault_->begin(why(), kim, "", "big", "");
  ASSERT_TRUE(vault_->add(r->key, kim, 0, std::string_view(octets).substr(0, vault::part_size)));
  // Another process writes chunks and dies before it says so: what it wrote belongs to nobody.
  const pid_t child = ::fork();
  if (child == 0) {
    vault::places p({folder_ / "a", folder_ / "b"});
    for (std::size_t i = 0;; ++i) {
      const auto part = trust::random_bytes(vault::chunk_size);
      p.keep(part);
      if (i == 2) ::kill(::getpid(), SIGKILL);
    }
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  reopen();
  EXPECT_EQ(vault_->find(r->key)->size, static_cast<std::int64_t>(vault::part_size));
  for (std::size_t at = vault::part_size; at < octets.size(); at += vault::part_size)
    ASSERT_TRUE(vault_->add(r->key, kim, static_cast<std::int64_t>(at),
                            std::string_view(octets).substr(at, vault::part_size)));
  auto kept = vault_->finish(why(), r->key, kim);
  EXPECT_EQ(*vault_->read(*kept, 0, kept->size), octets);
  EXPECT_EQ(vault_->scrub().strays, 0) << "a stray may still be an upload under way";
  for (const char* place : {"a", "b"})
    for (const auto& f : files(place))
      fs::last_write_time(f, fs::file_time_type::clock::now() - std::chrono::hours(25));
  EXPECT_EQ(vault_->scrub().strays, 3);
  EXPECT_EQ(*vault_->read(*kept, 0, kept->size), octets);
}

TEST_P(vaults, erase_for_ever_and_prove_it) {
  const auto r = put("the last copy");
  const auto kept = vault_->said_of(r.key).front();
  const auto c = tlog::commitment(kept.salt, kept.said);
  EXPECT_TRUE(std::equal(c.begin(), c.end(), kept.commitment.begin(), kept.commitment.end()));
  std::vector<std::pair<fs::path, std::string>> tape;    // somebody has copies of all chunks
  for (const auto& f : files("a")) {
    std::ifstream in(f, std::ios::binary);
    tape.emplace_back(f, std::string((std::istreambuf_iterator<char>(in)), {}));
  }
  ASSERT_TRUE(erase(r.key));
  EXPECT_TRUE(files("a").empty() && files("b").empty());
  for (const auto& [file, octets] : tape) std::ofstream(file, std::ios::binary) << octets;
  const auto now_is = *vault_->find(r.key);
  EXPECT_EQ(now_is.state, vault::state::erased);
  EXPECT_EQ(vault_->read(now_is, 0, 100).why().code, "vault.erased");
  EXPECT_TRUE(now_is.sealed_key.empty() && now_is.name.empty() && now_is.sha256.empty());
  const auto all = vault_->said_of(r.key);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_TRUE(all[0].salt.empty() && all[0].said.empty());
  EXPECT_EQ(all[0].commitment, kept.commitment) << "what the log has stays";
  EXPECT_EQ(all[1].what, "erased");
  EXPECT_EQ(all[1].signature, (store::bytes{1, 2, 3}));
  EXPECT_EQ(all[1].number, all[0].number + 1);
  EXPECT_EQ(erase(r.key).why().code, "vault.erased");
}

TEST_P(vaults, show_to_whom_the_holder_lets_look_and_to_nobody_else) {
  const auto r = put("mine");
  EXPECT_TRUE(vault_->may_see(r, kim));
  EXPECT_FALSE(vault_->may_see(r, lee));
  EXPECT_FALSE(vault_->may_see(r, id{}));
  EXPECT_EQ(vault_->let(why(), r.key, lee, lee, "Lee", {}).why().code, "vault.unknown");
  ASSERT_TRUE(vault_->let(why(), r.key, kim, lee, "Lee", now().plus(std::chrono::hours(1))));
  EXPECT_TRUE(vault_->may_see(r, lee));
  EXPECT_EQ(vault_->shared_with(lee).size(), 1u);
  ASSERT_TRUE(vault_->let(why(), r.key, kim, lee, "Lee", now().plus(-std::chrono::hours(1))));
  EXPECT_FALSE(vault_->may_see(r, lee));
  ASSERT_TRUE(vault_->let(why(), r.key, kim, lee, "Lee", {}));
  ASSERT_TRUE(vault_->take_back(why(), r.key, kim, lee));
  EXPECT_FALSE(vault_->may_see(r, lee));
}

TEST_P(vaults, name_what_was_begun_before_a_time_to_whoever_looks_for_what_it_does_not_know) {
  const auto one = put("one"), two = put("two"), gone = put("gone");
  const auto under_way = vault_->begin(why(), kim, "", "broken off", "");
  ASSERT_TRUE(erase(gone.key));
  const instant later = now().plus(std::chrono::seconds(1));
  EXPECT_EQ(vault_->begun_before(kim, later, {}),
            (std::vector<id>{one.key, two.key, under_way->key}));
  EXPECT_EQ(vault_->begun_before(kim, later, one.key, 1), std::vector<id>{two.key});
  EXPECT_EQ(vault_->begun_before(kim, two.begun, {}), std::vector<id>{one.key});
  EXPECT_TRUE(vault_->begun_before(lee, later, {}).empty());
}

INSTANTIATE_TEST_SUITE_P(stores, vaults, both_stores);

}  // namespace
