#pragma once
#include <string>
#include <vector>

#include "madang/forms/forms.hpp"
#include "madang/packs/packs.hpp"

// What may be reported and who sees to it, as eungdapso/*.yaml of the pack say it.
namespace madang::eungdapso {

struct department {
  std::string id;
  words name;
};

struct category {
  std::string id, group, department;
  words name, about;
  int urgency = 3;  // 1 today, 2 this week, 3 when its turn comes
  int promised_hours = 72;
  bool open_pictures = false;  // shown without a release
  struct sooner {
    std::string question, is;
    int hours = 0;
  };
  std::optional<sooner> urgent;  // an answer that makes it a matter of today
  forms::form form;              // the attributes of Open311

  bool is_urgent(const json::value& answers) const;
  int hours_for(const json::value& answers) const;
  int urgency_for(const json::value& answers) const;
};

class categories {
 public:
  // Throws packs::broken_pack.
  explicit categories(const packs::pack& pack);
  const std::vector<category>& all() const { return all_; }
  const std::vector<department>& departments() const { return departments_; }
  const category* find(std::string_view id) const;
  const department* find_department(std::string_view id) const;

 private:
  std::vector<category> all_;
  std::vector<department> departments_;
};

// The questions of a category answered by fields of a form, by their ids. Refusals of forms, with
// the field named.
result<json::object> answered(const category& k, const forms::fields& sent, date today);

}  // namespace madang::eungdapso
