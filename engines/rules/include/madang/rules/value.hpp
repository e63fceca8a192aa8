#pragma once
#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "madang/base/decimal.hpp"
#include "madang/base/json.hpp"
#include "madang/rules/temporal.hpp"

// The values of FEEL (DMN 1.5, 10.3.2). A value is immutable and cheap to copy: numbers, dates and
// durations lie in it, texts and lists are shared. It may be read from many threads.
namespace madang::rules {

class value;
struct range;
class function;
struct months_tag {};
struct duration_tag {};

enum class kind : std::uint8_t {
  null, boolean, number, string, date, time, date_time, months, duration, list, context, range,
  function
};
// The name that FEEL has for a kind: "years and months duration".
std::string_view name_of(kind k);

// What is shared.
struct shared_part {
  mutable std::atomic<std::uint32_t> uses{1};
  virtual ~shared_part() = default;
};

using entries = std::vector<std::pair<std::string, value>>;

class value {
 public:
  value() noexcept = default;
  value(bool b) noexcept : kind_(kind::boolean) { inside_.flag = b; }                  // NOLINT
  value(const decimal& n) noexcept : kind_(kind::number) { inside_.number = n; }       // NOLINT
  value(int n) noexcept : value(decimal(n)) {}                                         // NOLINT
  value(std::int64_t n) noexcept : value(decimal(n)) {}                                // NOLINT
  value(std::string s);                                                                // NOLINT
  value(std::string_view s) : value(std::string(s)) {}                                 // NOLINT
  value(const char* s) : value(std::string(s)) {}                                      // NOLINT
  value(const calendar_date& d) noexcept : kind_(kind::date) { inside_.date = d; }     // NOLINT
  value(const clock_time& t) noexcept : kind_(kind::time) { inside_.time = t; }        // NOLINT
  value(const rules::date_time& t);                                                    // NOLINT
  static value months(std::int64_t n);
  static value duration(int128 nanos);
  static value list(std::vector<value> items);
  static value context(entries members);
  static value of(range r);
  static value of(std::shared_ptr<const rules::function> f);

  value(const value& v) noexcept : inside_(v.inside_), kind_(v.kind_) { keep(); }
  value(value&& v) noexcept : inside_(v.inside_), kind_(v.kind_) { v.kind_ = kind::null; }
  value& operator=(const value& v) noexcept {
    value copy(v);
    swap(copy);
    return *this;
  }
  value& operator=(value&& v) noexcept {
    value moved(std::move(v));
    swap(moved);
    return *this;
  }
  ~value() { drop(); }
  void swap(value& v) noexcept {
    std::swap(inside_, v.inside_);
    std::swap(kind_, v.kind_);
  }

  rules::kind kind() const { return kind_; }
  bool is(rules::kind k) const { return kind_ == k; }
  bool is_null() const { return kind_ == kind::null; }
  bool is_true() const { return kind_ == kind::boolean && inside_.flag; }
  bool is_false() const { return kind_ == kind::boolean && !inside_.flag; }

  // Each for its kind only.
  bool flag() const { return inside_.flag; }
  const decimal& number() const { return inside_.number; }
  const std::string& text() const;
  const calendar_date& date() const { return inside_.date; }
  const clock_time& time() const { return inside_.time; }
  const rules::date_time& moment() const;
  std::int64_t months_count() const { return inside_.months; }
  int128 nanos() const { return inside_.nanos; }
  const std::vector<value>& items() const;
  const entries& members() const;
  const value* member(std::string_view key) const;       // null: there is none
  const rules::range& interval() const;
  const std::shared_ptr<const rules::function>& callee() const;

  // How many values are in it, each as often as it stands there: what looking at all of it costs.
  // Lists that hold a list twice share it, so this can be far more than what lies in memory. Up to
  // 2^32 - 1; 0: nothing is in it. A text counts as one for each 64 octets.
  std::uint32_t weight() const {
    return kind_ == kind::list || kind_ == kind::context || kind_ == kind::string ? weighed() : 0;
  }

  // As a FEEL literal would be written, and as string() gives it.
  std::string str() const;
  std::string literal() const;

 private:
  std::uint32_t weighed() const;
  bool shares() const { return kind_ >= kind::list || kind_ == kind::string ||
                               kind_ == kind::date_time; }
  void keep() const noexcept {
    if (shares()) inside_.part->uses.fetch_add(1, std::memory_order_relaxed);
  }
  void drop() noexcept {
    if (shares() && inside_.part->uses.fetch_sub(1, std::memory_order_acq_rel) == 1)
      delete inside_.part;
  }
  value(rules::kind k, const shared_part* p) : kind_(k) { inside_.part = p; }

  union inside {
    inside() noexcept : part(nullptr) {}
    bool flag;
    decimal number;
    calendar_date date;
    clock_time time;
    std::int64_t months;
    int128 nanos;
    const shared_part* part;
  } inside_;
  rules::kind kind_ = kind::null;
};

// An interval, or the comparison "< 10", whose other end is not there (which is not: null). "= 10"
// and "!= 10" are ranges too, of one point and of all others; both ends are that point.
struct range {
  value low, high;
  enum class form : std::uint8_t { interval, only, all_but } is = form::interval;
  bool low_there = true, high_there = true;
  bool low_closed = true, high_closed = true;
};

// Equality of FEEL (10.3.2.13, table 42): of values of different kinds nobody knows.
std::optional<bool> equal(const value& a, const value& b);
// Order of numbers, texts, dates, times, durations: -1, 0, 1; none: they have none.
std::optional<int> compare(const value& a, const value& b);
// Is a point in a range; none: cannot be compared.
std::optional<bool> includes(const range& r, const value& point);
// The same down to the zone and the kind of number: `is` (10.3.4.10).
bool same(const value& a, const value& b);

// From JSON and to it: numbers as they stand there, dates and durations as text.
value of_json(const json::value& v);
json::value to_json(const value& v);

}  // namespace madang::rules
