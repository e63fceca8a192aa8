// The log in a store, what witnesses accept of it, and what is left of it when its program is
// killed.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "both_stores.hpp"
#include "madang/tlog/witness.hpp"

using namespace madang;
using namespace madang::tlog;

namespace {

trust::ed25519_key key_of(std::uint8_t n) {
  return *trust::ed25519_key::from_seed(trust::bytes(32, n));
}

note_signer log_signer(std::uint8_t n = 1) {
  return {"log.example", signature_type::ed25519, key_of(n)};
}

batch entries_of(const std::string& source, std::uint64_t first, std::size_t n) {
  batch b{source, first, {}};
  for (std::size_t i = 0; i < n; ++i) {
    const std::string e = source + " " + std::to_string(first + i);
    b.entries.emplace_back(e.begin(), e.end());
  }
  return b;
}

hash leaf_of(const std::string& source, std::uint64_t number) {
  return leaf_hash(trust::view_of(source + " " + std::to_string(number)));
}

signed_checkpoint newest(const tiled_log& l) {
  return *parse_signed_checkpoint(l.now().checkpoint);
}

class a_log : public on_both_stores {
 protected:
  void SetUp() override {
    if (!open()) GTEST_SKIP() << none;
  }
};

TEST_P(a_log, begins_empty_and_signed) {
  tiled_log l(*db, "audit", log_signer());
  const auto c = newest(l);
  EXPECT_EQ(c.tree.size, 0u);
  EXPECT_EQ(c.tree.root, empty_root());
  EXPECT_EQ(verify(c.signed_note, {&l.key(), 1})->size(), 1u);
}

TEST_P(a_log, enters_a_batch_once_however_often_it_is_sent) {
  tiled_log l(*db, "audit", log_signer());
  EXPECT_EQ(*l.append(entries_of("a", 1, 300)), 300u);
  EXPECT_EQ(*l.append(entries_of("a", 1, 300)), 0u);
  EXPECT_EQ(*l.append(entries_of("b", 40, 10)), 10u);  // a source begins where it likes
  EXPECT_EQ(*l.append(entries_of("a", 201, 200)), 100u);
  EXPECT_EQ(l.append(entries_of("a", 500, 1)).why().code, "tlog.gap");
  EXPECT_EQ(l.now().size, 410u);
  EXPECT_EQ(l.last_of("a"), 400u);
  EXPECT_EQ(l.last_of("c"), 0u);
  EXPECT_EQ(l.position_of("a", 300), 299u);
  EXPECT_EQ(l.position_of("b", 40), 300u);
  EXPECT_EQ(l.position_of("a", 301), 310u);
  EXPECT_FALSE(l.position_of("a", 401));
  EXPECT_FALSE(l.position_of("b", 39));
  EXPECT_EQ(l.entry_at(310)->source, "a");
  EXPECT_EQ(l.entry_at(310)->number, 301u);
  EXPECT_FALSE(l.entry_at(410));
}

TEST_P(a_log, has_the_same_root_in_whatever_batches_its_entries_came) {
  tiled_log l(*db, "one", log_signer()),
      m(*db, "many", {"many.example", signature_type::ed25519, key_of(5)});
  ASSERT_TRUE(l.append(entries_of("a", 1, 1500)));
  std::uint64_t at = 1;
  for (std::size_t n : {1u, 254u, 1u, 1u, 255u, 512u, 3u, 473u}) {
    ASSERT_TRUE(m.append(entries_of("a", at, n)));
    at += n;
    const auto tree = newest(m).tree;
    for (std::uint64_t i : {std::uint64_t{0}, tree.size / 2, tree.size - 1})
      EXPECT_TRUE(verify_inclusion(i, tree.size, leaf_of("a", i + 1), *m.at(tree.size).inclusion(i),
                                   tree.root));
  }
  EXPECT_EQ(l.now().root, m.now().root);
  EXPECT_EQ(l.now().size, 1500u);
}

TEST_P(a_log, serves_tiles_from_which_another_computes_the_root) {
  tiled_log l(*db, "audit", log_signer());
  ASSERT_TRUE(l.append(entries_of("a", 1, 700)));
  std::vector<hash> leaves;
  for (int n = 0; n < 3; ++n) {
    const int width = n < 2 ? 256 : 700 - 512;
    const auto tile = *parse_tile(*l.tile({0, static_cast<std::uint64_t>(n), width}));
    const auto bundle =
        *parse_bundle(*l.tile({entries_level, static_cast<std::uint64_t>(n), width}));
    ASSERT_EQ(bundle.size(), tile.size());
    for (std::size_t i = 0; i < tile.size(); ++i) EXPECT_EQ(leaf_hash(bundle[i]), tile[i]);
    leaves.insert(leaves.end(), tile.begin(), tile.end());
  }
  std::vector<hash> row = leaves;  // bottom up, the odd one goes up as it is: RFC 9162 2.1.1
  while (row.size() > 1) {
    std::vector<hash> up;
    for (std::size_t i = 0; i < row.size(); i += 2)
      up.push_back(i + 1 < row.size() ? node_hash(row[i], row[i + 1]) : row[i]);
    row = up;
  }
  EXPECT_EQ(row[0], l.now().root);
  EXPECT_EQ(parse_tile(*l.tile({1, 0, 2}))->size(), 2u);
  EXPECT_FALSE(l.tile({0, 2, 189}));
  EXPECT_FALSE(l.tile({0, 3, 1}));
  EXPECT_FALSE(l.tile({1, 0, 3}));
}

TEST_P(a_log, keeps_its_name_and_goes_on_where_it_was) {
  {
    tiled_log l(*db, "audit", log_signer());
    ASSERT_TRUE(l.append(entries_of("a", 1, 257)));
  }
  tiled_log again(*db, "audit", log_signer());
  EXPECT_EQ(again.now().size, 257u);
  ASSERT_TRUE(again.append(entries_of("a", 258, 1)));
  EXPECT_THROW(tiled_log(*db, "audit", {"other.example", signature_type::ed25519, key_of(1)}),
               std::runtime_error);
}

TEST_P(a_log, takes_batches_of_several_at_once) {
  tiled_log l(*db, "audit", log_signer());
  std::vector<std::thread> threads;
  for (const char* source : {"a", "b", "c"})
    threads.emplace_back([&, source] {
      for (std::uint64_t n = 1; n <= 20; ++n) EXPECT_EQ(*l.append(entries_of(source, n, 1)), 1u);
    });
  for (auto& t : threads) t.join();
  const auto tree = newest(l).tree;
  EXPECT_EQ(tree.size, 60u);
  for (std::uint64_t n = 1; n <= 20; ++n) {
    const auto at = *l.position_of("b", n);
    EXPECT_TRUE(verify_inclusion(at, 60, leaf_of("b", n), *l.at(60).inclusion(at), tree.root));
  }
}

struct witnessed_log : a_log {
  void SetUp() override {
    a_log::SetUp();
    if (IsSkipped()) return;
    l = std::make_unique<tiled_log>(*db, "audit", log_signer());
    w = std::make_unique<witness>(*db,
                                  note_signer("w.example", signature_type::cosignature, key_of(2)),
                                  std::vector<verifier>{l->key()});
    link = {w->key(),
            [this](const std::string& body) -> result<witness_answer> {
              return w->add_checkpoint(body);
            },
            0};
  }
  int status_of(std::uint64_t old, proof path, const signed_checkpoint& c) {
    return w->add_checkpoint(add_checkpoint_request{old, std::move(path), c}.str()).status;
  }
  std::unique_ptr<tiled_log> l;
  std::unique_ptr<witness> w;
  witness_link link{log_signer().who(), {}, 0};
};

TEST_P(witnessed_log, is_cosigned_as_it_grows_and_published) {
  for (std::uint64_t n : {1u, 2u, 300u, 301u}) {
    ASSERT_TRUE(l->append(entries_of("a", 1, n)));
    auto c = newest(*l);
    auto cosigned = ask(*l, c, link);
    ASSERT_TRUE(cosigned) << cosigned.why().code;
    c.signed_note.signatures.push_back(*cosigned);
    ASSERT_TRUE(l->publish(c, now()));
  }
  const auto s = l->now();
  EXPECT_EQ(s.published_size, 301u);
  const auto believed = policy::k_of(1, {{l->key(), ""}}, {{"w", w->key(), ""}});
  auto p = l->prove(7);
  ASSERT_TRUE(p);
  EXPECT_TRUE(verify_proof(*parse_proof(p->str()), leaf_of("a", 8), believed));
  EXPECT_EQ(verify_proof(*p, leaf_of("a", 9), believed).why().code, "tlog.not_included");
  EXPECT_EQ(l->prove(301).why().code, "tlog.beyond");
  const auto kept = w->checkpoint_of(trust::sha256_hex("log.example"));
  ASSERT_TRUE(kept);
  EXPECT_TRUE(believed.judge(*parse_signed_checkpoint(*kept)));
  EXPECT_FALSE(w->checkpoint_of(trust::sha256_hex("other.example")));
}

TEST_P(witnessed_log, learns_from_the_witness_what_it_has_seen) {
  ASSERT_TRUE(l->append(entries_of("a", 1, 10)));
  ASSERT_TRUE(ask(*l, newest(*l), link));
  ASSERT_TRUE(l->append(entries_of("a", 11, 10)));
  link.known = 0;  // as after a restart
  ASSERT_TRUE(ask(*l, newest(*l), link));
  EXPECT_EQ(link.known, 20u);
}

TEST_P(witnessed_log, answers_as_c2sp_tlog_witness_says) {
  ASSERT_TRUE(l->append(entries_of("a", 1, 5)));
  const auto five = newest(*l);
  ASSERT_TRUE(l->append(entries_of("a", 6, 5)));
  const auto ten = newest(*l);
  EXPECT_EQ(w->add_checkpoint("nonsense").status, 400);
  auto stranger = five;
  stranger.tree.origin = "stranger.example";
  stranger.signed_note.text = stranger.tree.str();
  EXPECT_EQ(status_of(0, {}, stranger), 404);
  auto forged = five;
  forged.signed_note.signatures[0].octets[0] ^= 1;
  EXPECT_EQ(status_of(0, {}, forged), 403);
  auto unsigned_one = five;
  unsigned_one.signed_note.signatures = {
      note_signer("log.example", signature_type::ed25519, key_of(9)).sign(five.signed_note.text)};
  EXPECT_EQ(status_of(0, {}, unsigned_one), 403);
  EXPECT_EQ(status_of(6, {}, five), 400);
  EXPECT_EQ(status_of(0, {empty_root()}, five), 422);
  EXPECT_EQ(status_of(0, {}, five), 200);
  const auto conflict = w->add_checkpoint(add_checkpoint_request{0, {}, ten}.str());
  EXPECT_EQ(conflict.status, 409);
  EXPECT_EQ(conflict.content_type, "text/x.tlog.size");
  EXPECT_EQ(conflict.body, "5\n");
  EXPECT_EQ(status_of(5, {}, ten), 422);
  EXPECT_EQ(status_of(5, *l->at(10).consistency(5), ten), 200);
  EXPECT_EQ(status_of(10, {}, ten), 200);  // the same again, with a later time
}

TEST_P(witnessed_log, is_refused_when_it_forked_or_shrank) {
  ASSERT_TRUE(l->append(entries_of("a", 1, 8)));
  ASSERT_TRUE(ask(*l, newest(*l), link));
  // The same log with another history, signed by the same key: eight leaves of other entries.
  tiled_log forked(*db, "forked", log_signer());
  ASSERT_TRUE(forked.append(entries_of("x", 1, 8)));
  EXPECT_EQ(ask(forked, newest(forked), link).why().facts.at("status"), "422");
  ASSERT_TRUE(forked.append(entries_of("x", 9, 8)));
  EXPECT_EQ(ask(forked, newest(forked), link).why().facts.at("status"), "422");
  tiled_log shrunk(*db, "shrunk", log_signer());
  ASSERT_TRUE(shrunk.append(entries_of("a", 1, 7)));
  link.known = 7;
  EXPECT_EQ(ask(shrunk, newest(shrunk), link).why().facts.at("status"), "409");
  EXPECT_EQ(w->all().front().size, 8);
}

TEST_P(witnessed_log, publishes_nothing_that_is_not_its_own_tree) {
  ASSERT_TRUE(l->append(entries_of("a", 1, 8)));
  tiled_log other(*db, "other", log_signer());
  ASSERT_TRUE(other.append(entries_of("x", 1, 8)));
  EXPECT_EQ(l->publish(newest(other), now()).why().code, "tlog.unsigned");
  EXPECT_EQ(l->now().published, "");
}

INSTANTIATE_TEST_SUITE_P(stores, a_log, both_stores);
INSTANTIATE_TEST_SUITE_P(stores, witnessed_log, both_stores);

// A child appends until it is killed; each time the log is whole, and what had been told is in it.
TEST(a_killed_program, leaves_a_log_that_is_whole) {
  const auto folder = std::filesystem::temp_directory_path() / ("t" + new_id().str());
  const store::options where{folder.string(), "log", 2, false};
  std::uint64_t told = 0;
  for (int round = 0; round < 5; ++round) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      close(ends[0]);
      store::database mine(where);
      tiled_log l(mine, "audit", log_signer());
      for (std::uint64_t next = l.last_of("a") + 1;; next += 37) {
        if (!l.append(entries_of("a", next, 37))) _exit(1);
        const std::uint64_t done = next + 36;
        if (write(ends[1], &done, sizeof done) != sizeof done) _exit(1);
      }
    }
    close(ends[1]);
    for (int n = 0; n < 10 + round * 7; ++n)
      ASSERT_EQ(read(ends[0], &told, sizeof told), static_cast<ssize_t>(sizeof told));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    close(ends[0]);
    store::database there(where);
    tiled_log l(there, "audit", log_signer());
    const auto tree = newest(l).tree;
    EXPECT_GE(l.last_of("a"), told);
    EXPECT_EQ(tree.size, l.last_of("a"));
    EXPECT_EQ(l.at(tree.size).root(), tree.root);
    for (std::uint64_t i : {std::uint64_t{0}, tree.size / 3, tree.size - 1})
      EXPECT_TRUE(verify_inclusion(i, tree.size, leaf_of("a", i + 1), *l.at(tree.size).inclusion(i),
                                   tree.root));
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
