#include <algorithm>
#include <set>

#include "transaction.hpp"

namespace madang::process {
namespace {

constexpr std::string_view select_task =
    "select key, instance, number, process, element, name, business, office, form, assignee, "
    "roles, posts, opened, due, claimed_by from process_task ";

std::vector<std::string> texts(std::string_view json_text) {
  std::vector<std::string> out;
  const json::value all = boost::json::parse(json_text);
  for (const auto& one : all.as_array()) out.emplace_back(one.as_string());
  return out;
}

task task_of(const store::row& r) {
  task t;
  t.key = id{r.integer(0)};
  t.instance = id{r.integer(1)};
  t.number = r.integer(2);
  t.process = r.text(3);
  t.element = r.text(4);
  t.name = r.text(5);
  t.business = r.text(6);
  t.office = r.text(7);
  t.form = r.text(8);
  t.assignee = r.text(9);
  t.roles = texts(r.text(10));
  t.posts = texts(r.text(11));
  t.opened = instant{r.integer(12)};
  if (r.integer(13) != forever.micros) t.due = instant{r.integer(13)};
  t.claimed_by = r.text(14);
  return t;
}

bool has(const std::vector<std::string>& all, std::string_view one) {
  return std::ranges::find(all, one) != all.end();
}

}  // namespace

// A candidate by post, by role in an office that contains the task's, or anybody in office where
// the model names none.
bool engine::may_do(const audit::actor& who, const task& t) const {
  if (!who.official()) return false;
  if (t.assignee == who.post || has(t.posts, who.post)) return true;
  const bool in_office = t.office.empty() || std::string_view(t.office).starts_with(who.office);
  if (!in_office) return false;
  if (t.assignee.empty() && t.roles.empty() && t.posts.empty()) return true;
  return std::ranges::any_of(t.roles, [&](const auto& r) { return who.has_role(r); });
}

std::optional<task> engine::find_task(store::read& r, id key) {
  std::optional<task> out;
  const store::parameter parameters[] = {key};
  r.each_row(std::string(select_task) + "where key = ?1", parameters,
             [&](const store::row& row) { out = task_of(row); });
  return out;
}

std::vector<task> engine::tasks_in(store::read& r, id instance) {
  std::vector<task> out;
  const store::parameter parameters[] = {instance};
  r.each_row(std::string(select_task) + "where instance = ?1 order by number", parameters,
             [&](const store::row& row) { out.push_back(task_of(row)); });
  return out;
}

// Each candidate's list is read from its index in the order of due times, and the lists are merged.
std::vector<task> engine::tasks_of(store::read& r, const audit::actor& who, int limit,
                                   instant after) {
  std::vector<task> out;
  if (!who.official()) return out;
  std::set<std::string> candidates{"", "post:" + who.post};
  for (const auto& role : who.roles) candidates.insert("role:" + role);
  std::set<std::pair<instant, id>> found;
  constexpr int most_looked_at = 5000;
  for (const auto& c : candidates) {
    int mine = 0;
    const store::parameter parameters[] = {c, after, most_looked_at};
    r.each_row(
        "select c.due, c.task, t.office, t.assignee from process_candidate c "
        "join process_task t on t.key = c.task where c.candidate = ?1 and c.due > ?2 "
        "order by c.due, c.task limit ?3",
        parameters, [&](const store::row& row) {
          if (mine >= limit) return;
          const bool by_name = c.starts_with("post:");
          if (!by_name && !row.text(2).empty() && !row.text(2).starts_with(who.office)) return;
          found.emplace(instant{row.integer(0)}, id{row.integer(1)});
          ++mine;
        });
  }
  for (const auto& [due, key] : found) {
    if (static_cast<int>(out.size()) >= limit) break;
    auto t = find_task(r, key);
    if (t && may_do(who, *t)) out.push_back(std::move(*t));
  }
  return out;
}

outcome engine::claim(store::write& tx, const audit::access& why, id key) {
  auto t = find_task(tx, key);
  if (!t) return refuse(kind::not_found, "process.no_task");
  if (!may_do(why.who, *t)) return refuse(kind::forbidden, "process.not_yours");
  if (t->claimed_by == why.who.post) return nothing{};
  if (!t->claimed_by.empty())
    return refuse(kind::conflict, "process.claimed", "", {{"post", t->claimed_by}});
  tx.run("update process_task set claimed_by = ?1 where key = ?2", why.who.post, key);
  audit::append(tx, why, audit::action::changed, {}, "process_task", key.str(), "claimed");
  return nothing{};
}

// Delegation by whoever has it, takeover by whoever may do it: said with a reason, and never to a
// post that could not have had it.
outcome engine::hand_over(store::write& tx, const audit::access& why, id key, std::string_view post,
                          std::string_view reason) {
  auto t = find_task(tx, key);
  if (!t) return refuse(kind::not_found, "process.no_task");
  if (!may_do(why.who, *t)) return refuse(kind::forbidden, "process.not_yours");
  if (text::trim(reason).empty()) return refuse(kind::invalid, "process.no_reason", "reason");
  tx.run("update process_task set claimed_by = ?1 where key = ?2", post, key);
  audit::append(tx, why, audit::action::changed, {}, "process_task", key.str(),
                "handed over to " + std::string(post) + ": " + std::string(reason));
  return nothing{};
}

outcome engine::complete(store::write& tx, const audit::access& why, id key,
                         const rules::entries& results) {
  auto t = find_task(tx, key);
  if (!t) return refuse(kind::not_found, "process.no_task");
  const bool handed = t->claimed_by == why.who.post && why.who.official();
  if (!handed && !may_do(why.who, *t)) return refuse(kind::forbidden, "process.not_yours");
  if (!t->claimed_by.empty() && !handed)
    return refuse(kind::conflict, "process.claimed", "", {{"post", t->claimed_by}});
  stimulus s;
  s.kind = stimulus::what::complete;
  s.wait = t->number;
  s.person = why.who.person.str();
  s.variables = results;
  return give(tx, why, t->instance, s);
}

}  // namespace madang::process
