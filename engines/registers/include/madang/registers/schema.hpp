#pragma once
#include <string>
#include <vector>

#include "madang/base/base.hpp"

// What a register holds, as its pack says: packs/<country>/registers/<id>.yaml
namespace madang::registers {

enum class type { text, integer, date, code, id, district, flag };

struct item {
  std::string id;
  words name;
  registers::type type = type::text;
  bool personal = true;            // shown to nobody without need
  bool indexed = false;            // can be searched by
  bool unique = false;             // no two records hold the same at one time
  bool required = false;
  std::string code_list;           // type code: codes/<code_list>.csv of the pack
  std::size_t longest = 200;       // code points, for text
  // type id: a record of that register which concerns this record's subject as well: a member of a
  // household may see where she is registered, although its subject is the head
  std::string shares;
};

struct schema {
  std::string id;                  // "vehicles": also the name of its table
  words name;
  std::string agency;              // who keeps it
  words law;                       // that sets it up
  std::string system;              // the system, and so the database, that owns it
  bool key_is_id = false;          // keys are ids of the house; else numbers that people write
  words key_name;
  std::string subject;             // item that names the person a record is about; "key"; or empty
  std::vector<item> items;

  const item* find(std::string_view id) const;
};

// Throws packs::broken_pack.
schema parse_schema(const json::value& v, const std::string& file);

}  // namespace madang::registers
