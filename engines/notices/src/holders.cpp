#include "madang/notices/holders.hpp"

#include "madang/notices/channels.hpp"

namespace madang::notices {

std::vector<holder> holders_of(store::database& notices, const audit::access& why,
                               std::string_view number) {
  const auto found = [&](store::read& r) {
    std::vector<holder> out;
    r.each_row("select person, language from channel where address = ?1 and way = ?2 "
               "order by person",
               std::array{store::parameter(number), store::parameter(name_of(way::text))},
               [&](const store::row& row) {
                 out.push_back({id{row.integer(0)}, std::string(row.text(1))});
               });
    return out;
  };
  // Most messages come from numbers of nobody: they write nothing.
  if (notices.reading([&](store::read& r) { return found(r).empty(); })) return {};
  return notices.writing([&](store::write& tx) {
    const auto all = found(tx);
    for (const auto& h : all)
      audit::append(tx, why, audit::action::read, h.person, "channel", "", "address");
    return all;
  });
}

}  // namespace madang::notices
