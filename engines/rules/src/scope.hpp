#pragma once
#include <optional>
#include <string>
#include <vector>

#include "node.hpp"

// Internal: which names an expression may use, and where their values lie.
namespace madang::rules {

struct named;

// Told of what texts consist while they are compiled, for those who check a model (inspection.hpp).
struct compile_watch {
  virtual ~compile_watch() = default;
  virtual void uses(const named& n) = 0;
  virtual void unknown(const std::string& name, int at) = 0;
  // "+" and "-": makes the node, and may look at its sides.
  virtual node_ptr calculation(int at, operation op, node_ptr a, node_ptr b) = 0;
};

// The slots of one function (or of the expression itself), and what it takes from outside.
struct frame_layout {
  frame_layout* outer = nullptr;
  int used = 0;
  std::vector<capture> captures;
  compile_watch* watch = nullptr;            // of the outermost; null: nobody looks
  int allocate() { return used++; }
};
inline compile_watch* watch_of(const frame_layout& l) {
  const frame_layout* out = &l;
  while (out->outer) out = out->outer;
  return out->watch;
}

// "a  -  b" and "a-b" are one name: words and signs, blanks between words only.
std::vector<std::string> words_of_name(std::string_view name);
std::string normal_name(std::string_view name);

struct named {
  std::string name;                          // normal
  std::vector<std::string> words;
  enum class where : std::uint8_t { local, global, member } lies = where::local;
  int index = 0;                             // slot, or number of the global
  type_ptr type = any_type();
};

struct scope {
  const scope* outer = nullptr;
  frame_layout* layout = nullptr;
  std::vector<named> names;
  // In a filter: the item's slot; its members are names too, those known before as `member`.
  int item_slot = -1;
  bool item_open = false;                    // it may have members that nobody knows yet

  void add(std::string_view name, named::where lies, int index, type_ptr t);
};

// A name's node, found in `at`; captures it into the functions on the way.
node_ptr node_of(const scope& at, const scope& found_in, const named& n, int place);

// The item of a filter around, as a slot of the function that `at` is in.
int item_slot(const scope& at, const scope& filter);

// The longest name that stands at `text[from]`; where it ends.
struct found_name {
  const scope* in = nullptr;
  const named* what = nullptr;
  std::size_t end = 0;
};
found_name longest_name(const scope& at, std::string_view text, std::size_t from);
// The same among given candidates (members of a type).
std::size_t match_words(const std::vector<std::string>& words, std::string_view text,
                        std::size_t from);         // npos: no

bool is_name_start(std::string_view text, std::size_t at);
// The end of the word that begins here.
std::size_t word_end(std::string_view text, std::size_t at);
std::size_t skip_blank(std::string_view text, std::size_t at);     // blanks and comments

}  // namespace madang::rules
