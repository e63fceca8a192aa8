#include "madang/trust/box.hpp"

#include "madang/base/text.hpp"
#include "madang/trust/jose.hpp"

namespace madang::trust {

std::string put_away(view key, std::string_view plain, std::string_view about) {
  return text::base64url(seal_text(key, view_of(plain), view_of(about)));
}

std::optional<std::string> take_out(view key, std::string_view kept, std::string_view about) {
  const auto sealed = jose::from_base64url(kept);
  const auto plain = sealed ? open_text(key, *sealed, view_of(about)) : std::nullopt;
  if (!plain) return {};
  return std::string(text::chars_of(*plain));
}

}  // namespace madang::trust
