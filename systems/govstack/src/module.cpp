#include "doors.hpp"
#include "madang/govstack/govstack.hpp"

namespace madang::govstack {

std::span<const store::migration> migrations();

namespace {

// Who fills a new house: the pack itself.
audit::access by_pack(house& h) {
  return {audit::system_actor(h.pack().id()),
          h.said("govstack.purpose"),
          h.said("law.e_government"),
          {}};
}

void seed_records(block& k, const json::value& v) {
  const auto& all = json::at(v, "records");
  if (!all.is_object()) return;
  for (const auto& one : all.get_object()) {
    const auto names = text::split(std::string_view(one.key()), '/');
    auto b = result<shared_base>(refuse(kind::not_found, "govstack.no_database"));
    if (names.size() == 2) b = k.books.find(names[0], names[1]);
    if (!b || !one.value().is_array())
      throw packs::broken_pack({"govstack/seed.yaml", 0, "no database " + std::string(one.key())});
    for (const auto& record : one.value().get_array()) {
      json::object what = record.get_object();
      const std::string called(json::str(record, "record"));
      what.erase("record");
      auto done = k.home.database("govstack").writing([&](store::write& tx) {
        return k.books.create(tx, by_pack(k.home), **b, what, {}, called);
      });
      if (!done)
        throw packs::broken_pack({"govstack/seed.yaml", 0,
                                  std::string(one.key()) + ": " + done.why().code + " " +
                                      done.why().field + " " + json::print(record)});
    }
  }
}

void seed_applications(block& k, const json::value& v) {
  const auto& all = json::at(v, "applications");
  if (!all.is_array()) return;
  for (const auto& one : all.get_array()) {
    const auto* s = k.desk.find_service(json::str(one, "service"));
    registrations::filed what;
    what.applicant = json::str(one, "applicant");
    what.name = json::str(one, "name");
    what.form = json::object{{"data", json::at(one, "data")}};
    what.file = json::str(one, "file");
    what.task = json::str(one, "task");
    what.once = "govstack:seed:" + what.file;  // a house that was broken off goes on
    auto done = s ? k.desk.file(by_pack(k.home), *s, what)
                  : result<application>(refuse(kind::not_found, "govstack.no_service"));
    if (!done)
      throw packs::broken_pack(
          {"govstack/seed.yaml", 0, what.file + ": " + done.why().code + " " + done.why().field});
  }
}

void seed_agreements(block& k, const json::value& v) {
  const auto& all = json::at(v, "agreements");
  if (!all.is_array()) return;
  for (const auto& one : all.get_array())
    k.consents.begin_with(by_pack(k.home), "data-agreement", std::string(json::str(one, "id")),
                          one.get_object());
}

}  // namespace

void seed(block& k) {
  auto& db = k.home.database("govstack");
  const bool fresh = db.reading([](store::read& r) {
    return r.one<std::int64_t>("select count(*) from numbering where code = 'seed'") == 0;
  });
  if (!fresh || !k.home.pack().has("govstack/seed.yaml")) return;
  const auto v = k.home.pack().yaml("govstack/seed.yaml");
  seed_records(k, v);
  seed_applications(k, v);
  seed_agreements(k, v);
  db.writing(
      [](store::write& tx) { tx.run("insert into numbering (code, n) values ('seed', 1)"); });
}

void join(platform::house& house) {
  if (!house.pack().has("govstack/callers.yaml")) return;
  house.registers_of("govstack");
  house.files_of("govstack");
  house.database("govstack").migrate("govstack", migrations());
  auto k = std::make_shared<block>(house);
  registry_doors(house, k);
  registration_doors(house, k);
  mediator_doors(house, k);
  consent_doors(house, k);
  seed(*k);
}

}  // namespace madang::govstack
