#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "madang/base/base.hpp"

// How C++ values meet columns: text <-> std::string, bigint <-> integers, bool, id, instant
// (microseconds), date (days), double <-> double, blob <-> bytes; std::optional adds NULL;
// json::value and words are text.
namespace madang::store {

using bytes = std::vector<std::uint8_t>;

// A value on its way in; views must live until the statement has run.
class parameter {
 public:
  enum class type { null, integer, real, text, blob };

  parameter() = default;
  parameter(std::nullopt_t) {}
  template <class T>
    requires(std::is_integral_v<T> || std::is_enum_v<T>)
  parameter(T v) : type_(type::integer), integer_(static_cast<std::int64_t>(v)) {}
  parameter(double v) : type_(type::real), real_(v) {}
  parameter(std::string_view v) : type_(type::text), text_(v) {}
  parameter(const std::string& v) : parameter(std::string_view(v)) {}
  parameter(const char* v) : parameter(std::string_view(v)) {}
  parameter(const bytes& v) : type_(type::blob), text_(text::chars_of(v)) {}
  parameter(id v) : parameter(v.value) {}
  parameter(instant v) : parameter(v.micros) {}
  parameter(date v) : parameter(v.days) {}
  parameter(const json::value& v) : type_(type::text), owned_(json::print(v)), owns_(true) {}
  parameter(const words& w) : parameter(json::from_words(w)) {}
  template <class T>
  parameter(const std::optional<T>& v) {
    if (v) *this = parameter(*v);
  }

  type kind() const { return type_; }
  std::int64_t integer() const { return integer_; }
  double real() const { return real_; }
  std::string_view text() const { return owns_ ? std::string_view(owned_) : text_; }

 private:
  type type_ = type::null;
  std::int64_t integer_ = 0;
  double real_ = 0;
  std::string_view text_;
  std::string owned_;
  bool owns_ = false;
};

// The row a statement stands on. Views are valid until the next step.
class row {
 public:
  virtual ~row() = default;
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual double real(int column) const = 0;
  virtual std::string_view text(int column) const = 0;
  virtual bytes blob(int column) const = 0;
};

template <class T>
void take(const row& r, int column, T& out) {
  if constexpr (json::is_optional<T>::value) {
    if (r.is_null(column)) {
      out.reset();
    } else {
      take(r, column, out.emplace());
    }
  } else if constexpr (std::is_same_v<T, id>) {
    out.value = r.integer(column);
  } else if constexpr (std::is_same_v<T, instant>) {
    out.micros = r.integer(column);
  } else if constexpr (std::is_same_v<T, date>) {
    out.days = static_cast<std::int32_t>(r.integer(column));
  } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
    out = static_cast<T>(r.integer(column));
  } else if constexpr (std::is_floating_point_v<T>) {
    out = r.real(column);
  } else if constexpr (std::is_same_v<T, bytes>) {
    out = r.blob(column);
  } else if constexpr (std::is_same_v<T, json::value>) {
    out = boost::json::parse(r.text(column));
  } else if constexpr (std::is_same_v<T, words>) {
    out = json::words_of(boost::json::parse(r.text(column)));
  } else {
    out = T(r.text(column));
  }
}

// Columns of a described struct in the order of its members.
template <class T>
T take_row(const row& r) {
  T out{};
  if constexpr (json::is_described<T>) {
    int column = 0;
    boost::mp11::mp_for_each<
        boost::describe::describe_members<T, boost::describe::mod_public>>(
        [&](auto member) { take(r, column++, out.*member.pointer); });
  } else {
    take(r, 0, out);
  }
  return out;
}

// "id, name, born": the column list of a described struct.
template <class T>
const std::string& columns() {
  static const std::string list = [] {
    std::string out;
    boost::mp11::mp_for_each<
        boost::describe::describe_members<T, boost::describe::mod_public>>([&](auto member) {
      if (!out.empty()) out += ", ";
      out += member.name;
    });
    return out;
  }();
  return list;
}

}  // namespace madang::store
