#pragma once
#include <map>

#include "proof_placed.hpp"

// Internal: what is found about the cover of a table, gathered world by world.
namespace madang::rules {

// In which of the groups of worlds something is so.
struct seen_in {
  bits groups;
  bool real = false;                         // in a world that values bring about
  std::size_t shown = 0;                     // number of the simplest, a real one if possible
  std::size_t length = 0;
  std::string condition;                     // "limit < 0"

  // True: this world is the one to take the example from.
  bool add(const world& w, std::size_t number, int all_groups);
  bool always() const { return groups.count() == groups.size(); }
};

struct gap_found {
  seen_in where;
  std::vector<std::set<std::string>> edges;  // of each axis, low and high
  entries example;
  std::vector<std::string> matters;
  bool fraction = false;                     // whole numbers stand all round it
  bool related = false;                      // it needs columns that depend on one another
};

struct meeting_found {
  std::size_t a = 0, b = 0;
  seen_in where;
};

class cover_check {
 public:
  cover_check(findings_of_table& f, all_worlds worlds);
  void run();

 private:
  void look(const placed_table& p, std::size_t number);

  // ---- gaps (proof_gaps.cpp) ----
  void find_gaps(const placed_table& p, std::size_t number);
  void keep_gap(const placed_table& p, std::size_t number, const box& b, bool tried);
  void report_gaps();
  bool gaps_are_meant() const;
  bool is_related(const std::vector<std::size_t>& axes) const;

  // ---- rules that meet, hide or repeat one another (proof_pairs.cpp) ----
  void find_meetings(const placed_table& p, std::size_t number);
  bool meets(const placed_table& p, std::size_t a, std::size_t b);
  void find_hidden(const placed_table& p, std::size_t number);
  void find_repeated(const placed_table& p);
  void find_empty(const placed_table& p);
  void report_meetings();
  void report_meant_meetings();
  void report_hidden();
  void report_repeated();
  void report_empty();
  std::vector<std::size_t> before(std::size_t rule) const;   // rules that decide before it
  bool pairs_matter() const { return f_.t.policy == "UNIQUE" || f_.t.policy == "ANY"; }

  // Weight and words of what is so in some worlds only; false: it is not claimed at all.
  bool weigh(seen_in& s, bool always, finding::weight& how);
  std::string condition(const seen_in& s) const;

  findings_of_table& f_;
  const studied_table& t_;
  const all_worlds worlds_;
  work left_;

  // The table in a world that examples are taken from.
  const placed_table& shown(std::size_t number);
  std::map<std::size_t, std::unique_ptr<placed_table>> shown_;

  std::vector<gap_found> gaps_;
  bits with_gap_;                            // groups that have one
  bool gap_unsure_ = false;
  std::map<std::pair<std::size_t, std::size_t>, meeting_found> meetings_;
  bool meeting_unsure_ = false, too_much_ = false, unreal_ = false;
  struct hidden_rule {
    bool so = true, but_null = false;
    std::vector<std::size_t> by;
  };
  std::vector<hidden_rule> hidden_;
  std::vector<std::vector<bool>> repeated_;  // rule i is as rule j > i, so far
  std::vector<bool> empty_;
  std::vector<std::vector<bool>> cell_never_, cell_outside_;     // of each column
};

// Do the outputs say the same: yes, no, or nobody knows before they are calculated.
std::optional<bool> same_outputs(const studied_table& t, std::size_t a, std::size_t b);
// The places of a rule's outputs in the order of priorities; none: not known before it runs.
std::optional<std::vector<std::size_t>> rank_of(const studied_table& t, std::size_t rule);

}  // namespace madang::rules
