#pragma once
#include <boost/describe.hpp>
#include <boost/json.hpp>
#include <boost/mp11.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "madang/base/id.hpp"
#include "madang/base/result.hpp"
#include "madang/base/time.hpp"
#include "madang/base/words.hpp"

// JSON (RFC 8259) read strictly and written from described structs. Outside bytes are refused, with
// a JSON pointer (RFC 6901) to the place, when they are ill-formed, not UTF-8, too deep, too large,
// name a member twice, or hold a number beyond any; a struct also refuses members it does not know
// and types it does not
// expect. Refusal codes: json.syntax, json.too_deep, json.too_large, json.duplicate, json.number,
// json.unknown, json.missing, json.type.
namespace madang::json {

using value = boost::json::value;
using object = boost::json::object;
using array = boost::json::array;

result<value> parse(std::string_view bytes);
std::string print(const value& v);

// "null" for one that is absent; does not throw.
const value& at(const value& v, std::string_view member);
std::string_view str(const value& v, std::string_view member, std::string_view otherwise = {});
std::int64_t num(const value& v, std::string_view member, std::int64_t otherwise = 0);
bool flag(const value& v, std::string_view member, bool otherwise = false);

// {"ko": .., "en": ..} or a plain string (said alike in every language)
words words_of(const value& v);
value from_words(const words& w);

void append_string(std::string& out, std::string_view s);   // quoted and escaped

template <class T>
inline constexpr bool is_described =
    boost::describe::has_describe_members<T>::value && std::is_class_v<T>;

template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};
template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};

// Appends v: described structs as objects in the order of their members, dates and instants in
// ISO form, ids as their 13 characters, an absent optional as null.
template <class T>
void write(std::string& out, const T& v) {
  if constexpr (std::is_same_v<T, bool>) {
    out += v ? "true" : "false";
  } else if constexpr (std::is_integral_v<T>) {
    out += std::to_string(v);
  } else if constexpr (std::is_floating_point_v<T> || std::is_same_v<T, value> ||
                       std::is_same_v<T, object> || std::is_same_v<T, array>) {
    out += boost::json::serialize(value(v));
  } else if constexpr (std::is_same_v<T, words>) {
    out += boost::json::serialize(from_words(v));
  } else if constexpr (std::is_same_v<T, date> || std::is_same_v<T, instant> ||
                       std::is_same_v<T, id>) {
    append_string(out, v.str());
  } else if constexpr (is_optional<T>::value) {
    if (v) {
      write(out, *v);
    } else {
      out += "null";
    }
  } else if constexpr (is_vector<T>::value) {
    out += '[';
    bool first = true;
    for (const auto& item : v) {
      if (!first) out += ',';
      first = false;
      write(out, item);
    }
    out += ']';
  } else if constexpr (is_described<T>) {
    out += '{';
    bool first = true;
    boost::mp11::mp_for_each<
        boost::describe::describe_members<T, boost::describe::mod_public>>([&](auto member) {
      if (!first) out += ',';
      first = false;
      append_string(out, member.name);
      out += ':';
      write(out, v.*member.pointer);
    });
    out += '}';
  } else {
    append_string(out, std::string_view(v));
  }
}

template <class T>
std::string write(const T& v) {
  std::string out;
  write(out, v);
  return out;
}

template <class T>
value to_value(const T& v) {
  return boost::json::parse(write(v));
}

refusal wrong_type(const std::string& pointer, const char* expected);

template <class T>
std::optional<refusal> read_into(T& out, const value& v, const std::string& pointer);

template <class T>
std::optional<refusal> read_object(T& out, const value& v, const std::string& pointer) {
  if (!v.is_object()) return wrong_type(pointer, "object");
  const object& o = v.get_object();
  std::optional<refusal> bad;
  std::size_t known = 0;
  boost::mp11::mp_for_each<
      boost::describe::describe_members<T, boost::describe::mod_public>>([&](auto member) {
    if (bad) return;
    using field = std::remove_reference_t<decltype(out.*member.pointer)>;
    const value* found = o.if_contains(member.name);
    if (found) {
      ++known;
      bad = read_into(out.*member.pointer, *found, pointer + "/" + member.name);
    } else if (!is_optional<field>::value) {
      bad = refuse(kind::invalid, "json.missing", pointer + "/" + member.name);
    }
  });
  if (bad || known == o.size()) return bad;
  for (const auto& member : o) {
    bool described = false;
    boost::mp11::mp_for_each<
        boost::describe::describe_members<T, boost::describe::mod_public>>(
        [&](auto m) { described = described || member.key() == m.name; });
    if (!described)
      return refuse(kind::invalid, "json.unknown", pointer + "/" + std::string(member.key()));
  }
  return bad;
}

template <class T>
std::optional<refusal> read_into(T& out, const value& v, const std::string& pointer) {
  if constexpr (std::is_same_v<T, value>) {
    out = v;
  } else if constexpr (is_optional<T>::value) {
    if (v.is_null()) {
      out.reset();
    } else {
      return read_into(out.emplace(), v, pointer);
    }
  } else if constexpr (std::is_same_v<T, bool>) {
    if (!v.is_bool()) return wrong_type(pointer, "boolean");
    out = v.get_bool();
  } else if constexpr (std::is_integral_v<T>) {
    boost::json::error_code error;
    out = v.to_number<T>(error);
    if (error || v.is_double()) return wrong_type(pointer, "integer");
  } else if constexpr (std::is_floating_point_v<T>) {
    if (!v.is_number()) return wrong_type(pointer, "number");
    out = v.to_number<double>();
  } else if constexpr (std::is_same_v<T, words>) {
    out = words_of(v);
  } else if constexpr (std::is_same_v<T, date> || std::is_same_v<T, instant> ||
                       std::is_same_v<T, id>) {
    if (!v.is_string()) return wrong_type(pointer, "string");
    auto parsed = T::parse(std::string_view(v.get_string()));
    if (!parsed) return wrong_type(pointer, "date");
    out = *parsed;
  } else if constexpr (is_vector<T>::value) {
    if (!v.is_array()) return wrong_type(pointer, "array");
    std::size_t i = 0;
    for (const value& item : v.get_array()) {
      out.emplace_back();
      if (auto bad = read_into(out.back(), item, pointer + "/" + std::to_string(i++))) return bad;
    }
  } else if constexpr (is_described<T>) {
    return read_object(out, v, pointer);
  } else {
    if (!v.is_string()) return wrong_type(pointer, "string");
    out = T(std::string_view(v.get_string()));
  }
  return {};
}

template <class T>
result<T> read(const value& v) {
  T out{};
  if (auto bad = read_into(out, v, "")) return *bad;
  return out;
}

template <class T>
result<T> parse_as(std::string_view bytes) {
  auto parsed = parse(bytes);
  if (!parsed) return parsed.why();
  return read<T>(*parsed);
}

}  // namespace madang::json
