#pragma once
#include <optional>
#include <string>
#include <vector>

#include "madang/base/base.hpp"
#include "madang/store/store.hpp"

namespace madang::forms {

// What somebody has answered so far. Saved with every answer, so that she can go on anywhere.
struct draft {
  id key;
  id person;
  std::string service;
  json::value answers;             // an object: question id -> answer
  instant begun, saved;
};

class drafts {
 public:
  explicit drafts(store::database& db);

  // The open draft of a person for a service, made when there is none.
  draft begin(id person, std::string_view service, json::object answers = {});
  // Another person's draft is not there: nothing.
  std::optional<draft> find(id key, id person);
  std::vector<draft> of(id person);
  void save(const draft& d);
  // Inside the transaction that files the application, so that it is filed once: false when it
  // was taken before.
  bool take(store::write& tx, id key, id person);
  void discard(id key, id person);
  bool exists(id key);             // whosoever it is

  store::database& database() const { return db_; }

 private:
  store::database& db_;
};

}  // namespace madang::forms
