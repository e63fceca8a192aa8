#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "madang/base/base.hpp"
#include "madang/forms/forms.hpp"
#include "madang/packs/packs.hpp"

// The catalogue of public services: what one can ask for, of whom, with what, at what price, under
// which law. Described in packs/<country>/services/catalogue/*.yaml; those that work here have a
// definition besides, packs/<country>/services/<id>.yaml.
namespace madang::services {

struct entry {
  std::string id, agency, category;
  words name, summary, who, needed, fee, time;
  std::vector<words> law;
  std::vector<std::string> search_words, events;
  int popular = 0;                 // 0 to 9: how much it is asked for; orders equals in search
};

struct category {
  std::string id, icon;
  words name;
};
struct life_event {
  std::string id, icon;
  words name, line;
  std::vector<std::string> services;
};

// How a service works: its questions, the evidence that is looked up instead of asked for, and
// what comes of it: a document at once, or a case that an official decides.
struct definition {
  std::string id;
  forms::form form;
  words start;                     // what the button says
  words sees;                      // which data will be read; shown before it is
  words good_to_know;              // one line each
  int minutes = 1;
  words purpose, law;              // of the access to registers
  json::value evidence;            // see evidence.hpp
  json::value issue;               // {layout, seal, holder, ...}; null when a case is opened
  json::value procedure;           // {system, id, office}; null when a document is issued
  std::vector<std::string> follow; // services offered when it is done
};

class catalogue {
 public:
  // Throws packs::broken_pack.
  explicit catalogue(const packs::pack& pack);

  const std::vector<entry>& entries() const { return entries_; }
  const entry* find(std::string_view id) const;
  const definition* find_definition(std::string_view id) const;
  const std::vector<category>& categories() const { return categories_; }
  const category* find_category(std::string_view id) const;
  const std::vector<life_event>& events() const { return events_; }
  const life_event* find_event(std::string_view id) const;

 private:
  const packs::pack& pack_;
  std::vector<entry> entries_;
  std::vector<category> categories_;
  std::vector<life_event> events_;
  std::map<std::string, definition, std::less<>> definitions_;
  std::map<std::string, std::size_t, std::less<>> by_id_;
};

// Exports. `base` is the address of the portal without a slash at the end.
json::value cpsv_ap(const catalogue& c, const packs::pack& p, std::string_view base);   // JSON-LD
json::value schema_org(const entry& e, const packs::pack& p, std::string_view base,
                       std::string_view language);
// A service's number in HSDS (a UUID), the same in every export.
std::string hsds_id(const entry& e);
// Open Referral HSDS 3.0: one service with its organisation and cost.
json::value hsds_service(const entry& e, const packs::pack& p, std::string_view base,
                         std::string_view language);

}  // namespace madang::services
