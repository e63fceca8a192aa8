// Files that come with what somebody filed: listed beside the letters, handed out to whoever may
// read the matter, as a download and never shown within a page of ours.
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
    lines.push_back(li(a(href(at + "/files/" + f.key.str()), f.name), " ",
                       span(cls("note"), text::grouped((f.size + 1023) / 1024), " KB · ",
                            c.written(f.at), " · ", f.author)));
  return lines.empty() ? node() : section(h2(c.say("epeople.files")), ul(lines));
}

http::response send_file(context& c, bureau& o, const audit::access& why, id key) {
  const auto which = id::parse(c.request.capture("file"));
  auto found = o.files.fetch(why, key, which.value_or(id{}));
  if (!found) return c.refuse(found.why());
  auto r = http::text_response(200, std::move(found->octets), found->what.type);
  r.with("Content-Disposition",
         "attachment; filename*=UTF-8''" + http::percent_encode(found->what.name));
  r.with("Content-Security-Policy", "default-src 'none'; sandbox");
  r.with("X-Content-Type-Options", "nosniff");
  return c.with_privacy(std::move(r));
}

}  // namespace madang::epeople
