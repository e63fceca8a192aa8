#pragma once
#include <map>
#include <set>

#include "madang/rules/model.hpp"
#include "parser.hpp"
#include "xml.hpp"

// Internal: how a model is held, and how its parts are compiled.
namespace madang::rules {

struct compiled_decision {
  node_ptr logic;
  int frame_size = 0;
};

// One file: its own names for types and imports.
struct model_file {
  xml::element root;
  std::string space;
  std::map<std::string, std::string> imports;          // name -> namespace
  std::map<std::string, type_ptr, std::less<>> types;
  std::set<std::string, std::less<>> types_begun;      // against circles
};

struct model::inside {
  std::vector<std::unique_ptr<model_file>> files;
  std::vector<drg_element> elements;
  std::vector<const xml::element*> sources;            // of each element
  std::vector<const model_file*> homes;
  std::vector<compiled_decision> decisions;            // of each element; others are empty
  std::vector<value> functions;                        // knowledge and services
  // Of a service: parameters (elements) and outputs.
  struct service {
    std::vector<int> parameters, outputs;
  };
  std::map<int, service> services;

  int find(std::string_view name, std::string_view space) const;     // -1: there is none
  int element_at(const model_file& from, std::string_view href) const;
  const model_file* file_of(std::string_view space) const;
};

// What is seen of an element's logic when it is compiled once more (model.cpp).
struct model_watch : compile_watch {
  // The texts that follow are of this place; called before each is read.
  virtual void text(std::string_view text, int line) = 0;
  // A decision table or a literal expression.
  virtual void logic(const xml::element& x, const scope& s) = 0;
};
// The mistakes are those that stand in the element.
void watch_element(const model::inside& m, int element, model_watch& w);

// ---- types (model_types.cpp) ----
type_ptr type_of(model::inside& m, model_file& f, std::string_view reference);

// ---- boxed expressions (boxed.cpp, table.cpp) ----
struct compiling {
  model::inside& m;
  model_file& f;
  drg_element& element;

  // The expression among the children of an element; null when there is none.
  static const xml::element* logic_in(const xml::element& parent);
  node_ptr boxed(const xml::element& x, const scope& s);
  node_ptr text_of(std::string_view text, const scope& s, int line);
  node_ptr table(const xml::element& x, const scope& s);
  std::shared_ptr<written_function> written(const xml::element& x, const scope& outside,
                                            std::string name);
  type_ptr type(const xml::element& x);                // by its typeRef; any without

 private:
  node_ptr untyped(const xml::element& x, const scope& s);
  node_ptr context(const xml::element& x, const scope& s);
  node_ptr invocation(const xml::element& x, const scope& s);
  node_ptr function(const xml::element& x, const scope& s);
  node_ptr relation(const xml::element& x, const scope& s);
  node_ptr conditional(const xml::element& x, const scope& s);
  node_ptr filter(const xml::element& x, const scope& s);
  node_ptr iteration(const xml::element& x, const scope& s);
  node_ptr child_logic(const xml::element& x, const char* name, const scope& s);
};

}  // namespace madang::rules
