#pragma once
#include <memory>
#include <string>
#include <vector>

#include "block.hpp"
#include "madang/registers/registers.hpp"

// A block as rows of the registers.
namespace madang::population {

// One register being loaded. Items that its schema lacks are left out without a word: a pack may
// keep a shorter register.
class table {
 public:
  table(registers::registry& registry, const std::string& reg, instant recorded);

  int slot(std::string_view item) const;
  // Texts must live until the row is written.
  template <class T>
  void put(int slot, const T& value) {
    if (slot >= 0) values_[static_cast<std::size_t>(slot)] = store::parameter(value);
  }
  template <class T>
  void put(int slot, T&& value)
    requires(!std::is_lvalue_reference_v<T> && std::is_same_v<std::decay_t<T>, std::string>)
  = delete;
  void write(store::write& tx, std::string_view key, date from);
  std::int64_t written() const { return written_; }
  const registers::schema& schema() const { return schema_; }

 private:
  registers::registry& registry_;
  const registers::schema& schema_;
  instant recorded_;
  std::vector<store::parameter> values_;
  std::int64_t written_ = 0;
};

// Writes what one database holds of a block.
class writer {
 public:
  virtual ~writer() = default;
  virtual void write(store::write& tx, const block& b) = 0;
  virtual std::vector<table*> tables() = 0;
};

std::unique_ptr<writer> residents_writer(const parameters& figures, registers::registry& r);
std::unique_ptr<writer> families_writer(const parameters& figures, registers::registry& r);
std::unique_ptr<writer> land_writer(const parameters& figures, registers::registry& r);
std::unique_ptr<writer> vehicles_writer(const parameters& figures, registers::registry& r);
std::unique_ptr<writer> businesses_writer(const parameters& figures, registers::registry& r);
std::unique_ptr<writer> circumstances_writer(const parameters& figures, registers::registry& r);
// Those that the pack fills by rules, and who fills them; all lie in one database.
std::vector<std::string> ruled_registers(const packs::pack& pack);
std::unique_ptr<writer> ruled_writer(const parameters& figures, registers::registry& r);

std::string name_of(const parameters& figures, const person& p);
std::string latin_of(const parameters& figures, const person& p);
// Of a building, or with nth of a dwelling in it.
std::string address_of(const parameters& figures, const site& s, int nth,
                       std::string_view language);
std::string parcel_of(const parameters& figures, int town, int main, int sub, bool mountain);
instant recorded_at(const parameters& figures);

}  // namespace madang::population
