#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "madang/spatial/atlas.hpp"
#include "madang/spatial/drawing.hpp"
#include "pages.hpp"

// What the pages of districts know: computed when the first of them is asked for, then kept, as
// neither pack nor boundaries change while the program runs. All threads share one.
namespace madang::gov24 {

class gazetteer {
 public:
  explicit gazetteer(const house& h);

  const packs::pack& pack() const { return pack_; }
  const spatial::atlas& atlas() const { return atlas_; }
  // The map of what lies in a district, in the order of atlas().below(); of "": the country.
  std::shared_ptr<const spatial::drawing> map_of(const std::string& code) const;
  // Districts that words name: each word begins a name, or a part of it, of the district or of one
  // it lies in, and at least one of the district itself. Exact names come first, then the larger.
  std::vector<const packs::district*> find(std::string_view typed) const;
  std::int64_t towns_in(std::string_view code) const;
  // Facts of the pack: where the centres come from, what the office of a town is called ("{name}").
  const words& source() const { return source_; }
  const words& office() const { return office_; }

 private:
  struct entry {
    const packs::district* district;
    std::vector<std::string> names;    // folded, in every language; whole and in parts
    std::vector<std::string> around;   // the same of what it lies in
  };

  const packs::pack& pack_;
  const spatial::atlas& atlas_;
  words source_, office_;
  std::vector<entry> entries_;
  mutable std::mutex maps_mutex_;
  mutable std::unordered_map<std::string, std::shared_ptr<const spatial::drawing>> maps_;
};

// The map of what lies in `code` as a drawing of links, with a sentence that says what it is;
// `here` is the code of the district that the page is about, or empty.
html::node map_of(const context& c, const gazetteer& g, const std::string& code,
                  std::string_view here = {});
// The districts as a FeatureCollection (RFC 7946).
http::response geojson_of(const context& c, const gazetteer& g,
                          const std::vector<const packs::district*>& districts);
// "province", "municipality" or "town".
std::string kind_of(std::string_view code);

}  // namespace madang::gov24
