// Whom a certificate names, for systems that were shown one in a handshake.
#include "pages.hpp"

namespace madang::certification {
namespace {

// Only the very octets that an authority here has signed count, and only while nobody has taken
// them back: no path needs to be built, and a revocation holds at once.
std::optional<certificate> standing(registrar& o, trust::view der) {
  auto facts = pki::read_facts(der);
  auto row = facts ? o.find(facts->serial) : std::nullopt;
  const instant at = now();
  if (!row || row->der != facts->der || row->state != "valid" || row->over(at) ||
      row->valid_since > at)
    return {};
  return row;
}

}  // namespace

void holder_query(office o) {
  o->home.hub().offer_query(
      "certification.holder",
      [o](const audit::access&, const json::value& in) -> result<json::value> {
        const auto no = refuse(kind::not_found, "certification.unknown");
        auto der = text::from_base64(json::str(in, "certificate"));
        if (!der) return no;
        auto row = standing(*o, *der);
        auto subject = trust::certificate::from_der(*der);
        if (!row || !subject) return no;
        json::array names;
        for (const auto& one : text::split(row->dns, ' '))
          if (!one.empty()) names.emplace_back(one);
        return json::value(json::object{
            {"subject", subject->subject()},
            {"kind", row->kind},
            {"dns", std::move(names)},
            {"person",
             row->kind == "person" || row->kind == "official" ? row->person.str() : std::string()},
            {"post", row->post}});
      });
}

}  // namespace madang::certification
