#include "diagram.hpp"

namespace madang::counters {

using namespace html;
using platform::context;

std::string diagram_words(const context& c) {
  json::object words;
  for (const char* key :
       {"label",      "failed",  "zoom_in", "zoom_out",   "whole",      "move_left",
        "move_right", "done",    "here",    "waits",      "trouble",    "left",
        "skipped",    "mistake", "editor",  "properties", "unsaved",    "saving",
        "saved",      "changed", "refused", "offline",    "no_findings"})
    words[key] = c.say("diagram." + std::string(key));
  return json::print(words);
}

node diagram_of(const context& c, std::string_view source,
                const std::vector<process::drawing_mark>& marks) {
  json::array list;
  for (const auto& m : marks)
    list.push_back(json::object{{"id", m.id}, {"is", process::name_of(m.is)}});
  return element("madang-bpmn", data("source", source), data("marks", json::print(list)),
                 data("words", diagram_words(c)),
                 data("styles", c.home.assets().url("diagram.css")));
}

http::response bpmn_response(const context& c, std::string bpmn) {
  http::response r;
  r.content_type = "application/xml; charset=utf-8";
  r.body = std::move(bpmn);
  r.headers = {{"Content-Security-Policy", "default-src 'none'; sandbox"},
               {"X-Content-Type-Options", "nosniff"}};
  return c.with_privacy(std::move(r));
}

}  // namespace madang::counters
