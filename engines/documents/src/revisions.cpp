#include "revisions.hpp"

#include <algorithm>

namespace madang::documents {
namespace {

using pdf::array;
using pdf::dictionary;
using pdf::file;
using pdf::object;
using pdf::reference;

constexpr std::size_t most_walked = 200'000;

enum class role { catalog, form, fields, page, annotations, empty_signature, information, store };

bool is_white(std::string_view s) {
  return s.size() <= 4 && s.find_first_not_of("\r\n") == std::string_view::npos;
}

const reference* reference_at(const dictionary& d, std::string_view key) {
  const object* o = d.find(key);
  return o ? o->as<reference>() : nullptr;
}

bool is_name(const object& o, std::string_view text) {
  return o.as<pdf::name>() && o.as<pdf::name>()->text == text;
}

// All but the named members are the same.
bool same_except(const dictionary& a, const dictionary& b,
                 std::initializer_list<std::string_view> free) {
  const auto is_free = [&](const std::string& key) {
    return std::find(free.begin(), free.end(), key) != free.end();
  };
  const auto covered = [&](const dictionary& x, const dictionary& y) {
    return std::all_of(x.members.begin(), x.members.end(), [&](const auto& m) {
      if (is_free(m.first)) return true;
      const object* there = y.find(m.first);
      return there && *there == m.second;
    });
  };
  return covered(a, b) && covered(b, a);
}

class judge {
 public:
  judge(const file& before, const file& after, std::size_t end, std::string& why)
      : before_(before), after_(after), end_(end), why_(why) {}

  bool allowed() {
    const reference* root = reference_at(before_.trailer(), "Root");
    const reference* root_now = reference_at(after_.trailer(), "Root");
    if (!root || !root_now || !(*root == *root_now)) return no("trailer", 0);
    const object* info = before_.trailer().find("Info");
    const object* info_now = after_.trailer().find("Info");
    if (info && (!info_now || !(*info == *info_now))) return no("trailer", 0);
    give_roles(root->number);
    for (std::uint32_t n : changed())
      if (!allowed(n)) return false;
    return true;
  }

 private:
  const file &before_, &after_;
  std::size_t end_;
  std::string& why_;
  std::map<std::uint32_t, role> roles_;
  std::set<std::uint32_t> content_;   // reachable from the pages

  bool no(const char* what, std::uint32_t n) {
    why_ = "object " + std::to_string(n) + " (" + what + ")";
    return false;
  }

  std::set<std::uint32_t> changed() const {
    std::set<std::uint32_t> out;
    for (const pdf::section& s : after_.sections()) {
      if (s.offset < end_) break;
      for (const auto& [n, e] : s.entries) out.insert(n);
    }
    return out;
  }

  void give_roles(std::uint32_t root) {
    roles_[root] = role::catalog;
    const dictionary* catalog = before_.get(root).keys();
    if (!catalog) return;
    if (const object* pages = catalog->find("Pages")) walk_pages(*pages, 0);
    if (const auto* r = reference_at(*catalog, "AcroForm")) roles_[r->number] = role::form;
    if (const dictionary* form = before_.dictionary_at(*catalog, "AcroForm")) {
      if (const auto* r = reference_at(*form, "Fields")) roles_[r->number] = role::fields;
      if (const auto* fields = before_.at(*form, "Fields").as<array>())
        for (const object& f : *fields) note_field(f);
    }
    if (const auto* r = reference_at(before_.trailer(), "Info"))
      roles_[r->number] = role::information;
    if (const object* dss = catalog->find("DSS")) walk_store(*dss, 0);
  }

  void note_field(const object& field) {
    const auto* r = field.as<reference>();
    const dictionary* d = before_.follow(&field).keys();
    if (r && d && is_name(before_.at(*d, "FT"), "Sig") && !d->find("V"))
      roles_[r->number] = role::empty_signature;
  }

  void walk_pages(const object& node, int depth) {
    const auto* r = node.as<reference>();
    if (!r || depth > pdf::deepest || content_.size() > most_walked ||
        !content_.insert(r->number).second)
      return;
    const dictionary* d = before_.follow(&node).keys();
    if (!d) return;
    if (const auto* kids = before_.at(*d, "Kids").as<array>(); kids) {
      for (const object& k : *kids) walk_pages(k, depth + 1);
    } else {
      roles_[r->number] = role::page;
      if (const auto* a = reference_at(*d, "Annots")) roles_[a->number] = role::annotations;
    }
    for (const auto& [key, value] : d->members)
      if (key != "Parent" && key != "Kids" && key != "Annots") walk_content(value, depth + 1);
  }

  void walk_content(const object& o, int depth) {
    if (depth > pdf::deepest || content_.size() > most_walked) return;
    if (const auto* r = o.as<reference>()) {
      if (content_.insert(r->number).second) walk_content(before_.get(r->number), depth + 1);
    } else if (const auto* a = o.as<array>()) {
      for (const object& item : *a) walk_content(item, depth + 1);
    } else if (const dictionary* d = o.keys()) {
      for (const auto& m : d->members) walk_content(m.second, depth + 1);
    }
  }

  // The document security store may grow (EN 319 142-1 section 5.4.2); nothing that a page shows
  // may hide in it.
  void walk_store(const object& o, int depth) {
    if (depth > 8 || roles_.size() > most_walked) return;
    if (const auto* r = o.as<reference>()) {
      if (content_.count(r->number) || !roles_.emplace(r->number, role::store).second) return;
      walk_store(before_.get(r->number), depth + 1);
    } else if (const auto* a = o.as<array>()) {
      for (const object& item : *a) walk_store(item, depth + 1);
    } else if (const auto* d = o.as<dictionary>()) {
      for (const auto& m : d->members) walk_store(m.second, depth + 1);
    }
  }

  bool allowed(std::uint32_t n) {
    const pdf::entry* was = before_.find_entry(n);
    if (!was || was->kind == pdf::entry::free)   // new: judged where it is referred to
      return !content_.count(n) || no("content", n);   // unless a page was waiting for it
    const object &old = before_.get(n), &now = after_.get(n);
    if (old == now) return true;
    const auto found = roles_.find(n);
    if (found == roles_.end()) return no("content", n);
    if (found->second == role::store) return true;
    if (found->second == role::fields || found->second == role::annotations)
      return only_signatures_added(old, now) || no("annotations", n);
    const dictionary *a = old.keys(), *b = now.keys();
    if (!a || !b || !old.as<dictionary>() || !now.as<dictionary>()) return no("type", n);
    switch (found->second) {
      case role::catalog: return catalog_grew(*a, *b) || no("catalog", n);
      case role::form: return form_grew(*a, *b) || no("form", n);
      case role::page:
        return (same_except(*a, *b, {"Annots"}) && list_grew(*a, *b, "Annots")) || no("page", n);
      case role::information:
        return same_except(*a, *b, {"ModDate", "Producer"}) || no("information", n);
      case role::empty_signature:
        // An invisible field that waited for its signature.
        return (same_except(*a, *b, {"V"}) && is_invisible_signature(*b, after_)) ||
               no("signature field", n);
      default: return no("content", n);
    }
  }

  bool catalog_grew(const dictionary& a, const dictionary& b) {
    if (!same_except(a, b, {"DSS", "Extensions", "AcroForm"})) return false;
    const object *form = a.find("AcroForm"), *form_now = b.find("AcroForm");
    if (!form_now) return form == nullptr;
    if (form && *form == *form_now) return true;
    static const dictionary none;
    const dictionary* old_form = before_.follow(form).keys();
    const dictionary* new_form = after_.follow(form_now).keys();
    return new_form && form_grew(old_form ? *old_form : none, *new_form);
  }

  bool form_grew(const dictionary& a, const dictionary& b) {
    return same_except(a, b, {"Fields", "SigFlags", "DR", "DA"}) && list_grew(a, b, "Fields") &&
           // Resources and default appearance matter only to fields that show something.
           (!a.find("DR") || (b.find("DR") && *a.find("DR") == *b.find("DR"))) &&
           (!a.find("DA") || (b.find("DA") && *a.find("DA") == *b.find("DA")));
  }

  bool list_grew(const dictionary& a, const dictionary& b, std::string_view key) {
    const object *old = a.find(key), *now = b.find(key);
    if (!now) return old == nullptr;
    if (old && *old == *now) return true;   // the same reference: judged as an object of its own
    static const object empty{array{}};
    return only_signatures_added(old ? before_.follow(old) : empty, after_.follow(now));
  }

  bool only_signatures_added(const object& old, const object& now) {
    const auto *a = old.as<array>(), *b = now.as<array>();
    if (!a || !b || b->size() < a->size() || !std::equal(a->begin(), a->end(), b->begin()))
      return false;
    return std::all_of(b->begin() + static_cast<std::ptrdiff_t>(a->size()), b->end(),
                       [&](const object& added) {
                         const auto* r = added.as<reference>();
                         if (!r || before_.find_entry(r->number)) return false;
                         const dictionary* d = after_.get(r->number).keys();
                         return d && is_invisible_signature(*d, after_);
                       });
  }

  static bool is_invisible_signature(const dictionary& field, const file& in) {
    if (!is_name(in.at(field, "FT"), "Sig") || in.at(field, "Kids").as<array>()) return false;
    const object& rectangle = in.at(field, "Rect");
    const auto* r = rectangle.as<array>();
    if (!r || r->size() != 4) return rectangle.as<std::monostate>() != nullptr;
    const auto number = [&](std::size_t i) {
      const object& o = in.follow(&(*r)[i]);
      if (const auto* n = o.as<std::int64_t>()) return static_cast<double>(*n);
      return o.as<double>() ? *o.as<double>() : -1.0 - static_cast<double>(i);
    };
    return number(0) == number(2) || number(1) == number(3);
  }
};

// The older sections are those the signed file has, and lead only into what was signed.
bool builds_on(const file& signed_file, const file& whole, std::size_t end) {
  std::vector<std::size_t> old, here;
  for (const auto& s : signed_file.sections()) old.push_back(s.offset);
  for (const auto& s : whole.sections())
    if (s.offset < end) here.push_back(s.offset);
  if (old != here) return false;
  bool newer = true;   // sections go from new to old; none may come after an old one
  for (const auto& s : whole.sections()) {
    if (s.offset >= end && !newer) return false;
    if (s.offset < end) newer = false;
  }
  for (const auto& s : signed_file.sections())
    for (const auto& [n, e] : s.entries)
      if (e.kind == pdf::entry::plain && e.offset >= end) return false;
  return true;
}

}  // namespace

later_revisions judge_later(const file& whole, std::size_t end, std::string& why) {
  const std::string_view all = whole.octets();
  const auto signed_file = file::open(all.substr(0, end));
  if (!signed_file || !builds_on(*signed_file, whole, end)) {
    why = "sections";
    return later_revisions::hidden;
  }
  if (is_white(all.substr(end))) return later_revisions::none;
  if (whole.sections().front().offset < end) {
    why = "tail";
    return later_revisions::hidden;
  }
  // Octets after the last revision's end are nobody's.
  const std::size_t last = all.rfind("%%EOF");
  if (last == std::string_view::npos || last < end || !is_white(all.substr(last + 5))) {
    why = "tail";
    return later_revisions::hidden;
  }
  return judge(*signed_file, whole, end, why).allowed() ? later_revisions::allowed
                                                        : later_revisions::forbidden;
}

}  // namespace madang::documents
