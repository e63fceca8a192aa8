#include "registrations.hpp"

#include <algorithm>

#include "madang/trust/bytes.hpp"

namespace madang::govstack {

BOOST_DESCRIBE_STRUCT(application, (),
                      (matter, file, task, service, applicant, name, form, documents, registered,
                       status, decided_at, decided_by))

namespace {

constexpr const char* file_name = "govstack/services.yaml";

[[noreturn]] void broken(const std::string& what) {
  throw packs::broken_pack({file_name, 0, what});
}

std::string select_application() {
  return "select " + store::columns<application>() + " from application ";
}

// The values of a form: {"data": {..}, "eFormId": ".."}.
const json::object& data_of(const json::value& form) {
  static const json::object none;
  const auto& data = json::at(form, "data");
  return data.is_object() ? data.get_object() : none;
}

const json::value* value_in(const json::object& data, const std::string& name) {
  const auto* v = data.if_contains(name);
  return v && !v->is_null() && !(v->is_string() && v->get_string().empty()) ? v : nullptr;
}

}  // namespace

registrations::registrations(house& h, shelf& books)
    : house_(h), books_(books), db_(h.database("govstack")) {
  const json::value v = h.pack().yaml(file_name);
  if (const auto& known = json::at(v, "applicants"); known.is_object())
    for (const auto& one : known.get_object())
      if (one.value().is_string())
        applicants_[std::string(one.key())] = std::string(one.value().get_string());
  const auto& list = json::at(v, "services");
  if (!list.is_array()) broken("lists services");
  for (const auto& one : list.get_array()) read_service(one);
  for (const auto& s : services_) handle(s);
}

void registrations::read_service(const json::value& v) {
  service s;
  s.id = json::str(v, "id");
  s.code = json::str(v, "code");
  s.version = json::str(v, "version", "1");
  s.type = json::str(v, "type", "Public");
  s.name = json::words_of(json::at(v, "name"));
  s.about = json::words_of(json::at(v, "about"));
  s.purpose = json::words_of(json::at(v, "purpose"));
  s.law = json::words_of(json::at(v, "law"));
  s.office = json::str(v, "office");
  s.role = json::str(v, "role");
  s.days = static_cast<int>(json::num(v, "days", 3));
  const auto& form = json::at(v, "form");
  s.form_id = json::str(form, "id");
  s.form_version = json::str(form, "version", "1");
  s.form_name = json::words_of(json::at(form, "name"));
  s.registry = json::str(v, "registry");
  s.registry_version = json::str(v, "registry_version");
  if (!is_identifier(s.id) || !is_identifier(s.code) || s.name.empty() || s.purpose.empty() ||
      s.law.empty() || s.role.empty())
    broken(s.id + " has an id, a code, a name, a purpose, a law and a role");
  if (!house_.pack().find_district(s.office)) broken(s.id + ": no office '" + s.office + "'");
  auto b = books_.find(s.registry, s.registry_version);
  if (!b) broken(s.id + ": no database '" + s.registry + " " + s.registry_version + "'");
  if (const auto& fields = json::at(form, "fields"); fields.is_array())
    for (const auto& f : fields.get_array()) {
      form_field one{std::string(json::str(f, "name")), std::string(json::str(f, "type", "string")),
                     json::words_of(json::at(f, "label")), json::flag(f, "required"),
                     std::string(json::str(f, "writes"))};
      if (!one.writes.empty() && !(*b)->find(one.writes))
        broken(s.id + ": " + s.registry + " has no '" + one.writes + "'");
      s.fields.push_back(std::move(one));
    }
  if (s.fields.empty()) broken(s.id + ": its form has fields");
  services_.push_back(std::move(s));
}

const service* registrations::find_service(std::string_view id) const {
  const auto at = std::ranges::find(services_, id, &service::id);
  return at == services_.end() ? nullptr : &*at;
}

const service* registrations::with_form(std::string_view form) const {
  const auto at = std::ranges::find(services_, form, &service::form_id);
  return at == services_.end() ? nullptr : &*at;
}

const service* registrations::called(std::string_view name) const {
  for (const auto& s : services_)
    for (const auto& language : house_.pack().languages())
      if (s.code == name || s.name(language) == name) return &s;
  return nullptr;
}

// ---- the case behind an application ----

void registrations::handle(const service& s) {
  cases::procedure p;
  p.id = s.procedure();
  p.name = s.name;
  p.law = s.law;
  p.role = s.role;
  p.working_days = s.days;
  const std::string id = s.id;
  p.look = [this, id](const audit::access&, const cases::matter& m) -> result<cases::review> {
    cases::review out;
    const auto a = db_.reading([&](store::read& r) {
      return r.one<application>(select_application() + "where matter = ?1", m.key);
    });
    for (const auto& f : find_service(id)->fields) {
      const auto* v = a ? value_in(data_of(a->form), f.name) : nullptr;
      const std::string shown = !v               ? ""
                                : v->is_string() ? std::string(v->get_string())
                                                 : json::print(*v);
      out.application.push_back({f.label, words(shown, shown), {}, ""});
    }
    return out;
  };
  p.accept = [this, id](store::write& tx, const audit::access& why, const cases::matter& m,
                        cases::procedure::consequences&) {
    return make_record(tx, why, m, *find_service(id));
  };
  p.ending = [](store::write& tx, const audit::access& why, const cases::matter& m,
                cases::state to) -> outcome {
    const char* status = to == cases::state::accepted   ? "APPROVED"
                         : to == cases::state::returned ? "SENDBACK"
                                                        : "REJECTED";
    tx.run("update application set status = ?1, decided_at = ?2, decided_by = ?3 where matter = ?4",
           status, now(), why.who.name, m.key);
    return nothing{};
  };
  house_.files_of("govstack").handle(std::move(p));
}

outcome registrations::make_record(store::write& tx, const audit::access& why,
                                   const cases::matter& m, const service& s) {
  const auto a = tx.one<application>(select_application() + "where matter = ?1", m.key);
  check(a.has_value(), "a case of the registration block has its application");
  content what;
  for (const auto& f : s.fields) {
    const auto* v = value_in(data_of(a->form), f.name);
    if (!v && f.required) return refuse(kind::invalid, "govstack.form_incomplete", f.name);
    if (v && !f.writes.empty()) what[f.writes] = *v;
  }
  auto b = books_.find(s.registry, s.registry_version);
  if (!b) return b.why();
  audit::access by = why;
  by.reference = m.number;
  auto made = books_.create(tx, by, **b, what, m.applicant);
  if (!made) return made.why();
  return nothing{};
}

// ---- filing ----

result<id> registrations::person(const audit::access& why, const std::string& applicant) {
  if (const auto known = applicants_.find(applicant); known != applicants_.end())
    if (auto account = house_.people().find_login(known->second)) return account->person;
  auto* residents = house_.hub().registry_of("persons");
  if (residents && !applicant.empty()) {
    const std::vector<std::string> items{"resident_number"};
    auto some = residents->find(why, "persons", "resident_number", applicant, registers::present(),
                                items, 1);
    if (some && !some->empty())
      if (auto key = id::parse(some->front().key)) return *key;
  }
  return refuse(kind::not_found, "govstack.no_applicant", "applicantId");
}

outcome registrations::check_form(const service& s, const json::value& form) const {
  for (const auto& one : data_of(form)) {
    const auto f = std::ranges::find(s.fields, std::string_view(one.key()), &form_field::name);
    if (f == s.fields.end()) continue;  // what no field asks for is kept and not used
    const auto& v = one.value();
    const bool fits = v.is_null() || (f->type == "integer" ? v.is_int64()
                                      : f->type == "boolean"
                                          ? v.is_bool()
                                          : v.is_string() && text::length(v.get_string()) <= 200);
    if (!fits) return refuse(kind::invalid, "govstack.field", "formData/data/" + f->name);
  }
  return nothing{};
}

result<application> registrations::file(const audit::access& why, const service& s,
                                        const filed& what) {
  auto who = person(why, what.applicant);
  if (!who) return who.why();
  if (text::length(what.name) > 200)
    return refuse(kind::invalid, "govstack.field", "applicationName");
  if (auto good = check_form(s, what.form); !good) return good.why();
  const auto account = house_.people().find_account(*who);
  const std::string name = account ? account->name : what.name;
  return db_.writing([&](store::write& tx) -> result<application> {
    cases::files::request r;
    r.procedure = s.procedure();
    r.applicant = *who;
    r.applicant_name = name.empty() ? what.applicant : name;
    r.office = s.office;
    r.answers = what.form;
    r.once = what.once;
    auto m = house_.files_of("govstack").open(tx, why, r);
    if (!m) return m.why();
    if (auto before = tx.one<application>(select_application() + "where matter = ?1", m->key))
      return std::move(*before);  // the same key again
    application a{m->key,
                  what.file.empty() ? uuid() : what.file,
                  what.task.empty() ? uuid() : what.task,
                  s.id,
                  what.applicant,
                  what.name,
                  what.form,
                  what.documents,
                  now(),
                  "PENDING",
                  {},
                  ""};
    tx.insert("application", a);
    return a;
  });
}

std::optional<application> registrations::with(const char* column, const std::string& value) {
  return db_.reading([&](store::read& r) {
    return r.one<application>(select_application() + "where " + column + " = ?1", value);
  });
}

std::optional<application> registrations::find(const std::string& file) {
  return with("file", file);
}

std::optional<application> registrations::with_task(const std::string& task) {
  return with("task", task);
}

std::vector<application> registrations::list(const wanted& w) {
  std::string where = "where 1 = 1";
  std::vector<store::parameter> given;
  const auto only = [&](const char* column, const std::string& value) {
    if (value.empty()) return;
    given.emplace_back(value);
    where += std::string(" and ") + column + " = ?" + std::to_string(given.size());
  };
  only("service", w.service);
  only("applicant", w.applicant);
  only("file", w.file);
  only("decided_by", w.assignee);
  if (w.open) where += " and status = 'PENDING'";
  where += std::string(" order by registered ") + (w.newest_first ? "desc" : "asc") + ", matter" +
           " limit " + std::to_string(w.count) + " offset " + std::to_string(w.from);
  std::vector<application> out;
  db_.reading([&](store::read& r) {
    r.each_row(select_application() + where, given,
               [&](const store::row& row) { out.push_back(store::take_row<application>(row)); });
  });
  return out;
}

bool registrations::is_open(const application& a) {
  const auto m = house_.files_of("govstack").find(a.matter);
  return m && cases::is_open(m->state);
}

result<application> registrations::correct(const audit::access& why, const application& a,
                                           const filed& what) {
  const auto* s = find_service(a.service);
  if (!s) return refuse(kind::not_found, "govstack.no_service");
  if (!is_open(a)) return refuse(kind::conflict, "govstack.ended");
  if (auto good = check_form(*s, what.form); !good) return good.why();
  const auto m = house_.files_of("govstack").find(a.matter);
  return db_.writing([&](store::write& tx) -> result<application> {
    auto now_so = tx.one<application>(select_application() + "where matter = ?1", a.matter);
    if (!now_so) return refuse(kind::not_found, "govstack.no_application");
    if (now_so->status != "PENDING") return refuse(kind::conflict, "govstack.ended");
    if (!what.name.empty()) now_so->name = what.name;
    if (!what.form.is_null()) now_so->form = what.form;
    if (!what.documents.is_null()) now_so->documents = what.documents;
    tx.run("update application set name = ?1, form = ?2, documents = ?3 where matter = ?4",
           now_so->name, now_so->form, now_so->documents, a.matter);
    audit::append(tx, why, audit::action::changed, m ? m->applicant : id{}, "case", a.matter.str(),
                  "form");
    return std::move(*now_so);
  });
}

outcome registrations::decide(const audit::access& why, const application& a, decision d,
                              const json::object& data, const std::string& reason) {
  auto& files = house_.files_of("govstack");
  if (d == decision::send_back) return files.give_back(why, a.matter, reason);
  return db_.writing([&](store::write& tx) -> outcome {
    auto now_so = tx.one<application>(select_application() + "where matter = ?1", a.matter);
    if (!now_so) return refuse(kind::not_found, "govstack.no_application");
    if (now_so->status == "PENDING" && !data.empty()) {
      json::object form = now_so->form.is_object() ? now_so->form.get_object() : json::object{};
      json::object values = data_of(now_so->form);
      for (const auto& one : data) values[one.key()] = one.value();
      form["data"] = std::move(values);
      tx.run("update application set form = ?1 where matter = ?2", json::value(form), a.matter);
    }
    return d == decision::approve ? files.accept(tx, why, a.matter, reason)
                                  : files.decline(tx, why, a.matter, reason);
  });
}

registrations::figures registrations::count(const std::optional<std::string>& service,
                                            const std::string& operator_name,
                                            std::optional<date> from, std::optional<date> until) {
  const auto zone = house_.pack().zone();
  const auto begin = from ? from_civil({*from, 0, 0, 0}, zone) : instant{};
  const auto end = until ? from_civil({until->plus(1), 0, 0, 0}, zone) : forever;
  const std::string of = service.value_or("");
  figures out;
  db_.reading([&](store::read& r) {
    const store::parameter given[] = {begin, end, of, operator_name};
    r.each_row(
        "select status, count(*) from application where decided_at is not null and "
        "decided_at >= ?1 and decided_at < ?2 and (?3 = '' or service = ?3) and "
        "(?4 = '' or decided_by = ?4) group by status",
        given, [&](const store::row& row) {
          auto& n = row.text(0) == "APPROVED"   ? out.approved
                    : row.text(0) == "SENDBACK" ? out.sent_back
                                                : out.rejected;
          n += row.integer(1);
        });
  });
  return out;
}

// ---- documents ----

result<std::string> registrations::keep(const audit::access& why, const std::string& octets) {
  auto kind_of = cases::judge_file(octets);
  if (!kind_of) return kind_of.why();
  const std::string key = uuid();
  const auto v = trust::view_of(octets);
  const store::bytes kept(v.begin(), v.end());
  db_.writing([&](store::write& tx) {
    tx.run(
        "insert into document (key, type, octets, uploaded_at, uploaded_by) values (?1, ?2, ?3, "
        "?4, ?5)",
        key, kind_of->type, kept, now(), why.who.name);
    audit::append(tx, why, audit::action::changed, {}, "document", key, kind_of->type);
  });
  return key;
}

std::optional<registrations::document> registrations::fetch(const std::string& key) {
  std::optional<document> out;
  db_.reading([&](store::read& r) {
    const store::parameter given[] = {key};
    r.each_row("select type, octets from document where key = ?1", given,
               [&](const store::row& row) {
                 out = document{std::string(row.text(0)), row.blob(1)};
               });
  });
  return out;
}

}  // namespace madang::govstack
