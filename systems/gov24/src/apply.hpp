#pragma once
#include "madang/forms/forms.hpp"
#include "madang/platform/context.hpp"

namespace madang::gov24 {

using platform::context;

// A draft on its way, with the service it is for.
struct journey {
  const services::definition* d = nullptr;
  forms::draft draft;

  // Refusals: draft.unknown (another's draft is unknown too), service.unknown.
  static result<journey> load(context& c);
  const json::object& answers() const { return draft.answers.get_object(); }
  audit::access why(const context& c) const;
  // What the answers and the registers say, by the names of the service's evidence.
  result<json::object> scope(context& c, std::string_view language) const;
  result<std::vector<forms::option>> options(context& c, const forms::question& q) const;
};

http::response nothing_to_choose(context& c, const journey& j);

// Both give the address of what came of it, and leave no draft behind.
result<std::string> issue_document(context& c, const journey& j);
result<std::string> file_case(context& c, const journey& j);

}  // namespace madang::gov24
