#include "pack_check.hpp"

#include <algorithm>
#include <cstdio>
#include <set>

#include "madang/assembly/assembly.hpp"
#include "madang/documents/layout.hpp"
#include "madang/forms/forms.hpp"
#include "madang/html/texts.hpp"
#include "madang/identity/rights.hpp"
#include "madang/packs/packs.hpp"
#include "madang/platform/house.hpp"
#include "madang/registers/schema.hpp"
#include "madang/rules/proof.hpp"
#include "madang/rules/statutes.hpp"
#include "madang/services/catalogue.hpp"

namespace madang::app {
namespace {

struct checker {
  int found = 0;
  std::size_t provisions = 0;
  std::set<std::string> systems;   // those that keep a register here; the others stay silent

  void say(const std::string& file, const std::string& message) {
    std::printf("%s: %s\n", file.c_str(), message.c_str());
    ++found;
  }

  template <class F>
  void attempt(F f) {
    try {
      f();
    } catch (const packs::broken_pack& e) {
      say(e.found.file + (e.found.line ? ":" + std::to_string(e.found.line) : ""), e.found.message);
    }
  }

  void registers(const packs::pack& pack, std::set<std::string>& names) {
    // Disclosure stands on a law of its own, not on a register.
    if (pack.has("disclosure/law.yaml")) systems.insert("disclosure");
    for (const auto& file : pack.list("registers", ".yaml"))
      attempt([&] {
        auto s = registers::parse_schema(pack.yaml(file), file);
        systems.insert(s.system);
        if (!names.insert(s.id).second) say(file, "register '" + s.id + "' is there twice");
        for (const auto& i : s.items)
          if (i.type == registers::type::code && pack.codes(i.code_list).empty())
            say(file, "item '" + i.id + "' names codes/" + i.code_list +
                          ".csv, which is empty or missing");
      });
  }

  void services(const packs::pack& pack, const std::set<std::string>& regs) {
    attempt([&] {
      services::catalogue c(pack);
      for (const auto& e : c.entries()) {
        const std::string where = "services/catalogue/" + e.category + ".yaml";
        if (!pack.find_agency(e.agency))
          say(where, "service '" + e.id + "' names agency '" + e.agency +
                         "', which agencies.yaml has not");
        for (const auto& language : pack.languages())
          if (!e.name.has(language) || !e.summary.has(language))
            say(where, "service '" + e.id + "' is not said in " + language);
        const auto* d = c.find_definition(e.id);
        if (d) procedure(*d);
        if (!d || !d->evidence.is_array()) continue;
        for (const auto& line : d->evidence.get_array())
          for (const char* verb : {"get", "find", "history"})
            if (auto r = json::str(line, verb); !r.empty() && !regs.count(std::string(r)))
              say("services/" + e.id + ".yaml",
                  "evidence names register '" + std::string(r) + "', which is not there");
      }
      for (const auto& e : c.events())
        for (const auto& id : e.services)
          if (!c.find(id))
            say("life_events.yaml",
                "event '" + e.id + "' names service '" + id + "', which is not in the catalogue");
    });
  }

  void procedure(const services::definition& d) {
    const std::string system(json::str(d.procedure, "system"));
    if (!d.procedure.is_null() && !systems.count(system))
      say("services/" + d.id + ".yaml", "its cases go to system '" + system +
                                            "', which keeps no register of this country; give it "
                                            "one in registers/, or describe the service only");
  }

  // The decisions of a folder: their logic, who is in charge, that all they need is asked. Every
  // model is proven; what would keep it from being published is wrong here too.
  void law(const packs::pack& pack, const std::string& folder, const html::texts* texts) {
    const std::string facts = folder + "/facts.yaml";
    if (!pack.has(facts)) return;
    attempt([&] {
      const auto asked = forms::parse_form(pack.yaml(facts), facts);
      const rules::statutes all(pack, folder);
      for (const auto& p : all.provisions()) {
        const std::string where = folder + "/" + p.id + ".yaml";
        if (!pack.find_agency(p.agency))
          say(where, "names agency '" + p.agency + "', which agencies.yaml has not");
        for (const auto& v : p.versions) {
          if (texts) prove(v, pack, *texts);
          for (const auto& e : v.logic->elements())
            if (e.kind == rules::drg_element::what::input && !all.find_parameter(e.name) &&
                !asked.find(text::replace_all(e.name, " ", "_")))
              say(v.file, "needs '" + e.name + "', which neither " + facts + " nor " + folder +
                              "/parameters.yaml has");
        }
      }
      provisions += all.provisions().size();
    });
  }

  void prove(const rules::provision::version& v, const packs::pack& pack,
             const html::texts& texts) {
    const auto languages = pack.languages();
    const bool english = std::ranges::find(languages, "en") != languages.end();
    for (const auto& f : rules::prove(*v.logic))
      if (f.how == rules::finding::weight::mistake)
        say(v.file, f.decision + ": " + texts.fill("rules." + f.why.code,
                                                   english ? "en" : pack.language(),
                                                   f.why.facts));
  }

  // What officials write has to fit an act, be said in each language, and fill what is known.
  void letters(const packs::pack& pack) {
    static const std::set<std::string> uses{"ask", "return", "refuse", "accept",
                                            "reopen", "extend", "write"};
    static const std::set<std::string> facts{"applicant", "number", "service", "law", "received",
                                             "due", "today", "office", "official", "post"};
    std::set<std::string> ids;
    for (const auto& file : pack.list("letters", ".yaml"))
      attempt([&] {
        const json::value read = pack.yaml(file);
        const json::value& list = json::at(read, "letters");
        if (!list.is_array()) return say(file, "'letters' is no list");
        for (const auto& one : list.get_array()) {
          const std::string id(json::str(one, "id"));
          if (id.empty() || !ids.insert(id).second)
            say(file, "letter '" + id + "' has no id of its own");
          if (!uses.count(std::string(json::str(one, "use"))))
            say(file, "letter '" + id + "' is for no act");
          for (const char* part : {"title", "text"}) {
            const words said = json::words_of(json::at(one, part));
            for (const auto& language : pack.languages())
              if (!said.has(language)) say(file, "letter '" + id + "' is not said in " + language);
            for (const auto& [language, text] : said.all()) unknown_facts(file, id, text, facts);
          }
        }
      });
  }

  void unknown_facts(const std::string& file, const std::string& id, const std::string& text,
                     const std::set<std::string>& facts) {
    for (auto from = text.find('{'); from != text.npos; from = text.find('{', from + 1)) {
      const std::string name = text.substr(from + 1, text.find('}', from) - from - 1);
      if (!facts.count(name))
        say(file, "letter '" + id + "' fills '" + name + "', which is no fact");
    }
  }

  void layouts(const packs::pack& pack, const html::texts* texts) {
    const auto languages = pack.languages();
    const bool english = std::ranges::find(languages, "en") != languages.end();
    for (const auto& file : pack.list("documents", ".yaml")) {
      auto compiled = documents::layout::compile(pack.text(file));
      if (compiled) continue;
      const auto& facts = compiled.why().facts;
      auto line = facts.find("line");
      const std::string key = "refusal." + compiled.why().code;
      say(file + (line == facts.end() ? "" : ":" + line->second),
          texts && texts->has(key)
              ? texts->fill(key, english ? "en" : pack.language(), facts)
              : compiled.why().code);
    }
  }
};

}  // namespace

int check_pack(const std::string& folder) {
  checker c;
  c.attempt([&] {
    packs::pack pack(folder);
    auto texts = html::texts::load(platform::text_folders(pack), pack.languages());
    if (!texts) {
      auto file = texts.why().facts.find("file"), key = texts.why().facts.find("key");
      c.say(file == texts.why().facts.end() ? "texts" : file->second,
            texts.why().code + (key == texts.why().facts.end() ? "" : " " + key->second));
    }
    if (texts) c.attempt([&] { platform::add_visitor_languages(pack, *texts); });
    std::set<std::string> regs;
    c.registers(pack, regs);
    c.services(pack, regs);
    c.layouts(pack, texts ? &*texts : nullptr);
    c.letters(pack);
    if (const char* file = "access/rights.yaml"; pack.has(file))
      if (auto rights = identity::read_rights(pack.yaml(file)); !rights)
        c.say(file, rights.why().field + " is wrong");
    for (const auto& file : pack.list("voices", ".yaml"))
      c.attempt([&] { (void)assembly::rule_of(pack, file); });
    for (const char* one : {"decisions", "programmes", "permit-rules", "epeople/rewards"})
      c.law(pack, one, texts ? &*texts : nullptr);
    if (c.found == 0)
      std::printf("%s: %zu towns, %zu agencies, %zu registers, %zu provisions: nothing wrong\n",
                  folder.c_str(), pack.towns().size(), pack.agencies().size(), regs.size(),
                  c.provisions);
  });
  return c.found ? 1 : 0;
}

}  // namespace madang::app
