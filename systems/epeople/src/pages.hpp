#pragma once
#include <memory>
#include <string>
#include <vector>

#include "bureau.hpp"
#include "madang/html/html.hpp"
#include "madang/platform/context.hpp"
#include "madang/platform/viewer.hpp"

// The pages by subject; each function moves its pages in.
namespace madang::epeople {

using platform::context;
using platform::needs;
using office = std::shared_ptr<bureau>;

void entry_pages(office o);       // the entry, what each kind is
void filing_pages(office o);      // one question a page, similar matters, check
void following_pages(office o);   // my filings, one of them, rating
void open_pages(office o);        // published answers, statistics
void desk_pages(office o);        // officials: queue, one matter, its acts
void publishing_pages(office o);  // officials: what is hidden before an answer is published
void offer(office o);             // the same over the exchange

// ---- for all of them ----

// The reader's language among those of visitors too; to be called first.
void speak(context& c);
html::shell shell_of(const context& c);
// The languages to choose from, each by its own name.
html::node language_choice(const context& c);
http::response page_of(context& c, std::string_view title, const std::vector<html::link>& where,
                       const html::node& body, html::page_options options = {});
// "/epeople" with its name, for the line that says where one is.
html::link home_link(const context& c);
std::string date_of(const context& c, date d);

html::node state_badge(const context& c, cases::state s);
std::string kind_name(const context& c, const bureau& o, std::string_view id);
std::string office_words(const context& c, std::string_view code);
std::string language_name(const context& c, const std::string& tag);

// Files: what was sent with a form, the list of a matter's, one of them as a download.
std::vector<cases::upload> uploads_of(const context& c);
html::node attachments_part(const context& c, bureau& o, id key, const std::string& at);

// Published answers: found by words, newest first where none are given.
std::vector<published> published_answers(bureau& o, std::string_view words, std::string_view kind,
                                         int most);

// The pane of places and the post, as at every desk.
html::desk_view desk_frame(const context& c, bureau& o, std::string_view title);

}  // namespace madang::epeople
