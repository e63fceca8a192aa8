#pragma once
#include <string>
#include <vector>

#include "madang/base/base.hpp"

// Feeds as others read them: the Atom Syndication Format (RFC 4287).
namespace madang::assembly {

struct atom_enclosure {
  std::string address, type;       // absolute
  std::int64_t size = 0;           // octets
};

struct atom_entry {
  std::string id, title, link;     // id: an IRI that stays; link: the page, absolute
  instant updated, published;
  std::string term, label;         // category; empty: none
  std::string summary, content;    // plain text; empty: none
  std::vector<atom_enclosure> enclosures = {};         // RFC 4287 section 4.2.7.2
};

struct atom_feed {
  std::string page, self, title, language, author;         // page, self: absolute addresses
  std::vector<atom_entry> entries;                         // the newest first
};

// `updated` of the whole is that of its newest entry.
std::string written(const atom_feed& f);

}  // namespace madang::assembly
