// An instance as JSON and back. What JSON has a sign for is written so; other values are FEEL
// literals, {"@": "date(\"2026-01-01\")"}, which lose nothing.
#include <algorithm>

#include "madang/process/instance.hpp"
#include "madang/rules/statutes.hpp"

namespace madang::process {
namespace {

constexpr int deepest_value = 64;

refusal wrong(std::string item) {
  return refuse(kind::invalid, "process.snapshot_wrong", "", {{"item", std::move(item)}});
}

json::value written(const rules::value& v, int depth) {
  check(depth < deepest_value, "a value of bounded depth");
  switch (v.kind()) {
    case rules::kind::null:
      return nullptr;
    case rules::kind::boolean:
      return v.flag();
    case rules::kind::string:
      return json::value(v.text());
    case rules::kind::number:
      if (const auto whole = v.number().to_int64(); whole && v.literal() == std::to_string(*whole))
        return *whole;
      break;
    case rules::kind::list: {
      json::array out;
      for (const auto& i : v.items()) out.push_back(written(i, depth + 1));
      return out;
    }
    case rules::kind::context: {
      json::object out;
      for (const auto& [name, member] : v.members()) out[name] = written(member, depth + 1);
      // One that looks like our own mark is written as a literal.
      if (out.size() == 1 && out.contains("@")) break;
      return out;
    }
    default:
      break;
  }
  return json::object{{"@", v.literal()}};
}

rules::value read_value(const json::value& v, int depth) {
  if (depth > deepest_value) return {};
  if (v.is_bool()) return v.as_bool();
  if (v.is_int64()) return rules::value(v.as_int64());
  if (v.is_string()) return rules::value(std::string_view(v.as_string()));
  if (v.is_array()) {
    std::vector<rules::value> items;
    for (const auto& i : v.as_array()) items.push_back(read_value(i, depth + 1));
    return rules::value::list(std::move(items));
  }
  if (!v.is_object()) return v.is_null() ? rules::value() : rules::of_json(v);
  const auto& o = v.as_object();
  if (o.size() == 1 && o.contains("@")) return rules::value_of_literal(json::str(v, "@"));
  rules::entries members;
  for (const auto& [name, member] : o) members.emplace_back(name, read_value(member, depth + 1));
  return rules::value::context(std::move(members));
}

template <class T>
json::array list_of(const std::vector<T>& all, json::value (*write)(const T&)) {
  json::array out;
  for (const auto& one : all) out.push_back(write(one));
  return out;
}

json::value value_written(const rules::value& v) { return written(v, 0); }
json::value text_written(const std::string& s) { return json::value(s); }

json::value incident_to_json(const refusal& r) {
  json::object facts;
  for (const auto& [k, v] : r.facts) facts[k] = v;
  return json::object{{"kind", static_cast<int>(r.kind)}, {"code", r.code}, {"facts", facts}};
}

refusal incident_of(const json::value& v) {
  refusal r;
  r.kind = static_cast<kind>(std::clamp<std::int64_t>(json::num(v, "kind"), 0, 9));
  r.code = json::str(v, "code");
  if (const auto& facts = json::at(v, "facts"); facts.is_object())
    for (const auto& [k, f] : facts.as_object())
      if (f.is_string()) r.facts[std::string(k)] = std::string(f.as_string());
  return r;
}

class writer {
 public:
  explicit writer(const model& m) : m_(m) {}

  json::value undoable(const activity::undoable& u) const {
    json::object o{{"element", m_.at(u.element).id}};
    if (!u.variables.empty()) o["variables"] = variables_to_json(u.variables);
    if (!u.within.empty()) o["within"] = undoables(u.within);
    return o;
  }
  json::array undoables(const std::vector<activity::undoable>& all) const {
    json::array out;
    for (const auto& u : all) out.push_back(undoable(u));
    return out;
  }
  // What is as usual is left out: most activities are a few words.
  json::value activity_of(const activity& a) const {
    json::object o{{"number", a.number}, {"element", m_.at(a.element).id}};
    if (a.scope) o["scope"] = a.scope;
    if (a.at != activity::stage::working) o["at"] = static_cast<int>(a.at);
    if (a.incident) o["incident"] = incident_to_json(*a.incident);
    if (!a.variables.empty()) o["variables"] = variables_to_json(a.variables);
    if (!a.brought.empty()) o["brought"] = variables_to_json(a.brought);
    if (a.tokens) o["tokens"] = a.tokens;
    if (a.body) o["body"] = a.body;
    if (a.is_body) o["is_body"] = true;
    if (a.round) o["round"] = a.round;
    if (!a.items.empty()) o["items"] = list_of(a.items, value_written);
    if (!a.gathered.empty()) o["gathered"] = list_of(a.gathered, value_written);
    if (a.undoes_for) o["undoes_for"] = a.undoes_for;
    if (a.cancelling) o["cancelling"] = true;
    if (!a.undoable_here.empty()) o["undoable"] = undoables(a.undoable_here);
    if (!a.to_undo.empty()) o["to_undo"] = undoables(a.to_undo);
    return o;
  }
  json::value wait_of(const wait& w) const {
    json::object o{{"number", w.number},
                   {"kind", std::string(name_of(w.kind))},
                   {"activity", w.activity},
                   {"element", m_.at(w.element).id}};
    if (!w.name.empty()) o["name"] = w.name;
    if (!w.key.empty()) o["key"] = w.key;
    if (w.due) o["due"] = w.due->micros;
    if (w.again) o["again"] = w.again;
    if (!w.cycle.empty()) o["cycle"] = w.cycle;
    if (w.was_true) o["was_true"] = true;
    if (!w.assignee.empty()) o["assignee"] = w.assignee;
    if (!w.form.empty()) o["form"] = w.form;
    if (!w.roles.empty()) o["roles"] = list_of(w.roles, text_written);
    if (!w.posts.empty()) o["posts"] = list_of(w.posts, text_written);
    return o;
  }

 private:
  const model& m_;
};

class snapshot_reader {
 public:
  explicit snapshot_reader(const model& m) : m_(m) {}
  std::optional<refusal> wrong_item;

  int element(const json::value& v) {
    const int n = m_.find(json::str(v, "element"));
    if (n < 0 && !wrong_item) wrong_item = wrong(std::string(json::str(v, "element")));
    return n;
  }
  std::vector<activity::undoable> undoables(const json::value& v) {
    std::vector<activity::undoable> out;
    if (!v.is_array()) return out;
    for (const auto& one : v.as_array())
      out.push_back({element(one), variables_of_json(json::at(one, "variables")),
                     undoables(json::at(one, "within"))});
    return out;
  }
  static std::vector<rules::value> values(const json::value& v) {
    std::vector<rules::value> out;
    if (v.is_array())
      for (const auto& one : v.as_array()) out.push_back(read_value(one, 0));
    return out;
  }
  static std::vector<std::string> texts(const json::value& v) {
    std::vector<std::string> out;
    if (v.is_array())
      for (const auto& one : v.as_array())
        if (one.is_string()) out.emplace_back(one.as_string());
    return out;
  }
  std::unique_ptr<activity> activity_of(const json::value& v) {
    auto a = std::make_unique<activity>();
    a->number = json::num(v, "number");
    a->element = element(v);
    a->scope = json::num(v, "scope");
    a->at = static_cast<activity::stage>(
        std::clamp<std::int64_t>(json::num(v, "at", static_cast<int>(activity::stage::working)), 0,
                                 static_cast<int>(activity::stage::choosing)));
    if (const auto& i = json::at(v, "incident"); i.is_object()) a->incident = incident_of(i);
    a->variables = variables_of_json(json::at(v, "variables"));
    a->brought = variables_of_json(json::at(v, "brought"));
    a->tokens = static_cast<int>(json::num(v, "tokens"));
    a->body = json::num(v, "body");
    a->is_body = json::flag(v, "is_body");
    a->round = static_cast<int>(json::num(v, "round"));
    a->items = values(json::at(v, "items"));
    a->gathered = values(json::at(v, "gathered"));
    a->undoes_for = json::num(v, "undoes_for");
    a->cancelling = json::flag(v, "cancelling");
    a->undoable_here = undoables(json::at(v, "undoable"));
    a->to_undo = undoables(json::at(v, "to_undo"));
    return a;
  }
  wait wait_of(const json::value& v) {
    wait w;
    w.number = json::num(v, "number");
    const auto kind = json::str(v, "kind");
    bool known = false;
    for (int k = 0; k <= static_cast<int>(wait::what::call); ++k)
      if (name_of(static_cast<wait::what>(k)) == kind) {
        w.kind = static_cast<wait::what>(k);
        known = true;
      }
    if (!known && !wrong_item) wrong_item = wrong(std::string(kind));
    w.activity = json::num(v, "activity");
    w.element = element(v);
    w.name = json::str(v, "name");
    w.key = json::str(v, "key");
    if (json::at(v, "due").is_int64()) w.due = instant{json::num(v, "due")};
    w.again = json::num(v, "again");
    w.cycle = json::str(v, "cycle");
    w.was_true = json::flag(v, "was_true");
    w.assignee = json::str(v, "assignee");
    w.form = json::str(v, "form");
    w.roles = texts(json::at(v, "roles"));
    w.posts = texts(json::at(v, "posts"));
    return w;
  }

 private:
  const model& m_;
};

// What the machine relies on: numbers rise, and what is named is there.
bool holds_together(const instance& i) {
  for (std::size_t n = 1; n < i.live.size(); ++n)
    if (i.live[n - 1]->number >= i.live[n]->number) return false;
  for (const auto& a : i.live)
    for (const auto around : {a->scope, a->body, a->undoes_for})
      if (around && (around >= a->number || !i.find(around))) return false;
  for (const auto& w : i.waits)
    if (!i.find(w.activity)) return false;
  for (const auto& a : i.arrivals)
    if (!i.find(a.scope) || a.count < 1) return false;
  return true;
}

}  // namespace

json::value value_to_json(const rules::value& v) { return written(v, 0); }
rules::value value_of_json(const json::value& v) { return read_value(v, 0); }

json::value variables_to_json(const rules::entries& v) {
  json::object out;
  for (const auto& [name, one] : v) out[name] = written(one, 0);
  return out;
}

rules::entries variables_of_json(const json::value& v) {
  rules::entries out;
  if (v.is_object())
    for (const auto& [name, one] : v.as_object()) out.emplace_back(name, read_value(one, 0));
  return out;
}

json::value to_json(const instance& i) {
  const writer w(*i.model);
  json::object o{{"process", i.model->at(i.process).id},
                 {"standing", std::string(name_of(i.standing))},
                 {"last", i.last_number}};
  if (i.called) o["called"] = true;
  if (!i.variables.empty()) o["variables"] = variables_to_json(i.variables);
  json::array live, waits, arrivals, done;
  for (const auto& a : i.live) live.push_back(w.activity_of(*a));
  for (const auto& one : i.waits) waits.push_back(w.wait_of(one));
  for (const auto& a : i.arrivals)
    arrivals.push_back(json::object{{"scope", a.scope},
                                    {"element", i.model->at(a.gateway).id},
                                    {"flow", i.model->flow(a.flow).id},
                                    {"count", a.count}});
  for (const auto& d : i.done_by)
    done.push_back(json::object{{"element", i.model->at(d.element).id}, {"person", d.person}});
  if (!live.empty()) o["live"] = std::move(live);
  if (!waits.empty()) o["waits"] = std::move(waits);
  if (!arrivals.empty()) o["arrivals"] = std::move(arrivals);
  if (!done.empty()) o["done_by"] = std::move(done);
  return o;
}

result<instance> instance_of(const json::value& v, std::shared_ptr<const model> m) {
  instance i;
  i.model = std::move(m);
  snapshot_reader r(*i.model);
  i.process = i.model->find(json::str(v, "process"));
  if (i.process < 0) return wrong("process");
  for (const auto s :
       {standing::running, standing::completed, standing::cancelled, standing::failed})
    if (name_of(s) == json::str(v, "standing")) i.standing = s;
  i.called = json::flag(v, "called");
  i.last_number = json::num(v, "last");
  i.variables = variables_of_json(json::at(v, "variables"));
  const auto each = [&](const char* member, auto take) {
    if (const auto& all = json::at(v, member); all.is_array())
      for (const auto& one : all.as_array()) take(one);
  };
  each("live", [&](const json::value& one) { i.live.push_back(r.activity_of(one)); });
  each("waits", [&](const json::value& one) { i.waits.push_back(r.wait_of(one)); });
  each("arrivals", [&](const json::value& one) {
    arrival a{json::num(one, "scope"), r.element(one), -1,
              static_cast<int>(json::num(one, "count"))};
    if (a.gateway >= 0)
      for (const int f : i.model->at(a.gateway).incoming)
        if (i.model->flow(f).id == json::str(one, "flow")) a.flow = f;
    if (a.flow < 0 && !r.wrong_item) r.wrong_item = wrong("flow");
    i.arrivals.push_back(a);
  });
  each("done_by", [&](const json::value& one) {
    i.done_by.push_back({r.element(one), std::string(json::str(one, "person"))});
  });
  if (r.wrong_item) return *r.wrong_item;
  if (!holds_together(i)) return wrong("numbers");
  return i;
}

}  // namespace madang::process
