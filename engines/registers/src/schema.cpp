#include "madang/registers/schema.hpp"

#include <map>

#include "madang/packs/packs.hpp"

namespace madang::registers {
namespace {

[[noreturn]] void fail(const std::string& file, const std::string& message) {
  throw packs::broken_pack({file, 0, message});
}

bool is_name(std::string_view s) {
  if (s.empty() || s.size() > 40) return false;
  for (char c : s)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
  return s[0] >= 'a';
}

item parse_item(const json::value& v, const std::string& file) {
  static const std::map<std::string_view, type> types = {
      {"text", type::text}, {"integer", type::integer}, {"date", type::date},
      {"code", type::code}, {"id", type::id},           {"district", type::district},
      {"flag", type::flag}};
  item out;
  out.id = json::str(v, "id");
  if (!is_name(out.id)) fail(file, "item id '" + out.id + "' must be lower_snake");
  out.name = json::words_of(json::at(v, "name"));
  if (out.name.empty()) fail(file, "item '" + out.id + "' has no name");
  auto found = types.find(json::str(v, "type", "text"));
  if (found == types.end()) fail(file, "item '" + out.id + "' has an unknown type");
  out.type = found->second;
  out.personal = json::flag(v, "personal", true);
  out.unique = json::flag(v, "unique");
  out.indexed = json::flag(v, "indexed") || out.unique;
  out.required = json::flag(v, "required");
  out.code_list = json::str(v, "codes");
  out.shares = json::str(v, "shares");
  out.longest = static_cast<std::size_t>(json::num(v, "longest", 200));
  return out;
}

}  // namespace

const item* schema::find(std::string_view wanted) const {
  for (const auto& i : items)
    if (i.id == wanted) return &i;
  return nullptr;
}

schema parse_schema(const json::value& v, const std::string& file) {
  schema s;
  s.id = json::str(v, "id");
  if (!is_name(s.id)) fail(file, "the register needs an id in lower_snake");
  s.name = json::words_of(json::at(v, "name"));
  s.law = json::words_of(json::at(v, "law"));
  s.agency = json::str(v, "agency");
  s.system = json::str(v, "system");
  if (s.name.empty() || s.law.empty() || s.system.empty())
    fail(file, "a register names itself, its law and the system that owns it");
  const json::value& key = json::at(v, "key");
  s.key_is_id = json::str(key, "type") == "id";
  s.key_name = json::words_of(json::at(key, "name"));
  s.subject = json::str(v, "subject");
  if (const auto& items = json::at(v, "items"); items.is_array())
    for (const auto& i : items.get_array()) {
      item next = parse_item(i, file);
      if (s.find(next.id)) fail(file, "item '" + next.id + "' is given twice");
      s.items.push_back(std::move(next));
    }
  if (s.items.empty()) fail(file, "a register has items");
  if (!s.subject.empty() && s.subject != "key" && !s.find(s.subject))
    fail(file, "subject '" + s.subject + "' is no item");
  if (s.subject == "key" && !s.key_is_id) fail(file, "subject key needs a key of type id");
  return s;
}

}  // namespace madang::registers
