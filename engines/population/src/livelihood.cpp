// What people live on: work, income, disability, education, rent, drawn for each person from the
// figures of the pack by her number alone, so that nobody else's facts change hers.
#include <cmath>
#include <map>
#include <optional>

#include "rows.hpp"

namespace madang::population {
namespace {

constexpr int working_age = 15, school_age = 6, school_ends = 19;
constexpr std::uint64_t stage = 0x11F3;      // its own stream of the generator
constexpr int longest_insured = 240;

std::int64_t thousands(double of_median, double spread, random& r) {
  return static_cast<std::int64_t>(of_median * std::exp(spread * r.bell())) * 1000;
}

struct means {
  std::string_view work = "none", disability = "none", student = "none";
  std::optional<date> lost_on;
  std::int64_t insured_months = 0, wage = 0, other = 0, property = 0, rent = 0;
};

class circumstances final : public writer {
 public:
  circumstances(const parameters& figures, registers::registry& r)
      : f_(figures), l_(figures.livelihood), rows_(r, "circumstances", recorded_at(figures)) {
    for (const auto& h : figures.cast.households)
      for (const auto& p : h.members) said_[p.number.value] = &p.circumstances;
  }
  std::vector<table*> tables() override { return {&rows_}; }

  void write(store::write& tx, const block& b) override {
    for (const household& h : b.households)
      for (int m : h.members) {
        const person& p = b.at(m);
        means drawn = draw(b, h, m);
        if (auto said = said_.find(p.key.value); said != said_.end())
          write_said(tx, p, drawn, *said->second);
        else if (f_.as_of.year() - p.born.year() >= working_age || drawn.disability != "none")
          write_row(tx, p, drawn);
      }
  }

 private:
  means draw(const block& b, const household& h, int who) {
    const person& p = b.at(who);
    random r(stage, 1, static_cast<std::uint64_t>(p.key.value));
    const int years = age(p.born, f_.as_of);
    means m;
    if (r.per_mille(l_.disabled.at(years)))
      m.disability = r.per_mille(l_.severe) ? "severe" : "mild";
    if (years >= school_age && years < school_ends) m.student = "school";
    else if (r.per_mille(l_.university.at(years))) m.student = "university";
    draw_work(m, years, r);
    const std::int64_t pension = l_.pension.at(years);
    if (pension > 0) m.other = thousands(static_cast<double>(pension), 0.6, r);
    if (who == h.head) draw_home(m, b, h, r);
    return m;
  }
  void draw_work(means& m, int years, random& r) {
    if (years < working_age || !r.per_mille(l_.employed.at(years))) return;
    const double spread = l_.wage_spread / 100.0;
    m.wage = thousands(l_.wage.at(years), spread, r);
    m.insured_months = std::min(longest_insured, r.below(12 * (years - working_age) + 6));
    if (r.per_mille(l_.lost_job)) {
      m.work = "lost_job";
      m.lost_on = f_.as_of.plus(-r.below(300));
    } else if (r.per_mille(l_.self_employed)) {
      m.work = "self_employed";
      m.insured_months = 0;
    } else {
      m.work = "employee";
    }
  }
  void draw_home(means& m, const block& b, const household& h, random& r) {
    const bool owns = h.owner >= 0 && b.at(h.owner).household == b.at(h.head).household;
    if (owns) m.property = thousands(l_.property, 0.9, r);
    else if (r.per_mille(l_.renting)) m.rent = thousands(l_.rent, 0.4, r);
  }

  void put(const means& m) {
    rows_.put(work_, m.work);
    if (m.lost_on) rows_.put(lost_on_, *m.lost_on);
    rows_.put(insured_, m.insured_months);
    rows_.put(wage_, m.wage);
    rows_.put(other_, m.other);
    rows_.put(property_, m.property);
    rows_.put(disability_, m.disability);
    rows_.put(student_, m.student);
    rows_.put(rent_, m.rent);
  }
  date since(const person& p) const { return std::max(p.born, f_.as_of.plus(-365)); }

  void write_row(store::write& tx, const person& p, const means& m) {
    put(m);
    rows_.write(tx, p.key.str(), since(p));
  }
  // What cast.yaml says of a person holds; what it does not say is nothing, and not by chance.
  void write_said(store::write& tx, const person& p, const means& drawn, const json::value& said) {
    means m;
    if (json::at(said, "work").is_null() && drawn.student == "school") m.student = "school";
    const auto text_of = [&](const char* item, std::string_view otherwise) {
      const std::string_view s = json::str(said, item);
      return s.empty() ? otherwise : s;
    };
    m.work = text_of("work", m.work);
    m.disability = text_of("disability", m.disability);
    m.student = text_of("student", m.student);
    m.lost_on = date::parse(json::str(said, "lost_on"));
    const std::pair<const char*, std::int64_t*> numbers[] = {{"insured_months", &m.insured_months},
                                                             {"monthly_wage", &m.wage},
                                                             {"other_income", &m.other},
                                                             {"property_income", &m.property},
                                                             {"monthly_rent", &m.rent}};
    for (const auto& [item, number] : numbers)
      if (const auto& v = json::at(said, item); v.is_int64()) *number = v.get_int64();
    write_row(tx, p, m);
  }

  const parameters& f_;
  const livelihood_figures& l_;
  table rows_;
  std::map<std::int64_t, const json::value*> said_;
  const int work_ = rows_.slot("work"), lost_on_ = rows_.slot("lost_on"),
            insured_ = rows_.slot("insured_months"), wage_ = rows_.slot("monthly_wage"),
            other_ = rows_.slot("other_income"), property_ = rows_.slot("property_income"),
            disability_ = rows_.slot("disability"), student_ = rows_.slot("student"),
            rent_ = rows_.slot("monthly_rent");
};

}  // namespace

std::unique_ptr<writer> circumstances_writer(const parameters& figures, registers::registry& r) {
  return std::make_unique<circumstances>(figures, r);
}

}  // namespace madang::population
