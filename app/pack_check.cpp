#include "pack_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <set>

#include "madang/documents/layout.hpp"
#include "madang/html/texts.hpp"
#include "madang/packs/packs.hpp"
#include "madang/platform/house.hpp"
#include "madang/registers/schema.hpp"
#include "madang/services/catalogue.hpp"

namespace madang::app {
namespace {

struct checker {
  int found = 0;
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

  void layouts(const packs::pack& pack) {
    for (const auto& file : pack.list("documents", ".yaml")) {
      auto compiled = documents::layout::compile(pack.text(file));
      if (compiled) continue;
      const auto& facts = compiled.why().facts;
      auto line = facts.find("line");
      say(file + (line == facts.end() ? "" : ":" + line->second), compiled.why().code);
    }
  }
};

// Arcs of a TopoJSON file, decoded to longitude and latitude.
using point = std::pair<double, double>;
using path = std::vector<point>;

double number(const json::value& v) { return v.is_number() ? v.to_number<double>() : 0; }

std::vector<path> arcs_of(const json::value& topology) {
  const json::value& transform = json::at(topology, "transform");
  double scale[2] = {1, 1}, move[2] = {0, 0};
  const bool quantised = transform.is_object();
  if (quantised)
    for (std::size_t i = 0; i < 2; ++i) {
      scale[i] = number(json::at(transform, "scale").as_array().at(i));
      move[i] = number(json::at(transform, "translate").as_array().at(i));
    }
  std::vector<path> out;
  for (const auto& arc : json::at(topology, "arcs").as_array()) {
    path line;
    double x = 0, y = 0;
    for (const auto& p : arc.as_array()) {
      const double a = number(p.as_array().at(0)), b = number(p.as_array().at(1));
      x = quantised ? x + a : a;
      y = quantised ? y + b : b;
      line.emplace_back(x * scale[0] + move[0], y * scale[1] + move[1]);
    }
    out.push_back(std::move(line));
  }
  return out;
}

std::string ring_text(const json::value& indices, const std::vector<path>& arcs) {
  std::string out = "[";
  bool first_arc = true;
  for (const auto& index : indices.as_array()) {
    const auto i = index.to_number<std::int64_t>();
    path line = arcs.at(static_cast<std::size_t>(i < 0 ? ~i : i));
    if (i < 0) std::reverse(line.begin(), line.end());
    for (std::size_t p = first_arc ? 0 : 1; p < line.size(); ++p)
      out += fmt::format("{}[{:.5f},{:.5f}]", out.size() > 1 ? "," : "", line[p].first,
                         line[p].second);
    first_arc = false;
  }
  return out + "]";
}

std::string polygon_text(const json::value& rings, const std::vector<path>& arcs) {
  std::string out = "[";
  for (const auto& ring : rings.as_array())
    out += (out.size() > 1 ? "," : "") + ring_text(ring, arcs);
  return out + "]";
}

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
    std::set<std::string> regs;
    c.registers(pack, regs);
    c.services(pack, regs);
    c.layouts(pack);
    if (c.found == 0)
      std::printf("%s: %zu towns, %zu agencies, %zu registers: nothing wrong\n", folder.c_str(),
                  pack.towns().size(), pack.agencies().size(), regs.size());
  });
  return c.found ? 1 : 0;
}

std::map<std::string, std::string> load_boundary_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error(file + " cannot be read");
  std::ostringstream text;
  text << in.rdbuf();
  boost::json::error_code error;
  const json::value root = boost::json::parse(text.str(), error);
  if (error) throw std::runtime_error(file + " is not JSON");
  std::map<std::string, std::string> out;
  if (json::str(root, "type") == "FeatureCollection") {
    for (const auto& f : json::at(root, "features").as_array())
      out[std::string(json::str(json::at(f, "properties"), "code"))] =
          json::print(json::at(f, "geometry"));
    return out;
  }
  if (json::str(root, "type") != "Topology")
    throw std::runtime_error(file + " is neither TopoJSON nor GeoJSON");
  const auto arcs = arcs_of(root);
  for (const auto& object : json::at(root, "objects").as_object())
    for (const auto& g : json::at(object.value(), "geometries").as_array()) {
      const std::string code(json::str(json::at(g, "properties"), "code"));
      const auto type = json::str(g, "type");
      std::string shape;
      if (type == "Polygon") {
        shape = "{\"type\":\"Polygon\",\"coordinates\":" + polygon_text(json::at(g, "arcs"), arcs) +
                "}";
      } else if (type == "MultiPolygon") {
        std::string parts;
        for (const auto& polygon : json::at(g, "arcs").as_array())
          parts += (parts.empty() ? "" : ",") + polygon_text(polygon, arcs);
        shape = "{\"type\":\"MultiPolygon\",\"coordinates\":[" + parts + "]}";
      }
      if (!code.empty() && !shape.empty()) out[code] = std::move(shape);
    }
  return out;
}

}  // namespace madang::app
