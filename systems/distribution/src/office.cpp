// What sending and receiving share: keys, seals, the vault, files, and the end of both.
#include "office.hpp"

#include <algorithm>
#include <set>

#include "madang/distribution/distribution.hpp"
#include "madang/documents/press.hpp"
#include "madang/platform/passphrase.hpp"

namespace madang::distribution {

std::span<const store::migration> migrations();

namespace {

std::vector<std::filesystem::path> folders_of(const platform::settings& s) {
  const std::filesystem::path data = s.data;
  return {data / "distribution" / "a", data / "distribution" / "b"};
}

struct kept_box {
  store::bytes certificate;
  std::string sealed_key;
  store::bytes signature;
};
BOOST_DESCRIBE_STRUCT(kept_box, (), (certificate, sealed_key, signature))

}  // namespace

office::office(house& h)
    : house_(h),
      db_(h.database("distribution")),
      vault_(db_, folders_of(h.chosen()), trust::view_of(platform::passphrase_of(h.chosen()))),
      passphrase_(platform::passphrase_of(h.chosen())) {
  db_.migrate("distribution", migrations());
}

words office::agency(const std::string& code) const {
  const words full = house_.pack().full_name(code);
  return full.empty() ? words(code, code) : full;
}

std::vector<std::string> office::receivers() {
  std::set<std::string> all;
  for (const auto& p : house_.people().posts())
    if (const auto roles = text::split(p.roles, ','); std::ranges::find(roles, role) != roles.end())
      all.insert(p.agency);
  return {all.begin(), all.end()};
}

audit::access office::by_itself(const std::string& number) const {
  return {audit::system_actor("distribution"), house_.said("distribution.title"),
          house_.said("law.e_government"), number};
}

audit::access office::why(const context& c, const std::string& purpose, const std::string& law,
                          const std::string& number) const {
  return c.access(words(purpose, purpose), words(law, law), number);
}

// ---- keys and seals ----

result<trust::bytes> office::sealed_by(const std::string& code, std::string_view octets) {
  return house_.documents().sign(octets, agency(code));
}

outcome office::signed_by(const std::string& code, std::string_view octets,
                          trust::view signature) {
  const auto said = house_.documents().verify(octets, signature);
  if (!said.genuine()) return refuse(kind::conflict, "distribution.signature");
  const auto name = std::string(text::head(agency(code)("ko"), 64));
  if (!said.signer || said.signer->common_name() != name)
    return refuse(kind::conflict, "distribution.signer");
  return nothing{};
}

result<trust::letter_box> office::own_box(const std::string& code) {
  const auto all = receivers();
  if (std::ranges::find(all, code) == all.end())
    return refuse(kind::not_found, "distribution.receiver", "receiver");
  std::lock_guard lock(boxes_);
  const auto look = [&] {
    return db_.reading([&](store::read& r) {
      return r.one<kept_box>(
          "select certificate, sealed_key, signature from letter_box where agency = ?1", code);
    });
  };
  auto kept = look();
  if (!kept) {
    const auto made = trust::new_letter_box(agency(code), code, passphrase_, now());
    const auto signature = sealed_by(code, text::chars_of(made.certificate));
    if (!signature) return signature.why();
    // Another process over this store may have been first.
    db_.writing([&](store::write& tx) {
      tx.run("insert into letter_box (agency, certificate, sealed_key, signature, made) "
             "values (?1, ?2, ?3, ?4, ?5) on conflict do nothing",
             code, made.certificate, made.sealed_key, *signature, now());
    });
    kept = look();
  }
  return trust::letter_box{kept->certificate, kept->sealed_key};
}

result<json::value> office::box_of(const json::value& in) {
  const std::string code(json::str(in, "agency"));
  const auto box = own_box(code);
  if (!box) return box.why();
  const auto signature = db_.reading([&](store::read& r) {
    return r.one<store::bytes>("select signature from letter_box where agency = ?1", code);
  });
  return json::value(json::object{{"agency", code},
                                  {"certificate", text::base64(box->certificate)},
                                  {"signature", text::base64(*signature)}});
}

// ---- files ----

result<id> office::put(const audit::access& by, std::string_view name, std::string_view octets) {
  auto r = vault_.begin(by, id{}, {}, name, "application/cms");
  if (!r) return r.why();
  for (std::size_t at = 0; at < octets.size(); at += vault::part_size)
    if (auto added = vault_.add(r->key, id{}, static_cast<std::int64_t>(at),
                                octets.substr(at, vault::part_size));
        !added) {
      (void)vault_.abandon(r->key, id{});
      return added.why();
    }
  auto kept = vault_.finish(by, r->key, id{});
  if (!kept) return kept.why();
  return kept->key;
}

std::vector<enclosed> office::files(const std::string& number, const std::string& side) {
  return db_.reading([&](store::read& r) {
    return r.all<enclosed>("select " + store::columns<enclosed>() +
                               " from enclosed where number = ?1 and side = ?2 order by n",
                           number, side);
  });
}

std::vector<receipt> office::receipts(const std::string& number, const std::string& side) {
  return db_.reading([&](store::read& r) {
    return r.all<receipt>("select " + store::columns<receipt>() +
                              " from receipt where number = ?1 and side = ?2 order by at, what",
                          number, side);
  });
}

outcome office::destroy(const std::string& number, const std::string& side,
                        const std::string& code) {
  for (const auto& f : files(number, side)) {
    if (!f.record) continue;
    const auto done =
        vault_.erase(by_itself(number), f.record, id{},
                     [&](std::string_view said) { return sealed_by(code, said); });
    // Gone already where a run before this one was broken off in between.
    if (!done && done.why().code != "vault.erased" && done.why().code != "vault.unknown")
      return done.why();
    db_.writing([&](store::write& tx) {
      tx.run("update enclosed set record = 0 where number = ?1 and side = ?2 and n = ?3", number,
             side, f.n);
    });
  }
  return nothing{};
}

outcome office::expire(date today) {
  const auto late = db_.reading([&](store::read& r) {
    return r.all<arrival>("select " + store::columns<arrival>() +
                              " from arrival where state in ('delivered', 'opened') and until < ?1",
                          today);
  });
  for (const auto& a : late) {
    if (auto done = destroy(a.number, "come", a.receiver); !done) return done;
    if (const auto said = state_that(a, "destroyed", {}, {}); !said) return said.why();
  }
  const auto never = db_.reading([&](store::read& r) {
    return r.all<letter>("select " + store::columns<letter>() +
                             " from letter where state = 'sent' and until < ?1",
                         today);
  });
  for (const auto& l : never) {
    if (auto done = destroy(l.number, "sent", l.sender); !done) return done;
    db_.writing([&](store::write& tx) {
      tx.run("update letter set state = 'expired', changed = ?1 where number = ?2 and "
             "state = 'sent'",
             now(), l.number);
      audit::append(tx, by_itself(l.number), audit::action::changed, l.subject, "distribution",
                    l.number, "expired");
    });
  }
  expired_ = today.days;
  return nothing{};
}

void join(platform::house& h) {
  if (!h.pack().has("sharing/tasks.yaml")) return;
  auto o = std::make_shared<office>(h);
  pages(h, o);
  auto& hub = h.hub();
  hub.offer_query("distribution.box",
                  [o](const audit::access&, const json::value& in) { return o->box_of(in); });
  hub.offer_query("distribution.waiting",
                  [o](const audit::access& why, const json::value&) -> result<json::value> {
                    std::int64_t n = 0;
                    for (const auto& a : o->come_to(why.who.agency)) n += a.state == "delivered";
                    return json::value(n);
                  });
  hub.offer_command("distribution.deliver", [o](const audit::access& why, const json::value& in,
                                                std::string_view) { return o->take(why, in); });
  hub.offer_command("distribution.receipt", [o](const audit::access& why, const json::value& in,
                                                std::string_view) { return o->hear(why, in); });
  hub.listen("distribution", "distribution.sent",
             [o](const exchange::event& e) { o->deliver(e.subject); });
  hub.listen("distribution", "distribution.stated", [o](const exchange::event& e) {
    o->report(e.subject, std::string(json::str(e.payload, "what")));
  });
  h.each_night({"distribution",
                [o]() -> std::optional<date> {
                  const auto last = o->expired_on();
                  return last.days ? std::optional(last) : std::nullopt;
                },
                [o](const std::atomic<bool>&) {
                  return o->expire(today(o->home().pack().zone()));
                }});
}

}  // namespace madang::distribution
