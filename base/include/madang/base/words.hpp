#pragma once
#include <map>
#include <string>
#include <string_view>

namespace madang {

// One thing said in several languages. Tags are BCP 47 ("ko", "en"). The reader gets her language,
// else English, else whatever there is.
class words {
 public:
  words() = default;
  words(std::string ko, std::string en) : said_{{"en", std::move(en)}, {"ko", std::move(ko)}} {}

  void set(std::string language, std::string text) {
    said_.insert_or_assign(std::move(language), std::move(text));
  }
  const std::string& in(std::string_view language) const;
  const std::string& operator()(std::string_view language) const { return in(language); }
  bool has(std::string_view language) const { return said_.find(language) != said_.end(); }
  bool empty() const { return said_.empty(); }
  const std::map<std::string, std::string, std::less<>>& all() const { return said_; }
  bool operator==(const words&) const = default;

 private:
  std::map<std::string, std::string, std::less<>> said_;
};

}  // namespace madang
