// Tiles and bundles of another's log, and the addresses they are asked for by.
#include "madang/tlog/policy.hpp"
#include "madang/tlog/tiles.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace madang;
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  if (auto p = tlog::parse_tile_path(in)) check(tlog::path_of(*p) == in, "a tile has one path");
  if (auto hashes = tlog::parse_tile({data, size})) tlog::open_tile open(std::move(*hashes));
  if (auto entries = tlog::parse_bundle({data, size})) {
    trust::bytes again;
    for (const auto& e : *entries) tlog::append_to_bundle(again, e);
    check(std::ranges::equal(again, trust::view(data, size)), "a bundle has one form");
  }
  if (auto p = tlog::policy::parse(in)) {
    auto again = tlog::policy::parse(p->str());
    check(again.ok() && again->str() == p->str(), "a policy means what it is written as");
  }
  return 0;
}
