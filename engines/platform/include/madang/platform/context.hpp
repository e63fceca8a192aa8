#pragma once
#include <optional>
#include <string>

#include "madang/platform/house.hpp"

namespace madang::platform {

// One request on its way through the house: who asks, in which language, and how to answer.
class context {
 public:
  context(house& home, http::request& request);

  house& home;
  http::request& request;
  std::optional<identity::session> session;
  audit::actor actor;
  std::string language;

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
  // Fields of the posted form; the token against forgery has been checked before.
  const http::pairs& form() const { return form_; }
  std::string_view field(std::string_view name) const;
  // Parses the body and checks that it comes from our own page; refusals request.forged, form.*.
  outcome accept_form();
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
  http::response with_privacy(http::response r) const;

 private:
  http::pairs form_;
};

}  // namespace madang::platform
