#include "madang/platform/viewer.hpp"

#include <algorithm>
#include <charconv>
#include <list>
#include <memory>
#include <mutex>

#include "madang/platform/house.hpp"
#include "madang/redaction/reading.hpp"
#include "madang/redaction/redaction.hpp"

namespace madang::platform {
namespace {

using namespace html;

constexpr int screen_dpi = 110;
constexpr std::size_t longest_text = 200'000;  // octets of a text shown on one page

// What LibreOffice made, as long as somebody turns its pages.
class made_before {
 public:
  std::optional<std::string> find(const std::string& hash) {
    std::lock_guard lock(mutex_);
    std::erase_if(kept_, [](const one& o) { return now() > o.until; });
    for (auto it = kept_.begin(); it != kept_.end(); ++it)
      if (it->hash == hash) {
        kept_.splice(kept_.begin(), kept_, it);
        return it->pdf;
      }
    return std::nullopt;
  }
  void keep(const std::string& hash, const std::string& pdf) {
    std::lock_guard lock(mutex_);
    std::erase_if(kept_, [&](const one& o) { return o.hash == hash; });
    kept_.push_front({hash, pdf, now().plus(std::chrono::minutes(10))});
    std::size_t sum = 0;
    for (auto it = kept_.begin(); it != kept_.end();)
      it = (sum += it->pdf.size()) > most ? kept_.erase(it) : std::next(it);
  }

 private:
  struct one {
    std::string hash, pdf;
    instant until;
  };
  static constexpr std::size_t most = 32u << 20;
  std::mutex mutex_;
  std::list<one> kept_;
};

struct file_view {
  std::string key, name, type, hash;
  std::int64_t size = 0, pages = 0, page = 0;
  std::string words;                         // of that page
  std::string file, picture, pdf, voice;     // addresses; empty: there is none
  std::string refused;                       // why there is no page to be seen
};
BOOST_DESCRIBE_STRUCT(file_view, (),
                      (key, name, type, hash, size, pages, page, words, file, picture, pdf, voice,
                       refused))

int page_in(const context& c) {
  const auto said = c.request.param("page");
  int n = 1;
  std::from_chars(said.data(), said.data() + said.size(), n);
  return std::clamp(n, 1, static_cast<int>(redaction::most_pages));
}

http::response as_file(const context& c, std::string octets, const std::string& type,
                       const std::string& name) {
  http::response r;
  r.content_type = type == "text/plain" ? "text/plain; charset=utf-8" : type;
  r.body = std::move(octets);
  // That browsers do not guess its type (nosniff) the edge says with every answer.
  r.headers = {{"Content-Security-Policy", "default-src 'none'; sandbox"}};
  // RFC 6266 section 4.3 with RFC 8187 for letters beyond ASCII.
  r.with("Content-Disposition", "attachment; filename=\"file." +
                                    name.substr(name.find_last_of('.') + 1) +
                                    "\"; filename*=UTF-8''" + http::percent_encode(name));
  return c.with_privacy(std::move(r));
}

http::response seen_only(const context& c, std::string octets, const char* type) {
  http::response r;
  r.content_type = type;
  r.body = std::move(octets);
  r.headers = {{"Content-Security-Policy", "default-src 'none'; sandbox"}};
  return c.with_privacy(std::move(r));
}

struct page_size {
  double width = 0, height = 0;              // points
};

class viewer {
 public:
  // `makes_pdf`: of what people sent; else everything is a PDF of the house's own.
  viewer(house& h, open_file open, bool makes_pdf)
      : home_(h), open_(std::move(open)), makes_pdf_(makes_pdf) {}

  http::response file(context& c) {
    auto f = open_(c);
    if (!f) return c.refuse(f.why());
    return as_file(c, std::move(f->octets), f->type, f->name);
  }
  http::response view(context& c) {
    const auto f = open_(c);
    if (!f) return c.refuse(f.why());
    const std::string at = below(c, "/view");
    file_view v{f->key, f->name, f->type, f->hash, static_cast<std::int64_t>(f->octets.size())};
    v.file = f->file;
    page_size size;
    if (f->type == "text/plain") v.words = text::head(f->octets, longest_text);
    else fill(*f, at, page_in(c), v, size);
    if (!v.words.empty() && redaction::has_voice())
      v.voice = at + "/voice?page=" + std::to_string(std::max<std::int64_t>(v.page, 1));
    return c.show(v, [&] { return shown(c, *f, at, v, size); });
  }
  http::response picture(context& c) {
    const auto f = open_(c);
    if (!f) return c.refuse(f.why());
    const auto pdf = pdf_of(*f);
    if (!pdf) return c.refuse(pdf.why());
    auto png = redaction::picture_of(*pdf, page_in(c), screen_dpi);
    if (!png) return c.refuse(png.why());
    return seen_only(c, std::move(*png), "image/png");
  }
  http::response pdf(context& c) {
    const auto f = open_(c);
    if (!f) return c.refuse(f.why());
    auto made = pdf_of(*f);
    if (!made) return c.refuse(made.why());
    return as_file(c, std::move(*made), "application/pdf",
                   f->name.substr(0, f->name.find_last_of('.')) + ".pdf");
  }
  http::response voice(context& c) {
    const auto f = open_(c);
    if (!f) return c.refuse(f.why());
    std::string words(text::head(f->octets, longest_text));
    if (f->type != "text/plain") {
      const auto made = pdf_of(*f);
      if (!made) return c.refuse(made.why());
      auto said = redaction::words_of(*made, page_in(c));
      if (!said) return c.refuse(said.why());
      words = std::move(*said);
    }
    auto wave = redaction::spoken(words);
    if (!wave) return c.refuse(wave.why());
    return seen_only(c, std::move(*wave), "audio/wav");
  }

 private:
  static std::string below(const context& c, std::string_view end) {
    return std::string(c.request.path.substr(0, c.request.path.size() - end.size()));
  }

  result<std::string> pdf_of(const shown_file& f) {
    if (f.type == "application/pdf") return f.octets;
    if (auto before = before_.find(f.hash)) return std::move(*before);
    auto made = redaction::as_pdf(f.octets, f.type, [&](documents::scan s) {
      s.title = f.name;
      s.language = home_.pack().language();
      s.number = documents::new_document_number(today(home_.pack().zone()));
      s.at = now();
      return home_.documents().print(s);
    });
    if (made) before_.keep(f.hash, *made);
    return made;
  }

  void fill(const shown_file& f, const std::string& at, int page, file_view& v, page_size& size) {
    const auto made = pdf_of(f);
    const auto sheets = made ? redaction::sheets_of(*made)
                             : result<std::vector<redaction::sheet>>(made.why());
    if (!sheets) {
      v.refused = sheets.why().code;
      return;
    }
    v.pages = static_cast<std::int64_t>(sheets->size());
    v.page = std::min<std::int64_t>(page, v.pages);
    const auto& s = (*sheets)[static_cast<std::size_t>(v.page) - 1];
    size = {s.width, s.height};
    v.picture = at + "/picture?page=" + std::to_string(v.page);
    if (makes_pdf_ && f.type != "application/pdf") v.pdf = at + "/pdf";
    // A page without words is one all the same.
    if (auto words = redaction::words_of(*made, static_cast<int>(v.page)))
      v.words = std::move(*words);
  }

  static std::string pixels(double points) {
    return std::to_string(static_cast<int>(points * screen_dpi / 72));
  }

  static node sheet_part(const context& c, const std::string& at, const file_view& v,
                         const page_size& size) {
    const auto turn = pagination(c.shell(), static_cast<int>(v.page), static_cast<int>(v.pages),
                                 at + "/view?page=");
    return all(turn,
               img(cls("paper-view"), attr("src", v.picture), attr("width", pixels(size.width)),
                   attr("height", pixels(size.height)),
                   attr("alt", c.fill("case.page_picture", {{"n", std::to_string(v.page)},
                                                            {"pages", std::to_string(v.pages)},
                                                            {"name", v.name}}))),
               turn);
  }

  http::response shown(context& c, const shown_file& f, const std::string& at, const file_view& v,
                       const page_size& size) const {
    node body = h1(v.name);
    if (makes_pdf_) body = all(body, p(cls("note"), c.say("case.shown_by_house")));
    if (!v.refused.empty())
      body = all(body, inset(all(p(c.explain(refuse(kind::invalid, v.refused))),
                                 p(c.say("case.not_shown")))));
    const auto take = c.say(makes_pdf_ ? "case.take_file" : "document.download");
    std::vector<node> buttons{link_button(v.file, take, look::secondary)};
    if (!v.pdf.empty())
      buttons.push_back(link_button(v.pdf, c.say("case.take_pdf"), look::secondary));
    if (v.pages) body = all(body, sheet_part(c, at, v, size));
    if (!v.voice.empty())
      body = all(body, div(cls("field"), p(strong(id_("voice-label"), c.say("case.listen"))),
                           element("audio", flag("controls"), attr("preload", "none"),
                                   attr("src", v.voice), aria("labelledby", "voice-label"))));
    const node words = p(cls("keep-lines"), v.words);
    if (!v.words.empty())
      body = all(body, v.pages ? disclosure(c.say("case.words_of_page"), words) : words);
    return with_media(c.page(v.name, f.above, all(body, button_row(buttons)), {.noindex = true}));
  }

  house& home_;
  open_file open_;
  bool makes_pdf_;
  made_before before_;
};

std::shared_ptr<viewer> view_below(house& h, const std::string& at, needs who, open_file open,
                                   bool makes_pdf) {
  const auto v = std::make_shared<viewer>(h, std::move(open), makes_pdf);
  h.page("GET", at + "/view", who, [v](context& c) { return v->view(c); });
  h.page("GET", at + "/picture", who, [v](context& c) { return v->picture(c); });
  h.page("GET", at + "/voice", who, [v](context& c) { return v->voice(c); });
  return v;
}

// Its own address is the one that was asked for, up to its key.
result<shown_file> attached(context& c, const reach_case& reach) {
  auto from = reach(c);
  if (!from) return from.why();
  const auto key = id::parse(c.request.capture("file"));
  if (!key) return refuse(kind::not_found, "attachment.not_found");
  auto got = from->files->fetch(from->why, from->matter, *key);
  if (!got) return got.why();
  const std::string_view path = c.request.path, last = c.request.capture("file");
  const auto end = path.rfind("/" + std::string(last)) + 1 + last.size();
  return shown_file{got->what.key.str(), got->what.name, got->what.type, got->what.hash,
                    std::move(got->octets), std::string(path.substr(0, end)),
                    std::move(from->above)};
}

}  // namespace

http::response with_media(http::response page) {
  for (auto& [name, value] : page.headers)
    if (name == "Content-Security-Policy") value += "; media-src 'self'";
  return page;
}

void viewer_pages(house& h, const std::string& at, needs who, open_file open) {
  view_below(h, at, who, std::move(open), false);
}

void file_pages(house& h, const std::string& at, needs who, reach_case reach) {
  const auto v = view_below(
      h, at, who, [reach = std::move(reach)](context& c) { return attached(c, reach); }, true);
  h.page("GET", at, who, [v](context& c) { return v->file(c); });
  h.page("GET", at + "/pdf", who, [v](context& c) { return v->pdf(c); });
}

}  // namespace madang::platform
