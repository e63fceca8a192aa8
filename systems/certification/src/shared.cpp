#include "pages.hpp"

namespace madang::certification {

using namespace html;

link home_link(const context& c) {
  return {"/certification", std::string(c.say("certification.name"))};
}

audit::access why_of(const context& c, const char* purpose, std::string reference) {
  return c.access(c.home.said("certification." + std::string(purpose)),
                  c.home.said(c.actor.official() ? "law.signature_government" : "law.signature"),
                  std::move(reference));
}

std::string authority_name(const context& c, const registrar& o, std::string_view id) {
  const auto* a = o.plan_of(id);
  return a ? a->name(c.language) : std::string(id);
}

outcome only_officers(const context& c) {
  if (!c.actor.has_role(officer_role)) return refuse(kind::forbidden, "certification.officers");
  return nothing{};
}

node state_badge(const context& c, const std::string& state) {
  const tone t = state == "valid"     ? tone::good
                 : state == "waiting" ? tone::info
                 : state == "held"    ? tone::warn
                 : state == "expired" ? tone::neutral
                                      : tone::bad;
  return badge(t, c.say("certification.state_" + state));
}

node story(const context& c, registrar& o, const std::string& serial) {
  std::vector<moment> all;
  for (const auto& e : o.events(serial)) {
    std::string title(c.say("certification.event_" + e.what));
    const auto reason = std::string_view(e.note).substr(0, e.note.find(':'));
    std::string detail = e.actor;
    if (e.what == "revoked" && pki::is_reason(reason))
      detail += " · " + std::string(c.say("certification.reason_" + std::string(reason)));
    if (const auto more = e.note.find(": "); more != std::string::npos && reason != "superseded")
      detail += " · " + e.note.substr(more + 2);
    all.push_back({c.written(e.at), title, node(detail)});
  }
  return timeline(all);
}

std::string pretty(std::string_view serial) {
  std::string out;
  for (std::size_t i = 0; i < serial.size(); ++i) {
    if (i && i % 4 == 0) out += ' ';
    out += serial[i];
  }
  return out;
}

node certificate_facts(const context& c, const registrar& o, const certificate& row) {
  std::vector<html::row> rows{
      {std::string(c.say("certification.state")), state_badge(c, row.shown(now()))},
      {std::string(c.say("certification.holder")), node(row.name(c.language))},
      {std::string(c.say("certification.kind")), node(c.say("certification.kind_" + row.kind))},
      {std::string(c.say("certification.authority")), node(authority_name(c, o, row.authority))},
      {std::string(c.say("certification.since")), node(c.written(row.valid_since))},
      {std::string(c.say("certification.until")), node(c.written(row.valid_until))}};
  if (!row.dns.empty()) rows.push_back({std::string(c.say("certification.dns")), node(row.dns)});
  if (!row.number.empty())
    rows.push_back({std::string(c.say("certification.number")), node(row.number)});
  rows.push_back({std::string(c.say("certification.serial")), node(pretty(row.serial))});
  if (row.state == "revoked")
    rows.push_back({std::string(c.say("certification.reason")),
                    node(c.say("certification.reason_" + row.reason))});
  return summary_list(c.shell(), rows);
}

}  // namespace madang::certification
