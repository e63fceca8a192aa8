#include "madang/documents/office.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>

#include "madang/documents/layout.hpp"
#include "madang/documents/paper_code.hpp"
#include "madang/documents/press.hpp"
#include "madang/trust/hierarchy.hpp"

namespace madang::documents {

std::span<const store::migration> migrations();

BOOST_DESCRIBE_STRUCT(issued, (),
                      (key, number, person, service, layout, layout_version, title, seal, holder,
                       language, data, code, cms, at, revoked))

namespace {

namespace fs = std::filesystem;

const std::string& select() {
  static const std::string text = "select " + store::columns<issued>() + " from document ";
  return text;
}

// The passphrase of a node that was given none: made once, readable by its owner only.
std::string passphrase_of(const office_options& o) {
  if (!o.passphrase.empty()) return o.passphrase;
  const fs::path file = fs::path(o.keys).parent_path() / "passphrase";
  if (std::ifstream in(file); in) {
    std::string kept;
    std::getline(in, kept);
    if (!kept.empty()) return kept;
  }
  const std::string made = random_token(32);
  fs::create_directories(file.parent_path());
  int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (fd < 0) throw std::runtime_error("the passphrase file cannot be written");
  const bool written = ::write(fd, made.data(), made.size()) ==
                           static_cast<ssize_t>(made.size()) &&
                       ::fsync(fd) == 0;
  ::close(fd);
  if (!written) throw std::runtime_error("the passphrase file cannot be written");
  return made;
}

std::shared_ptr<trust::hierarchy> open_keys(const office_options& o, const packs::pack& pack) {
  const json::value names = pack.yaml("trust.yaml");
  trust::hierarchy_names n;
  n.root = json::words_of(json::at(names, "root"));
  n.authority = json::words_of(json::at(names, "authority"));
  n.government = json::words_of(json::at(names, "government"));
  n.country = json::str(names, "country", "XX");
  auto opened = trust::hierarchy::open_or_create(o.keys, passphrase_of(o), n);
  if (!opened) throw std::runtime_error("the keys cannot be opened: " + opened.why().code);
  return std::move(*opened);
}

// A seal's number from its name, so that every office keeps one key.
std::string seal_number(const words& seal) {
  return trust::sha256_hex(seal("ko") + "|" + seal("en")).substr(0, 24);
}

}  // namespace

std::string_view name_of(verdict v) {
  constexpr std::string_view names[] = {"genuine", "changed", "unknown", "revoked"};
  return names[static_cast<int>(v)];
}

struct office::inside {
  inside(store::database& d, const packs::pack& p, const office_options& o)
      : db(d), pack(p), options(o), keys(open_keys(o, p)), print(press_options_of(o)) {
    audit::prepare(db);
    db.migrate("documents", migrations());
  }

  static press_options press_options_of(const office_options& o) {
    press_options p;
    if (!o.font.empty()) p.font = o.font;
    if (!o.colour_profile.empty()) p.colour_profile = o.colour_profile;
    return p;
  }

  // The layout as the pack has it today.
  result<std::pair<layout, std::string>> layout_today(const std::string& name) {
    const std::string file = "documents/" + name + ".yaml";
    if (name.empty() || name.find('/') != std::string::npos || !pack.has(file))
      return refuse(kind::not_found, "document.no_layout");
    {
      std::lock_guard lock(mutex);
      if (auto found = today.find(name); found != today.end()) return found->second;
    }
    std::string text = pack.text(file);
    auto compiled = layout::compile(text);
    if (!compiled) return compiled.why();
    auto made = std::pair(*compiled, text);
    std::lock_guard lock(mutex);
    return today.emplace(name, std::move(made)).first->second;
  }

  // The layout of the day a document was issued.
  layout layout_of(const issued& d) {
    {
      std::lock_guard lock(mutex);
      if (auto found = kept.find(d.layout_version); found != kept.end()) return found->second;
    }
    auto text = db.reading([&](store::read& r) {
      return r.one<std::string>("select text from document_layout where version = ?1",
                                d.layout_version);
    });
    check(text.has_value(), "the layout of an issued document is kept");
    auto compiled = layout::compile(*text);
    check(compiled.ok(), "a kept layout compiles");
    std::lock_guard lock(mutex);
    return kept.emplace(d.layout_version, *compiled).first->second;
  }

  documents::issue issue_of(const issued& d) const {
    return {d.number, d.at, d.seal, d.language, d.code};
  }

  std::string rebuild(const issued& d) {
    auto pdf = print.rebuild(layout_of(d), d.data, issue_of(d), d.cms);
    check(pdf.ok(), "an issued document can be rebuilt");
    return std::move(*pdf);
  }

  std::optional<issued> by_number(std::string_view number) {
    return db.reading(
        [&](store::read& r) { return r.one<issued>(select() + "where number = ?1", number); });
  }

  // The code on paper: number, kind, day, the mark of the data, and the masked holder.
  std::string paper_code_of(const issued& d, const trust::signer& seal) const {
    paper_code::facts f;
    f.number = d.number;
    f.kind = d.layout;
    f.issued = in_zone(d.at, pack.zone()).date;
    f.content = paper_code::content_mark(canonical(d.data));
    f.fields = {{"name", masked_name(d.holder)}, {"title", d.title(d.language)}};
    return paper_code::encode(f, seal);
  }

  verification about(const issued& d) const {
    verification v;
    v.verdict = d.revoked ? verdict::revoked : verdict::genuine;
    v.number = d.number;
    v.title = d.title;
    v.seal = d.seal;
    v.holder = masked_name(d.holder);
    v.issued = d.at;
    v.revoked = d.revoked;
    return v;
  }

  result<issued> issue_once(const request& r, const layout& look, const std::string& text,
                            const trust::signer& seal,
                            const std::function<outcome(store::write&)>& together);

  store::database& db;
  const packs::pack& pack;
  office_options options;
  std::shared_ptr<trust::hierarchy> keys;
  press print;
  std::mutex mutex;
  std::map<std::string, std::pair<layout, std::string>> today;
  std::map<std::string, layout> kept;
};

office::office(store::database& db, const packs::pack& pack, const office_options& o)
    : inside_(std::make_unique<inside>(db, pack, o)) {}
office::~office() = default;

result<issued> office::issue(const request& r,
                             const std::function<outcome(store::write&)>& together) {
  if (auto stated = r.why.stated(); !stated) return stated.why();
  auto found = inside_->layout_today(r.layout);
  if (!found) return found.why();
  const auto& [look, text] = *found;
  auto seal = inside_->keys->seal(seal_number(r.seal), r.seal);
  if (!seal) return seal.why();

  // A nation that issues 100,000 a day meets a number of its own a few times (9 random digits).
  constexpr int attempts = 5;
  for (int attempt = 1;; ++attempt) {
    auto made = inside_->issue_once(r, look, text, **seal, together);
    if (made || made.why().code != "document.number_taken" || attempt == attempts) return made;
  }
}

result<issued> office::inside::issue_once(const request& r, const layout& look,
                                          const std::string& text, const trust::signer& seal,
                                          const std::function<outcome(store::write&)>& together) {
  issued d;
  d.key = new_id();
  d.at = instant{now().micros / 1'000'000 * 1'000'000};   // the paper shows seconds
  d.number = new_document_number(in_zone(d.at, pack.zone()).date);
  d.person = r.person;
  d.service = r.service;
  d.layout = r.layout;
  d.layout_version = look.version();
  d.title = r.title;
  d.seal = r.seal;
  d.holder = r.holder;
  d.language = r.language;
  d.data = r.data;
  d.code = paper_code_of(d, seal);
  auto made = print.render_and_sign(look, d.data, issue_of(d), seal);
  if (!made) return made.why();
  d.cms = made->cms;

  auto kept = db.writing([&](store::write& tx) -> outcome {
    if (tx.one<std::int64_t>("select 1 from document where number = ?1", d.number))
      return refuse(kind::conflict, "document.number_taken");
    if (together)
      if (auto good = together(tx); !good) return good;
    tx.run("insert into document_layout (version, name, text, kept) values (?1, ?2, ?3, ?4) "
           "on conflict (version) do nothing",
           d.layout_version, d.layout, text, now());
    tx.insert("document", d);
    audit::access why = r.why;
    why.reference = d.number;
    audit::append(tx, why, audit::action::issued, d.person, "document", d.number, d.layout);
    return nothing{};
  });
  if (!kept) return kept.why();
  return d;
}

std::string office::file(const issued& d) const { return inside_->rebuild(d); }

std::optional<issued> office::find(id key, id person) {
  return inside_->db.reading([&](store::read& r) {
    return r.one<issued>(select() + "where key = ?1 and person = ?2", key, person);
  });
}

bool office::exists(id key) {
  return inside_->db.reading([&](store::read& r) {
    return r.one<std::int64_t>("select 1 from document where key = ?1", key).has_value();
  });
}

std::vector<issued> office::of_person(id person, int limit) {
  return inside_->db.reading([&](store::read& r) {
    return r.all<issued>(select() + "where person = ?1 order by at desc, key desc limit ?2", person,
                         limit);
  });
}

outcome office::revoke(const audit::access& why, id key) {
  return inside_->db.writing([&](store::write& tx) -> outcome {
    auto d = tx.one<issued>(select() + "where key = ?1 and person = ?2", key, why.who.person);
    if (!d) return refuse(kind::not_found, "document.unknown");
    if (d->revoked) return nothing{};
    tx.run("update document set revoked = ?1 where key = ?2", now(), key);
    audit::access about = why;
    about.reference = d->number;
    audit::append(tx, about, audit::action::changed, d->person, "document", d->number, "revoked");
    // Other forms of the same record end with it: what is in a wallet follows from this event.
    tx.emit("document.revoked", key.str(), json::object{{"number", d->number}});
    return nothing{};
  });
}

verification office::verify_number(std::string_view typed) {
  const std::string number = tidy_number(typed);
  auto d = inside_->by_number(number);
  if (d) return inside_->about(*d);
  verification v;
  v.number = number;
  v.findings.push_back({is_document_number(number) ? "issue.unknown" : "number.mistyped", {}});
  return v;
}

verification office::verify_file(std::string_view pdf) {
  std::optional<issued> known;
  auto report = examine(
      pdf, *inside_->keys->believed(),
      [&](const std::string& number) -> std::optional<known_issue> {
        known = inside_->by_number(number);
        if (!known) return {};
        return known_issue{known->revoked.has_value(), inside_->rebuild(*known)};
      });
  verification v;
  if (known) v = inside_->about(*known);
  v.verdict = report.verdict;
  v.number = report.issue_number;
  v.findings = std::move(report.findings);
  v.differences = std::move(report.changes);
  return v;
}

verification office::verify_code(std::string_view code) {
  auto read = paper_code::verify(text::trim(code), [&](trust::view key_id) {
    std::optional<trust::public_key> found;
    for (const auto& c : inside_->keys->seals()) {
      auto key = c.verifier();
      if (!key) continue;
      const auto short_id = key->short_id();
      if (std::equal(key_id.begin(), key_id.end(), short_id.begin(), short_id.end())) found = *key;
    }
    return found;
  });
  verification v;
  if (!read) {
    // A code that was sealed but altered is a forgery; anything else is not a code of ours.
    v.verdict = read.why().code == "code.signature" ? verdict::changed : verdict::unknown;
    v.findings.push_back({read.why().code, {}});
    return v;
  }
  if (auto d = inside_->by_number(read->facts.number)) return inside_->about(*d);
  v.number = read->facts.number;
  v.findings.push_back({"issue.unknown", {}});
  return v;
}

result<trust::bytes> office::sign(std::string_view octets, const words& seal) {
  auto key = inside_->keys->seal(seal_number(seal), seal);
  if (!key) return key.why();
  const trust::view spans[] = {trust::view_of(octets)};
  return trust::sign_cms(**key, spans);
}

trust::cms_report office::verify(std::string_view octets, trust::view cms) {
  const trust::view spans[] = {trust::view_of(octets)};
  return trust::verify_cms(cms, spans, *inside_->keys->believed(), now());
}

result<std::string> office::print(const scan& s) const { return inside_->print.print(s); }

json::value office::paper_keys() const {
  json::array seals;
  for (const auto& c : inside_->keys->seals()) {
    auto key = c.verifier();
    if (!key) continue;
    seals.push_back(json::object{{"id", text::base64url(key->short_id())},
                                 {"key", text::base64url(key->point())},
                                 {"name", c.common_name()}});
  }
  return json::object{{"made", today(inside_->pack.zone()).str()}, {"seals", std::move(seals)}};
}

}  // namespace madang::documents
