// Trees and proofs: by the vectors of transparency-dev/merkle, and beside the definition of RFC
// 6962 written down as it stands.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "madang/base/base.hpp"
#include "madang/tlog/tiles.hpp"

using namespace madang;
using namespace madang::tlog;

namespace {

std::string suite() {
  const char* set = std::getenv("MADANG_SUITES");
  return (set ? set : std::string(MADANG_SOURCE) + "/../shared/suites") + "/merkle/testdata";
}

// Where a root does not matter the suite has the text "don't care": its SHA-256 stands for it, so
// that what is equal there is equal here. One that is missing is refused before there is a hash.
hash hash_at(const json::value& v, std::string_view member, bool& whole) {
  auto octets = text::from_base64(json::str(v, member));
  hash out{};
  if (!octets || octets->empty()) {
    whole = false;
  } else if (octets->size() != 32) {
    out = trust::sha256(*octets);
  } else {
    std::ranges::copy(*octets, out.begin());
  }
  return out;
}

std::uint64_t number(const json::value& v, std::string_view member) {
  const json::value& n = json::at(v, member);
  return n.is_uint64() ? n.get_uint64() : static_cast<std::uint64_t>(json::num(v, member));
}

// Does ours accept the case? Hashes of another length are no hashes, and refused before.
bool accepted(const std::string& kind_of_proof, const json::value& v) {
  bool whole = true;
  proof path;
  const json::value& given = json::at(v, "proof");
  if (given.is_array())
    for (const auto& p : given.get_array()) {
      auto octets = text::from_base64(std::string_view(p.get_string()));
      if (!octets || octets->size() != 32) return false;
      std::ranges::copy(*octets, path.emplace_back().begin());
    }
  bool good = false;
  if (kind_of_proof == "inclusion") {
    const hash leaf = hash_at(v, "leafHash", whole), root = hash_at(v, "root", whole);
    good = verify_inclusion(number(v, "leafIdx"), number(v, "treeSize"), leaf, path, root);
  } else if (kind_of_proof == "consistency") {
    const hash root1 = hash_at(v, "root1", whole), root2 = hash_at(v, "root2", whole);
    good = verify_consistency(number(v, "size1"), number(v, "size2"), path, root1, root2);
  } else if (kind_of_proof == "subtreeinclusion") {
    const hash leaf = hash_at(v, "leafHash", whole), root = hash_at(v, "root", whole);
    good = verify_subtree_inclusion(number(v, "leafIdx"), number(v, "start"), number(v, "end"),
                                    leaf, path, root);
  } else {
    const hash root1 = hash_at(v, "root1", whole), root2 = hash_at(v, "root2", whole);
    good = verify_subtree_consistency(number(v, "start"), number(v, "end"), number(v, "size"), path,
                                      root1, root2);
  }
  return whole && good;
}

TEST(conformance_merkle, accepts_exactly_what_transparency_dev_accepts) {
  if (!std::filesystem::exists(suite()))
    GTEST_SKIP() << "absent: github.com/transparency-dev/merkle, testdata, commit "
                    "417fb0c314750d94e53942e9f92e79b6d35915db, into suites/merkle";
  int of = 0, met = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(suite())) {
    if (file.path().extension() != ".json") continue;
    std::ifstream in(file.path());
    std::ostringstream bytes;
    bytes << in.rdbuf();
    const json::value v = boost::json::parse(bytes.str());
    const std::string which = std::filesystem::relative(file.path(), suite()).begin()->string();
    ++of;
    const bool as_wanted = accepted(which, v) != json::flag(v, "wantErr");
    met += as_wanted;
    EXPECT_TRUE(as_wanted) << file.path() << ' ' << json::str(v, "desc");
  }
  std::printf("conformance.merkle: %d of %d\n", met, of);
  EXPECT_EQ(met, of);
  EXPECT_GT(of, 300);
}

// RFC 6962 section 2.1, word by word.
hash naive_root(const std::vector<hash>& leaves) {
  if (leaves.empty()) return trust::sha256("");
  if (leaves.size() == 1) return leaves[0];
  std::size_t k = 1;
  while (k * 2 < leaves.size()) k *= 2;
  const std::vector<hash> left(leaves.begin(), leaves.begin() + static_cast<std::ptrdiff_t>(k));
  const std::vector<hash> right(leaves.begin() + static_cast<std::ptrdiff_t>(k), leaves.end());
  return node_hash(naive_root(left), naive_root(right));
}

struct tiles_in_memory {
  std::vector<hash> leaves;
  mutable std::map<std::tuple<int, std::uint64_t, int>, std::shared_ptr<const open_tile>> made;
  tree_view view(std::size_t size) const {
    return {size, [this](int level, std::uint64_t n, int width) {
              auto& known = made[{level, n, width}];
              if (known) return known;
              const std::uint64_t covers = std::uint64_t{1} << (8 * level);
              std::vector<hash> hashes;
              for (int i = 0; i < width; ++i) {
                const auto from = static_cast<std::ptrdiff_t>((n * 256 + i) * covers);
                hashes.push_back(
                    naive_root({leaves.begin() + from,
                                leaves.begin() + from + static_cast<std::ptrdiff_t>(covers)}));
              }
              return known = std::make_shared<const open_tile>(std::move(hashes));
            }};
  }
};

tiles_in_memory of_leaves(std::size_t n) {
  tiles_in_memory t;
  for (std::size_t i = 0; i < n; ++i)
    t.leaves.push_back(leaf_hash(trust::view_of(std::to_string(i))));
  return t;
}

TEST(tree, of_nothing_and_a_leaf_of_nothing_have_the_hashes_of_sha_256) {
  // SHA-256 of no octet (FIPS 180-4 examples) and of one zero octet (sha256sum).
  EXPECT_EQ(text::hex(empty_root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(text::hex(leaf_hash({})),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

TEST(tree, proofs_of_all_small_trees_lead_to_the_root_and_only_there) {
  const auto t = of_leaves(70);
  for (std::size_t size = 1; size <= 70; ++size) {
    const auto v = t.view(size);
    const std::vector<hash> leaves(t.leaves.begin(),
                                   t.leaves.begin() + static_cast<std::ptrdiff_t>(size));
    const hash root = naive_root(leaves);
    ASSERT_EQ(v.root(), root);
    for (std::size_t i = 0; i < size; ++i) {
      const auto path = v.inclusion(i);
      ASSERT_TRUE(path);
      ASSERT_TRUE(verify_inclusion(i, size, leaves[i], *path, root));
      ASSERT_FALSE(verify_inclusion(i, size, node_hash(leaves[i], leaves[i]), *path, root));
      if (size > 1) {
        ASSERT_FALSE(verify_inclusion((i + 1) % size, size, leaves[i], *path, root));
      }
    }
    for (std::size_t from = 1; from <= size; ++from) {
      const auto path = v.consistency(from);
      const hash before = t.view(from).root();
      ASSERT_TRUE(path && verify_consistency(from, size, *path, before, root))
          << from << " to " << size;
      ASSERT_FALSE(verify_consistency(from, size, *path, leaf_hash(before), root));
    }
    ASSERT_EQ(v.inclusion(size).why().code, "tlog.beyond");
    ASSERT_EQ(v.consistency(size + 1).why().code, "tlog.beyond");
  }
}

TEST(tree, proofs_across_tiles_lead_to_the_root) {
  const auto t = of_leaves(66'000);
  std::mt19937 random(5);
  for (std::size_t size : {255u, 256u, 257u, 511u, 512u, 65'535u, 65'536u, 65'537u, 66'000u}) {
    const auto v = t.view(size);
    const hash root = v.root();
    ASSERT_EQ(root,
              naive_root({t.leaves.begin(), t.leaves.begin() + static_cast<std::ptrdiff_t>(size)}));
    for (int n = 0; n < 2; ++n) {
      const std::size_t i = random() % size, from = random() % size + 1;
      EXPECT_TRUE(verify_inclusion(i, size, t.leaves[i], *v.inclusion(i), root))
          << i << ' ' << size;
      EXPECT_TRUE(verify_consistency(from, size, *v.consistency(from), t.view(from).root(), root))
          << from << ' ' << size;
    }
  }
}

TEST(tiles, stand_where_c2sp_tlog_tiles_says) {
  EXPECT_EQ(path_of({0, 1234067, 256}), "tile/0/x001/x234/067");  // the example of the text
  EXPECT_EQ(path_of({entries_level, 5, 17}), "tile/entries/005.p/17");
  for (const char* path : {"tile/0/x001/x234/067", "tile/63/000.p/255", "tile/entries/x001/000"})
    EXPECT_EQ(path_of(*parse_tile_path(path)), path);
  for (const char* path :
       {"tile/64/000", "tile/00/000", "tile/0/0", "tile/0/x000/001", "tile/0/001/002",
        "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p", "tile/0",
        "tile/0/x001", "tile/-1/000", "tile/entries/", "tile//000", "tile/0/000/"})
    EXPECT_FALSE(parse_tile_path(path)) << path;
}

TEST(tiles, of_a_tree_of_70000_are_those_of_the_example) {
  EXPECT_EQ(width_at(70'000, 0) / 256, 273u);
  EXPECT_EQ(width_at(70'000, 0) % 256, 112u);
  EXPECT_EQ(width_at(70'000, 1), 256u + 17u);
  EXPECT_EQ(width_at(70'000, 2), 1u);
}

TEST(bundles, are_read_as_they_were_written) {
  trust::bytes b;
  append_to_bundle(b, trust::view_of("abc"));
  append_to_bundle(b, {});
  EXPECT_EQ(text::hex(b), "00036162630000");
  EXPECT_EQ(parse_bundle(b)->size(), 2u);
  b.pop_back();
  EXPECT_FALSE(parse_bundle(b));
}

}  // namespace
