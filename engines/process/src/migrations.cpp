#include "madang/process/migrations.hpp"

namespace madang::process {

std::vector<migration_record> migrations_of(store::read& r, std::string_view process) {
  std::vector<migration_record> out;
  const store::parameter parameters[] = {process};
  r.each_row(
      "select m.key, m.from_model, m.to_model, f.version, t.version, m.at, m.who, m.undone, "
      "(select count(*) from process_migrated g where g.migration = m.key) "
      "from process_migration m join process_model f on f.key = m.from_model "
      "join process_model t on t.key = m.to_model where m.process = ?1 order by m.key desc",
      parameters, [&](const store::row& row) {
        migration_record m;
        m.key = id{row.integer(0)};
        m.from = id{row.integer(1)};
        m.to = id{row.integer(2)};
        m.from_version = row.integer(3);
        m.to_version = row.integer(4);
        m.at = instant{row.integer(5)};
        m.who = row.text(6);
        m.undone = row.integer(7) != 0;
        m.moved = row.integer(8);
        out.push_back(std::move(m));
      });
  return out;
}

}  // namespace madang::process
