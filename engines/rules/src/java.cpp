// Functions of the kind "Java" (DMN 1.5, 10.3.2.13.2). There is no Java here; the methods that the
// conformance kit binds (java.lang.Math, the valueOf of the number classes, String.format) are a
// closed list and are done natively. Nothing else can be bound: a model names no code of ours.
#include <charconv>
#include <cmath>
#include <optional>
#include <cstdio>
#include <functional>
#include <map>

#include "java.hpp"

#include "madang/rules/evaluation.hpp"

#include "madang/base/text.hpp"

namespace madang::rules {
namespace {

using arguments = std::span<value>;

struct bound_method final : function {
  std::function<value(evaluation&, arguments)> body;
  value call(evaluation& e, arguments given) const override { return body(e, given); }
  std::string str() const override { return "external function"; }
};

// Binary floating point, as the method has it.
value of_doubles(evaluation& e, arguments given, const std::function<double(double, double)>& f) {
  double x[2] = {0, 0};
  for (std::size_t i = 0; i < std::min<std::size_t>(given.size(), 2); ++i) {
    if (!given[i].is(kind::number)) return e.fail("feel.argument", 0);
    x[i] = given[i].number().to_double();
  }
  const auto n = decimal::of_double(f(x[0], x[1]));
  return n ? value(*n) : e.fail("feel.not_finite", 0);
}

// valueOf of a whole type, of a text or a number: in its bounds or not at all.
value whole_of(evaluation& e, const value& v, std::int64_t least, std::int64_t most) {
  std::optional<std::int64_t> n;
  if (v.is(kind::number)) n = v.number().to_int64();
  if (v.is(kind::string)) {
    const std::string& s = v.text();
    std::int64_t parsed = 0;
    const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), parsed);
    if (error == std::errc() && end == s.data() + s.size()) n = parsed;
  }
  if (!n || *n < least || *n > most) return e.fail("feel.argument", 0);
  return *n;
}

// valueOf(char): one character.
value of_character(evaluation& e, const value& v) {
  const bool one = v.is(kind::string) && text::length(v.text()) == 1;
  return one ? v : e.fail("feel.argument", 0);
}

value real_of(evaluation& e, const value& v) {
  if (v.is(kind::number)) return v;
  if (!v.is(kind::string)) return e.fail("feel.argument", 0);
  const auto n = decimal::parse(v.text());
  return n ? value(*n) : e.fail("feel.argument", 0);
}

// The conversions %s, %d and %f with a precision, which is what law needs of it.
value format(evaluation& e, arguments given) {
  if (given.empty() || !given[0].is(kind::string)) return e.fail("feel.argument", 0);
  const std::string& pattern = given[0].text();
  std::string out;
  std::size_t next = 1;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      out += pattern[i];
      continue;
    }
    std::size_t end = i + 1;
    while (end < pattern.size() && std::string_view("0123456789.,-+ ").find(pattern[end]) !=
                                       std::string_view::npos)
      ++end;
    if (end >= pattern.size()) return e.fail("feel.argument", 0);
    const std::string_view flags(pattern.data() + i + 1, end - i - 1);
    const char letter = pattern[end];
    i = end;
    if (letter == '%') {
      out += '%';
      continue;
    }
    if (next >= given.size()) return e.fail("feel.argument_count", 0);
    const value& v = given[next++];
    if (letter == 's') {
      out += v.str();
    } else if (letter == 'f' && v.is(kind::number)) {
      int scale = 6;
      if (const auto point = flags.find('.'); point != std::string_view::npos)
        std::from_chars(flags.data() + point + 1, flags.data() + flags.size(), scale);
      scale = std::min(scale, 30);
      std::string s = v.number().rounded(scale, decimal::rounding::half_up).str();
      auto point = s.find('.');
      if (scale > 0 && point == std::string::npos) {
        point = s.size();
        s += '.';
      }
      if (scale > 0) s.append(static_cast<std::size_t>(scale) - (s.size() - point - 1), '0');
      out += s;
    } else if (letter == 'd' && v.is(kind::number) && v.number().whole()) {
      out += v.number().str();
    } else {
      return e.fail("feel.argument", 0);
    }
  }
  return out;
}

std::function<value(evaluation&, arguments)> body_of(const std::string& method) {
  using real = double (*)(double, double);
  static const std::map<std::string, real> reals = {
      {"java.lang.Math.max", [](double a, double b) { return std::max(a, b); }},
      {"java.lang.Math.min", [](double a, double b) { return std::min(a, b); }},
      {"java.lang.Math.pow", [](double a, double b) { return std::pow(a, b); }},
      {"java.lang.Math.cos", [](double a, double) { return std::cos(a); }},
      {"java.lang.Math.sin", [](double a, double) { return std::sin(a); }},
      {"java.lang.Math.tan", [](double a, double) { return std::tan(a); }},
      {"java.lang.Math.abs", [](double a, double) { return std::fabs(a); }},
      {"java.lang.Math.sqrt", [](double a, double) { return std::sqrt(a); }}};
  if (auto found = reals.find(method); found != reals.end())
    return [f = found->second](evaluation& e, arguments given) { return of_doubles(e, given, f); };
  static const std::map<std::string, std::pair<std::int64_t, std::int64_t>> wholes = {
      {"java.lang.Byte.valueOf", {-128, 127}},
      {"java.lang.Short.valueOf", {-32768, 32767}},
      {"java.lang.Integer.valueOf", {-2147483648LL, 2147483647}},
      {"java.lang.Long.valueOf", {INT64_MIN, INT64_MAX}}};
  if (auto found = wholes.find(method); found != wholes.end())
    return [bounds = found->second](evaluation& e, arguments given) {
      return whole_of(e, given[0], bounds.first, bounds.second);
    };
  if (method == "java.lang.Float.valueOf" || method == "java.lang.Double.valueOf")
    return [](evaluation& e, arguments given) { return real_of(e, given[0]); };
  if (method == "java.lang.String.valueOf(char)")
    return [](evaluation& e, arguments given) { return of_character(e, given[0]); };
  if (method.starts_with("java.lang.String.valueOf("))
    return [](evaluation&, arguments given) { return value(given[0].str()); };
  if (method == "java.lang.String.format") return format;
  return {};
}

}  // namespace

std::shared_ptr<const function> java_method(const std::string& class_name,
                                            const std::string& signature,
                                            std::vector<function::parameter> parameters) {
  const std::string method = class_name + "." + signature;
  auto body = body_of(method);
  if (!body) body = body_of(method.substr(0, method.find('(')));
  if (!body || parameters.empty()) return nullptr;
  auto out = std::make_shared<bound_method>();
  out->body = std::move(body);
  out->parameters = std::move(parameters);
  return out;
}

}  // namespace madang::rules
