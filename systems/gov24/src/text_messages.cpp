// Text messages that come in: a word and the number of a petition, answered with four digits; the
// digits sent back, and the voice counts. The number of a sender can be forged, so that alone gives
// nobody's voice: the digits go to the telephone itself. Kannel's smsbox posts what comes (user
// guide, "SMS-service group", post-url) and sends the body of our answer back.
#include "madang/base/telephone.hpp"
#include "madang/notices/holders.hpp"
#include "madang/platform/effort.hpp"
#include "madang/platform/text_commands.hpp"
#include "madang/trust/bytes.hpp"
#include "pages.hpp"

namespace madang::gov24 {
namespace {

using platform::text_command;
using platform::text_said;

constexpr int most_tries = 3;
constexpr auto wish_life = std::chrono::minutes(30);
constexpr std::size_t longest_title = 40;                        // points: it is one message
constexpr platform::effort::limits a_day{40, 40};
// Answers cost money, and anybody may write: to numbers of nobody there are so many a day, for all.
constexpr platform::effort::limits to_strangers{300, 300};

struct wish {
  std::string system, number;
  std::int64_t undo = 0;
  std::string code;
  instant at;
  std::int64_t tries = 0;
};
BOOST_DESCRIBE_STRUCT(wish, (), (system, number, undo, code, at, tries))

// Every number of four digits is as likely, to one in 2^50.
std::string fresh_code() {
  std::uint64_t n = 0;
  const auto octets = text::from_base64(random_token(8));
  for (const auto octet : *octets) n = n << 8 | octet;
  const std::string digits = std::to_string(n % 10'000);
  return std::string(4 - digits.size(), '0') + digits;
}

// The secret that the house has from its gateway is what the gateway has from the house (RFC 7617).
bool comes_from_gateway(const platform::settings& s, std::string_view authorization) {
  const std::string said = s.text_user + ":" + s.text_password;
  const std::string right = "Basic " + text::base64(text::bytes_of(said));
  return !s.text_password.empty() &&
         trust::equal_in_constant_time(trust::view_of(authorization), trust::view_of(right));
}

class dialogue {
 public:
  explicit dialogue(house& h)
      : house_(h),
        db_(h.database("gov24")),
        commands_(platform::text_commands_of(h.pack())),
        effort_(db_, "text_message") {}

  bool speaks() const { return !commands_.empty(); }
  // What is sent back; empty: nothing is.
  std::string hear(const std::string& number, std::string_view message);

 private:
  using facts = html::texts::facts;
  struct by {
    id person;
    std::string language;
  };

  std::string say(const by& b, const std::string& key, const facts& f = {}) const {
    return house_.texts().fill("texting." + key, b.language, f);
  }
  std::string say(const by& b, const refusal& why) const {
    const std::string key = "refusal." + why.code;
    return house_.texts().has(key) ? house_.texts().fill(key, b.language, why.facts)
                                   : say(b, "not_now");
  }
  audit::access why(const audit::actor& who) const {
    return {who, house_.said("purpose.texting"), house_.said("law.privacy_15"), ""};
  }
  std::string wanted(const by& b, const text_said& said);
  std::string confirmed(const by& b, const std::string& code);
  // The wish that the code is for, which is then gone. Refusals texting.code, texting.expired.
  result<wish> take(const by& b, const std::string& code);
  std::string stranger(std::string_view key);
  const text_command& of(const std::string& system) const {
    return *std::ranges::find(commands_, system, &text_command::system);
  }

  house& house_;
  store::database& db_;
  std::vector<text_command> commands_;
  platform::effort effort_;
};

std::string dialogue::stranger(std::string_view key) {
  if (!effort_.looked("strangers", today(house_.pack().zone()), to_strangers)) return {};
  return say({{}, house_.pack().languages().front()}, std::string(key));
}

std::string dialogue::hear(const std::string& number, std::string_view message) {
  const auto who = notices::holders_of(house_.database("notices"),
                                       why(audit::system_actor("messages")), number);
  if (who.empty()) return stranger("unknown");
  // A voice is one person's, and nothing tells which of them wrote.
  if (who.size() > 1) return stranger("shared");
  const by b{who.front().person, who.front().language};
  const date day = today(house_.pack().zone());
  // Whoever is over her limit hears it once.
  if (!effort_.looked(b.person.str(), day, a_day))
    return effort_.refused(b.person.str(), day) == 1 ? say(b, "too_many") : std::string();
  const auto said = platform::understood(commands_, message);
  switch (said.what) {
    case text_said::kind::say:
    case text_said::kind::undo: return wanted(b, said);
    case text_said::kind::code: return confirmed(b, said.code);
    case text_said::kind::none: break;
  }
  const std::string example = html::fill(commands_.front().example(b.language), b.language,
                                         {{"number", "2026-000017"}});
  return say(b, "help", {{"example", example}});
}

std::string dialogue::wanted(const by& b, const text_said& said) {
  const auto ask = house_.hub().ask(said.system + ".ask", why(audit::system_actor("messages")),
                                    json::object{{"number", said.number}});
  if (!ask) return say(b, ask.why());
  const bool undo = said.what == text_said::kind::undo;
  if (!undo && !json::flag(*ask, "by_text")) return say(b, "not_by_text");
  const wish w{said.system, said.number, undo, fresh_code(), now(), 0};
  db_.writing([&](store::write& tx) {
    tx.run("delete from text_wish where at < ?1", now().plus(-wish_life));
    tx.run("insert into text_wish (person, system, number, undo, code, at, tries) "
           "values (?1, ?2, ?3, ?4, ?5, ?6, 0) on conflict (person) do update set system = ?2, "
           "number = ?3, undo = ?4, code = ?5, at = ?6, tries = 0",
           b.person, w.system, w.number, w.undo, w.code, w.at);
  });
  return say(b, undo ? "confirm_undo" : "confirm",
             {{"title", std::string(text::head(json::str(*ask, "title"), longest_title))},
              {"code", w.code}});
}

result<wish> dialogue::take(const by& b, const std::string& code) {
  // A wrong try counts, so it is committed as well.
  std::optional<wish> right;
  std::string no;
  db_.writing([&](store::write& tx) {
    right.reset();
    tx.run("delete from text_wish where at < ?1", now().plus(-wish_life));
    const auto w = tx.one<wish>("select " + store::columns<wish>() +
                                    " from text_wish where person = ?1",
                                b.person);
    no = !w || w->tries >= most_tries ? "texting.expired" : "texting.code";
    if (!w) return;
    if (w->tries < most_tries && w->code == code) {
      right = w;
      tx.run("delete from text_wish where person = ?1", b.person);
    } else {
      tx.run("update text_wish set tries = tries + 1 where person = ?1", b.person);
    }
  });
  if (!right) return refuse(kind::invalid, no);
  return *right;
}

std::string dialogue::confirmed(const by& b, const std::string& code) {
  const auto w = take(b, code);
  if (!w) return say(b, w.why());
  audit::actor who;
  who.person = b.person;
  const auto done = house_.hub().tell(
      w->system + ".say", why(who), json::object{{"number", w->number}, {"undo", w->undo != 0}},
      w->system + w->number + w->code + w->at.str());
  if (!done) return say(b, done.why());
  if (w->undo) return say(b, "undone");
  return say(b, "done", {{"undo", of(w->system).undo.front() + " " + w->number}});
}

// Numbers come as they are dialled within the country, or with its code and perhaps no "+".
std::optional<std::string> sender_of(const http::request& r, const std::string& country_code) {
  std::string typed(r.header("x-kannel-from"));
  if (!typed.empty() && typed.front() >= '1' && typed.front() <= '9') typed.insert(0, "+");
  return telephone_number(typed, country_code);
}

}  // namespace

void text_message_pages(house& h) {
  const auto d = std::make_shared<dialogue>(h);
  if (!d->speaks() || h.chosen().text_gateway.empty()) return;
  const std::string country_code(json::str(h.pack().yaml("pack.yaml"), "country_code"));
  h.machine("POST", "/text-messages", [&h, d, country_code](http::request& r) {
    http::response out;
    out.content_type = "text/plain; charset=utf-8";
    out.with("Cache-Control", "no-store");
    out.with("X-Kannel-Coding", "2");            // the answer goes as UCS-2, which has Korean
    if (!comes_from_gateway(h.chosen(), r.header("authorization"))) {
      out.status = 401;
      return out.with("WWW-Authenticate", "Basic realm=\"text-messages\"");
    }
    const auto message = platform::text_of(r.body, r.header("content-type"));
    const auto sender = sender_of(r, country_code);
    // No text, or from a name instead of a number: there is nobody to answer.
    if (message && sender) out.body = d->hear(*sender, *message);
    return out;
  });
}

}  // namespace madang::gov24
