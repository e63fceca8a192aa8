// Loading the nation.
//
// Every database is loaded by one thread that makes the nation anew from the seed: making a person
// costs less than handing her from thread to thread, nothing queues up, and no order of threads can
// change a row. Two databases are loaded at a time. Rows go in without indexes, a block (some
// thousand people, about 20,000 rows) to a transaction; indexes are made at the end.
//
// A load that is broken off leaves part of a nation behind. It is not taken up again: the next
// attempt refuses (population.exists), and whoever runs it empties the place.
#include "madang/population/population.hpp"

#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <thread>

#include "nation.hpp"
#include "rows.hpp"

namespace madang::population {
namespace {

constexpr int lowest_scale = 2, highest_scale = 100'000;
constexpr int threads = 2;

using make_writer = std::unique_ptr<writer> (*)(const parameters&, registers::registry&);

struct plan {
  const char* what;  // key of the text, and name for messages
  std::vector<std::string> registers;
  make_writer make;
  double weight;  // share of the whole work
};

const std::vector<plan>& plans() {
  static const std::vector<plan> all = {
      {"residents", {"persons", "households"}, residents_writer, 0.32},
      {"families", {"families"}, families_writer, 0.28},
      {"land", {"parcels", "buildings"}, land_writer, 0.25},
      {"vehicles", {"vehicles"}, vehicles_writer, 0.10},
      {"businesses", {"businesses"}, businesses_writer, 0.05},
      {"circumstances", {"circumstances"}, circumstances_writer, 0.12},
  };
  return all;
}

// Those whose registers the country keeps.
std::vector<plan> plans_of(const packs::pack& pack) {
  std::vector<plan> out;
  for (const plan& p : plans())
    if (std::string_view(p.what) == "residents" || keeps(pack, p.registers.front()))
      out.push_back(p);
  if (auto ruled = ruled_registers(pack); !ruled.empty())
    out.push_back({"agencies", std::move(ruled), ruled_writer, 0.25});
  return out;
}

class teller {
 public:
  teller(const packs::pack& pack, const progress& tell)
      : plans_(plans_of(pack)),
        texts_(json::at(pack.yaml("texts/population.yaml"), "population")),
        tell_(tell),
        parts_(plans_.size()) {
    for (const plan& p : plans_) whole_ += p.weight;
  }

  void say(std::size_t part, double fraction, const std::string& key) {
    if (!tell_) return;
    std::lock_guard lock(mutex_);
    parts_[part] = fraction;
    double all = 0;
    for (std::size_t i = 0; i < parts_.size(); ++i) all += parts_[i] * plans_[i].weight / whole_;
    tell_(std::min(1.0, all), json::words_of(json::at(texts_, key)));
  }
  void done() {
    if (tell_) tell_(1, json::words_of(json::at(texts_, "done")));
  }

 private:
  std::mutex mutex_;
  std::vector<plan> plans_;
  double whole_ = 0;
  json::value texts_;
  const progress& tell_;
  std::vector<double> parts_;
};

std::vector<registers::schema> schemas_of(const packs::pack& pack, const plan& p) {
  std::vector<registers::schema> out;
  for (const auto& name : p.registers) {
    const std::string file = "registers/" + name + ".yaml";
    if (!pack.has(file)) broken(file, "is missing");
    out.push_back(registers::parse_schema(pack.yaml(file), file));
  }
  return out;
}

// One database while it is loaded.
class load {
 public:
  load(const packs::pack& pack, const std::string& where, plan p)
      : plan_(std::move(p)), schemas_(schemas_of(pack, plan_)) {
    db_ =
        std::make_unique<store::database>(store::options{where, schemas_.front().system, 2, true});
    registry_ = std::make_unique<registers::registry>(*db_, schemas_);
  }

  // A register that holds something already; empty: none.
  std::string occupied() {
    for (const auto& name : plan_.registers)
      if (db_->reading([&](store::read& r) {
            return r.one<std::int64_t>("select 1 from register_" + name + " limit 1");
          }))
        return name;
    return {};
  }

  void run(const parameters& figures, int scale, std::uint64_t seed, teller& tell,
           std::size_t part) {
    drop_indexes();
    auto rows = plan_.make(figures, *registry_);
    nation all(figures, scale, seed);
    for (block b; all.next(b);) {
      db_->writing([&](store::write& tx) { rows->write(tx, b); });
      tell.say(part, all.done() * 0.85, std::string("loading_") + plan_.what);
    }
    for (const table* t : rows->tables()) {
      written_.push_back(t->written());
      tell.say(part, 0.9, "indexing");
      db_->writing([&](store::write& tx) { registers::registry::create_indexes(tx, t->schema()); });
    }
    registry_.reset();
    db_.reset();  // checkpoints, and gives its memory back
    tell.say(part, 1, std::string("loading_") + plan_.what);
  }

  // Rows of a register; none of one that another database holds.
  std::int64_t written(std::string_view reg) const {
    for (std::size_t i = 0; i < plan_.registers.size(); ++i)
      if (plan_.registers[i] == reg) return written_.at(i);
    return 0;
  }

 private:
  // The registry has made them with the tables; maintained row by row they would cost more than all
  // the rest. Also bounds what SQLite keeps in memory while it sorts five million keys.
  void drop_indexes() {
    db_->writing([&](store::write& tx) {
      if (!tx.postgres()) tx.execute("pragma temp_store=file; pragma cache_size=-65536;");
      for (const auto& s : schemas_) {
        tx.execute("drop index if exists register_" + s.id + "_key");
        for (const auto& i : s.items)
          if (i.indexed) tx.execute("drop index if exists register_" + s.id + "_" + i.id);
      }
    });
  }

  const plan plan_;
  std::vector<registers::schema> schemas_;
  std::unique_ptr<store::database> db_;
  std::unique_ptr<registers::registry> registry_;
  std::vector<std::int64_t> written_;
};

void run_all(std::vector<std::unique_ptr<load>>& loads, const parameters& figures, int scale,
             std::uint64_t seed, teller& tell) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failed;
  const auto work = [&] {
    for (std::size_t i = next++; i < loads.size(); i = next++) try {
        loads[i]->run(figures, scale, seed, tell, i);
      } catch (...) {
        std::lock_guard lock(mutex);
        if (!failed) failed = std::current_exception();
        next = loads.size();  // the others are not begun
      }
  };
  std::vector<std::jthread> crew;
  for (int i = 0; i < threads; ++i) crew.emplace_back(work);
  crew.clear();
  if (failed) std::rethrow_exception(failed);
}

}  // namespace

result<report> generate(const packs::pack& pack, const std::string& where, int scale,
                        std::uint64_t seed, const progress& tell) {
  if (scale < lowest_scale || scale > highest_scale)
    return refuse(
        kind::invalid, "population.scale_wrong", "scale",
        {{"lowest", std::to_string(lowest_scale)}, {"highest", std::to_string(highest_scale)}});
  const auto started = std::chrono::steady_clock::now();
  const parameters figures(pack);
  std::vector<std::unique_ptr<load>> loads;
  for (auto& p : plans_of(pack)) {
    loads.push_back(std::make_unique<load>(pack, where, std::move(p)));
    if (const auto name = loads.back()->occupied(); !name.empty())
      return refuse(kind::conflict, "population.exists", {}, {{"register", name}});
  }
  teller said(pack, tell);
  run_all(loads, figures, scale, seed, said);
  said.done();
  report out;
  const std::pair<const char*, std::int64_t*> counts[] = {
      {"persons", &out.persons},     {"households", &out.households}, {"families", &out.families},
      {"parcels", &out.parcels},     {"buildings", &out.buildings},   {"vehicles", &out.vehicles},
      {"businesses", &out.businesses}};
  for (const auto& [reg, n] : counts)
    for (const auto& one : loads) *n += one->written(reg);
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  out.cast = cast(pack);
  return out;
}

}  // namespace madang::population
