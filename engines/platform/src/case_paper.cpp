// The whole file of a case as paper: every piece in the order of the file. PDF/A-1 holds no files
// within it, so that attachments are listed with their hash, and printed: text as text, pictures
// and the pages of PDF files as pages of their own.
#include <set>

#include "madang/platform/case_file.hpp"
#include "madang/redaction/redaction.hpp"

namespace madang::platform {
namespace {

constexpr std::size_t longest_print = 20'000;   // characters of one text attachment
constexpr std::size_t most_pictures = 60, largest_pictures = 12u << 20;   // of one paper; octets

struct paper {
  context& c;
  cases::files& files;
  const cases::matter& m;
  const case_file& f;

  json::array messages() const {
    json::array out;
    for (const auto& s : f.messages)
      out.push_back(json::object{{"at", c.written(s.at)},
                                 {"who", s.author},
                                 {"text", s.text.empty() ? "-" : s.text}});
    return out;
  }
  // `unprinted`: keys of those whose content is not in the paper, which says so.
  json::array attachments(const std::set<id>& unprinted) const {
    json::array out;
    for (const auto& a : files.attachments(m.key)) {
      json::object one{{"name", a.name},
                       {"type", a.type},
                       {"size", a.size},
                       {"who", a.author},
                       {"hash", a.hash.substr(0, 32) + " " + a.hash.substr(32)}};
      if (unprinted.contains(a.key)) one["beside"] = c.say("case.paper_not_printed");
      out.push_back(std::move(one));
    }
    return out;
  }
  // What can be seen of the other files, page by page; those that are not of this kind, broken, or
  // too much for one paper, stay beside it.
  json::array pictures(const audit::access& why, std::set<id>& unprinted) const {
    json::array out;
    std::size_t octets = 0;
    for (const auto& a : files.attachments(m.key)) {
      if (a.type == "text/plain") continue;
      unprinted.insert(a.key);
      auto got = files.fetch(why, m.key, a.key);
      if (!got) continue;
      const auto pages = redaction::seen_in(got->octets, a.type);
      if (!pages) continue;
      std::size_t more = 0;
      for (const auto& page : *pages) more += page.packed.size();
      if (out.size() + pages->size() > most_pictures || octets + more > largest_pictures) continue;
      octets += more;
      unprinted.erase(a.key);
      for (std::size_t i = 0; i < pages->size(); ++i) {
        const auto& page = (*pages)[i];
        out.push_back(json::object{
            {"name", a.name},
            {"page", std::to_string(i + 1) + " / " + std::to_string(pages->size())},
            {"columns", page.columns},
            {"rows", page.rows},
            {"grey", page.grey},
            {"packed", text::base64(text::bytes_of(page.packed))}});
      }
    }
    return out;
  }
  // Texts that came as files, printed out.
  json::array texts(const audit::access& why) const {
    json::array out;
    for (const auto& a : files.attachments(m.key)) {
      if (a.type != "text/plain") continue;
      auto got = files.fetch(why, m.key, a.key);
      if (!got) continue;
      std::string text(text::head(got->octets, longest_print));
      text = text::replace_all(text, "\r", "");
      text = text::replace_all(text, "\t", "  ");
      text = text::replace_all(text, "\f", "\n");
      if (text.size() < got->octets.size()) text += " …";
      for (const auto& line : text::split(text, '\n'))
        out.push_back(json::object{{"name", a.name}, {"text", line.empty() ? " " : line}});
    }
    return out;
  }
  json::array facts(const std::vector<cases::fact>& list) const {
    json::array out;
    for (const auto& one : list)
      out.push_back(json::object{{"label", one.label(c.language)},
                                 {"value", one.value(c.language)},
                                 {"source", one.source(c.language)}});
    return out;
  }
};

json::array lines_of(const std::vector<std::string>& list) {
  json::array out;
  for (const auto& line : list) out.push_back(json::object{{"text", line}});
  return out;
}

}  // namespace

result<documents::issued> issue_case_file(context& c, cases::files& files, const cases::matter& m,
                                          const audit::access& why, bool official) {
  const case_file f = file_of(c, files, m, "", official);
  const paper all{c, files, m, f};
  std::set<id> unprinted;
  json::array pictures = all.pictures(why, unprinted);
  json::object data{{"number", m.number},
                    {"service", c.home.title_of(m)(c.language)},
                    {"applicant", m.applicant_name},
                    {"office", c.home.pack().full_name(m.office)(c.language)},
                    {"state", c.say("case.state_" + std::string(cases::name_of(m.state)))},
                    {"received", m.received.str()},
                    {"due", m.due.str()},
                    {"messages", all.messages()},
                    {"attachments", all.attachments(unprinted)},
                    {"texts", all.texts(why)},
                    {"pictures", std::move(pictures)},
                    {"clock", lines_of(f.clock)}};
  if (official)
    if (const auto* p = files.find_procedure(m.procedure); p && p->look)
      if (auto seen = p->look(why, m)) {
        data["application"] = all.facts(seen->application);
        data["evidence"] = all.facts(seen->evidence);
      }
  json::array decisions, story, notes, opinions;
  for (const auto& d : f.decisions)
    decisions.push_back(json::object{{"at", c.written(d.at)},
                                     {"state", c.say("case.state_" + d.state)},
                                     {"who", d.who},
                                     {"reason", d.reason.empty() ? "-" : d.reason}});
  for (const auto& e : f.story)
    story.push_back(json::object{{"at", c.written(e.at)},
                                 {"what", e.said},
                                 {"who", e.who.empty() ? "-" : e.who},
                                 {"note", e.note}});
  for (const auto& n : f.notes)
    notes.push_back(json::object{{"at", c.written(n.at)}, {"who", n.author}, {"text", n.text}});
  for (const auto& o : f.opinions)
    opinions.push_back(json::object{{"office", o.office_name},
                                    {"question", o.question},
                                    {"answer", o.answer.empty() ? "-" : o.answer},
                                    {"who", o.answered_by}});
  data["decisions"] = std::move(decisions);
  data["story"] = std::move(story);
  data["notes"] = std::move(notes);
  data["opinions"] = std::move(opinions);
  documents::request want;
  want.person = c.actor.person;
  want.service = m.procedure;
  want.layout = "case-file";
  want.title = c.home.said("case.file_title");
  want.seal = c.home.seal_of_district(m.office);
  want.holder = m.applicant_name;
  want.language = c.language;
  want.data = std::move(data);
  want.why = why;
  return c.home.documents().issue(want);
}

}  // namespace madang::platform
