#include "plan.hpp"

#include <algorithm>

namespace madang::wallet {
namespace {

constexpr const char* file = "wallet.yaml";

[[noreturn]] void broken(const std::string& what) { throw packs::broken_pack({file, 0, what}); }

words said(const json::value& v, std::string_view member, const std::string& where) {
  auto out = json::words_of(json::at(v, member));
  if (out.empty()) broken(where + " needs " + std::string(member));
  return out;
}

std::string id_of(const json::value& v, const std::string& where) {
  std::string out(json::str(v, "id"));
  if (out.empty() || out.size() > 40 ||
      out.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") != std::string::npos)
    broken(where + " needs an id of lower-case letters, digits, '-' and '_'");
  return out;
}

claim_plan claim_of(const json::value& v, const std::string& where) {
  claim_plan c;
  c.id = id_of(v, "a claim of " + where);
  c.label = said(v, "label", where + "." + c.id);
  c.from = json::str(v, "from");
  c.person = json::str(v, "person");
  if (const auto& ages = json::at(v, "ages"); ages.is_array())
    for (const auto& a : ages.get_array()) c.ages.push_back(static_cast<int>(a.to_number<int>()));
  const int ways = !c.from.empty() + !c.person.empty() + !c.ages.empty();
  if (ways != 1) broken(where + "." + c.id + " has one of from, person, ages");
  return c;
}

credential_plan credential_of(const json::value& v, const std::string& at) {
  credential_plan c;
  c.id = id_of(v, "a credential");
  c.layout = json::str(v, "layout");
  c.type = at + "/credentials/types/" + c.id;
  c.name = said(v, "name", c.id);
  const auto& claims = json::at(v, "claims");
  if (!claims.is_array() || c.layout.empty()) broken(c.id + " needs layout and claims");
  for (const auto& one : claims.get_array()) c.claims.push_back(claim_of(one, c.id));
  return c;
}

question_plan question_of(const json::value& v, const plan& p) {
  question_plan q;
  q.id = id_of(v, "a question");
  q.name = said(v, "name", q.id);
  q.purpose = said(v, "purpose", q.id);
  q.law = said(v, "law", q.id);
  q.credential = p.find(json::str(v, "credential"));
  if (!q.credential) broken("question " + q.id + " names no credential that is there");
  const auto& show = json::at(v, "show");
  if (!show.is_array() || show.get_array().empty()) broken("question " + q.id + " shows nothing");
  for (const auto& path : show.get_array()) {
    q.show.emplace_back();
    if (!path.is_array()) broken("question " + q.id + ": show is a list of lists");
    for (const auto& step : path.get_array()) q.show.back().emplace_back(step.as_string());
    if (q.show.back().empty() || !q.credential->find(q.show.back().front()))
      broken("question " + q.id + " shows a claim that " + q.credential->id + " has not");
  }
  q.holds = json::flag(v, "holds");
  return q;
}

}  // namespace

const claim_plan* credential_plan::find(std::string_view wanted) const {
  const auto found = std::ranges::find(claims, wanted, &claim_plan::id);
  return found == claims.end() ? nullptr : &*found;
}

const credential_plan* plan::find(std::string_view wanted) const {
  const auto found = std::ranges::find(credentials, wanted, &credential_plan::id);
  return found == credentials.end() ? nullptr : &*found;
}

const credential_plan* plan::for_layout(std::string_view layout) const {
  const auto found = std::ranges::find(credentials, layout, &credential_plan::layout);
  return found == credentials.end() ? nullptr : &*found;
}

const question_plan* plan::find_question(std::string_view wanted) const {
  const auto found = std::ranges::find(questions, wanted, &question_plan::id);
  return found == questions.end() ? nullptr : &*found;
}

plan read_plan(const packs::pack& pack, const std::string& at) {
  const json::value v = pack.yaml(file);
  plan p;
  p.days = static_cast<int>(json::num(v, "days", p.days));
  p.copies = static_cast<int>(json::num(v, "copies", p.copies));
  if (p.days < 1 || p.days > 400 || p.copies < 1 || p.copies > 50)
    broken("days are 1 to 400, copies 1 to 50");
  p.status_agency = json::str(json::at(v, "status"), "agency");
  const auto* agency = pack.find_agency(p.status_agency);
  if (!agency) broken("status.agency is no agency of the pack");
  p.status_name = agency->name;
  const auto* asks = pack.find_agency(json::str(json::at(v, "asks"), "agency"));
  if (!asks) broken("asks.agency is no agency of the pack");
  p.asks_name = asks->name;
  const auto& all = json::at(v, "credentials");
  if (!all.is_array()) broken("credentials is a list");
  for (const auto& one : all.get_array()) p.credentials.push_back(credential_of(one, at));
  if (const auto& asked = json::at(v, "questions"); asked.is_array())
    for (const auto& one : asked.get_array()) p.questions.push_back(question_of(one, p));
  return p;
}

json::object query_of(const question_plan& q) {
  json::array claims;
  for (const auto& path : q.show)
    claims.push_back(json::object{{"path", json::array(path.begin(), path.end())}});
  return {{"credentials",
           json::array{json::object{
               {"id", q.credential->id},
               {"format", "dc+sd-jwt"},
               {"meta", json::object{{"vct_values", json::array{q.credential->type}}}},
               {"claims", std::move(claims)}}}}};
}

}  // namespace madang::wallet
