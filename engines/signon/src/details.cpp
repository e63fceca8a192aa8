#include "madang/signon/details.hpp"

#include <algorithm>

namespace madang::signon {
namespace {

constexpr std::size_t longest_word = 200;  // octets
constexpr std::size_t most_fields = 20;

refusal wrong(std::string pointer) {
  return refuse(kind::invalid, "oauth.invalid_authorization_details", std::move(pointer));
}

refusal broken(std::string where) {
  return refuse(kind::invalid, "signon.details", std::move(where));
}

const detail_type* type_of(const std::vector<detail_type>& types, const json::value& element) {
  const auto at = std::ranges::find(types, json::str(element, "type"), &detail_type::name);
  return at == types.end() ? nullptr : &*at;
}

// Letters, digits and what may stand between them: it is written in files and in discovery.
bool is_name(std::string_view s) {
  return !s.empty() && s.size() <= 60 &&
         s.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-:/.") == std::string_view::npos;
}

bool is_line(std::string_view s) {
  return text::is_utf8(s) && std::ranges::none_of(s, [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
  });
}

bool are_words(const json::value& v, const detail_field& f) {
  if (!v.is_array() || v.get_array().empty() || v.get_array().size() > f.most) return false;
  const auto& all = v.get_array();
  for (auto one = all.begin(); one != all.end(); ++one) {
    if (!one->is_string()) return false;
    const std::string_view word = one->get_string();
    if (word.empty() || word.size() > longest_word || !is_line(word)) return false;
    if (!f.one_of.empty() && std::ranges::find(f.one_of, word) == f.one_of.end()) return false;
    if (std::find(all.begin(), one, *one) != one) return false;
  }
  return true;
}

bool stands(const json::value& v, const detail_field& f) {
  if (f.is == detail_field::form::words) return are_words(v, f);
  if (!v.is_string()) return false;
  const std::string_view s = v.get_string();
  if (f.is == detail_field::form::day) {
    const auto day = date::parse(s);
    return day && day->str() == s;
  }
  return is_line(s) && text::trim(s) == s && !s.empty() && text::length(s) <= f.most;
}

// What is wrong with an element, as the rest of a JSON pointer; nothing when it is good. A member
// that the type has not is not named: what strangers send is not said back.
std::optional<std::string> wrong_in(const json::value& element, const detail_type& type) {
  for (const auto& member : element.get_object()) {
    if (member.key() == "type") continue;
    const auto f =
        std::ranges::find(type.fields, std::string_view(member.key()), &detail_field::name);
    if (f == type.fields.end()) return "";
    if (!stands(member.value(), *f)) return "/" + f->name;
  }
  for (const auto& f : type.fields)
    if (f.required && !element.get_object().contains(f.name)) return "/" + f.name;
  return {};
}

bool no_wider(const json::value& granted, const json::value& asked, const detail_field& f) {
  if (granted.is_null()) return true;  // nothing was said of it, so anything of it is less
  if (asked.is_null()) return false;
  switch (f.is) {
    case detail_field::form::words:
      return std::ranges::all_of(asked.get_array(), [&](const json::value& one) {
        return std::ranges::find(granted.get_array(), one) != granted.get_array().end();
      });
    case detail_field::form::day: return asked.get_string() <= granted.get_string();
    case detail_field::form::text: return asked == granted;
  }
  return false;
}

std::optional<detail_field> field_in(const json::value& v, std::string_view issuer) {
  static constexpr std::pair<std::string_view, detail_field::form> forms[] = {
      {"words", detail_field::form::words},
      {"text", detail_field::form::text},
      {"day", detail_field::form::day}};
  detail_field f;
  f.name = json::str(v, "name");
  const auto* form = std::ranges::find(forms, json::str(v, "form"),
                                       &std::pair<std::string_view, detail_field::form>::first);
  if (form == std::end(forms) || !is_name(f.name) || f.name == "type") return {};
  f.is = form->second;
  f.required = json::flag(v, "required");
  const auto most = json::num(v, "most");
  if (f.is != detail_field::form::day && (most < 1 || most > 1'000)) return {};
  f.most = static_cast<std::size_t>(std::max<std::int64_t>(most, 0));
  if (const auto& list = json::at(v, "one_of"); list.is_array())
    for (const auto& one : list.get_array()) {
      if (!one.is_string()) return {};
      f.one_of.push_back(text::replace_all(one.get_string().c_str(), "{issuer}", issuer));
    }
  return f;
}

}  // namespace

result<std::vector<detail_type>> read_detail_types(const json::value& v, std::string_view issuer) {
  std::vector<detail_type> out;
  const auto& all = json::at(v, "types");
  if (!all.is_array()) return broken("types");
  for (const auto& one : all.get_array()) {
    const std::string where = "types[" + std::to_string(out.size()) + "]";
    detail_type t{std::string(json::str(one, "type")), std::string(json::str(one, "owner")), {}};
    if (!is_name(t.name) || type_of(out, one)) return broken(where + ".type");
    if (!is_name(t.owner)) return broken(where + ".owner");
    const auto& fields = json::at(one, "fields");
    if (!fields.is_array() || fields.get_array().size() > most_fields)
      return broken(where + ".fields");
    for (const auto& said : fields.get_array()) {
      auto f = field_in(said, issuer);
      if (!f || std::ranges::find(t.fields, f->name, &detail_field::name) != t.fields.end())
        return broken(where + ".fields[" + std::to_string(t.fields.size()) + "]");
      t.fields.push_back(std::move(*f));
    }
    out.push_back(std::move(t));
  }
  return out;
}

result<json::array> read_details(std::string_view text, const std::vector<detail_type>& types,
                                 const std::vector<std::string>& allowed) {
  if (text.size() > longest_details) return wrong("");
  auto parsed = json::parse(text);
  if (!parsed || !parsed->is_array()) return wrong("");
  auto& all = parsed->get_array();
  if (all.empty() || all.size() > most_details) return wrong("");
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string at = "/" + std::to_string(i);
    if (!all[i].is_object()) return wrong(at);
    const auto* type = type_of(types, all[i]);
    if (!type || std::ranges::find(allowed, type->name) == allowed.end())
      return wrong(at + "/type");
    if (auto bad = wrong_in(all[i], *type)) return wrong(at + *bad);
  }
  return std::move(all);
}

bool within(const json::array& granted, const json::array& asked,
            const std::vector<detail_type>& types) {
  return std::ranges::all_of(asked, [&](const json::value& one) {
    const auto* type = type_of(types, one);
    return type && std::ranges::any_of(granted, [&](const json::value& wide) {
      if (json::at(wide, "type") != json::at(one, "type")) return false;
      return std::ranges::all_of(type->fields, [&](const detail_field& f) {
        return no_wider(json::at(wide, f.name), json::at(one, f.name), f);
      });
    });
  });
}

}  // namespace madang::signon
