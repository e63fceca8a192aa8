#pragma once
#include <optional>
#include <string>
#include <vector>

#include "madang/base/base.hpp"
#include "madang/store/store.hpp"

// The message box: what government has to tell a person or an office, kept until it is read and
// after. A notice made twice from one event is there once.
namespace madang::notices {

struct notice {
  id key;
  id person;                       // to a person ...
  std::string office;              // ... or to the office of a district
  words title, body;
  std::string link;                // where to go on
  std::string reference;           // number of the case
  instant at;
  std::optional<instant> read_at;
};

class box {
 public:
  explicit box(store::database& db);

  // `source` names the event that caused it; the same source to the same reader is ignored.
  void put(notice n, std::string_view source);
  // Many from one event, in one transaction.
  void put_all(std::vector<notice> all, std::string_view source);
  std::vector<notice> of_person(id person, int limit = 50, instant before = forever);
  std::vector<notice> of_office(std::string_view office, int limit = 50);
  std::int64_t unread(id person);
  // Only the reader's own: false otherwise.
  bool mark_read(id key, id person);
  void mark_all_read(id person);

 private:
  store::database& db_;
};

}  // namespace madang::notices
