#include "messages.hpp"

namespace madang::platform {

std::string country_code_of(const packs::pack& pack) {
  return std::string(json::str(pack.yaml("pack.yaml"), "country_code"));
}

notices::text_gateway gateway_of(const settings& s) {
  notices::text_gateway out{s.text_gateway, s.text_user, s.text_password, s.text_from,
                            s.text_trusted};
  if (out.tells_secrets())
    throw packs::broken_pack({out.url, 0, "is a text_gateway on another machine: a password goes "
                                          "there by https alone"});
  return out;
}

std::unique_ptr<notices::messenger> messenger_of(house& h, notices::text_gateway gateway,
                                                 notices::messenger::writing write) {
  const settings& s = h.chosen();
  return std::make_unique<notices::messenger>(
      h.database("notices"),
      notices::mail_server{s.mail_server, s.mail_user, s.mail_password, s.mail_from,
                           s.mail_trusted},
      std::move(gateway),
      audit::access{audit::system_actor("messages"), h.said("purpose.messages"),
                    h.said("law.privacy_15"), ""},
      std::move(write));
}

notices::letter house::message(notices::way w, std::string_view language,
                               std::string_view code) const {
  const std::string what = code.empty() ? "notice" : "code";
  const html::texts::facts facts{{"code", std::string(code)},
                                 {"link", settings_.public_url + "/my/notices"}};
  if (w == notices::way::text)
    return {"", texts_.fill("text_message." + what, language, facts)};
  return {texts_.fill("email." + what + "_subject", language, facts),
          texts_.fill("email." + what + "_body", language, facts)};
}

}  // namespace madang::platform
