// Files that come with what somebody filed, listed beside the letters.
#include "pages.hpp"

namespace madang::epeople {

using namespace html;

std::vector<cases::upload> uploads_of(const context& c) {
  std::vector<cases::upload> out;
  for (const auto& f : c.files())
    if (!f.filename.empty()) out.push_back({f.filename, f.body});
  return out;
}

node attachments_part(const context& c, bureau& o, id key, const std::string& at) {
  std::vector<node> lines;
  for (const auto& f : o.files.attachments(key))
    lines.push_back(li(a(href(at + "/files/" + f.key.str() + "/view"), f.name), " ",
                       span(cls("note"), text::grouped((f.size + 1023) / 1024), " KB · ",
                            c.written(f.at), " · ", f.author)));
  return lines.empty() ? node() : section(h2(c.say("epeople.files")), ul(lines));
}

}  // namespace madang::epeople
