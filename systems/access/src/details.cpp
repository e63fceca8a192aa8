// Rich authorization requests (RFC 9396) between a client, a person and the system that owns what
// is asked for: said in words before she agrees, lessened by her, kept by its owner.
#include <algorithm>

#include "details.hpp"
#include "madang/html/fields.hpp"

namespace madang::access {
namespace {

using namespace html;

constexpr const char* file = "signon/authorization_details.yaml";

audit::access by_house(house& h) {
  return {audit::system_actor("sign-on"), h.said("purpose.sign_in"), h.said("law.e_government"),
          ""};
}

// The elements of each owner, whom to ask about them.
std::vector<std::pair<std::string, json::array>> by_owner(
    const std::vector<signon::detail_type>& types, const json::array& details) {
  std::vector<std::pair<std::string, json::array>> out;
  for (const auto& one : details) {
    const auto type = std::ranges::find(types, json::str(one, "type"), &signon::detail_type::name);
    if (type == types.end()) continue;
    auto at = std::ranges::find(out, type->owner, &std::pair<std::string, json::array>::first);
    if (at == out.end()) at = out.insert(out.end(), {type->owner, {}});
    at->second.push_back(one);
  }
  return out;
}

json::array list_of(std::string_view details) {
  auto parsed = json::parse(details);
  return parsed && parsed->is_array() ? std::move(parsed->get_array()) : json::array();
}

std::string choices_name(std::size_t element, std::size_t group) {
  return "items_" + std::to_string(element) + "_" + std::to_string(group) + "[]";
}
std::string day_name(std::size_t element) { return "until_" + std::to_string(element); }

detail_view view_of(const json::value& words, const json::value& said) {
  detail_view v;
  v.purpose = json::str(said, "purpose");
  v.until = json::str(said, "until");
  v.choices_in = json::str(words, "choices_in");
  v.day_in = json::str(words, "day_in");
  v.stops_at = json::str(words, "stops_at");
  for (const auto& one : json::at(said, "groups").as_array()) {
    detail_group g{std::string(json::str(one, "agency")), std::string(json::str(one, "register")),
                   std::string(json::str(one, "law")), {}};
    for (const auto& c : json::at(one, "choices").as_array())
      g.choices.push_back({std::string(json::str(c, "value")), std::string(json::str(c, "label"))});
    v.groups.push_back(std::move(g));
  }
  return v;
}

// Of what a form brought under a name of ours; nothing that was not asked for.
std::vector<std::string> ticked(const context& c, const std::string& name, const detail_group& g) {
  std::vector<std::string> out;
  for (const auto& [key, value] : c.form())
    if (key == name && std::ranges::find(g.choices, value, &detail_choice::value) !=
                           g.choices.end())
      out.push_back(value);
  return out;
}

}  // namespace

void offer_details(house& h, signon::options& o) {
  if (!h.pack().has(file)) return;
  auto types = signon::read_detail_types(h.pack().yaml(file), o.issuer);
  if (!types) throw packs::broken_pack({file, 0, types.why().code + " " + types.why().field});
  o.detail_types = std::move(*types);
  o.may_ask_details = [&h, all = o.detail_types](const signon::client& by,
                                                 const json::array& details) -> outcome {
    for (auto& [owner, elements] : by_owner(all, details))
      if (auto may = h.hub().ask(owner + ".details_check", by_house(h),
                                 json::object{{"client", by.id}, {"details", std::move(elements)}});
          !may)
        return may.why();
    return nothing{};
  };
  o.details_now = [&h, all = o.detail_types](const signon::client& by, std::string_view name,
                                             const json::array& details) {
    json::array out;
    for (auto& [owner, elements] : by_owner(all, details)) {
      auto holds = h.hub().ask(owner + ".details_now", by_house(h),
                               json::object{{"client", by.id},
                                            {"name", name},
                                            {"details", std::move(elements)}});
      if (holds && holds->is_array())
        for (auto& one : holds->get_array()) out.push_back(std::move(one));
    }
    return out;
  };
}

result<std::vector<detail_view>> details_in_words(const context& c, bureau& b,
                                                  const signon::request& r) {
  std::vector<detail_view> out;
  if (r.details.empty()) return out;
  for (const auto& [owner, elements] :
       by_owner(b.provider.chosen().detail_types, list_of(r.details))) {
    auto words = c.home.hub().ask(owner + ".details_words", by_house(c.home),
                                  json::object{{"client", r.client},
                                               {"language", c.language},
                                               {"details", elements}});
    if (!words) return words.why();
    const auto& said = json::at(*words, "elements").as_array();
    for (std::size_t i = 0; i < said.size(); ++i) {
      out.push_back(view_of(*words, said[i]));
      out.back().owner = owner;
      out.back().element = json::print(elements[i]);
    }
  }
  return out;
}

node details_part(const context& c, const std::vector<detail_view>& all, const refusal* wrong) {
  node out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& v = all[i];
    node groups;
    for (std::size_t g = 0; g < v.groups.size(); ++g) {
      const auto& group = v.groups[g];
      std::vector<choice> choices;
      std::vector<std::string> checked;
      for (const auto& one : group.choices) {
        choices.push_back({one.value, one.label, ""});
        checked.push_back(one.value);
      }
      field f{.name = choices_name(i, g), .label = group.agency + ": " + group.reg};
      f.hint = group.law;
      if (wrong) checked = ticked(c, f.name, group);
      if (wrong && wrong->field == choice_field_id(f.name)) f.error = c.explain(*wrong);
      groups = node(html::all(groups, checkbox_field(c.shell(), f, choices, checked)));
    }
    field day{.name = day_name(i), .label = std::string(c.say("signon.details_until"))};
    day.hint = c.fill("signon.details_until_hint", {{"day", v.until}});
    day.value = wrong ? std::string(c.field(day.name)) : v.until;
    day.width = 12;
    if (wrong && wrong->field == day.name) day.error = c.explain(*wrong);
    out = html::all(out, h2(c.fill("signon.details_purpose", {{"purpose", v.purpose}})), groups,
                    text_field(c.shell(), day));
  }
  return out;
}

// Less than was asked for is hers to say, more is nobody's.
result<json::array> details_chosen(const context& c, const std::vector<detail_view>& all) {
  json::array out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& v = all[i];
    json::array left;
    for (std::size_t g = 0; g < v.groups.size(); ++g)
      for (const auto& one : ticked(c, choices_name(i, g), v.groups[g])) left.emplace_back(one);
    if (left.empty()) continue;
    const auto day = date::parse(text::trim(c.field(day_name(i))));
    if (!day || *day < today(c.home.pack().zone()) || day->str() > v.until)
      return refuse(kind::invalid, "signon.details_until", day_name(i), {{"day", v.until}});
    json::object element = json::parse(v.element)->get_object();
    element[v.choices_in] = std::move(left);
    element[v.day_in] = day->str();
    out.push_back(std::move(element));
  }
  if (out.empty())
    return refuse(kind::invalid, "signon.details_none", choice_field_id(choices_name(0, 0)));
  return out;
}

// The same wherever the same person answers the same question, so that it is kept once.
std::string details_name(std::string_view ticket, id person) {
  const std::string what = "details " + std::string(ticket) + " " + person.str();
  return text::base64url(trust::sha256(text::bytes_of(what))).substr(0, 22);
}

outcome grant_details(const context& c, bureau& b, const signon::client& by,
                      const std::string& name, const json::array& details) {
  const auto why = c.access(c.home.said("purpose.own_data"), by.law, by.id);
  for (auto& [owner, elements] : by_owner(b.provider.chosen().detail_types, details)) {
    auto done = c.home.hub().tell(owner + ".details_grant", why,
                                  json::object{{"client", by.id},
                                               {"person", c.actor.person.str()},
                                               {"name", name},
                                               {"details", std::move(elements)}},
                                  name);
    if (!done) return done.why();
  }
  return nothing{};
}

void stop_details(const context& c, bureau& b, const std::vector<std::string>& names) {
  std::vector<std::string> told;
  for (const auto& type : b.provider.chosen().detail_types) {
    if (std::ranges::find(told, type.owner) != told.end()) continue;
    told.push_back(type.owner);
    for (const auto& name : names)
      (void)c.home.hub().tell(
          type.owner + ".details_stop",
          c.access(c.home.said("purpose.own_data"), c.home.said("law.privacy_15")),
          json::object{{"person", c.actor.person.str()}, {"name", name}}, "stop " + name);
  }
}

void details_doors(house& h, shared_bureau b) {
  // access.granted {method, path, authorization, proofs, certificate, type}: which client came with
  // a person's token that has details of this type, and what of them holds now.
  h.hub().offer_query(
      "access.granted", [b](const audit::access&, const json::value& in) -> result<json::value> {
        auto k = b->provider.bearer(call_in(in));
        if (!k) return k.why();
        json::array details;
        for (auto& one : list_of(k->details))
          if (json::at(one, "type") == json::at(in, "type")) details.push_back(std::move(one));
        if (details.empty()) return refuse(kind::forbidden, "oauth.insufficient_scope");
        return json::value(json::object{
            {"id", k->client}, {"name", k->details_name}, {"details", std::move(details)}});
      });
}

}  // namespace madang::access
