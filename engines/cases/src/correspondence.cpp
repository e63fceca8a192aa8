// What applicant and officials write to each other, with the files that came along; and notes that
// stay among officials. Octets are kept once by their hash: the same form attached to a thousand
// cases takes the room of one.
#include <algorithm>
#include <set>

#include "inside.hpp"
#include "madang/cases/attachment.hpp"
#include "madang/trust/bytes.hpp"

namespace madang::cases {
namespace {

void keep_octets(store::write& tx, const attachment& a, const std::string& octets) {
  if (tx.run("update matter_blob set copies = copies + 1 where hash = ?1", a.hash) > 0) return;
  tx.run("insert into matter_blob (hash, octets, size, copies) values (?1, ?2, ?3, 1)", a.hash,
         store::bytes(octets.begin(), octets.end()), a.size);
}

outcome check_room(store::read& tx, id key, const std::vector<attachment>& more) {
  std::int64_t size = tx.one<std::optional<std::int64_t>>(
                            "select sum(size) from matter_attachment where matter = ?1", key)
                          ->value_or(0);
  for (const auto& one : more) size += one.size;
  if (size > files::most_octets)
    return refuse(kind::too_large, "attachment.room", "files",
                  {{"limit", std::to_string(files::most_octets >> 20)}});
  return nothing{};
}

}  // namespace

result<std::vector<attachment>> judge_uploads(const std::vector<upload>& uploads) {
  std::vector<attachment> out;
  if (uploads.size() > files::most_uploads)
    return refuse(kind::invalid, "attachment.many", "files",
                  {{"limit", std::to_string(files::most_uploads)}});
  for (const auto& one : uploads) {
    if (one.octets.size() > limits::upload_bytes)
      return refuse(kind::too_large, "attachment.large", "files",
                    {{"limit", std::to_string(limits::upload_bytes >> 20)}});
    auto judged = judge_file(one.octets);
    if (!judged) return judged.why();
    attachment a;
    a.name = tidy_name(one.name, judged->ending);
    a.type = judged->type;
    a.size = static_cast<std::int64_t>(one.octets.size());
    a.hash = trust::sha256_hex(one.octets);
    out.push_back(std::move(a));
  }
  return out;
}

void files::put_message(store::write& tx, const matter& m, const audit::access& why,
                        bool from_official, std::string_view text,
                        const std::vector<attachment>& attached,
                        const std::vector<upload>& uploads) {
  const id message = new_id();
  const std::string author = from_official ? signed_by(why.who) : why.who.name;
  tx.run("insert into matter_message (key, matter, from_official, author, text, at) "
         "values (?1, ?2, ?3, ?4, ?5, ?6)",
         message, m.key, from_official ? 1 : 0, author, text, now());
  for (std::size_t i = 0; i < attached.size(); ++i) {
    attachment a = attached[i];
    a.key = new_id();
    a.matter = m.key;
    a.message = message;
    a.from_official = from_official;
    a.author = author;
    a.at = now();
    keep_octets(tx, a, uploads[i].octets);
    tx.insert("matter_attachment", a);
  }
}

outcome files::write(const audit::access& why, id key, std::string_view text,
                     const std::vector<upload>& uploads, const std::string& once) {
  // A file may come without words, but not nothing at all.
  const std::string_view said = text::trim(text);
  if (!said.empty() || uploads.empty())
    if (auto good = check_text(text); !good) return good;
  auto judged = judge_uploads(uploads);
  if (!judged) return judged.why();
  return act(why, key, by::anyone, [&](store::write& tx, matter& m) -> outcome {
    const bool applicant = m.applicant == why.who.person && !why.who.official();
    if (!applicant && !may_handle(why.who, m))
      return why.who.official() ? refuse(kind::forbidden, "case.not_yours")
                                : refuse(kind::not_found, "case.not_found");
    if (!is_open(m.state)) return applicant ? not_open(m) : too_late(tx, m, why.who);
    if (auto room = check_room(tx, key, *judged); !room) return room;
    if (!first_time(tx, once)) return nothing{};
    m.unheard = applicant ? m.unheard + 1 : 0;
    move(tx, m);
    put_message(tx, m, why, !applicant, said, *judged, uploads);
    tell(tx, m, applicant ? "written" : "told", why, "");
    return nothing{};
  });
}

outcome files::put_note(const audit::access& why, id key, std::string_view text,
                        const std::string& once) {
  if (auto good = check_text(text); !good) return good;
  return act(why, key, by::official, [&](store::write& tx, matter& m) -> outcome {
    if (!first_time(tx, once)) return nothing{};
    tx.run("insert into matter_note (key, matter, at, author, text) values (?1, ?2, ?3, ?4, ?5)",
           new_id(), key, now(), signed_by(why.who), text);
    audit::access about = why;
    about.reference = m.number;
    audit::append(tx, about, audit::action::changed, m.applicant, "case", m.number, "note");
    return nothing{};
  });
}

std::vector<message> files::messages(id key) {
  return db_.reading([&](store::read& r) {
    return r.all<message>("select key, from_official, author, text, at from matter_message "
                          "where matter = ?1 order by key",
                          key);
  });
}

std::vector<note> files::notes(id key) {
  return db_.reading([&](store::read& r) {
    return r.all<note>("select key, at, author, text from matter_note where matter = ?1 "
                       "order by key",
                       key);
  });
}

std::vector<attachment> files::attachments(id key) {
  return db_.reading([&](store::read& r) {
    return r.all<attachment>("select " + store::columns<attachment>() +
                                 " from matter_attachment where matter = ?1 order by key",
                             key);
  });
}

result<files::download> files::fetch(const audit::access& why, id key, id which) {
  if (auto stated = why.stated(); !stated) return stated.why();
  download out;
  std::optional<matter> m;
  auto found = db_.reading([&](store::read& r) {
    auto a = r.one<attachment>("select " + store::columns<attachment>() +
                                   " from matter_attachment where key = ?1 and matter = ?2",
                               which, key);
    if (!a) return false;
    m = r.one<matter>(select_matter() + "where key = ?1", key);
    auto octets = r.one<store::bytes>("select octets from matter_blob where hash = ?1", a->hash);
    if (!octets || !m) return false;
    out.octets.assign(octets->begin(), octets->end());
    out.what = std::move(*a);
    return true;
  });
  if (!found) return refuse(kind::not_found, "attachment.not_found");
  db_.later([why, subject = m->applicant, number = m->number,
             name = out.what.name](store::write& tx) {
    audit::access about = why;
    about.reference = number;
    audit::append(tx, about, audit::action::read, subject, "case", number, name);
  });
  return out;
}

}  // namespace madang::cases
