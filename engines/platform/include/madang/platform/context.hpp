#pragma once
#include <optional>
#include <string>

#include "madang/platform/house.hpp"

namespace madang::platform {

// One request on its way through the house: who asks, in which language, and how to answer.
class context {
 public:
  context(house& home, http::request& request);
  // Without looking who asks: for saying that the store cannot be reached.
  struct unknown_person {};
  context(house& home, http::request& request, unknown_person);

  house& home;
  http::request& request;
  std::optional<identity::session> session;
  audit::actor actor;
  std::string language;
  std::string route;               // as the router names it: "GET /desk/audit"

  // ---- words ----
  std::string_view say(std::string_view key) const { return home.texts()(key, language); }
  std::string fill(std::string_view key, const html::texts::facts& f) const {
    return home.texts().fill(key, language, f);
  }
  std::string written(date d) const { return madang::written(d, language); }
  std::string written(instant t) const { return written_time(t, language); }
  // The sentence that explains a refusal.
  std::string explain(const refusal& why) const;

  // ---- what came ----
  // Fields of the posted form; the token against forgery has been checked before. A name stands
  // there once, but for answers to a question (a route with "{question}") and lists (a name that
  // ends in "[]"): forms judges those.
  const http::pairs& form() const { return form_; }
  std::string_view field(std::string_view name) const;
  const std::vector<http::part>& files() const { return files_; }
  // Parses the body (form, JSON or multipart) and checks that it comes from our own page; refusals
  // request.forged, request.type, form.*, json.*, multipart.*.
  outcome accept_form();
  bool secure() const;             // the reader's end of the connection is TLS, ours or a proxy's
  audit::access access(const words& purpose, const words& law, std::string reference = {}) const;

  // ---- answering ----
  // Cookies for a language or contrast asked for in the query, so that the next page has it too.
  void keep_choices(http::response& out) const;
  html::shell shell(std::string_view active = {}) const;
  http::response page(std::string_view title, const std::vector<html::link>& breadcrumb,
                      const html::node& body, html::page_options options = {}) const;
  http::response html_response(std::string document, int status = 200) const;
  // A view struct as JSON, when that is what was asked for.
  template <class View, class F>
  http::response show(const View& view, F make_page) const {
    if (request.wants_json()) return with_privacy(http::json_response(json::write(view)));
    return make_page();
  }
  // A problem document, or a page that says the same.
  http::response refuse(const refusal& why) const;
  http::response go(std::string_view path) const;
  // What is another person's is not there for this one, and the auditor reads that it was tried.
  refusal hidden(refusal why, std::string_view record_of, id record) const;
  http::response with_privacy(http::response r) const;

 private:
  outcome comes_from_us() const;
  outcome read_json();
  outcome read_multipart();
  outcome check_fields() const;

  http::pairs form_;
  std::vector<http::part> files_;
};

}  // namespace madang::platform
