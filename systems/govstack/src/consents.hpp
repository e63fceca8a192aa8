#pragma once
#include "caller.hpp"

// Policies, data agreements, individuals and consent records of the consent block. Nothing is
// overwritten: each change is a revision that holds the hash of the one before (SHA-256; the
// specification's SHA-1 would not withstand who wants to forge one).
namespace madang::govstack {

struct thing {
  std::string id, kind;  // "policy", "data-agreement", "individual", "consent-record"
  std::string label;     // of an individual: her external id
  json::value body;
  std::string revision;
  bool deleted = false;
  madang::id person;
  instant made;
};

class consents {
 public:
  explicit consents(house& h);

  // Does somebody with this number agree to it now? The agreement is active, and what she said last
  // was yes.
  bool holds(const std::string& agreement, const std::string& number);

  std::optional<thing> find(std::string_view kind, const std::string& id);
  std::vector<thing> list(std::string_view kind, const page_wanted& page);
  // As a revision of it was. Nothing: it has no such revision.
  std::optional<json::object> as_of(const std::string& object, const std::string& revision);
  json::array revisions(const std::string& object, const page_wanted& page);
  json::value revision(const std::string& id);

  // Makes it (no id), or its next revision. Refusals: govstack.no_thing.
  result<thing> put(const audit::access& why, std::string_view kind, const std::string& id,
                    const json::object& body);
  // What a new house begins with, under a name that the pack says.
  void begin_with(const audit::access& why, std::string_view kind, const std::string& id,
                  const json::object& body);
  // The individual with that external id; made when there is none.
  result<thing> individual(const audit::access& why, const json::object& body);
  result<thing> remove(const audit::access& why, std::string_view kind, const std::string& id);

  // What an individual says to an agreement: one record of each pair, revised as she changes her
  // mind. Refusals: govstack.no_thing, govstack.inactive, govstack.revision (not the current one).
  result<thing> say(const audit::access& why, const std::string& agreement,
                    const std::string& individual, const std::string& revision, bool opt_in,
                    const json::value& signature = {});
  std::optional<thing> record_of(const std::string& agreement, const std::string& individual);
  std::vector<thing> records_of(const std::string& individual, const std::string& agreement);
  // Refusals: govstack.no_thing, govstack.signature (field).
  result<thing> sign(const audit::access& why, const std::string& record,
                     const json::value& signature);
  // Records of agreements that may be forgotten, and those never signed. How many.
  std::int64_t forget(const audit::access& why, const std::string& individual);

  // A consent record as the block shows it, with agreement, revision and individual in it.
  json::object shown(const thing& record);
  // What a signature of that record is over.
  static json::object to_be_signed(const json::object& record);
  // A signature as it is kept, when it is over that record. Who made it is proved by the method
  // that it names, which the block leaves to others. Refusal govstack.signature (field).
  static result<json::object> signed_over(const json::value& signature, const json::object& record);

 private:
  void revise(store::write& tx, const audit::access& why, thing& t);
  id person_numbered(const audit::access& why, const std::string& number);

  house& house_;
  store::database& db_;
};

}  // namespace madang::govstack
