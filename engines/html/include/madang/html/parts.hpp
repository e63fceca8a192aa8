#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "madang/html/icon.hpp"
#include "madang/html/node.hpp"
#include "madang/html/shell.hpp"

// The design system as functions (KRDS look, GOV.UK patterns, WCAG 2.2 AA). Those that say words of
// their own take the shell for the reader's language. Texts given are plain text and are escaped;
// where a node is asked for, a string will do.
namespace madang::html {

// State is told by words; colour only accompanies it.
enum class tone { neutral, info, good, warn, bad };

// ---- telling ----
node badge(tone t, std::string_view text);
node lead(const node& text);  // the sentence under a title
node inset(const node& body);
node warning(const shell&, const node& body);  // "!" with words for screen readers
node banner(const shell&, tone t, std::string_view title, const node& body = {});
node panel(std::string_view title, std::string_view reference = {}, std::string_view note = {});
node empty_state(std::string_view icon_name, std::string_view title, const node& body = {},
                 const node& way_on = {});
// "This reads your personal data": what is read and where the record of it is kept.
node reading_notice(const shell&, const node& what, std::string_view log_href);

// ---- errors ----
struct error_item {
  std::string field = {};  // id of the first bad field; empty: about the whole
  std::string message = {};
};
// Takes the focus when the page opens, with and without script. Nothing when there are none.
node error_summary(const shell&, const std::vector<error_item>&);

// ---- going ----
enum class look { primary, secondary, quiet, danger };  // one primary a page
node back_link(const shell&, std::string_view href, std::string_view text = {});
node link_button(std::string_view href, std::string_view text, look = look::primary,
                 std::string_view icon_name = {});
node submit_button(std::string_view text, look = look::primary, std::string_view name = {},
                   std::string_view value = {});
// A form of one button: what changes something is a POST.
node post_button(const shell&, std::string_view action, std::string_view text, look = look::primary,
                 const std::vector<std::pair<std::string, std::string>>& hidden = {});
node copy_button(const shell&, std::string_view text);  // island; absent without script
node print_button(const shell&);                        // island
node button_row(const std::vector<node>&);
node breadcrumb(const shell&, const std::vector<link>& between, std::string_view here);
node pagination(const shell&, int page, int pages, std::string_view href_before_number);
struct tab {
  std::string href = {}, label = {};
  bool active = false;
  int count = -1;  // not shown when negative
};
node tabs(std::string_view label, const std::vector<tab>&);
node filters(std::string_view label, const std::vector<tab>&);
// A plain GET form; with script it completes from suggest_href (JSON {items: [{label, href, tag,
// note}]}).
struct search_view {
  std::string action = "/search";
  std::string name = "q";
  std::string value = {};
  std::string label = {};                   // empty: text part.search
  std::string suggest = "/search/suggest";  // empty: no completion
  bool large = false;
};
node search_box(const shell&, const search_view&);

// ---- showing ----
struct row {
  std::string key = {};
  node value = {};
  std::string change = {};  // href; empty: cannot be changed
};
node summary_list(const shell&, const std::vector<row>&);  // check answers, service facts
node definition_grid(const std::vector<row>&);             // dense, for officials
struct column {
  std::string label = {};
  bool numeric = false;
};
struct table_view {
  std::string caption = {};
  bool caption_hidden = false;  // when a heading above says the same
  std::vector<column> columns = {};
  std::vector<std::vector<node>> rows = {};  // as many cells as columns
  std::string empty = {};                    // said when there are no rows
  bool first_is_header = false;              // the first cell names its row
  bool sortable = false;                     // island: sorts the rows shown
  bool stacked = false;                      // on a phone each row becomes a block with labels
};
node data_table(const shell&, const table_view&);
struct card_view {
  std::string href = {}, title = {}, text = {}, icon = {};
};
node cards(const std::vector<card_view>&);  // a grid of ways in
node box(std::string_view title, const node& body, const node& badge = {});
node disclosure(std::string_view summary, const node& body);
// An article: rule, value, where the law says so.
struct reason {
  std::string rule = {};
  node value = {};
  node article = {};
  bool met = true;
};
node judgement(const shell&, const std::vector<reason>&);

// ---- progress ----
struct task {
  std::string label = {}, href = {}, hint = {};
  tone state_tone = tone::neutral;
  std::string state = {};  // "done", "not started"
};
node task_list(const std::vector<std::pair<std::string, std::vector<task>>>& sections);
// What a person has to do, or may have: a badge, a sentence, one action.
struct todo {
  node badge = {};
  node text = {};
  std::string note = {};
  node action = {};
};
node todo_list(const std::vector<todo>&);
node step_line(const shell&, std::string_view journey, int step, int steps, bool saved);
node progress(std::string_view label, int done, int total);
node process_line(const std::vector<std::string>& steps, std::size_t current);
struct moment {
  std::string when = {}, title = {};
  node detail = {};
  bool reached = true;
};
node timeline(const std::vector<moment>&);

// ---- arranging ----
node hero(std::string_view title, std::string_view sentence, const node& body);
node beside(const node& content, const node& aside);  // one column on a phone
node halves(const std::vector<node>&);
node start_box(std::string_view title, const node& text, const node& button);

}  // namespace madang::html
