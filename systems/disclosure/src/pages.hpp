#pragma once
#include <memory>
#include <string>
#include <vector>

#include "bureau.hpp"
#include "madang/html/html.hpp"
#include "madang/platform/case_file.hpp"
#include "madang/platform/context.hpp"
#include "madang/platform/viewer.hpp"

// The pages by subject; each function moves its pages in.
namespace madang::disclosure {

using platform::context;
using platform::needs;
using office = std::shared_ptr<bureau>;

void open_pages(office o);     // the entry, published answers
void list_pages(office o);     // what agencies hold
void figure_pages(office o);   // statistics
void request_pages(office o);  // the requester
void party_pages(office o);    // third parties
void desk_pages(office o);     // officials: queue, one request, its acts
void paper_pages(office o);    // officials: a paper, what goes from it
void offer(office o);          // the same over the exchange

// ---- for all of them ----

std::string office_words(const context& c, std::string_view code);
std::string outcome_words(const context& c, std::string_view outcome);
html::node outcome_badge(const context& c, std::string_view outcome);
html::link home_link(const context& c);
std::string won(const context& c, std::int64_t sum);
std::vector<html::choice> ground_choices(const context& c, const bureau& o);
http::response send_copy(const context& c, bureau::download d);
http::response csv_file(const context& c, std::string body, const char* name);

// ---- the desk ----
html::desk_view desk_frame(const context& c, bureau& o, std::string_view title);
void fill_queue(const context& c, bureau& o, html::desk_view& d, id open);
http::response show_queue(context& c, bureau& o);
http::response show_request(context& c, bureau& o, const refusal* wrong = nullptr);
result<bureau::opened> reached(context& c, bureau& o);

}  // namespace madang::disclosure
