#include "post.hpp"

#include "madang/egress/egress.hpp"

namespace madang::transparency {
namespace {

constexpr std::size_t longest_answer = 64 * 1024;

}  // namespace

result<tlog::witness_answer> post_to_witness(const std::string& prefix, const std::string& body) {
  egress::call asked{egress::purpose::witness, prefix + "/add-checkpoint",
                     "text/plain; charset=utf-8", body, {}};
  asked.connect_seconds = 3;
  asked.most_body = longest_answer;
  auto got = egress::ask(asked);
  if (!got.status) return refuse(kind::unavailable, "transparency.unreachable");
  tlog::witness_answer out;
  out.status = got.status;
  out.body = std::move(got.body);
  return out;
}

}  // namespace madang::transparency
