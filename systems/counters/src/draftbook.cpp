#include "draftbook.hpp"

#include <algorithm>

#include "madang/process/drawing.hpp"

namespace madang::counters {

BOOST_DESCRIBE_STRUCT(process_draft, (),
                      (key, process, starts, bpmn, base, trial, state, author, author_name,
                       approver, approver_name, remark, saved, published, deployed))

namespace {

constexpr std::size_t longest_remark = 1000, longest_trial = 20'000;

std::string select() {
  return "select key, process, starts, bpmn, base, trial, state, author, author_name, approver, "
         "approver_name, remark, saved, published, deployed from process_draft ";
}

}  // namespace

std::vector<process_draft> draftbook::drafts() {
  return db_.reading([&](store::read& r) {
    return r.all<process_draft>(select() +
                                "where state <> 'dropped' order by saved desc limit 200");
  });
}

std::optional<process_draft> draftbook::find(id key) {
  return db_.reading(
      [&](store::read& r) { return r.one<process_draft>(select() + "where key = ?1", key); });
}

result<process_draft> draftbook::begin(const audit::access& why, std::string_view process,
                                       date starts) {
  if (!why.who.has_role("rule_author")) return refuse(kind::forbidden, "draft.not_yours");
  return db_.writing([&](store::write& tx) -> result<process_draft> {
    const auto versions = engine_.deployments(tx, process);
    if (versions.empty()) return refuse(kind::not_found, "process.unknown");
    const auto model = engine_.model_of(tx, versions.front().key);
    process_draft d{new_id(),
                    std::string(process),
                    starts,
                    process::drawn(*model),
                    versions.front().key,
                    "",
                    "draft",
                    why.who.person,
                    why.who.name,
                    {},
                    {},
                    {},
                    now(),
                    {},
                    {}};
    tx.insert("process_draft", d);
    audit::append(tx, why, audit::action::changed, {}, "process_draft", d.key.str(), "begun");
    return d;
  });
}

outcome draftbook::change(const audit::access& why, id key, std::string_view what,
                          const std::function<outcome(store::write&, process_draft&)>& act) {
  return db_.writing([&](store::write& tx) -> outcome {
    auto d = tx.one<process_draft>(select() + "where key = ?1", key);
    if (!d) return refuse(kind::not_found, "process.unknown");
    if (auto good = act(tx, *d); !good) return good;
    // Every save has an instant of its own, so that the next one can name it.
    d->saved = instant{std::max(now().micros, d->saved.micros + 1)};
    tx.run(
        "update process_draft set starts = ?1, bpmn = ?2, trial = ?3, state = ?4, approver = ?5, "
        "approver_name = ?6, remark = ?7, saved = ?8, published = ?9, deployed = ?10 "
        "where key = ?11",
        d->starts, d->bpmn, d->trial, d->state, d->approver, d->approver_name, d->remark, d->saved,
        d->published, d->deployed, key);
    audit::append(tx, why, audit::action::changed, {}, "process_draft", key.str(), what);
    return nothing{};
  });
}

result<instant> draftbook::save(const audit::access& why, id key, std::string bpmn,
                                std::optional<date> starts, std::optional<instant> seen) {
  if (bpmn.size() > largest)
    return refuse(kind::too_large, "draft.file_large", "bpmn",
                  {{"most", std::to_string(largest >> 10)}});
  if (!bpmn.empty())
    if (auto read = process::model::read(bpmn); !read) return read.why();
  instant saved;
  auto done = change(why, key, "saved", [&](store::write&, process_draft& d) -> outcome {
    if (d.author != why.who.person) return refuse(kind::forbidden, "draft.not_yours");
    if (!d.open()) return refuse(kind::conflict, "draft.not_open");
    if (seen && d.saved != *seen) return refuse(kind::conflict, "draft.changed");
    if (!bpmn.empty()) d.bpmn = std::move(bpmn);
    if (starts) d.starts = *starts;
    return nothing{};
  });
  if (!done) return done.why();
  return find(key)->saved;
}

outcome draftbook::keep_trial(const audit::access& why, id key, std::string lines) {
  if (lines.size() > longest_trial || !text::is_utf8(lines))
    return refuse(kind::too_large, "case.text_long", "trial",
                  {{"limit", std::to_string(longest_trial)}});
  return change(why, key, "tried", [&](store::write&, process_draft& d) -> outcome {
    d.trial = std::move(lines);
    return nothing{};
  });
}

outcome draftbook::ready(const process_draft& d) const {
  auto found = check(d.bpmn, d.process);
  if (!found) return found.why();
  if (!found->empty())
    return refuse(kind::invalid, "draft.findings", "", {{"n", std::to_string(found->size())}});
  return nothing{};
}

outcome draftbook::submit(const audit::access& why, id key, date today) {
  return change(why, key, "submitted", [&](store::write&, process_draft& d) -> outcome {
    if (d.author != why.who.person) return refuse(kind::forbidden, "draft.not_yours");
    if (!d.open()) return refuse(kind::conflict, "draft.not_open");
    if (d.starts < today) return refuse(kind::invalid, "draft.starts", "starts");
    if (auto good = ready(d); !good) return good;
    d.state = "submitted";
    return nothing{};
  });
}

outcome draftbook::give_back(const audit::access& why, id key, std::string_view remark) {
  if (text::trim(remark).empty()) return refuse(kind::invalid, "case.text_missing", "remark");
  if (!text::is_utf8(remark) || text::length(remark) > longest_remark)
    return refuse(kind::invalid, "case.text_long", "remark",
                  {{"limit", std::to_string(longest_remark)}});
  return change(why, key, "returned", [&](store::write&, process_draft& d) -> outcome {
    if (!why.who.has_role("rule_approver")) return refuse(kind::forbidden, "draft.not_yours");
    if (d.state != "submitted") return refuse(kind::conflict, "draft.not_open");
    d.state = "returned";
    d.remark = remark;
    return nothing{};
  });
}

outcome draftbook::drop(const audit::access& why, id key) {
  return change(why, key, "dropped", [&](store::write&, process_draft& d) -> outcome {
    if (d.author != why.who.person) return refuse(kind::forbidden, "draft.not_yours");
    if (!d.open()) return refuse(kind::conflict, "draft.not_open");
    d.state = "dropped";
    return nothing{};
  });
}

outcome draftbook::publish(const audit::access& why, id key, date today) {
  return change(why, key, "published", [&](store::write& tx, process_draft& d) -> outcome {
    if (!why.who.has_role("rule_approver")) return refuse(kind::forbidden, "draft.not_yours");
    if (d.author == why.who.person) return refuse(kind::forbidden, "draft.same_eyes");
    if (d.state != "submitted") return refuse(kind::conflict, "draft.not_open");
    if (d.starts < today) return refuse(kind::invalid, "draft.starts", "starts");
    if (auto good = ready(d); !good) return good;
    d.state = "published";
    d.approver = why.who.person;
    d.approver_name = why.who.name;
    d.published = now();
    if (!(today < d.starts)) {
      if (auto made = engine_.deploy(tx, why, d.bpmn); !made) return made.why();
      d.deployed = now();
    }
    tx.emit("counters.procedure_published", d.process,
            {{"process", d.process}, {"starts", d.starts.str()}, {"draft", d.key.str()}});
    return nothing{};
  });
}

// In the name of who published it: that was the decision.
outcome draftbook::put_in_force(store::write& tx, audit::access why, date today) {
  const auto due =
      tx.all<process_draft>(select() +
                                "where state = 'published' and deployed is null and starts <= ?1 "
                                "order by starts, published",
                            today);
  for (const auto& d : due) {
    why.reference = d.key.str();
    why.who = audit::system_actor("counters");
    why.who.person = d.approver;
    why.who.name = d.approver_name;
    if (auto made = engine_.deploy(tx, why, d.bpmn); !made) return made.why();
    tx.run("update process_draft set deployed = ?1 where key = ?2", now(), d.key);
  }
  return nothing{};
}

}  // namespace madang::counters
