#include "madang/registers/registers.hpp"

namespace madang::registers {

moment present() { return {today(), forever}; }

std::string_view record::text(std::string_view item) const {
  auto found = items.find(item);
  return found != items.end() && found->value().is_string()
             ? std::string_view(found->value().get_string())
             : std::string_view();
}

id record::reference(std::string_view item) const {
  return id::parse(text(item)).value_or(id{});
}

}  // namespace madang::registers
