#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/signon/outside.hpp"

// Confirming who one is by one's telephone: the carrier knows its subscribers, asks the one who is
// named on her own telephone (OpenID Connect CIBA Core 1.0, poll mode, we are the client), and
// says what it has verified about her (OpenID Connect for Identity Assurance 1.0). Its name for her
// is pairwise, Korea's DI; the global identifier, Korea's CI, comes only to who may have it.
namespace madang::signon {

struct carrier {
  outside_provider at;
  std::string country_code;     // of numbers that begin with 0: "82"
  std::string trust_framework;  // by which it must have verified what it says
};

// {carriers: [{... as providers, country_code, trust_framework}]}. Refusal signon.provider.
result<std::vector<carrier>> read_carriers(const json::value& v);

class phone {
 public:
  // The provider has made the tables.
  phone(store::database& db, std::vector<carrier> all) : db_(db), all_(std::move(all)) {}

  const std::vector<carrier>& carriers() const { return all_; }

  enum class purpose { link, step_up, come_in };
  struct attempt {
    std::string carrier, number;
    phone::purpose purpose = purpose::link;
    id person;            // come_in: 0
    std::string next;     // where to go after
    std::string binding;  // what both screens show
    instant expires;
  };
  // Gives a ticket for the browser. Refusals: outside.unknown, phone.number (field number),
  // outside.unreachable, phone.too_many (the carrier protects her from more questions).
  result<std::string> begin(std::string_view carrier, std::string_view number, purpose what,
                            id person, std::string_view next);
  std::optional<attempt> find(std::string_view ticket);

  struct proof {
    std::string issuer, subject, number, name, birthdate, ci;
  };
  // Asks the carrier when it is time; nothing: she has not answered, or the carrier does not.
  // With a proof or a refusal the attempt is over. Refusals: phone.over, phone.refused,
  // outside.token (field: what is not right), phone.proof (field: the claim that is absent, or is
  // another's).
  result<std::optional<proof>> look(std::string_view ticket);

  struct linked {
    std::string issuer, subject, number, ci_hash;
    instant since;
  };
  std::optional<linked> of_person(id person);
  // Whose telephone it is; nothing: nobody's here.
  std::optional<id> person_of(const proof& p);
  // Refusal phone.taken: it is another person's here, or its holder is.
  outcome remember(const audit::access& why, const proof& p, id person);
  // Refusal phone.none.
  outcome forget(const audit::access& why, id person);

 private:
  const carrier* named(std::string_view id) const;
  result<std::optional<proof>> judge(const carrier& by, const discovered& at,
                                     std::string_view number, const json::value& tokens);

  store::database& db_;
  std::vector<carrier> all_;
  discoveries known_;
};

}  // namespace madang::signon
