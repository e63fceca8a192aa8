#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/words.hpp"
#include "madang/html/assets.hpp"
#include "madang/html/node.hpp"
#include "madang/html/texts.hpp"

namespace madang::html {

// A link of a menu; the label is already in the reader's language.
struct link {
  std::string href = {};
  std::string label = {};
};

// Who reads, in which language, where: what every page of one request has in common. Made once a
// request; `texts` and `assets` outlive it.
struct shell {
  const html::texts* texts = nullptr;
  const html::assets* assets = nullptr;    // null: plain names, for tests
  std::string language = "ko";             // BCP 47
  // Offered to the reader; where there is one, there is nothing to choose.
  std::vector<std::string> languages = {"ko", "en"};
  words site;                              // empty: text "shell.site"
  std::string path = "/";                  // with query: where ?lang= and ?contrast= come back to
  std::optional<std::string> person = {};  // signed in as
  int unread = 0;                          // notices
  std::string csrf = {};                   // hidden field _csrf of every form that posts
  std::vector<link> nav = {};
  std::string active = {};  // href of the item of nav that this page belongs to
  std::vector<link> footer = {};
  bool official = false;             // the desk of officials: other name, other home
  bool synthetic = true;             // says that persons are fictional
  bool high_contrast = false;        // the reader asked for it; besides the system's own wish
  std::string sign_in = "/sign-in";  // where the header's links lead
  std::string sign_out = "/sign-out";
  std::string my_page = "/my";
  std::string notices = "/my/notices";

  std::string_view say(std::string_view key) const;
  std::string fill(std::string_view key, const texts::facts& facts) const;
  std::string site_name() const;
  // `path` with one parameter of its query set: with("lang", "en").
  std::string with(std::string_view parameter, std::string_view value) const;
  node csrf_field() const;  // <input type=hidden name=_csrf ..>
};

}  // namespace madang::html
