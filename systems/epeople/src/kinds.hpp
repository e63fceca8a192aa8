#pragma once
#include <map>
#include <string>
#include <vector>

#include "madang/forms/forms.hpp"
#include "madang/platform/house.hpp"

// What may be filed, as epeople/kinds.yaml says it.
namespace madang::epeople {

// How long the law gives. What is counted in days or months and ends on a Saturday, a Sunday or a
// holiday ends on the working day after (Civil Act art. 161); the first day is not counted (157).
struct period {
  std::string count = "working";  // "working" days, "days", "months"
  int n = 7;
  date due(date received, const calendar& days) const;
};

struct filing_kind {
  std::string id, icon, begins, reward;
  words name, law;
  bool confidential = false;
  period usual;
  struct exception {
    std::string question, is;
    period gives;
  };
  std::vector<exception> when;
  // An answer that is a date may lie at most so many days back.
  struct limit {
    std::string question;
    int days = 0;
  };
  std::vector<limit> within;
  forms::form form;

  const period& period_for(const json::value& answers) const;
};

class kinds {
 public:
  // Throws packs::broken_pack.
  explicit kinds(const platform::house& home);
  const std::vector<filing_kind>& all() const { return all_; }
  const filing_kind* find(std::string_view id) const;

 private:
  filing_kind read(const platform::house& home, const json::value& v) const;
  std::vector<filing_kind> all_;
};

// A text in the languages of the country and of its visitors.
words said_to_all(const platform::house& home, const std::string& key);
// Every language there is, the country's own first.
std::vector<std::string> all_languages(const platform::house& home);

// "국민권익위원회 고충처리국", "서울특별시 종로구": agencies, their units, districts.
words office_name(const packs::pack& pack, std::string_view code);
// Is there such an office?
bool is_office(const packs::pack& pack, std::string_view code);
// The agency of an office that is a unit of it, else the office itself.
std::string agency_of(const packs::pack& pack, std::string_view code);

}  // namespace madang::epeople
