// Papers of a request, what goes from them, and the copies without it.
#include <algorithm>
#include <map>

#include "bureau.hpp"
#include "madang/cases/attachment.hpp"
#include "madang/trust/bytes.hpp"

namespace madang::disclosure {
namespace {

constexpr std::size_t most_papers = 20;
constexpr double hundredths = 100;
constexpr const char* pdf_type = "application/pdf";
constexpr const char* text_type = "text/plain";

template <class T>
std::string select(const char* table) {
  return "select " + store::columns<T>() + " from " + table + " ";
}

// Marks in the order of the paper: the number of each is printed in its place.
const char* in_order = "order by page, y, x, key";

std::string fingerprint(const std::vector<mark>& marks) {
  std::string all;
  for (const auto& m : marks) all += m.key.str() + ",";
  return trust::sha256_hex(all);
}

redaction::place place_of(const mark& m) {
  return {static_cast<int>(m.page), static_cast<double>(m.x) / hundredths,
          static_cast<double>(m.y) / hundredths, static_cast<double>(m.width) / hundredths,
          static_cast<double>(m.height) / hundredths};
}

mark mark_at(id paper, const redaction::place& p, std::string ground, std::string words) {
  // A point around it, so that no serif stays.
  const auto of = [](double v) { return static_cast<std::int64_t>(v * hundredths); };
  return {{},
          paper,
          p.page,
          of(std::max(0.0, p.x - 1)),
          of(std::max(0.0, p.y - 1)),
          of(p.width + 2),
          of(p.height + 2),
          std::move(ground),
          std::move(words),
          {},
          {}};
}

store::bytes bytes_of(std::string_view s) { return {s.begin(), s.end()}; }

}  // namespace

std::vector<paper> bureau::papers_of(id matter, std::string_view agency) {
  return files.database().reading([&](store::read& r) {
    return r.all<paper>(select<paper>("paper") + "where matter = ?1 and agency = ?2 order by key",
                        matter, agency);
  });
}

std::optional<paper> bureau::paper_in(id matter, id key, std::string_view agency) {
  return files.database().reading([&](store::read& r) {
    return r.one<paper>(select<paper>("paper") + "where key = ?1 and matter = ?2 and agency = ?3",
                        key, matter, agency);
  });
}

std::vector<mark> bureau::marks_of(id key) {
  return files.database().reading([&](store::read& r) {
    return r.all<mark>(select<mark>("paper_mark") + "where paper = ?1 " + in_order, key);
  });
}

std::vector<made_copy> bureau::copies_of(id matter) {
  return files.database().reading([&](store::read& r) {
    return r.all<made_copy>(select<made_copy>("copy") + "where matter = ?1 order by key", matter);
  });
}

std::optional<made_copy> bureau::copy_of_paper(id key) {
  return files.database().reading([&](store::read& r) {
    return r.one<made_copy>(select<made_copy>("copy") + "where paper = ?1", key);
  });
}

bool bureau::copy_is_fresh(const made_copy& c) { return c.marks == fingerprint(marks_of(c.paper)); }

std::string bureau::octets_of(id key) {
  const auto octets = files.database().reading([&](store::read& r) {
    return r.one<store::bytes>("select octets from paper where key = ?1", key);
  });
  return octets ? std::string(octets->begin(), octets->end()) : std::string();
}

result<id> bureau::add_paper(const audit::access& why, id matter, std::string_view name,
                             std::string octets) {
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  if (octets.size() > limits::upload_bytes)
    return refuse(kind::too_large, "attachment.large", "file",
                  {{"limit", std::to_string(limits::upload_bytes >> 20)}});
  auto judged = cases::judge_file(octets);
  if (!judged) return judged.why();
  if (judged->type != pdf_type && judged->type != text_type)
    return refuse(kind::invalid, "disclosure.paper_type", "file");
  paper p;
  p.key = new_id();
  p.matter = matter;
  p.agency = o->file.office;
  p.name = cases::tidy_name(name, judged->ending);
  p.type = judged->type;
  p.hash = trust::sha256_hex(octets);
  p.author = signed_by(why.who, home.pack().language());
  p.at = now();
  if (p.type == pdf_type) {
    auto sheets = redaction::sheets_of(octets);
    if (!sheets) return sheets.why();
    p.pages = static_cast<std::int64_t>(sheets->size());
  }
  return files.database().writing([&](store::write& tx) -> result<id> {
    if (tx.one<std::int64_t>("select state from matter where key = ?1", matter) != 1)
      return refuse(kind::conflict, "case.not_open", "",
                    {{"state", std::string(cases::name_of(o->file.state))}});
    const auto there = tx.all<paper>(select<paper>("paper") + "where matter = ?1 and agency = ?2",
                                     matter, p.agency);
    for (const auto& one : there)
      if (one.hash == p.hash) return one.key;
    if (there.size() >= most_papers)
      return refuse(kind::conflict, "disclosure.many_papers", "file",
                    {{"limit", std::to_string(most_papers)}});
    tx.run(
        "insert into paper (key, matter, agency, name, type, hash, pages, octets, author, at) "
        "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        p.key, p.matter, p.agency, p.name, p.type, p.hash, p.pages, bytes_of(octets), p.author,
        p.at);
    tell(tx, why, o->file, "paper_added");
    return p.key;
  });
}

result<id> bureau::add_attachment(const audit::access& why, id matter, id attachment) {
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  auto found = files.fetch(why, matter, attachment);
  if (!found) return found.why();
  return add_paper(why, matter, found->what.name, std::move(found->octets));
}

outcome bureau::drop_paper(const audit::access& why, id matter, id key) {
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  return files.database().writing([&](store::write& tx) -> outcome {
    if (tx.one<std::int64_t>("select state from matter where key = ?1", matter) != 1)
      return refuse(kind::conflict, "case.not_open", "",
                    {{"state", std::string(cases::name_of(o->file.state))}});
    if (tx.run("delete from paper where key = ?1 and matter = ?2 and agency = ?3", key, matter,
               o->file.office) == 0)
      return nothing{};
    tx.run("delete from paper_mark where paper = ?1", key);
    tx.run("delete from copy where paper = ?1", key);
    tell(tx, why, o->file, "paper_dropped");
    return nothing{};
  });
}

outcome bureau::write_mark(store::write& tx, const audit::access& why, const opened& o,
                           const mark& m) {
  if (tx.one<std::int64_t>("select state from matter where key = ?1", o.file.key) != 1)
    return refuse(kind::conflict, "case.not_open", "",
                  {{"state", std::string(cases::name_of(o.file.state))}});
  const auto there =
      tx.one<std::int64_t>("select count(*) from paper_mark where paper = ?1", m.paper);
  if (there.value_or(0) >= static_cast<std::int64_t>(redaction::most_marks))
    return refuse(kind::invalid, "redaction.many_marks", "",
                  {{"most", std::to_string(redaction::most_marks)}});
  // The same area twice is one; with another ground it has the new one.
  if (tx.run("update paper_mark set ground = ?1 where paper = ?2 and page = ?3 and x = ?4 and "
             "y = ?5 and width = ?6 and height = ?7",
             m.ground, m.paper, m.page, m.x, m.y, m.width, m.height) > 0)
    return nothing{};
  mark made = m;
  made.key = new_id();
  made.author = signed_by(why.who, home.pack().language());
  made.at = now();
  tx.insert("paper_mark", made);
  return nothing{};
}

outcome bureau::add_mark(const audit::access& why, id matter, const mark& given) {
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  const auto p = paper_in(matter, given.paper, o->file.office);
  if (!p) return refuse(kind::not_found, "disclosure.no_paper");
  if (!law.find_ground(given.ground))
    return refuse(kind::invalid, "disclosure.no_ground", "ground");
  const auto outside = refuse(kind::invalid, "redaction.outside", "page");
  mark m = given;
  const std::string octets = octets_of(m.paper);
  if (p->type == text_type) {
    if (m.page != 0 || m.x < 0 || m.width < 1 ||
        m.x + m.width > static_cast<std::int64_t>(octets.size()))
      return outside;
    m.y = m.height = 0;
    m.words = octets.substr(static_cast<std::size_t>(m.x), static_cast<std::size_t>(m.width));
    if (!text::is_utf8(m.words)) return outside;
  } else {
    constexpr auto far = static_cast<std::int64_t>(redaction::largest_side * hundredths);
    if (m.page < 1 || m.page > p->pages || m.width < 1 || m.height < 1 || m.x < 0 || m.y < 0 ||
        m.x > far || m.y > far || m.width > far || m.height > far)
      return outside;
    auto letters = redaction::letters_of(octets, static_cast<int>(m.page));
    if (!letters) return letters.why();
    m.words = text::head(redaction::words_at(*letters, place_of(m)), 300);
  }
  return files.database().writing([&](store::write& tx) { return write_mark(tx, why, *o, m); });
}

outcome bureau::drop_mark(const audit::access& why, id matter, id key, id which) {
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  if (!paper_in(matter, key, o->file.office)) return refuse(kind::not_found, "disclosure.no_paper");
  return files.database().writing([&](store::write& tx) -> outcome {
    if (tx.one<std::int64_t>("select state from matter where key = ?1", matter) != 1)
      return refuse(kind::conflict, "case.not_open", "",
                    {{"state", std::string(cases::name_of(o->file.state))}});
    tx.run("delete from paper_mark where key = ?1 and paper = ?2", which, key);
    return nothing{};
  });
}

result<int> bureau::mark_words(const audit::access& why, id matter, id key, std::string_view words,
                               std::string_view ground) {
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  const auto p = paper_in(matter, key, o->file.office);
  if (!p) return refuse(kind::not_found, "disclosure.no_paper");
  if (!law.find_ground(ground)) return refuse(kind::invalid, "disclosure.no_ground", "ground");
  const std::string_view sought = text::trim(words);
  if (auto good = check_text(sought, 200, "words"); !good) return good.why();
  const std::string octets = octets_of(key);
  std::vector<mark> found;
  if (p->type == text_type) {
    for (const auto& one : redaction::passages_of(octets, sought))
      found.push_back({{},
                       key,
                       0,
                       static_cast<std::int64_t>(one.begin),
                       0,
                       static_cast<std::int64_t>(one.end - one.begin),
                       0,
                       std::string(ground),
                       std::string(sought),
                       {},
                       {}});
  } else {
    auto places = redaction::find_in(octets, sought);
    if (!places) return places.why();
    for (const auto& one : *places)
      found.push_back(mark_at(key, one, std::string(ground), std::string(sought)));
  }
  if (found.empty()) return refuse(kind::invalid, "disclosure.not_found", "words");
  auto done = files.database().writing([&](store::write& tx) -> outcome {
    for (const auto& m : found)
      if (auto written = write_mark(tx, why, *o, m); !written) return written;
    return nothing{};
  });
  if (!done) return done.why();
  return static_cast<int>(found.size());
}

result<id> bureau::make_copy(const audit::access& why, id matter, id key) {
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  const auto p = paper_in(matter, key, o->file.office);
  if (!p) return refuse(kind::not_found, "disclosure.no_paper");
  const auto marks = marks_of(key);
  const std::string octets = octets_of(key);
  std::string made;
  if (p->type == text_type) {
    std::vector<redaction::passage> gone;
    for (std::size_t i = 0; i < marks.size(); ++i)
      gone.push_back({static_cast<std::size_t>(marks[i].x),
                      static_cast<std::size_t>(marks[i].x + marks[i].width),
                      std::to_string(i + 1)});
    auto text = redaction::take_out_of_text(octets, std::move(gone));
    if (!text) return text.why();
    made = std::move(*text);
  } else {
    std::vector<redaction::mark> gone;
    for (std::size_t i = 0; i < marks.size(); ++i)
      gone.push_back({place_of(marks[i]), std::to_string(i + 1)});
    auto pages = redaction::take_out(octets, gone);
    if (!pages) return pages.why();
    // Its title says which request it answers: the old one may name what is held back.
    auto printed = home.documents().print({o->file.number, home.pack().language(),
                                           why.who.agency_name(home.pack().language()),
                                           o->file.number, now(), std::move(*pages)});
    if (!printed) return printed.why();
    made = std::move(*printed);
  }
  made_copy c{new_id(),
              key,
              matter,
              p->name,
              p->type,
              trust::sha256_hex(made),
              fingerprint(marks),
              signed_by(why.who, home.pack().language()),
              now()};
  return files.database().writing([&](store::write& tx) -> result<id> {
    if (tx.one<std::int64_t>("select state from matter where key = ?1", matter) != 1)
      return refuse(kind::conflict, "case.not_open", "",
                    {{"state", std::string(cases::name_of(o->file.state))}});
    tx.run("delete from copy where paper = ?1", key);
    tx.run(
        "insert into copy (key, paper, matter, name, type, hash, marks, octets, author, at) "
        "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        c.key, c.paper, c.matter, c.name, c.type, c.hash, c.marks, bytes_of(made), c.author, c.at);
    tell(tx, why, o->file, "copy_made");
    return c.key;
  });
}

result<bureau::download> bureau::fetch_copy(const audit::access& why, id matter, id key,
                                            bool requester) {
  const auto gone = refuse(kind::not_found, "attachment.not_found");
  auto o = requester ? own(why.who.person, matter) : reach(why.who, matter);
  if (!o) return o.why();
  if (requester && !ready(*o)) return refuse(kind::conflict, "disclosure.not_ready");
  download out;
  const bool there = files.database().reading([&](store::read& r) {
    auto c =
        r.one<made_copy>(select<made_copy>("copy") + "where key = ?1 and matter = ?2", key, matter);
    auto octets = r.one<store::bytes>("select octets from copy where key = ?1", key);
    if (!c || !octets) return false;
    out.octets.assign(octets->begin(), octets->end());
    out.what = std::move(*c);
    return true;
  });
  // What an agency made that has passed the request on stays there.
  if (!there || !paper_in(matter, out.what.paper, o->file.office)) return gone;
  files.database().writing([&](store::write& tx) {
    audit::access about = why;
    about.reference = o->file.number;
    audit::append(tx, about, audit::action::read, o->file.applicant, "disclosure", o->file.number,
                  out.what.name);
    if (requester)
      tx.insert("handed",
                handed{new_id(), matter, key, out.what.name, "file", why.who.name, now()});
  });
  return out;
}

}  // namespace madang::disclosure
