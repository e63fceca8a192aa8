#pragma once
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// YAML as packs and settings are written in it: one document of block or flow collections and
// scalars. What lets a short file stand for an endless or an ambiguous one is refused: anchors and
// aliases, tags, further documents, a key that is no scalar.
namespace madang::yaml {

// Lines are counted from 1, here and below.
struct broken : std::runtime_error {
  broken(int at, const std::string& what) : std::runtime_error(what), line(at) {}
  int line;
};

class node {
 public:
  using member = std::pair<node, node>;

  // A plain scalar that is empty, "~" or "null".
  bool is_null() const { return what_ == kind::null; }
  bool is_scalar() const { return what_ == kind::scalar; }
  bool is_list() const { return what_ == kind::list; }
  bool is_map() const { return what_ == kind::map; }

  const std::string& text() const { return text_; }   // of a scalar as it was written
  bool is_quoted() const { return quoted_; }          // or a block: "12" is no number
  const std::vector<node>& items() const { return items_; }
  const std::vector<member>& members() const { return members_; }   // in their order
  const node* find(std::string_view key) const;       // the first of that name, or nullptr
  int line() const { return line_; }

 private:
  friend class reader;
  enum class kind { null, scalar, list, map };
  kind what_ = kind::null;
  bool quoted_ = false;
  int line_ = 1;
  std::string text_;
  std::vector<node> items_;
  std::vector<member> members_;
};

struct bounds {
  std::size_t nodes = 200'000, depth = 64;
};

// Throws broken. A text without a document is a null node.
node read(std::string_view text, bounds most = {});

}  // namespace madang::yaml
