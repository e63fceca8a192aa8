// Registers of agencies that have no system of their own here. The pack says by rules whom they
// know (population-registers.yaml): at most one record for each of the living.
#include <algorithm>
#include <deque>

#include "numbers.hpp"
#include "rows.hpp"

namespace madang::population {
namespace {

constexpr const char* rules_file = "population-registers.yaml";
constexpr double days_a_year = 365.2425;

enum class source { person, name, latin, born, days_ago, after, at_age, pick, number, serial };

struct item_rule {
  std::string id;
  source from = source::person;
  int low = 0, high = 0;             // days ago, ages, numbers; both included
  int other = -1, days = 0;          // after: the rule of the date, and how much later
  struct choice {
    int to_age = 0;
    std::vector<std::string> codes;
    wheel chances;
  };
  std::vector<choice> choices;       // by rising age
  std::string pattern;
};

struct register_rule {
  std::string reg, key, since;       // key: a pattern, or "person"; since: the date it holds from
  int from_age = 0, to_age = 200, per_mille = 1000;
  std::string sex;                   // "m", "f"; empty: both
  std::vector<item_rule> items;
};

int whole(const json::value& v, const char* name, int otherwise) {
  const auto& found = json::at(v, name);
  return found.is_int64() ? static_cast<int>(found.get_int64()) : otherwise;
}

std::pair<int, int> between(const json::value& v, const std::string& where) {
  if (!v.is_array() || v.get_array().size() != 2 || !v.get_array()[0].is_int64() ||
      !v.get_array()[1].is_int64())
    broken(rules_file, where + " names a lowest and a highest whole number");
  return {static_cast<int>(v.get_array()[0].get_int64()),
          static_cast<int>(v.get_array()[1].get_int64())};
}

int rule_named(const std::vector<item_rule>& items, std::string_view id) {
  for (std::size_t i = 0; i < items.size(); ++i)
    if (items[i].id == id) return static_cast<int>(i);
  return -1;
}

item_rule::choice read_choice(const json::value& pick, int to_age, const std::string& where) {
  if (!pick.is_object()) broken(rules_file, where + ": pick gives each code its weight");
  item_rule::choice out;
  out.to_age = to_age;
  for (const auto& one : pick.get_object()) {
    out.codes.emplace_back(one.key());
    out.chances.add(one.value().to_number<double>());
  }
  return out;
}

// {is: ..} or one of {days_ago, at_age, after, pick, by_age, number, serial}.
item_rule read_item(const json::value& v, const register_rule& of) {
  item_rule out;
  out.id = json::str(v, "id");
  const std::string where = of.reg + "." + out.id;
  const std::pair<const char*, source> plain[] = {
      {"person", source::person}, {"name", source::name}, {"latin", source::latin},
      {"born", source::born}};
  for (const auto& [word, from] : plain)
    if (json::str(v, "is") == word) {
      out.from = from;
      return out;
    }
  const std::pair<const char*, source> ranges[] = {
      {"days_ago", source::days_ago}, {"at_age", source::at_age}, {"number", source::number}};
  for (const auto& [word, from] : ranges)
    if (const auto& found = json::at(v, word); !found.is_null()) {
      out.from = from;
      std::tie(out.low, out.high) = between(found, where);
      return out;
    }
  if (const auto other = json::str(v, "after"); !other.empty()) {
    out.from = source::after;
    out.other = rule_named(of.items, other);
    out.days = days_of(whole(v, "years", 0)) + whole(v, "days", 0);
    if (out.other < 0) broken(rules_file, where + ": '" + std::string(other) +
                                              "' is no date that stands before it");
  } else if (const auto& pick = json::at(v, "pick"); !pick.is_null()) {
    out.from = source::pick;
    out.choices.push_back(read_choice(pick, of.to_age, where));
  } else if (const auto& ages = json::at(v, "by_age"); ages.is_array()) {
    out.from = source::pick;
    for (const auto& one : ages.get_array())
      out.choices.push_back(read_choice(json::at(one, "pick"), whole(one, "to_age", -1), where));
    if (out.choices.empty() || out.choices.back().to_age < of.to_age)
      broken(rules_file, where + ": by_age goes to the highest age of the register");
  } else if (const auto serial = json::str(v, "serial"); !serial.empty()) {
    out.from = source::serial;
    out.pattern = serial;
  } else {
    broken(rules_file, where + " does not say where it comes from");
  }
  return out;
}

register_rule read_rule(const json::value& v) {
  register_rule out;
  out.reg = json::str(v, "register");
  out.key = json::str(v, "key");
  out.since = json::str(v, "from");
  const auto& who = json::at(v, "who");
  out.from_age = whole(who, "from_age", 0);
  out.to_age = whole(who, "to_age", 200);
  out.per_mille = whole(who, "per_mille", 1000);
  out.sex = json::str(who, "sex");
  const auto& items = json::at(v, "items");
  if (out.reg.empty() || out.key.empty() || !items.is_array())
    broken(rules_file, "a register has a name, a key and items");
  for (const auto& one : items.get_array()) out.items.push_back(read_item(one, out));
  if (rule_named(out.items, out.since) < 0)
    broken(rules_file, out.reg + ": 'from' names the date since when a record holds");
  return out;
}

// "M########" with the digits of a number from the right.
std::string numbered(std::string pattern, std::int64_t number) {
  for (auto at = pattern.rbegin(); at != pattern.rend(); ++at)
    if (*at == '#') {
      *at = static_cast<char>('0' + number % 10);
      number /= 10;
    }
  return pattern;
}

class one_register {
 public:
  one_register(const parameters& figures, registers::registry& r, register_rule rule,
               std::uint64_t stream)
      : f_(figures), rule_(std::move(rule)), stream_(stream),
        rows_(r, rule_.reg, recorded_at(figures)) {
    for (const auto& i : rule_.items) slots_.push_back(rows_.slot(i.id));
  }
  table& rows() { return rows_; }

  void write(store::write& tx, const person& p) {
    random r(static_cast<std::uint64_t>(p.key.value), stream_, 0);
    const int age = static_cast<int>((f_.as_of - p.born) / days_a_year);
    if (age < rule_.from_age || age > rule_.to_age || !r.per_mille(rule_.per_mille)) return;
    if (!rule_.sex.empty() && (rule_.sex == "f") != p.female) return;
    texts_.clear();
    dates_.assign(rule_.items.size(), p.born);
    const std::int64_t number = rows_.written() + 1;
    date since = p.born;
    for (std::size_t i = 0; i < rule_.items.size(); ++i) {
      put(i, p, age, r, number);
      if (rule_.items[i].id == rule_.since) since = dates_[i];
    }
    const std::string key = rule_.key == "person" ? p.key.str() : numbered(rule_.key, number);
    rows_.write(tx, key, std::min(since, f_.as_of));
  }

 private:
  void put_text(int slot, std::string text) {
    rows_.put(slot, texts_.emplace_back(std::move(text)));
  }
  void put_date(std::size_t i, date d) { rows_.put(slots_[i], dates_[i] = d); }

  void put(std::size_t i, const person& p, int age, random& r, std::int64_t number) {
    const item_rule& rule = rule_.items[i];
    const int slot = slots_[i];
    switch (rule.from) {
      case source::person: rows_.put(slot, p.key); break;
      case source::name: put_text(slot, name_of(f_, p)); break;
      case source::latin: put_text(slot, latin_of(f_, p)); break;
      case source::born: put_date(i, p.born); break;
      case source::days_ago: {
        // Nobody has anything from before the age at which it is given.
        const date earliest = p.born.plus(days_of(rule_.from_age));
        put_date(i, std::max(earliest, f_.as_of.plus(-r.between(rule.low, rule.high))));
        break;
      }
      case source::at_age:
        put_date(i, std::min(f_.as_of, p.born.plus(days_of(r.between(rule.low, rule.high)))));
        break;
      case source::after:
        put_date(i, dates_[static_cast<std::size_t>(rule.other)].plus(rule.days));
        break;
      case source::pick: {
        const auto& c = *std::ranges::find_if(
            rule.choices, [&](const auto& one) { return age <= one.to_age; });
        rows_.put(slot, c.codes[static_cast<std::size_t>(c.chances.pick(r))]);
        break;
      }
      case source::number:
        rows_.put(slot, static_cast<std::int64_t>(r.between(rule.low, rule.high)));
        break;
      case source::serial: put_text(slot, numbered(rule.pattern, number)); break;
    }
  }

  const parameters& f_;
  register_rule rule_;
  std::uint64_t stream_;
  table rows_;
  std::vector<int> slots_;
  std::deque<std::string> texts_;    // what is put must live until the row is written
  std::vector<date> dates_;
};

class ruled final : public writer {
 public:
  ruled(const parameters& figures, registers::registry& r) {
    const json::value v = figures.pack.yaml(rules_file);
    for (const auto& one : json::at(v, "registers").get_array())
      all_.emplace_back(figures, r, read_rule(one), first_stream + all_.size());
  }
  std::vector<table*> tables() override {
    std::vector<table*> out;
    for (auto& one : all_) out.push_back(&one.rows());
    return out;
  }
  void write(store::write& tx, const block& b) override {
    for (int i = 0; i < b.living; ++i)
      for (auto& one : all_) one.write(tx, b.at(i));
  }

 private:
  static constexpr std::uint64_t first_stream = 1000;
  std::deque<one_register> all_;
};

}  // namespace

std::vector<std::string> ruled_registers(const packs::pack& pack) {
  std::vector<std::string> out;
  if (!pack.has(rules_file)) return out;
  const json::value v = pack.yaml(rules_file);
  if (!json::at(v, "registers").is_array()) broken(rules_file, "lists registers");
  for (const auto& one : json::at(v, "registers").get_array())
    out.emplace_back(json::str(one, "register"));
  return out;
}

std::unique_ptr<writer> ruled_writer(const parameters& figures, registers::registry& r) {
  return std::make_unique<ruled>(figures, r);
}

}  // namespace madang::population
