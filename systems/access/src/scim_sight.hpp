#pragma once
#include "scim.hpp"

// What resources are made of; shared by what shows them and what changes them.
namespace madang::access {

inline constexpr std::string_view scim_pending_urn =
    "urn:madang:params:scim:schemas:extension:2.0:Pending";
inline constexpr std::string_view scim_agency = "agency:";  // of a group that is an agency

// As the table has it.
struct scim_desk::known {
  std::string client, type, key, external_id;
  std::int64_t active = 1;
  instant created, changed;
};
BOOST_DESCRIBE_STRUCT(scim_desk::known, (),
                      (client, type, key, external_id, active, created, changed))

struct scim_desk::sight {
  std::vector<identity::post> posts;                          // within reach
  std::map<id, std::vector<std::size_t>> held;                // by whom, places in posts
  std::vector<identity::order> open;                          // waiting or approved
  std::map<std::pair<std::string, std::string>, known> said;  // by type and key
};

}  // namespace madang::access
