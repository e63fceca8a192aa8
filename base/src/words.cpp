#include "madang/base/words.hpp"

namespace madang {

const std::string& words::in(std::string_view language) const {
  static const std::string silence;
  for (std::string_view tag : {language, std::string_view("en")})
    if (auto found = said_.find(tag); found != said_.end()) return found->second;
  return said_.empty() ? silence : said_.begin()->second;
}

}  // namespace madang
