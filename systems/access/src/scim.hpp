#pragma once
#include <map>

#include "madang/scim/answer.hpp"
#include "madang/scim/patch.hpp"
#include "personnel.hpp"

// Personnel systems of agencies (SCIM 2.0, RFC 7643 and 7644): officials are users, posts and
// agencies are groups, and what changes who holds a post becomes a personnel order, which another
// official approves. A program acts for a post, which its registration names: it can order what the
// holder of that post could, and she may not approve it.
namespace madang::access {

// Who calls: a program, and the post that answers for it.
struct scim_caller {
  const signon::client* by = nullptr;
  audit::access looks, orders;  // the program by itself; the holder of the post by it
  bool everywhere = false;      // its agency orders for all others

  bool reaches(std::string_view agency) const { return everywhere || looks.who.agency == agency; }
};

struct scim_reply {
  int status = 200;
  json::object body;  // empty: none
  std::string location;
  std::optional<refusal> why;  // instead of the body

  scim_reply() = default;
  scim_reply(refusal r) : why(std::move(r)) {}
  scim_reply(int s, json::object b, std::string at = {})
      : status(s), body(std::move(b)), location(std::move(at)) {}
};

// What a client sent besides its body.
struct scim_terms {
  scim::parameters asked;  // of the address
  std::string if_match;
};

class scim_desk {
 public:
  // Throws packs::broken_pack when the schemas of the pack are wrong.
  explicit scim_desk(shared_personnel p);

  shared_personnel personnel;
  house& home;
  scim::shape users, groups, orders;
  json::value service, said_schemas, said_types;

  // Refusals: oauth.invalid_token, oauth.invalid_dpop_proof, scim.no_post (the post is vacant or
  // not there).
  result<scim_caller> caller(const context& c);
  std::string at(std::string_view path) const;  // "https://…/scim/v2" + path

  const scim::shape* shape_of(std::string_view endpoint) const;  // "Users"; null: none
  // ---- resources ----
  std::vector<json::object> all(const scim_caller& who, const scim::shape& of);
  result<json::object> one(const scim_caller& who, const scim::shape& of, std::string_view key);
  scim_reply create(const scim_caller& who, const scim::shape& of, const json::value& said);
  scim_reply change(const scim_caller& who, const scim::shape& of, std::string_view key,
                    const json::value& said, bool whole, const scim_terms& terms);
  scim_reply remove(const scim_caller& who, const scim::shape& of, std::string_view key,
                    const scim_terms& terms);
  // Each person who is shown finds the look among those about herself.
  void note_looks(const scim_caller& who, const std::vector<const json::object*>& shown);

  struct known;  // what the program said of somebody or something
  struct sight;  // what resources are made of, read once for a request

 private:
  sight look(const scim_caller& who);
  json::object user_of(const scim_caller& who, const sight& s, id person);
  json::object post_of(const scim_caller& who, const sight& s, const identity::post& p);
  json::object agency_of(const sight& s, const std::string& code);
  json::object order_of(const scim_caller& who, const identity::order& o);
  void finish(const sight& s, json::object& resource, std::string_view type, std::string_view path,
              const std::string& key);
  json::array pending(const sight& s, id person, std::string_view post) const;

  void remember(const scim_caller& who, std::string_view type, const std::string& key,
                std::string_view external_id, bool active, id subject);
  scim_reply create_user(const scim_caller& who, const json::value& said);
  scim_reply create_order(const scim_caller& who, const json::value& said);
  result<bool> change_user(const scim_caller& who, const json::object& before,
                           const json::object& after);
  result<bool> change_group(const scim_caller& who, const json::object& before,
                            const json::object& after);
  // All of them, or none. True when any waits now.
  result<bool> draft(const scim_caller& who, std::vector<identity::order> wanted);
  std::vector<identity::order> leaving(const scim_caller& who, id person);
  void take_back_leaving(const scim_caller& who, id person);
  id person_of(const scim_caller& who, std::string_view key);
  identity::order order_for(const scim_caller& who, identity::sort s, id person,
                            const std::string& post) const;
};

void scim_pages(shared_personnel p);

}  // namespace madang::access
