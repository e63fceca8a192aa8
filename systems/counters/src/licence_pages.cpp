// Licences: what somebody holds, and what officials do with them: suspend, put in force again,
// close.
#include "counter.hpp"
#include "madang/platform/context.hpp"

namespace madang::counters {
namespace {

using namespace html;
using platform::context;
using platform::needs;

struct licence_line {
  std::string number, permit, title, holder, status, granted, until, address, details, case_number;
};
BOOST_DESCRIBE_STRUCT(licence_line, (),
                      (number, permit, title, holder, status, granted, until, address, details,
                       case_number))
struct licences_view {
  std::vector<licence_line> licences;
};
BOOST_DESCRIBE_STRUCT(licences_view, (), (licences))

licence_line line_of(const context& c, const counter& office, const registers::record& r) {
  const permit* p = office.find(r.text("permit"));
  const auto text = [&](const char* item) { return std::string(r.text(item)); };
  return {r.key,           p ? p->name(c.language) : text("permit_name"),
          text("title"),   text("holder_name"),
          text("status"),  text("granted"),
          text("until"),   text("address"),
          text("details"), text("case_number")};
}

tone tone_of(const std::string& status) {
  return status == "in_force" ? tone::good : status == "suspended" ? tone::warn : tone::neutral;
}

node status_of(const context& c, const licence_line& l) {
  return badge(tone_of(l.status), c.say("counters.status_" + l.status));
}

http::response mine(context& c, counter& office) {
  auto held = office.register_of().find(
      c.access(c.home.said("counters.purpose_own"), c.home.said("law.privacy_35")), "licences",
      "holder", c.actor.person.str());
  if (!held) return c.refuse(held.why());
  licences_view view;
  for (const auto& r : *held) view.licences.push_back(line_of(c, office, r));
  return c.show(view, [&] {
    table_view table;
    table.caption = c.say("counters.licences");
    table.caption_hidden = true;
    table.stacked = true;
    table.first_is_header = true;
    for (const char* column : {"permit", "title", "number", "status", "until"})
      table.columns.push_back(
          {std::string(c.say("counters.column_" + std::string(column))), false});
    for (const auto& l : view.licences)
      table.rows.push_back({l.permit, l.title, l.number, status_of(c, l),
                            l.until.empty() ? std::string(c.say("counters.no_end")) : l.until});
    const node body =
        view.licences.empty()
            ? empty_state("file", c.say("counters.no_licences"), c.say("counters.no_licences_hint"),
                          link_button("/services", c.say("counters.find_permit"), look::secondary))
            : all(data_table(c.shell(), table),
                  button_row({link_button("/services/licence-certificate",
                                          c.say("counters.get_paper"), look::secondary),
                              link_button("/services/licence-closure", c.say("counters.give_back"),
                                          look::quiet)}));
    return c.page(c.say("counters.licences"), {{"/my", std::string(c.say("my.title"))}},
                  all(h1(c.say("counters.licences")), lead(c.say("counters.licences_lead")), body),
                  {.noindex = true});
  });
}

// ---- officials ----

struct opened {
  registers::record record;
  const permit* p;
  audit::access why;
};
result<opened> open_licence(context& c, counter& office) {
  const auto unknown = refuse(kind::not_found, "register.no_record");
  const std::string number(c.request.capture("licence"));
  audit::access why =
      c.access(c.home.said("counters.purpose"), c.home.said("law.civil_petitions"), number);
  auto r = office.register_of().get(why, "licences", number);
  if (!r) return unknown;
  const permit* p = office.find(r->text("permit"));
  const bool may = p && c.actor.has_role(p->role) && r->text("town").starts_with(c.actor.office);
  if (!may) return c.hidden(unknown, "licence", r->reference("holder"));
  return opened{std::move(*r), p, office.access_of(why, *p, number)};
}

http::response licence_page(context& c, counter& office, const refusal* wrong = nullptr) {
  auto o = open_licence(c, office);
  if (!o) return c.refuse(o.why());
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const licence_line l = line_of(c, office, o->record);
  return c.show(l, [&] {
    std::vector<row> rows;
    const auto fact = [&](const char* label, const std::string& v) {
      if (!v.empty())
        rows.push_back({std::string(c.say("counters.column_" + std::string(label))), node(v), ""});
    };
    rows.push_back({std::string(c.say("counters.column_status")), status_of(c, l), ""});
    fact("permit", l.permit);
    fact("title", l.title);
    fact("holder", l.holder);
    fact("address", l.address);
    fact("details", l.details);
    fact("granted", l.granted);
    fact("until", l.until);
    fact("case", l.case_number);
    const std::string error = wrong ? c.explain(*wrong) : std::string();
    std::vector<node> buttons;
    const auto button = [&](const char* what, look how) {
      buttons.push_back(
          submit_button(c.say("counters.act_" + std::string(what)), how, "act", what));
    };
    if (l.status == "in_force") button("suspend", look::secondary);
    if (l.status == "suspended") button("resume", look::primary);
    if (l.status != "closed") button("close", look::danger);
    const node acts =
        buttons.empty()
            ? node()
            : node(form(method("post"), action("/desk/licences/" + l.number),
                        c.shell().csrf_field(),
                        div(cls("field"), label(for_("reason"), c.say("counters.reason")),
                            error.empty() ? node() : node(html::p(cls("error"), error)),
                            textarea(id_("reason"), name_("reason"), attr("rows", std::int64_t(3)),
                                     attr("maxlength", std::int64_t(500)), flag("required"),
                                     c.field("reason"))),
                        button_row(buttons)));
    std::vector<error_item> errors;
    if (wrong) errors.push_back({"reason", error});
    auto r = c.page(l.number, {{"/desk", std::string(c.say("shell.desk_site"))}},
                    all(error_summary(c.shell(), errors), h1(l.permit + " · " + l.title),
                        lead(l.number), definition_grid(rows), acts),
                    {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

http::response act_on_licence(context& c, counter& office) {
  auto o = open_licence(c, office);
  if (!o) return c.refuse(o.why());
  const auto act = c.field("act");
  const auto reason = text::trim(c.field("reason"));
  const std::string status(o->record.text("status"));
  std::string to;
  if (act == "suspend" && status == "in_force") to = "suspended";
  if (act == "resume" && status == "suspended") to = "in_force";
  if (act == "close" && status != "closed") to = "closed";
  refusal wrong;
  if (to.empty()) wrong = refuse(kind::conflict, "counters.not_now");
  else if (reason.empty() || text::length(reason) > 500)
    wrong = refuse(kind::invalid, "case.text_missing", "reason");
  if (!wrong.code.empty()) return licence_page(c, office, &wrong);
  auto done = office.database().writing([&](store::write& tx) -> outcome {
    auto changed = office.register_of().change(tx, o->why, "licences", o->record.key,
                                               json::object{{"status", to}, {"ground", reason}},
                                               today(c.home.pack().zone()));
    if (!changed) return changed;
    tx.emit("counters.licence_" + to, o->record.key,
            json::object{{"licence", o->record.key},
                         {"holder", std::string(o->record.text("holder"))},
                         {"permit", o->p->id},
                         {"reason", reason}});
    return nothing{};
  });
  if (!done) return licence_page(c, office, &done.why());
  return c.go("/desk/licences/" + o->record.key);
}

}  // namespace

void licence_pages(platform::house& h, std::shared_ptr<counter> office) {
  h.page("GET", "/my/licences", needs::sign_in, [office](context& c) { return mine(c, *office); });
  h.page("GET", "/desk/licences/{licence}", needs::official,
         [office](context& c) { return licence_page(c, *office); });
  h.page("POST", "/desk/licences/{licence}", needs::official,
         [office](context& c) { return act_on_licence(c, *office); });
  // The holder is told, with the reason.
  for (const char* what : {"suspended", "in_force", "closed"})
    h.hub().listen(
        "counters.notices", "counters.licence_" + std::string(what),
        [&h, office, what](const exchange::event& e) {
          const auto holder = id::parse(json::str(e.payload, "holder"));
          const permit* p = office->find(json::str(e.payload, "permit"));
          if (!holder || !p) return;
          notices::notice n;
          n.person = *holder;
          n.title = h.said("counters.told_" + std::string(what), {{"licence", e.subject}});
          n.body = words(std::string(json::str(e.payload, "reason")),
                         std::string(json::str(e.payload, "reason")));
          n.link = "/my/licences";
          h.box().put(std::move(n), e.key.str());
        });
}

}  // namespace madang::counters
