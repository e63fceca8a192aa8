// The record of a decision, for who applied and who decides: how it came about, whether the
// signature holds, and whether the house decides the same from it again.
#include "claims.hpp"
#include "madang/documents/press.hpp"

namespace madang::benefits {
namespace {

using namespace html;

struct record_view {
  std::string benefit, name, as_of, as_known, reason, amount, model, version, zone_data;
  bool entitled = false, signature_holds = false, repeated = false;
  std::vector<used_fact> facts;
  json::value record;
};
BOOST_DESCRIBE_STRUCT(record_view, (),
                      (benefit, name, as_of, as_known, reason, amount, model, version, zone_data,
                       entitled, signature_holds, repeated, facts, record))

// The applicant's own, or an official's who may handle the case.
result<std::pair<evaluation, cases::matter>> open_record(context& c) {
  const auto unknown = refuse(kind::not_found, "case.not_found");
  const auto key = id::parse(c.request.capture("case"));
  if (!key) return unknown;
  auto& files = c.home.files_of("benefits");
  auto m = files.find(*key);
  auto kept = evaluation_of(c.home, *key);
  if (!m || !kept) return c.home.files_with(*key) ? c.hidden(unknown, "case", *key) : unknown;
  const bool own = m->applicant == c.actor.person && !c.actor.official();
  if (!own && !files.may_handle(c.actor, *m)) return c.hidden(unknown, "case", *key);
  if (!own)
    files.database().writing([&](store::write& tx) {
      audit::append(tx, c.access(c.home.said("benefits.case"), c.home.said("law.social_security"),
                                 m->number),
                    audit::action::read, m->applicant, "evaluation", m->number, "");
    });
  return std::pair(std::move(*kept), std::move(*m));
}

record_view view_of(context& c, const office& o, const evaluation& kept) {
  record_view v;
  v.record = kept.read();
  v.benefit = kept.benefit;
  const auto text_of = [&](const char* item) { return std::string(json::str(v.record, item)); };
  v.as_of = text_of("as_of");
  v.as_known = text_of("as_known");
  v.model = text_of("model");
  v.version = text_of("version");
  v.zone_data = text_of("zone_data");
  v.entitled = kept.entitled;
  v.facts = used_facts(c, o, v.record);
  v.signature_holds =
      c.home.documents()
          .verify(kept.record, kept.signature)
          .genuine();
  const auto* p = o.law.find(kept.benefit);
  v.name = p ? p->name(c.language) : kept.benefit;
  if (auto again = rules::replay(o.law, v.record))
    v.repeated = documents::canonical(*again) == kept.record;
  if (auto j = rules::judged_in(o.law, v.record)) {
    v.reason = j->reason(c.language);
    if (p && j->entitled) v.amount = amount_in_words(*p, j->amount, c.language);
  }
  return v;
}

node proof_of(const context& c, const record_view& v, const std::string& at) {
  const auto said = [&](bool good, const char* yes, const char* no) {
    return badge(good ? tone::good : tone::bad, c.say(good ? yes : no));
  };
  return all(
      summary_list(
          c.shell(),
          {{std::string(c.say("benefits.signature")),
            said(v.signature_holds, "benefits.signature_good", "benefits.signature_bad"), ""},
           {std::string(c.say("benefits.repeated")),
            said(v.repeated, "benefits.repeated_good", "benefits.repeated_bad"), ""},
           {std::string(c.say("benefits.as_of_day")), node(v.as_of), ""},
           {std::string(c.say("benefits.as_known_at")), node(v.as_known), ""},
           {std::string(c.say("benefits.versions")), node(v.version), ""},
           {std::string(c.say("benefits.model_hash")), node(code(v.model)), ""},
           {std::string(c.say("benefits.zone_data")), node(v.zone_data), ""}}),
      button_row({link_button(at + "/record.json", c.say("benefits.get_record"), look::secondary),
                  link_button(at + "/record.p7s", c.say("benefits.get_signature"),
                              look::secondary)}));
}

}  // namespace

std::vector<used_fact> used_facts(const context& c, const office& o, const json::value& record) {
  std::vector<used_fact> out;
  const auto& inputs = json::at(record, "inputs");
  if (!inputs.is_array()) return out;
  for (const auto& one : inputs.get_array()) {
    const std::string name(json::str(one, "name")), source(json::str(one, "source"));
    const rules::value v = rules::value_of_literal(json::str(one, "value"));
    if (json::str(one, "kind") == "parameter") {
      const auto* p = o.law.find_parameter(name);
      out.push_back({p ? p->name(c.language) : name, o.shown(name, v, c.language), source});
      continue;
    }
    const auto* t = o.find_term(name);
    std::string from(c.say("benefits.by_applicant"));
    for (const auto* s : c.home.hub().schemas())
      if (s->id == source) from = s->name(c.language);
    out.push_back({t ? t->name(c.language) : name, o.shown(name, v, c.language), from});
  }
  return out;
}

http::response show_record(context& c, const office& o) {
  auto found = open_record(c);
  if (!found) return c.refuse(found.why());
  const auto v = view_of(c, o, found->first);
  return c.show(v, [&] {
    table_view t;
    t.caption = c.say("benefits.used");
    t.stacked = true;
    for (const char* column : {"fact", "value", "taken_from"})
      t.columns.push_back({std::string(c.say("benefits." + std::string(column))), false});
    for (const auto& f : v.facts) t.rows.push_back({f.name, f.value, f.source});
    const std::string title = c.fill("benefits.record_of", {{"name", v.name}});
    node how;
    if (auto j = rules::judged_in(o.law, v.record)) how = how_decided(c, *j);
    const node body =
        all(h1(title),
            banner(c.shell(), v.entitled ? tone::good : tone::warn,
                   v.entitled ? v.amount : std::string(c.say("benefits.not_by_computation")),
                   p(v.reason)),
            data_table(c.shell(), t), how, h2(c.say("benefits.proof")),
            p(c.say("benefits.proof_line")),
            proof_of(c, v, "/benefits/records/" + found->second.key.str()));
    const std::string back = c.actor.official() ? "/desk/cases/" : "/my/cases/";
    return c.page(title, {{back + found->second.key.str(), found->second.number}}, body,
                  {.noindex = true});
  });
}

http::response record_file(context& c, bool signature) {
  auto found = open_record(c);
  if (!found) return c.refuse(found.why());
  const auto& kept = found->first;
  http::response r = http::json_response(
      signature ? std::string(kept.signature.begin(), kept.signature.end()) : kept.record);
  if (signature) r.content_type = "application/pkcs7-signature";
  r.with("Content-Disposition", "attachment; filename=\"" + found->second.number +
                                    (signature ? ".p7s\"" : ".json\""));
  return c.with_privacy(std::move(r));
}

}  // namespace madang::benefits
