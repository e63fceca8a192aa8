#include "axes.hpp"

#include <algorithm>

namespace madang::rules {
namespace {

using form = simple_test::form;

bool is_counted(kind k) {
  return k == kind::date || k == kind::months || k == kind::duration || k == kind::time ||
         k == kind::date_time;
}

// Days, months or nanoseconds.
int128 count_of(const value& v) {
  switch (v.kind()) {
    case kind::date: return v.date().days();
    case kind::months: return v.months_count();
    case kind::duration: return v.nanos();
    case kind::time: return v.time().nanos;
    default: return v.moment().instant();
  }
}

// `like` lends its zone.
std::optional<value> of_count(kind k, int128 n, const value& like) {
  const auto small = static_cast<std::int64_t>(n);
  switch (k) {
    case kind::date: {
      const auto d = calendar_date::of_days(small);
      return d ? std::optional(value(*d)) : std::nullopt;
    }
    case kind::months: return value::months(small);
    case kind::duration: return value::duration(n);
    case kind::time:
      if (n < 0 || n >= nanos_of_day) return {};
      return value(clock_time{small, like.is(kind::time) ? like.time().where : zone{}});
    default: {
      const auto t = date_time::of_instant(
          n, like.is(kind::date_time) ? like.moment().time.where : zone{});
      return t ? std::optional(value(*t)) : std::nullopt;
    }
  }
}

// Steps that people count in, largest first.
std::vector<int128> steps_of(kind k) {
  const int128 second = nanos_of_second;
  if (k == kind::date || k == kind::months) return {1};
  if (k == kind::time) return {3600 * second, 60 * second, second, 1};
  return {nanos_of_day, 3600 * second, 60 * second, second, 1};
}

bool inside(const value& v, const value& low, const value& high) {
  return (low.is_null() || compare(low, v).value_or(1) < 0) &&
         (high.is_null() || compare(v, high).value_or(1) < 0);
}

std::optional<value> count_between(kind k, const value& low, const value& high) {
  const value& like = low.is_null() ? high : low;
  if (low.is_null() && high.is_null()) {
    const auto day = calendar_date::of(2000, 1, 1);
    if (k == kind::date) return value(*day);
    if (k == kind::date_time) return value(date_time{*day, {}});
    return of_count(k, 0, like);
  }
  for (const int128 step : steps_of(k)) {
    const int128 n = low.is_null() ? count_of(high) - step : count_of(low) + step;
    auto v = of_count(k, n, like);
    if (v && inside(*v, low, high)) return v;
  }
  return {};
}

decimal whole_below(const decimal& n) { return n.rounded(0, decimal::rounding::floor); }
decimal whole_above(const decimal& n) { return n.rounded(0, decimal::rounding::ceiling); }

std::optional<value> number_between(const value& low, const value& high) {
  if (low.is_null() && high.is_null()) return value(0);
  if (low.is_null() || high.is_null()) {
    const decimal& end = low.is_null() ? high.number() : low.number();
    const decimal near = low.is_null() ? whole_above(end) - decimal(1)
                                       : whole_below(end) + decimal(1);
    if (inside(near, low, high)) return value(near);
    const decimal far = end * decimal(end.negative() == low.is_null() ? 10 : 0);   // of 35 digits
    return inside(far, low, high) ? std::optional(value(far)) : std::nullopt;
  }
  const decimal whole = whole_below(low.number()) + decimal(1);
  if (inside(whole, low, high)) return value(whole);
  const decimal middle = (low.number() + high.number()) / decimal(2);
  for (int digits = 1; digits <= 40; ++digits) {
    const decimal n = middle.rounded(digits, decimal::rounding::half_even);
    if (inside(n, low, high)) return value(n);
  }
  return {};
}

std::optional<value> text_between(const value& low, const value& high) {
  const std::string begin = low.is_null() ? std::string() : low.text();
  if (low.is_null() && inside(value("a"), low, high)) return value("a");
  for (char c = 'a'; c <= 'z'; ++c)
    if (value v(begin + c); inside(v, low, high)) return v;
  for (const char* more : {"A", "0", "!", " "})
    if (value v(begin + more); inside(v, low, high)) return v;
  if (low.is_null() && inside(value(""), low, high)) return value("");
  return {};
}

}  // namespace

std::optional<value> between(kind k, const value& low, const value& high) {
  if (k == kind::number) return number_between(low, high);
  if (k == kind::string) return text_between(low, high);
  if (is_counted(k)) return count_between(k, low, high);
  return {};
}

namespace {

std::vector<value> counts_apart(kind k, const value& low, const value& high, std::size_t wished) {
  std::vector<value> out;
  const auto m = static_cast<std::int64_t>(wished);
  const value& like = low.is_null() ? high : low;
  const int128 unit = k == kind::time ? 3600 * int128(nanos_of_second)
                      : k == kind::date || k == kind::months ? int128(10)
                                                             : 10 * int128(nanos_of_day);
  for (std::int64_t i = 1; i <= m; ++i) {
    int128 n = i * unit;
    if (!low.is_null() && !high.is_null())
      n = count_of(low) + (count_of(high) - count_of(low)) * i / (m + 1);
    else if (!low.is_null()) n += count_of(low);
    else if (!high.is_null()) n = count_of(high) - (m + 1 - i) * unit;
    else if (k == kind::date) n += calendar_date{2000, 1, 1}.days();
    auto v = of_count(k, n, like);
    if (v && inside(*v, out.empty() ? low : out.back(), high)) out.push_back(std::move(*v));
  }
  return out;
}

std::vector<value> numbers_apart(const value& low, const value& high, std::size_t wished) {
  std::vector<value> out;
  const decimal parts(static_cast<std::int64_t>(wished) + 1), ten(10);
  for (std::size_t i = 1; i <= wished; ++i) {
    const decimal k(static_cast<std::int64_t>(i));
    decimal n = ten * k;
    if (!low.is_null() && !high.is_null())
      n = low.number() + (high.number() - low.number()) * k / parts;
    else if (!low.is_null()) n = whole_below(low.number()) + ten * k;
    else if (!high.is_null()) n = whole_above(high.number()) - ten * (parts - k);
    const value& before = out.empty() ? low : out.back();
    for (int digits = 0; digits <= 40; ++digits) {
      const value v = n.rounded(digits, decimal::rounding::half_even);
      if (!inside(v, before, high)) continue;
      out.push_back(v);
      break;
    }
  }
  return out;
}

}  // namespace

std::vector<value> apart(kind k, const value& low, const value& high, std::size_t wished) {
  if (k == kind::number) return numbers_apart(low, high, wished);
  if (is_counted(k)) return counts_apart(k, low, high, wished);
  std::vector<value> out;
  if (k != kind::string) return out;
  while (out.size() < wished) {
    auto v = text_between(out.empty() ? low : out.back(), high);
    if (!v) break;
    out.push_back(std::move(*v));
  }
  return out;
}

bool comparable(const std::vector<value>& all) {
  for (const value& v : all) {
    if (v.is(kind::time) && v.time().where.kind != zone::how::none) return false;
    if (v.kind() != all.front().kind() || (!v.is(kind::boolean) && !compare(v, all.front())))
      return false;
  }
  return true;
}

// ---- one axis ----

axis::axis(rules::kind k, bool ordered, std::vector<value> points)
    : kind_(k), ordered_(ordered), points_(std::move(points)) {
  if (k == kind::boolean) {
    points_ = {value(false), value(true)};
  } else {
    const auto less = [](const value& a, const value& b) { return *compare(a, b) < 0; };
    std::ranges::sort(points_, less);
    const auto same = [](const value& a, const value& b) { return *compare(a, b) == 0; };
    points_.erase(std::unique(points_.begin(), points_.end(), same), points_.end());
  }
  there_ = bits(atoms());
  for (std::size_t atom = 0; atom < null_atom(); ++atom) {
    if (is_point(atom)) {
      there_.set(atom);
      continue;
    }
    if (k == kind::boolean) continue;
    const value low = atom == 0 ? value() : points_[atom / 2 - 1];
    const value high = atom / 2 == points_.size() ? value() : points_[atom / 2];
    // A column of which nothing is known has one atom for whatever it holds.
    if (k == kind::null || between(k, low, high)) there_.set(atom);
  }
}

std::size_t axis::atom_of(const value& v) const {
  if (kind_ == kind::boolean) return v.flag() ? 3 : 1;
  std::size_t i = 0;
  while (i < points_.size() && *compare(points_[i], v) < 0) ++i;
  return i < points_.size() && *compare(points_[i], v) == 0 ? 2 * i + 1 : 2 * i;
}

value axis::example(std::size_t atom) const {
  if (atom == null_atom() || kind_ == kind::null) return {};
  if (is_point(atom)) return points_[atom / 2];
  const value low = atom == 0 ? value() : points_[atom / 2 - 1];
  const value high = atom / 2 == points_.size() ? value() : points_[atom / 2];
  if (kind_ == kind::string && !ordered_) {
    // Any other text, whatever lies before and after: as short as one that is not among the points.
    for (char c = 'a'; c <= 'z'; ++c)
      if (const std::string text(1, c); std::ranges::none_of(points_, [&](const value& p) {
            return p.text() == text;
          }))
        return text;
  }
  return between(kind_, low, high).value_or(value());
}

bool axis::misfit(const simple_test& t, rules::kind k) {
  if (t.is == form::null || t.is == form::not_null || k == kind::null) return false;
  const bool equality = t.is == form::equal || t.is == form::not_equal;
  const auto wrong = [&](const bound& b) {
    return b.symbol < 0 && (b.literal.kind() != k || (k == kind::boolean && !equality));
  };
  return wrong(t.low) || (t.is == form::interval && wrong(t.high));
}

bits axis::of(const simple_test& t, const std::vector<value>& ends) const {
  bits out(atoms());
  if (t.is == form::null || misfit(t, kind_)) return out;
  if (t.is == form::not_null) return there_;
  const auto end = [&](const bound& b) -> const value& {
    return b.symbol < 0 ? b.literal : ends[static_cast<std::size_t>(b.symbol)];
  };
  const value& low = end(t.low);
  const auto fits = [&](const value& v) {
    return v.is(kind_) && (kind_ == kind::boolean || points_.empty() ||
                           compare(v, points_.front()));
  };
  if (!fits(low) || (t.is == form::interval && !fits(end(t.high)))) return out;
  const std::size_t at = atom_of(low), all = null_atom();
  switch (t.is) {
    case form::less: out.set(0, at); break;
    case form::less_equal: out.set(0, at + 1); break;
    case form::greater: out.set(at + 1, all); break;
    case form::greater_equal: out.set(at, all); break;
    case form::equal: out.set(at); break;
    case form::not_equal:
      out.set(0, all);
      out.clear(at);
      break;
    default: {
      const std::size_t to = atom_of(end(t.high));
      const std::size_t first = t.low_closed ? at : at + 1, last = t.high_closed ? to + 1 : to;
      if (*compare(low, end(t.high)) <= 0 && first < last) out.set(first, last);
    }
  }
  return out &= there_;
}

bits axis::of(const cell& c, const std::vector<value>& ends) const {
  if (c.is == cell::form::any) return there_;
  bits out(atoms());
  bool unknown = false;
  for (const auto& t : c.tests) {
    out |= of(t, ends);
    unknown = unknown || misfit(t, kind_);
  }
  if (c.is != cell::form::negated) return out;
  // What cannot be compared leaves "not" undecided, which does not hold.
  return unknown ? bits(atoms()) : out.inverted() & there_;
}

}  // namespace madang::rules
