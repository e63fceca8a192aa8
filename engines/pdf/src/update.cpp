#include "madang/pdf/update.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace madang::pdf {
namespace {

std::string name_text(std::string_view n) {
  std::string out = "/";
  for (const char c : n) {
    const auto u = static_cast<unsigned char>(c);
    if (u > 0x20 && u < 0x7f && std::string_view("()<>[]{}/%#").find(c) == std::string_view::npos)
      out += c;
    else
      out += fmt::format("#{:02X}", u);
  }
  return out;
}

std::string real(double d) {
  std::string s = fmt::format("{}", d);   // shortest that reads back the same
  return s.find_first_of("en") == std::string::npos ? s : fmt::format("{:.9f}", d);
}

}  // namespace

std::string written(const dictionary& d) {
  std::string out = "<<";
  for (const auto& [key, value] : d.members) out += name_text(key) + " " + written(value) + "\n";
  return out + ">>";
}

std::string written(const object& o) {
  struct writer {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(bool b) const { return b ? "true" : "false"; }
    std::string operator()(std::int64_t n) const { return std::to_string(n); }
    std::string operator()(double d) const { return real(d); }
    std::string operator()(const name& n) const { return name_text(n.text); }
    std::string operator()(const text& t) const {
      std::string out = "<";
      for (const char c : t.octets) out += fmt::format("{:02X}", static_cast<unsigned char>(c));
      return out + ">";
    }
    std::string operator()(const reference& r) const {
      return fmt::format("{} {} R", r.number, r.generation);
    }
    std::string operator()(const keyword& k) const { return k.text; }
    std::string operator()(const array& a) const {
      std::string out = "[";
      for (const object& i : a) out += written(i) + " ";
      return out + "]";
    }
    std::string operator()(const dictionary& d) const { return written(d); }
    std::string operator()(const stream& s) const { return written(s.keys); }
  };
  return std::visit(writer{}, o.is);
}

update::update(const file& base) : base_(base) {
  const object* size = base.trailer().find("Size");
  const auto* n = size ? size->as<std::int64_t>() : nullptr;
  next_ = n && *n > 0 && *n < 8'000'000 ? static_cast<std::uint32_t>(*n) : 1;
  for (const section& s : base.sections())
    if (!s.entries.empty()) next_ = std::max(next_, s.entries.rbegin()->first + 1);
}

std::uint32_t update::add(std::string body) {
  objects_.emplace_back(next_, std::move(body));
  return next_++;
}

std::uint32_t update::add_stream(std::string_view keys, std::string_view content) {
  return add(fmt::format("<<{}/Length {}>>\nstream\n{}\nendstream", keys, content.size(),
                         content));
}

void update::replace(std::uint32_t number, std::string body) {
  objects_.emplace_back(number, std::move(body));
}

update::appended update::finish() const {
  appended out;
  const std::string_view all = base_.octets();
  if (!all.ends_with('\n')) out.octets = "\n";
  std::map<std::uint32_t, std::pair<std::size_t, std::uint32_t>> places;
  for (const auto& [n, body] : objects_) {
    const entry* was = base_.find_entry(n);
    const std::uint32_t generation = was && was->kind == entry::plain ? was->generation : 0;
    places[n] = {all.size() + out.octets.size(), generation};
    out.octets += fmt::format("{} {} obj\n", n, generation);
    out.bodies[n] = out.octets.size();
    out.octets += body + "\nendobj\n";
  }
  dictionary trailer;
  for (const auto& m : base_.trailer().members)
    if (m.first == "Root" || m.first == "Info" || m.first == "ID") trailer.members.push_back(m);
  const std::size_t before = base_.sections().front().offset;
  const std::size_t at = all.size() + out.octets.size();
  const bool table = all.substr(before).starts_with("xref");
  const std::uint32_t own = next_;
  if (!table) places[own] = {at, 0};
  const std::uint32_t size = table ? next_ : next_ + 1;
  std::string keys = written(trailer);
  keys = fmt::format("{}/Size {}/Prev {}", keys.substr(0, keys.size() - 2), size, before);
  if (table) {
    out.octets += "xref\n";
    for (const auto& [n, where] : places)
      out.octets += fmt::format("{} 1\n{:010} {:05} n \n", n, where.first, where.second);
    out.octets += "trailer\n" + keys + ">>\n";
  } else {
    std::string index, rows;
    for (const auto& [n, where] : places) {
      index += fmt::format("{} 1 ", n);
      rows += '\1';
      for (int shift = 24; shift >= 0; shift -= 8)
        rows += static_cast<char>(where.first >> shift & 0xff);
      rows += static_cast<char>(where.second >> 8 & 0xff);
      rows += static_cast<char>(where.second & 0xff);
    }
    out.octets += fmt::format("{} 0 obj\n{}/Type/XRef/W[1 4 2]/Index[{}]/Length {}>>\nstream\n{}"
                              "\nendstream\nendobj\n",
                              own, keys, index, rows.size(), rows);
  }
  out.octets += fmt::format("startxref\n{}\n%%EOF\n", at);
  return out;
}

}  // namespace madang::pdf
