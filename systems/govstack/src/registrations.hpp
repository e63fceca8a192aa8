#pragma once
#include "caller.hpp"
#include "madang/cases/attachment.hpp"
#include "madang/cases/cases.hpp"
#include "shelf.hpp"

// Services of the registration block: an application is a case of the house, its task is to decide
// that case, and what comes of it is a record in a database of the registries block.
namespace madang::govstack {

struct form_field {
  std::string name, type;  // type of JSON Schema: "string", "integer", "boolean"
  words label;
  bool required = false;
  std::string writes;  // property of the record; empty: only for deciding
};

struct service {
  std::string id, code, version, type;
  words name, about, purpose, law;
  std::string office, role;  // who decides
  int days = 3;
  std::string form_id, form_version;
  words form_name;
  std::vector<form_field> fields;
  std::string registry, registry_version;
  std::string procedure() const { return "govstack-" + code; }
};

struct application {
  id matter;
  std::string file, task, service, applicant, name;
  json::value form, documents;
  instant registered;
  std::string status;  // PENDING, APPROVED, SENDBACK, REJECTED
  std::optional<instant> decided_at;
  std::string decided_by;
};

class registrations {
 public:
  // Throws packs::broken_pack (govstack/services.yaml).
  registrations(house& h, shelf& books);

  const std::vector<service>& services() const { return services_; }
  const service* find_service(std::string_view id) const;
  const service* with_form(std::string_view form) const;
  const service* called(std::string_view name_or_code) const;

  struct filed {
    std::string applicant, name;
    json::value form, documents;
    std::string once;
    std::string file, task;  // empty: drawn
  };
  // Refusals: govstack.no_applicant, govstack.field (form), and those of cases.
  result<application> file(const audit::access& why, const service& s, const filed& what);
  std::optional<application> find(const std::string& file);
  std::optional<application> with_task(const std::string& task);
  struct wanted {
    std::string service, applicant, file, assignee;
    bool open = false, newest_first = true;
    std::int64_t from = 0, count = 100;
  };
  std::vector<application> list(const wanted& w);
  bool is_open(const application& a);

  // By an operator: the form as it is to be. Refusals: govstack.ended, govstack.field.
  result<application> correct(const audit::access& why, const application& a, const filed& what);
  enum class decision { approve, reject, send_back };
  // Refusals: govstack.form_incomplete (field), and those of cases.
  outcome decide(const audit::access& why, const application& a, decision d,
                 const json::object& data, const std::string& reason);

  struct figures {
    std::int64_t approved = 0, sent_back = 0, rejected = 0;
  };
  figures count(const std::optional<std::string>& service, const std::string& operator_name,
                std::optional<date> from, std::optional<date> until);

  // ---- documents ----
  // Gives its name in addresses. Refusals: attachment.*.
  result<std::string> keep(const audit::access& why, const std::string& octets);
  struct document {
    std::string type;
    store::bytes octets;
  };
  std::optional<document> fetch(const std::string& key);

 private:
  void read_service(const json::value& v);
  void handle(const service& s);
  std::optional<application> with(const char* column, const std::string& value);
  result<id> person(const audit::access& why, const std::string& applicant);
  outcome check_form(const service& s, const json::value& form) const;
  outcome make_record(store::write& tx, const audit::access& why, const cases::matter& m,
                      const service& s);

  house& house_;
  shelf& books_;
  store::database& db_;
  std::vector<service> services_;
  std::map<std::string, std::string, std::less<>> applicants_;  // -> login of an account
};

}  // namespace madang::govstack
