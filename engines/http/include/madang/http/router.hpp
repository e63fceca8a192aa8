#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "madang/http/message.hpp"

namespace madang::http {

// Finds the handler of a request by method and path pattern. Patterns are made of literal segments
// and captures: "/services/{service}/start". Literals win over captures; HEAD is served by GET;
// a known path with another method gives 405 with Allow, an unknown one 404. A slash at the end
// makes no difference. Adding is for the start of the program; finding is safe from many threads.
class router {
 public:
  using handler = std::function<response(request&)>;

  // Throws broken_invariant when two routes say the same.
  void add(std::string method, std::string pattern, handler handle, std::string name = {});

  struct route {
    std::string method, pattern, name;
    handler handle;
  };
  struct match {
    const route* found = nullptr;
    std::vector<std::string> allowed;  // methods the path knows, when the method was not among them
  };
  // Fills request.captured.
  match find(request& r) const;
  const std::vector<route>& routes() const { return routes_; }

 private:
  struct segment_tree;
  std::vector<route> routes_;
  std::shared_ptr<segment_tree> tree_;
};

}  // namespace madang::http
