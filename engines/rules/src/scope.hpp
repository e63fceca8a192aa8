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
  // A built-in function that is named and not called.
  virtual void function_as_value(std::string_view, int) {}
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
std::string normal_name(std::string_view name);

struct named {
  std::string name;                          // normal
  enum class where : std::uint8_t { local, global } lies = where::local;
  int index = 0;                             // slot, or number of the global
  type_ptr type = any_type();
};

struct scope {
  const scope* outer = nullptr;
  frame_layout* layout = nullptr;
  std::vector<named> names;
  // In a filter: the item's slot and type (which outlives the scope); its members are names too.
  int item_slot = -1;
  const type* item = nullptr;
  bool item_open = false;                    // it may have members that nobody knows yet

  void add(std::string_view name, named::where lies, int index, type_ptr t);
  // It is the inside of a filter of a list (or of one item) of this type.
  void filters(const type_ptr& list);
};

// The item of a filter around, as a slot of the function that `at` is in.
int item_slot(const scope& at, const scope& filter);

// The longest name that stands at `text[from]`: a name of a scope, or a member of a filter's item.
struct found_name {
  const scope* in = nullptr;                 // null: none does
  std::string_view name;
  const named* what = nullptr;               // null: a member
  const type_ptr* type = nullptr;
  std::size_t end = 0;                       // where it ends in the text
};
found_name longest_name(const scope& at, std::string_view text, std::size_t from);
// The value of a name found in `at`; captures it into the functions on the way.
node_ptr node_of(const scope& at, const found_name& found, int place);
// Where the name ends if it stands at `text[from]`, however its blanks are written; npos: it does
// not.
std::size_t match_name(std::string_view name, std::string_view text, std::size_t from);

bool is_name_start(std::string_view text, std::size_t at);
// The end of the word that begins here.
std::size_t word_end(std::string_view text, std::size_t at);

// Past blanks and comments.
std::size_t skip_any_blank(std::string_view text, std::size_t at);
inline std::size_t skip_blank(std::string_view text, std::size_t at) {
  // Mostly nothing is to be skipped, or one blank.
  const auto stays = [&](std::size_t i) {
    return i < text.size() && static_cast<signed char>(text[i]) > ' ' && text[i] != '/';
  };
  if (stays(at)) return at;
  if (at < text.size() && text[at] == ' ' && stays(at + 1)) return at + 1;
  return skip_any_blank(text, at);
}

}  // namespace madang::rules
