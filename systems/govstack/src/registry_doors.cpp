// bb-digital-registries: the data and database APIs. Its tests and its specification spell some
// paths differently; both spellings are doors.
#include <algorithm>

#include "doors.hpp"

namespace madang::govstack {
namespace {

constexpr const char* at = "/govstack/digital-registries";

struct asked {
  const caller* by = nullptr;
  shared_base on;
  audit::access why;
};

result<asked> begin(block& k, const http::request& r, std::string_view right) {
  auto by = k.people.who(r, right);
  if (!by) return by.why();
  auto b = k.books.find(std::string(r.capture("registry")), std::string(r.capture("version")));
  if (!b) return b.why();
  return asked{*by, *b, k.people.access(**by, (*b)->purpose, (*b)->law, r)};
}

// {"query": {"content": {..}}, "write": {"content": {..}}}
result<content> part_of(const json::value& body, const char* part) {
  const auto& there = json::at(body, part);
  if (there.is_null()) return content{};
  const auto& c = json::at(there, "content");
  if (!c.is_object()) return refuse(kind::invalid, "json.type", std::string(part) + "/content");
  return c.get_object();
}

json::value with_content(content c) { return json::object{{"content", std::move(c)}}; }

// Asked without a body, a door that writes shows the empty form of a record and writes nothing.
json::value empty_form(const base& b) {
  content c;
  for (const auto& one : b.columns) c[one.name] = "";
  return with_content(std::move(c));
}

result<http::response> create(block& k, http::request& r) {
  auto a = begin(k, r, "write");
  if (!a) return a.why();
  auto body = body_of(r);
  if (!body) return body.why();
  if (body->get_object().empty()) return said(empty_form(*a->on));
  auto what = part_of(*body, "write");
  if (!what) return what.why();
  if (what->empty()) return refuse(kind::invalid, "json.missing", "write/content");
  auto made = k.books.create(a->why, *a->on, *what);
  if (!made) return made.why();
  return said(with_content(std::move(*made)));
}

result<http::response> read(block& k, http::request& r) {
  auto a = begin(k, r, "read");
  if (!a) return a.why();
  auto body = body_of(r);
  if (!body) return body.why();
  auto query = part_of(*body, "query");
  if (!query) return query.why();
  auto found = k.books.match(a->why, *a->on, *query);
  if (!found) return found.why();
  if (found->empty()) return refuse(kind::not_found, "govstack.no_record");
  return said(with_content(std::move(found->front().what)));
}

// A query that nothing says about, {} or no body at all, finds nothing.
result<http::response> exists(block& k, http::request& r) {
  auto a = begin(k, r, "read");
  if (!a) return a.why();
  auto body = body_of(r);
  if (!body) return body.why();
  auto query = body->get_object().contains("query") ? part_of(*body, "query")
                                                    : result<content>(body->get_object());
  if (!query) return query.why();
  bool there = false;
  if (!query->empty()) {
    auto found = k.books.match(a->why, *a->on, *query);
    if (!found) return found.why();
    there = !found->empty();
  }
  const context c(k.home, r, context::unknown_person{});
  return said(json::object{
      {"answer",
       json::object{{"status", there},
                    {"message", c.say(there ? "govstack.found" : "govstack.not_found")}}}});
}

result<http::response> update(block& k, http::request& r, bool one) {
  auto a = begin(k, r, "write");
  if (!a) return a.why();
  auto body = body_of(r);
  if (!body) return body.why();
  auto query = part_of(*body, "query"), what = part_of(*body, "write");
  if (!query) return query.why();
  if (!what) return what.why();
  std::int64_t changed = 0;
  if (!body->get_object().empty()) {
    auto done = k.books.update(a->why, *a->on, *query, *what, one);
    if (!done) return done.why();
    changed = *done;
  }
  return said(json::object{{"query", with_content(std::move(*query))},
                           {"write", with_content(std::move(*what))},
                           {"updated", changed}});
}

result<http::response> update_or_create(block& k, http::request& r) {
  auto a = begin(k, r, "write");
  if (!a) return a.why();
  auto body = body_of(r);
  if (!body) return body.why();
  if (body->get_object().empty()) return said(empty_form(*a->on));
  auto query = part_of(*body, "query"), what = part_of(*body, "write");
  if (!query) return query.why();
  if (!what) return what.why();
  auto done = k.books.update_or_create(a->why, *a->on, *query, *what);
  if (!done) return done.why();
  return said(with_content(std::move(*done)));
}

result<http::response> erase(block& k, http::request& r) {
  auto a = begin(k, r, "write");
  if (!a) return a.why();
  if (auto done = k.books.erase(a->why, *a->on, r.capture("record")); !done) return done.why();
  http::response out = http::text_response(204, "");
  out.content_type.clear();
  return out;
}

// ?search=John&filter=FirstName&ordering=descending&page=2&pageSize=20, ?query.LastName=Smith
result<http::response> list(block& k, http::request& r) {
  auto a = begin(k, r, "read");
  if (!a) return a.why();
  const auto& b = *a->on;
  content query;
  for (const auto& [name, value] : r.query)
    if (name.starts_with("query.")) query[name.substr(6)] = value;
  const std::string search = param(r, "search"), filter = param(r, "filter");
  if (!filter.empty() && !b.find(filter)) return refuse(kind::invalid, "govstack.field", "filter");
  auto page = page_of(r, "page", "pageSize");
  if (!page) return page.why();
  auto all = query.empty() ? k.books.list(a->why, b) : k.books.match(a->why, b, query);
  if (!all) return all.why();
  if (!search.empty())
    std::erase_if(*all, [&](const shelf::found& f) {
      for (const auto& one : f.what) {
        if (!filter.empty() && one.key() != filter) continue;
        const auto& v = one.value();
        if (v.is_string() &&
            text::fold(v.get_string()).find(text::fold(search)) != std::string::npos)
          return false;
      }
      return true;
    });
  const std::string by = filter.empty() ? b.key().name : filter;
  std::ranges::stable_sort(*all, [&](const shelf::found& x, const shelf::found& y) {
    return json::print(json::at(x.what, by)) < json::print(json::at(y.what, by));
  });
  if (param(r, "ordering") == "descending") std::ranges::reverse(*all);
  const std::int64_t n = static_cast<std::int64_t>(all->size());
  const std::int64_t size = param(r, "pageSize").empty() ? 10 : page->count;
  const std::int64_t number = std::max<std::int64_t>(page->from, 1);
  json::array results;
  for (std::int64_t i = (number - 1) * size; i < std::min(n, number * size); ++i) {
    auto& f = (*all)[static_cast<std::size_t>(i)];
    f.what["id"] = f.uuid;
    results.emplace_back(std::move(f.what));
  }
  json::object out{{"count", n}, {"previous", nullptr}, {"results", std::move(results)}};
  if (number * size < n) out["next"] = std::to_string(number + 1);
  if (number > 1) out["previous"] = std::to_string(number - 1);
  return said(std::move(out));
}

// {uuid}/read-value/FirstName.json: one value, as JSON or as bare text.
result<http::response> value(block& k, http::request& r) {
  auto a = begin(k, r, "read");
  if (!a) return a.why();
  const std::string file(r.capture("file"));
  const auto point = file.rfind('.');
  const std::string ending = point == std::string::npos ? "" : file.substr(point + 1);
  if (ending != "json" && ending != "txt") return refuse(kind::not_found, "govstack.no_record");
  if (!a->on->find(file.substr(0, point))) return refuse(kind::not_found, "govstack.no_record");
  auto found = k.books.called(a->why, *a->on, r.capture("record"));
  if (!found) return found.why();
  if (!*found) return refuse(kind::not_found, "govstack.no_record");
  const json::value v = json::at((*found)->what, file.substr(0, point));
  if (ending == "json") return said(v);
  return http::text_response(200, v.is_string() ? std::string(v.get_string()) : json::print(v))
      .with("Cache-Control", "private, no-store");
}

// An official's entry says her agency; of a program it is the one that the pack says.
json::object usage_of(const block& k, const context& c, const audit::entry& e) {
  const auto name = json::str(e.actor, "name");
  const caller* program = k.people.named(name);
  const auto* agency = program ? k.home.pack().find_agency(program->agency) : nullptr;
  const std::string institution =
      agency ? agency->name(c.language) : json::words_of(json::at(e.actor, "agency"))(c.language);
  json::array references;
  if (!e.reference.empty()) references.push_back(json::object{{"ReferenceID", e.reference}});
  std::string initials;
  for (const auto& word : text::split(name, ' ')) initials += text::head(word, 1);
  return {{"ID", e.key.str()},
          {"ReaderID", e.actor_person ? e.actor_person.str() : std::string(name)},
          {"ReaderInitials", initials},
          {"ReaderInstitutionID", agency ? agency->code : institution},
          {"ReaderInstitutionName", institution},
          {"ReaderApplicationName", name},
          {"SearchDateTime", e.at.str()},
          {"Refrences", std::move(references)}};
}

// Who read the record of a person: ?userID=..&DatabaseID=.. (also userId, databaseId).
result<http::response> my_usage(block& k, http::request& r) {
  auto by = k.people.who(r, "audit");
  if (!by) return by.why();
  const auto either = [&](const char* one, const char* other) {
    auto s = param(r, one);
    return s.empty() ? param(r, other) : s;
  };
  const auto is_code = [](const std::string& s) {
    return is_identifier(s) && s.find("..") == std::string::npos;
  };
  const std::string number = either("userID", "userId");
  const std::string code = either("DatabaseID", "databaseId");
  if (!is_code(number)) return refuse(kind::invalid, "govstack.field", "userID");
  if (!is_code(code)) return refuse(kind::invalid, "govstack.field", "DatabaseID");
  const auto b = k.books.newest(code);
  if (!b) return refuse(kind::not_found, "govstack.no_database");
  const auto why = k.people.access(**by, k.home.said("govstack.purpose_usage"), (*b)->law, r);
  auto all = k.books.readers(why, **b, number);
  if (!all) return all.why();
  const context c(k.home, r, context::unknown_person{});
  json::array out;
  for (const auto& e : *all) out.push_back(usage_of(k, c, e));
  return said(std::move(out));
}

// ---- databases ----

std::optional<std::int64_t> number_of(const http::request& r) {
  const auto s = r.capture("id");
  if (s.empty() || s.size() > 15 || s.find_first_not_of("0123456789") != std::string_view::npos)
    return {};
  return std::stoll(std::string(s));
}

result<http::response> databases(block& k, http::request& r) {
  if (auto by = k.people.who(r, "database"); !by) return by.why();
  const context c(k.home, r, context::unknown_person{});
  json::array all;
  for (const auto& b : k.books.all()) all.push_back(info_of(*b, c.language));
  const auto& about = k.books.catalogue();
  return said(json::object{{"id", json::num(about, "id", 1)},
                           {"name", json::words_of(json::at(about, "name"))(c.language)},
                           {"code", json::str(about, "code")},
                           {"databases", std::move(all)},
                           {"group_id", json::num(about, "group_id", 1)},
                           {"order", json::num(about, "order")},
                           {"data_index_increment", 1}});
}

result<http::response> database(block& k, http::request& r) {
  if (auto by = k.people.who(r, "database"); !by) return by.why();
  const context c(k.home, r, context::unknown_person{});
  const auto number = number_of(r);
  if (!number) return refuse(kind::not_found, "govstack.no_database");
  auto b = k.books.find(*number);
  if (!b) return b.why();
  return said(info_of(**b, c.language));
}

result<http::response> remove(block& k, http::request& r) {
  auto by = k.people.who(r, "database");
  if (!by) return by.why();
  const auto number = number_of(r);
  if (!number) return refuse(kind::not_found, "govstack.no_database");
  if (auto done = k.books.remove(**by, *number); !done) return done.why();
  return said("Success");
}

// The schema as it was taken, with where the database is from now on.
result<http::response> modify(block& k, http::request& r) {
  auto by = k.people.who(r, "database");
  if (!by) return by.why();
  auto body = body_of(r);
  if (!body) return body.why();
  auto b = k.books.define(**by, *body);
  if (!b) return b.why();
  json::object out = (*b)->schema.get_object();
  return said(std::move(out))
      .with("Location", std::string(at) + "/database/" + std::to_string((*b)->id));
}

}  // namespace

void registry_doors(house& h, shared_block k) {
  const auto open = [&](const char* method, const std::string& path, auto handle) {
    door(h, method, at + path, [k, handle](http::request& r) { return handle(*k, r); });
  };
  const std::string data = "/data/{registry}/{version}";
  open("GET", data, list);
  open("POST", data + "/create", create);
  open("POST", data + "/read", read);
  open("POST", data + "/exists", exists);
  open("PUT", data + "/update", [](block& b, http::request& r) { return update(b, r, true); });
  for (const char* path : {"/update-entries", "/updateEntries"})
    open("PUT", data + path, [](block& b, http::request& r) { return update(b, r, false); });
  for (const char* path : {"/update-or-create", "/updateOrCreate"})
    open("POST", data + path, update_or_create);
  open("DELETE", data + "/{record}/delete", erase);
  for (const char* path : {"/{record}/read-value/{file}", "/{record}/readValue/{file}"})
    open("GET", data + path, value);
  for (const char* path : {"/data/MyPersonalDataUsage/1.0", "/data/mypersonalDataUsage"})
    open("GET", path, my_usage);
  open("GET", "/databases", databases);
  open("GET", "/database/{id}", database);
  open("DELETE", "/database/{id}", remove);
  open("POST", "/database/modify", modify);
}

}  // namespace madang::govstack
