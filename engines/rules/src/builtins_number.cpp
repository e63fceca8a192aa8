// Numbers (10.3.4.5), ranges (10.3.4.9), and what is left.
#include "arguments.hpp"

namespace madang::rules {
namespace {

using rounding = decimal::rounding;

value finite(builtin_call& c, const decimal& n) {
  return n.finite() ? value(n) : c.fail("feel.not_finite");
}

// A scale is a whole number from -6111 to 6176.
template <rounding how, bool optional_scale>
value round_to(builtin_call& c) {
  const decimal* n = number_at(c, 0);
  std::optional<std::int64_t> scale = 0;
  if (c.given > 1 || !optional_scale) scale = place_at(c, 1);
  if (!n || !scale || *scale < -6111 || *scale > 6176) return c.fail();
  return n->rounded(static_cast<int>(*scale), how);
}

value abs_of(builtin_call& c) {
  const value& v = single(argument(c, 0));
  if (v.is(kind::number)) return v.number().abs();
  if (v.is(kind::months)) return value::months(std::abs(v.months_count()));
  if (v.is(kind::duration)) return value::duration(v.nanos() < 0 ? -v.nanos() : v.nanos());
  return c.fail();
}

value modulo(builtin_call& c) {
  const decimal *a = number_at(c, 0), *b = number_at(c, 1);
  if (!a || !b) return c.fail();
  if (b->zero()) return c.fail("feel.division_by_zero");
  return finite(c, decimal::modulo(*a, *b));
}

value sqrt_of(builtin_call& c) {
  const decimal* n = number_at(c, 0);
  return n ? finite(c, n->square_root()) : c.fail();
}
value log_of(builtin_call& c) {
  const decimal* n = number_at(c, 0);
  return n ? finite(c, n->logarithm()) : c.fail();
}
value exp_of(builtin_call& c) {
  const decimal* n = number_at(c, 0);
  return n ? finite(c, n->exponential()) : c.fail();
}

template <bool odd>
value parity(builtin_call& c) {
  const decimal* n = number_at(c, 0);
  if (!n || !n->whole()) return c.fail();
  return decimal::modulo(*n, decimal(2)).zero() != odd;
}

value is_same(builtin_call& c) { return same(argument(c, 0), argument(c, 1)); }

// ---- ranges and points (Allen's relations) ----

// A point is the range from it to it.
std::optional<range> range_at(const builtin_call& c, std::size_t i) {
  const value& v = single(argument(c, i));
  if (v.is_null()) return {};
  if (!v.is(kind::range)) return range{v, v};
  const range& r = v.interval();
  if ((r.low_there && r.low.is_null()) || (r.high_there && r.high.is_null())) return {};
  return r;
}
bool is_point(const builtin_call& c, std::size_t i) {
  return !single(argument(c, i)).is(kind::range);
}

struct both_ranges {
  range a, b;
  // An end that is not there lies at infinity: below all, or above.
  static std::optional<int> order(const value& x, bool x_there, int x_far, const value& y,
                                  bool y_there, int y_far) {
    if (!x_there || !y_there) {
      const int i = x_there ? 0 : x_far, j = y_there ? 0 : y_far;
      return i < j ? -1 : i > j;
    }
    return compare(x, y);
  }
  std::optional<int> lows() const {
    return order(a.low, a.low_there, -1, b.low, b.low_there, -1);
  }
  std::optional<int> highs() const {
    return order(a.high, a.high_there, 1, b.high, b.high_there, 1);
  }
  std::optional<int> high_low() const {
    return order(a.high, a.high_there, 1, b.low, b.low_there, -1);
  }
  std::optional<int> low_high() const {
    return order(a.low, a.low_there, -1, b.high, b.high_there, 1);
  }
};

template <class F>
value relate_ranges(builtin_call& c, F f) {
  const auto a = range_at(c, 0), b = range_at(c, 1);
  if (!a || !b) return c.fail();
  const both_ranges r{*a, *b};
  const auto ll = r.lows(), hh = r.highs(), hl = r.high_low(), lh = r.low_high();
  if (!ll || !hh || !hl || !lh) return c.fail("feel.comparison");
  return f(r.a, r.b, *ll, *hh, *hl, *lh);
}

value before(builtin_call& c) {
  return relate_ranges(c, [](auto& a, auto& b, int, int, int hl, int) {
    return hl < 0 || (hl == 0 && !(a.high_closed && b.low_closed));
  });
}
value after(builtin_call& c) {
  return relate_ranges(c, [](auto& a, auto& b, int, int, int, int lh) {
    return lh > 0 || (lh == 0 && !(a.low_closed && b.high_closed));
  });
}
value meets(builtin_call& c) {
  return relate_ranges(c, [](auto& a, auto& b, int, int, int hl, int) {
    return a.high_closed && b.low_closed && hl == 0;
  });
}
value met_by(builtin_call& c) {
  return relate_ranges(c, [](auto& a, auto& b, int, int, int, int lh) {
    return a.low_closed && b.high_closed && lh == 0;
  });
}
value overlaps(builtin_call& c) {
  return relate_ranges(c, [](auto& a, auto& b, int, int, int hl, int lh) {
    return (hl > 0 || (hl == 0 && a.high_closed && b.low_closed)) &&
           (lh < 0 || (lh == 0 && a.low_closed && b.high_closed));
  });
}
value overlaps_before(builtin_call& c) {
  return relate_ranges(c, [](auto& a, auto& b, int ll, int hh, int hl, int) {
    return (ll < 0 || (ll == 0 && a.low_closed && !b.low_closed)) &&
           (hl > 0 || (hl == 0 && a.high_closed && b.low_closed)) &&
           (hh < 0 || (hh == 0 && (!a.high_closed || b.high_closed)));
  });
}
value overlaps_after(builtin_call& c) {
  return relate_ranges(c, [](auto& a, auto& b, int ll, int hh, int, int lh) {
    return (lh < 0 || (lh == 0 && b.high_closed && a.low_closed)) &&
           (ll > 0 || (ll == 0 && !a.low_closed && b.low_closed)) &&
           (hh > 0 || (hh == 0 && (a.high_closed || !b.high_closed)));
  });
}
value finishes(builtin_call& c) {
  return relate_ranges(c, [](auto& a, auto& b, int ll, int hh, int, int) {
    return hh == 0 && a.high_closed == b.high_closed &&
           (ll > 0 || (ll == 0 && (!a.low_closed || b.low_closed)));
  });
}
value finished_by(builtin_call& c) {
  return relate_ranges(c, [](auto& a, auto& b, int ll, int hh, int, int) {
    return hh == 0 && a.high_closed == b.high_closed &&
           (ll < 0 || (ll == 0 && (a.low_closed || !b.low_closed)));
  });
}
value includes_of(builtin_call& c) {
  return relate_ranges(c, [](auto& a, auto& b, int ll, int hh, int, int) {
    return (ll < 0 || (ll == 0 && (a.low_closed || !b.low_closed))) &&
           (hh > 0 || (hh == 0 && (a.high_closed || !b.high_closed)));
  });
}
value during(builtin_call& c) {
  return relate_ranges(c, [](auto& a, auto& b, int ll, int hh, int, int) {
    return (ll > 0 || (ll == 0 && (b.low_closed || !a.low_closed))) &&
           (hh < 0 || (hh == 0 && (b.high_closed || !a.high_closed)));
  });
}
value starts(builtin_call& c) {
  return relate_ranges(c, [](auto& a, auto& b, int ll, int hh, int, int) {
    return ll == 0 && a.low_closed == b.low_closed &&
           (hh < 0 || (hh == 0 && (!a.high_closed || b.high_closed)));
  });
}
value started_by(builtin_call& c) {
  return relate_ranges(c, [](auto& a, auto& b, int ll, int hh, int, int) {
    return ll == 0 && a.low_closed == b.low_closed &&
           (hh > 0 || (hh == 0 && (a.high_closed || !b.high_closed)));
  });
}
value coincides(builtin_call& c) {
  if (is_point(c, 0) != is_point(c, 1)) return c.fail();
  return relate_ranges(c, [](auto& a, auto& b, int ll, int hh, int, int) {
    return ll == 0 && hh == 0 && a.low_closed == b.low_closed && a.high_closed == b.high_closed;
  });
}

}  // namespace

void add_number_functions(builtin_list& l) {
  const auto add = [&](const char* name, std::vector<std::string> parameters, std::size_t required,
                       value (*run)(builtin_call&), const char* gives) {
    l.push_back(make_builtin(name, {{std::move(parameters), required, false, run}}, gives));
  };
  add("decimal", {"n", "scale"}, 2, round_to<rounding::half_even, false>, "number");
  add("floor", {"n", "scale"}, 1, round_to<rounding::floor, true>, "number");
  add("ceiling", {"n", "scale"}, 1, round_to<rounding::ceiling, true>, "number");
  add("round up", {"n", "scale"}, 2, round_to<rounding::up, false>, "number");
  add("round down", {"n", "scale"}, 2, round_to<rounding::down, false>, "number");
  add("round half up", {"n", "scale"}, 2, round_to<rounding::half_up, false>, "number");
  add("round half down", {"n", "scale"}, 2, round_to<rounding::half_down, false>, "number");
  add("abs", {"n"}, 1, abs_of, "");
  add("modulo", {"dividend", "divisor"}, 2, modulo, "number");
  add("sqrt", {"number"}, 1, sqrt_of, "number");
  add("log", {"number"}, 1, log_of, "number");
  add("exp", {"number"}, 1, exp_of, "number");
  add("odd", {"number"}, 1, parity<true>, "boolean");
  add("even", {"number"}, 1, parity<false>, "boolean");
  l.push_back(make_builtin("is", {{{"value1", "value2"}, 2, false, is_same, 1}}, "boolean"));
}

void add_range_functions(builtin_list& l) {
  using names = std::vector<std::string>;
  const auto add = [&](const char* name, value (*run)(builtin_call&), std::vector<names> forms) {
    std::vector<signature> all;
    for (auto& f : forms) all.push_back({std::move(f), 2, false, run});
    l.push_back(make_builtin(name, std::move(all), "boolean"));
  };
  const names points = {"point1", "point2"}, point_range = {"point", "range"},
              range_point = {"range", "point"}, ranges = {"range1", "range2"};
  add("before", before, {ranges, points, point_range, range_point});
  add("after", after, {ranges, points, point_range, range_point});
  add("meets", meets, {ranges});
  add("met by", met_by, {ranges});
  add("overlaps", overlaps, {ranges});
  add("overlaps before", overlaps_before, {ranges});
  add("overlaps after", overlaps_after, {ranges});
  add("finishes", finishes, {ranges, point_range});
  add("finished by", finished_by, {ranges, range_point});
  add("includes", includes_of, {ranges, range_point});
  add("during", during, {ranges, point_range});
  add("starts", starts, {ranges, point_range});
  add("started by", started_by, {ranges, range_point});
  add("coincides", coincides, {ranges, points});
}

}  // namespace madang::rules
