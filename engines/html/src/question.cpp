#include "madang/html/fields.hpp"
#include "madang/html/page.hpp"

namespace madang::html {

node question_form(const shell& s, const question& q) {
  node title;
  if (!q.field_is_heading)
    title = all(h1(cls("question"), q.title), q.lead.empty() ? node() : lead(q.lead));
  std::string_view go =
      q.continue_label.empty() ? s.say("field.continue") : std::string_view(q.continue_label);
  return all(
      q.back.empty() ? node() : back_link(s, q.back), error_summary(s, q.errors),
      step_line(s, q.journey, q.step, q.steps, q.saved),
      form(method("post"), action(q.action), flag("novalidate"), cls("question-form"),
           q.has_file ? attr("enctype", "multipart/form-data") : attribute(), s.csrf_field(), title,
           q.fields, q.before_button,
           div(cls("question-buttons"), submit_button(go, look::primary),
               q.can_save ? submit_button(s.say("field.save"), look::quiet, "_save") : node())));
}

std::string question_page(const shell& s, const question& q) {
  page_options options;
  options.noindex = true;
  options.has_errors = !q.errors.empty();
  return page(s, q.title, {}, question_form(s, q), options);
}

}  // namespace madang::html
