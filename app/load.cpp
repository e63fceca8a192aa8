#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "house_of_korea.hpp"
#include "madang/nodes/running.hpp"
#include "madang/population/population.hpp"

namespace madang::app {
namespace {

namespace fs = std::filesystem;

std::string where_of(const platform::settings& s) {
  return s.database.empty() ? s.data : s.database;
}

int scale_of(const std::string& population) {
  const auto parts = text::split(population, ':');
  const int scale = parts.size() == 2 ? std::atoi(parts[1].c_str()) : 0;
  if (parts.front() != "1" || scale < 2)
    throw std::runtime_error("--population is 1:1000, 1:100, 1:10 (1:2 at most), not " +
                             population);
  return scale;
}

void draw_progress(double fraction, const std::string& doing) {
  constexpr int width = 32;
  const int full = static_cast<int>(fraction * width);
  std::string bar;
  for (int i = 0; i < width; ++i) bar += i < full ? "█" : "░";
  const bool terminal = isatty(fileno(stderr));
  std::fprintf(stderr, "%s  %s %3d %%  %s%s", terminal ? "\r\033[K" : "", bar.c_str(),
               static_cast<int>(fraction * 100), doing.c_str(), terminal ? "" : "\n");
  if (terminal && fraction >= 1) std::fprintf(stderr, "\n");
  std::fflush(stderr);
}

// Accounts and posts of the demonstration (demonstration.yaml of the pack): persons are named by
// their key in the cast.
void load_people(const packs::pack& pack, identity::directory& people) {
  const json::value demo = pack.yaml("demonstration.yaml");
  std::map<std::string, population::cast_member> by_key;
  for (const auto& m : population::cast(pack)) by_key.emplace(m.key, m);
  auto person = [&](const json::value& v, const char* member) -> const population::cast_member* {
    auto found = by_key.find(std::string(json::str(v, member)));
    return found == by_key.end() ? nullptr : &found->second;
  };
  if (const auto& accounts = json::at(demo, "accounts"); accounts.is_array())
    for (const auto& a : accounts.get_array())
      if (const auto* who = person(a, "person"))
        people.put_account({who->person, std::string(json::str(a, "login")), who->name,
                            std::string(json::str(a, "latin", who->name)), "", true,
                            json::words_of(json::at(a, "part"))});
  if (const auto& posts = json::at(demo, "posts"); posts.is_array())
    for (const auto& p : posts.get_array()) {
      const auto* who = person(p, "holder");
      people.put_post({std::string(json::str(p, "code")), json::words_of(json::at(p, "title")),
                       std::string(json::str(p, "agency")),
                       json::words_of(json::at(p, "agency_name")),
                       std::string(json::str(p, "office")), std::string(json::str(p, "roles")),
                       who ? who->person : id{}});
    }
}

// ---- how far loading has come ----
// Kept in the store itself, in a database "nation" of one row, so that it is true for every program
// that opens the store: "begun" means that what is there is half-made and nobody's.
constexpr const char* loaded_systems[] = {"residents", "families", "land", "vehicles",
                                          "businesses"};

std::string state_of(store::database& nation) {
  return nation.writing([](store::write& tx) {
    tx.execute("create table if not exists loading (one integer primary key, state text not null)");
    return tx.one<std::string>("select state from loading where one = 1").value_or("");
  });
}

void set_state(store::database& nation, std::string_view state) {
  nation.writing([&](store::write& tx) {
    tx.run(
        "insert into loading (one, state) values (1, ?1) "
        "on conflict (one) do update set state = excluded.state",
        state);
  });
}

// What an attempt that was broken off has left.
void empty(const platform::settings& s, store::database& nation) {
  for (const std::string system : loaded_systems)
    if (nation.postgres())
      nation.writing(
          [&](store::write& tx) { tx.execute("drop schema if exists " + system + " cascade"); });
    else
      for (const char* ending : {".db", ".db-wal", ".db-shm"})
        fs::remove(fs::path(s.data) / (system + ending));
}

// What other nodes keep is not kept here too.
void empty_what_lives_elsewhere(const platform::settings& s, const packs::pack& pack) {
  const fs::path folder = fs::path(s.data) / "exchange";
  if (!nodes::running::is_in(folder)) return;
  const auto has = [](const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  };
  for (const auto& place : nodes::read_settings(folder).elsewhere)
    for (const auto& file : pack.list("registers", ".yaml")) {
      const auto schema = registers::parse_schema(pack.yaml(file), file);
      if (!has(place.agencies, schema.agency) && !has(place.registers, schema.id)) continue;
      store::database db({where_of(s), schema.system, 1, false});
      const registers::registry its_tables(db, {schema});
      db.writing([&](store::write& tx) { tx.execute("delete from register_" + schema.id); });
    }
}

}  // namespace

bool is_loaded(const platform::settings& s) {
  if (s.database.empty() && !fs::exists(fs::path(s.data) / "nation.db")) return false;
  store::database nation({where_of(s), "nation", 1, false});
  return state_of(nation) == "loaded";
}

void load(const platform::settings& s) {
  fs::create_directories(s.data);
  const packs::pack pack(s.pack);
  const int scale = scale_of(s.population);
  store::database nation({where_of(s), "nation", 1, false});
  const std::string state = state_of(nation);
  if (state == "loaded")
    throw std::runtime_error("a nation is there already; load another into an empty place");
  if (state == "begun") empty(s, nation);
  set_state(nation, "begun");
  auto made = population::generate(
      pack, where_of(s), scale, s.seed,
      [](double fraction, const words& doing) { draw_progress(fraction, doing("en")); });
  if (!made) throw std::runtime_error("the population could not be made: " + made.why().code);
  store::database identity_db({where_of(s), "identity", 2, false});
  identity::directory people(identity_db);
  load_people(pack, people);
  empty_what_lives_elsewhere(s, pack);
  set_state(nation, "loaded");
  std::fprintf(stderr,
               "  %s persons, %s households, %s vehicles, %s parcels, %s businesses in %.1f s\n",
               text::grouped(made->persons).c_str(), text::grouped(made->households).c_str(),
               text::grouped(made->vehicles).c_str(), text::grouped(made->parcels).c_str(),
               text::grouped(made->businesses).c_str(), made->seconds);
}

void print_welcome(platform::house& house, int port) {
  std::printf("\n  Madang is open:  http://localhost:%d\n\n", port);
  if (house.chosen().demonstration) {
    std::printf("  Who can sign in (no password; choose on the sign-in page):\n");
    for (const auto& a : house.people().personas())
      std::printf("    %-8s %-12s %-14s %s\n", a.login.c_str(), a.name.c_str(), a.latin.c_str(),
                  a.part("en").c_str());
    const json::value demo = house.pack().yaml("demonstration.yaml");
    std::printf("\n  Three things to try:\n");
    if (const auto& tries = json::at(demo, "try"); tries.is_array())
      for (const auto& t : tries.get_array())
        std::printf("    - %s\n", json::words_of(t)("en").c_str());
  }
  std::printf("\n  Ctrl+C stops it.\n");
  std::fflush(stdout);
}

}  // namespace madang::app
