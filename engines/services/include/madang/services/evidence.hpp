#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "madang/audit/audit.hpp"
#include "madang/exchange/exchange.hpp"
#include "madang/forms/forms.hpp"
#include "madang/packs/packs.hpp"

// Evidence that is looked up instead of asked for, as a pack says it:
//
//   - {as: me, get: persons, key: $actor}
//   - {as: home, get: households, key: $me.household}
//   - {as: members, find: persons, by: household, value: $me.household, items: [name, born]}
//   - {as: children, find: families, by: father, value: $actor}
//   - {as: children, find: families, by: mother, value: $actor}        adds to the list
//   - {as: past, history: vehicles, key: $answers.vehicle}
//   - {as: mates, each: $members, get: families, key: $item.key}
//
// "$" begins a path into what is known: $actor, $answers, and what was found before. A look-up
// whose key is absent finds nothing; one that must find something says `required: true`
// (evidence.missing). Each record becomes an object of its items, its key as "key", and for codes
// and districts their names in the wanted language as "<item>_name".
namespace madang::services {

result<json::object> gather(exchange::hub& hub, const packs::pack& pack, const audit::access& why,
                            const json::value& spec, json::object scope,
                            std::string_view language);

// "$me.household" in the scope; anything else is itself. Null when the path leads nowhere.
json::value resolve(const json::value& expression, const json::object& scope);

// Data as a document wants it, made from what is known: "$..." leads into the scope, objects and
// lists are built member by member, what leads nowhere is left out;
//   {each: $members, of: {name: $item.name}}     a list made from a list
//   {if: $show.numbers, then: .., else: ..}      one or the other
//   {ko: .., en: ..}                              the one of $language
//   [$a, {each: ..}]                             lists in lists are joined to one
json::value shape(const json::value& spec, const json::object& scope);

// The options of a question: its own, or those a register gives:
//   options_from: {find: vehicles, by: owner, value: $actor, option: {value: key, label: "{key}
//   {kind}"}} options_from: {codes: purposes}
//   options_from: {list: offices, source: /offices}   agencies and municipalities; `source` is the
//                                                     page of the finder for `ask: office`
result<std::vector<forms::option>> options_of(exchange::hub& hub, const packs::pack& pack,
                                              const audit::access& why, const forms::question& q,
                                              const json::object& scope);

json::object shown_record(const packs::pack& pack, const registers::schema& s,
                          const registers::record& r, std::string_view language);

}  // namespace madang::services
