#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "madang/html/node.hpp"
#include "madang/html/shell.hpp"

// Whole documents. Each works without script, needs no inline script or style, and is sent with a
// policy like content_security_policy below. The order of parts never changes between pages (WCAG
// 2.2, 3.2.3 and 3.2.6): band, header, where you are, content, help and links.
namespace madang::html {

// What to send as Content-Security-Policy (CSP Level 3) with every page.
inline constexpr std::string_view content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

struct page_options {
  bool wide = false;                      // content as wide as the header, not a column of reading
  bool hero = false;                      // the body begins with hero(): no space above it
  bool noindex = false;                   // not for search engines: anything personal
  bool has_errors = false;                // "Error: " before the title (WCAG 2.2, 3.3.1)
  std::vector<std::string> scripts = {};  // further modules by plain name; islands load themselves
  std::string description = {};           // one sentence for search engines
  std::string web_manifest = {};          // of a web app manifest: the page can be installed
  std::string json_ld = {};               // schema.org data as JSON text, written as a data block
};

// The breadcrumb begins with Home by itself and ends with the page's title: give what is between.
std::string page(const shell&, std::string_view title, const std::vector<link>& breadcrumb,
                 const node& body, const page_options& = {});

// The officials' workplace: places, list, one matter, in three panes that become one on a phone.
struct desk_place {
  std::string href = {}, label = {};
  int count = 0;  // waiting there; 0 is not shown
  bool active = false;
};
struct desk_item {
  std::string href = {}, title = {};
  node badge = {};
  std::string note = {};  // one line: when it came, what is missing
  bool active = false;
  std::string pick = {};  // name of a checkbox of the form with the id "bulk"; empty: none
};
struct desk_view {
  std::string title = {};  // of the document
  std::vector<desk_place> places = {};
  std::vector<std::string> post = {};  // lines: office; name, rank, who substitutes
  node tools = {};                     // above the list: filters, search
  std::string list_label = {};         // what the list is, for assistive technology
  std::vector<desk_item> items = {};
  std::string list_note = {};  // "18 cases"
  std::string empty = {};      // said when there are no items
  node below = {};             // below the items: what is done with those picked, the next page
  node detail = {};            // the matter, or empty_state()
  node actions = {};           // always at the same place, below the detail
  std::string back = {};       // the list's address, for the phone; set when detail is open
};
std::string desk(const shell&, const desk_view&, const page_options& = {});

// A page without chrome, for paper: certificate previews, receipts.
std::string paper(const shell&, std::string_view title, const node& body);

}  // namespace madang::html
