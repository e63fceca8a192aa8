// What sending and receiving share: keys, seals, the vault and files.
#include "office.hpp"

#include <algorithm>
#include <set>

#include "madang/documents/press.hpp"
#include "madang/exchange/elsewhere.hpp"
#include "madang/platform/passphrase.hpp"

namespace madang::distribution {

std::span<const store::migration> migrations();

namespace {

constexpr auto box_year = std::chrono::hours(24 * 365);

std::vector<std::filesystem::path> folders_of(const platform::settings& s) {
  const std::filesystem::path data = s.data;
  return {data / "distribution" / "a", data / "distribution" / "b"};
}

struct kept_box {
  store::bytes certificate;
  std::string sealed_key;
  instant made;
};
BOOST_DESCRIBE_STRUCT(kept_box, (), (certificate, sealed_key, made))
struct far_name {
  std::string name_ko, name_en;
};
BOOST_DESCRIBE_STRUCT(far_name, (), (name_ko, name_en))

}  // namespace

office::office(house& h)
    : house_(h),
      db_(h.database("distribution")),
      vault_(db_, folders_of(h.chosen()), trust::view_of(platform::passphrase_of(h.chosen()))),
      passphrase_(platform::passphrase_of(h.chosen())) {
  db_.migrate("distribution", migrations());
}

// As our own pack has it; else as the node that serves it does.
words office::agency(const std::string& code) const {
  const words full = house_.pack().full_name(code);
  if (!full.empty()) return full;
  if (exchange::keeper_of(code)) {
    const auto said = db_.reading([&](store::read& r) {
      return r.one<far_name>("select name_ko, name_en from far_receiver where agency = ?1", code);
    });
    if (said) return words(said->name_ko, said->name_en);
  }
  return words(code, code);
}

std::vector<std::string> office::receivers() {
  std::set<std::string> all;
  for (const auto& p : house_.people().posts())
    if (const auto roles = text::split(p.roles, ','); std::ranges::find(roles, role) != roles.end())
      if (!exchange::keeper_of(p.agency)) all.insert(p.agency);
  return {all.begin(), all.end()};
}

audit::access office::by_itself(const std::string& number) const {
  return writing(audit::system_actor("distribution"), number);
}

audit::access office::writing(const audit::actor& who, const std::string& number) const {
  return {who, house_.said("distribution.title"), house_.said("law.distribution"), number};
}

audit::access office::why(const audit::actor& who, const std::string& purpose,
                          const std::string& law, const std::string& number) const {
  return {who, words(purpose, purpose), words(law, law), number};
}

// ---- keys and seals ----

result<trust::bytes> office::sealed_by(const std::string& code, std::string_view octets) {
  return house_.documents().sign(octets, agency(code));
}

outcome office::signed_by(const std::string& code, std::string_view octets,
                          trust::view signature) {
  if (!knows_seals_of(code)) return refuse(kind::unavailable, "distribution.office_unknown");
  const auto said = report_of(code, octets, signature);
  if (!said.genuine()) return refuse(kind::conflict, "distribution.signature");
  const auto name = std::string(text::head(agency(code)("ko"), 64));
  if (!said.signer || said.signer->common_name() != name)
    return refuse(kind::conflict, "distribution.signer");
  return nothing{};
}

result<std::vector<trust::letter_box>> office::boxes_of(const std::string& code) {
  const auto all = receivers();
  if (std::ranges::find(all, code) == all.end())
    return refuse(kind::not_found, "distribution.receiver", "receiver");
  const auto look = [&] {
    return db_.reading([&](store::read& r) {
      return r.all<kept_box>("select certificate, sealed_key, made from letter_box "
                             "where agency = ?1 order by made desc",
                             code);
    });
  };
  const auto lacks = [](const std::vector<kept_box>& k) {
    return k.empty() || k.front().made < now().plus(-box_year);
  };
  auto kept = look();
  if (lacks(kept)) {
    std::lock_guard lock(boxes_);
    if (lacks(kept = look())) {
      const instant at = now();
      const auto made = trust::new_letter_box(agency(code), code, passphrase_, at);
      const auto signature = sealed_by(code, text::chars_of(made.certificate));
      if (!signature) return signature.why();
      // Another process over this store may be doing the same: two boxes do no harm.
      db_.writing([&](store::write& tx) {
        tx.run("insert into letter_box (agency, certificate, sealed_key, signature, made) "
               "values (?1, ?2, ?3, ?4, ?5)",
               code, made.certificate, made.sealed_key, *signature, at);
        audit::append(tx, by_itself(code), audit::action::issued, {}, "distribution", code, "key");
      });
      kept = look();
    }
  }
  std::vector<trust::letter_box> out;
  for (const auto& k : kept) out.push_back({k.certificate, k.sealed_key});
  return out;
}

result<json::value> office::box_of(const json::value& in) {
  const std::string code(json::str(in, "agency"));
  const auto boxes = boxes_of(code);
  if (!boxes) return boxes.why();
  const auto& certificate = boxes->front().certificate;
  const auto signature = db_.reading([&](store::read& r) {
    return r.one<store::bytes>(
        "select signature from letter_box where agency = ?1 and certificate = ?2", code,
        certificate);
  });
  return json::value(json::object{{"agency", code},
                                  {"certificate", text::base64(certificate)},
                                  {"signature", text::base64(signature.value())}});
}

// ---- files ----

// The folder says whose it is, for whoever finds it without its letter.
result<id> office::put(const audit::access& by, const std::string& code, std::string_view name,
                       std::string_view octets) {
  auto r = vault_.begin(by, id{}, code, name, "application/cms");
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

}  // namespace madang::distribution
