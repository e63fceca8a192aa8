#include "outgoing.hpp"

#include "madang/egress/egress.hpp"

namespace madang::signon {

outgoing_answer post_to(const outgoing& what) {
  egress::call asked{egress::purpose::sign_on, what.address, what.content_type, what.body,
                     what.headers};
  asked.headers.emplace_back("Accept: application/json");
  auto got = egress::ask(asked);
  return {got.status, std::move(got.body), std::move(got.problem)};
}

}  // namespace madang::signon
