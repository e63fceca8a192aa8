#include "plan.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "madang/tlog/note.hpp"

namespace madang::transparency {
namespace {

constexpr const char* file_name = "transparency.yaml";

json::value read_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  if (!in) throw packs::broken_pack({file, 0, "cannot be read"});
  return packs::parse_yaml(bytes.str(), file);
}

witness_plan witness_of(const platform::house& h, const std::string& file, const json::value& v) {
  witness_plan w;
  w.id = json::str(v, "id");
  w.url = json::str(v, "url");
  w.key = json::str(v, "key");
  w.name = json::words_of(json::at(v, "name"));
  if (const auto* agency = h.pack().find_agency(json::str(v, "agency"))) w.name = agency->name;
  const bool good_id = !w.id.empty() &&
                       w.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
                           std::string::npos;
  if (!good_id) throw packs::broken_pack({file, 0, "a witness has an id of lower-case letters"});
  if (w.url.empty() != w.key.empty())
    throw packs::broken_pack({file, 0, "witness " + w.id + " has both url and key, or neither"});
  if (w.name.empty())
    throw packs::broken_pack({file, 0, "witness " + w.id + " needs an agency or a name"});
  return w;
}

}  // namespace

plan read_plan(const platform::house& h) {
  const std::string own = h.chosen().data + "/" + file_name;
  const bool has_own = std::filesystem::exists(own);
  const std::string file = has_own ? own : file_name;
  plan out;
  out.origin = h.pack().id() + ".example";
  const json::value v = has_own ? read_file(own) : h.pack().yaml(file_name);
  if (!v.is_object()) return out;
  out.origin = json::str(v, "origin", out.origin);
  if (!tlog::is_key_name(out.origin))
    throw packs::broken_pack({file, 0, "origin is a name without spaces and plus"});
  if (const json::value& all = json::at(v, "witnesses"); all.is_array())
    for (const auto& w : all.get_array()) out.witnesses.push_back(witness_of(h, file, w));
  out.limit_seconds = json::num(v, "limit_seconds", out.limit_seconds);
  if (out.limit_seconds < 1 || out.limit_seconds > 30 * 24 * 3600)
    throw packs::broken_pack({file, 0, "limit_seconds is 1 to 2592000"});
  const auto quorum = json::num(v, "quorum", static_cast<std::int64_t>(out.witnesses.size()));
  if (quorum < 0 || quorum > static_cast<std::int64_t>(out.witnesses.size()))
    throw packs::broken_pack({file, 0, "quorum is at most the number of witnesses"});
  out.quorum = static_cast<std::size_t>(quorum);
  return out;
}

}  // namespace madang::transparency
