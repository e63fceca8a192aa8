#include "madang/pdf/revisions.hpp"

#include <algorithm>

namespace madang::pdf {
namespace {

constexpr std::size_t most_walked = 400'000;

enum class role {
  catalog, form, fields, page, annotations, field, appearance, note, information, metadata, store
};

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
  judge(const file& before, const file& after, std::size_t end, std::string& why,
        const locked_field& locked)
      : before_(before), after_(after), end_(end), why_(why), locked_(locked) {}

  later run() {
    const reference* root = reference_at(before_.trailer(), "Root");
    const reference* root_now = reference_at(after_.trailer(), "Root");
    if (!root || !root_now || !(*root == *root_now) || !trailer_kept()) {
      no("trailer", 0);
      return later::forbidden;
    }
    give_roles(root->number);
    if (overrun_) {
      no("limit", 0);
      return later::forbidden;
    }
    for (std::uint32_t n : changed())
      if (!allowed(n)) return later::forbidden;
    return worst_;
  }

 private:
  const file &before_, &after_;
  std::size_t end_;
  std::string& why_;
  const locked_field& locked_;
  later worst_ = later::evidence;
  bool overrun_ = false;
  std::map<std::uint32_t, role> roles_;
  std::map<std::uint32_t, std::string> field_names_;
  std::set<std::uint32_t> elsewhere_;   // reachable but through the looks of a form field

  bool no(const char* what, std::uint32_t n) {
    why_ = "object " + std::to_string(n) + " (" + what + ")";
    return false;
  }
  bool weighs(later l, const char* what, std::uint32_t n) {
    if (l > worst_) {
      worst_ = l;
      no(what, n);
    }
    return true;
  }

  // What a cross-reference section says of itself is free; nothing else hangs on the trailer.
  bool trailer_kept() const {
    const object* info = before_.trailer().find("Info");
    const object* info_now = after_.trailer().find("Info");
    if (info && (!info_now || !(*info == *info_now))) return false;
    return same_except(before_.trailer(), after_.trailer(),
                       {"Size", "Prev", "ID", "XRefStm", "W", "Index", "Filter", "Length",
                        "DecodeParms", "Type", "Info"});
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
    if (const auto* r = reference_at(*catalog, "AcroForm")) roles_[r->number] = role::form;
    if (const dictionary* form = before_.dictionary_at(*catalog, "AcroForm")) {
      if (const auto* r = reference_at(*form, "Fields")) roles_[r->number] = role::fields;
      if (const auto* fields = before_.at(*form, "Fields").as<array>())
        for (const object& f : *fields) note_field(f, "", 0);
    }
    std::set<std::uint32_t> seen;
    if (const object* pages = catalog->find("Pages")) walk_pages(*pages, seen, 0);
    if (const auto* r = reference_at(*catalog, "Metadata")) roles_.emplace(r->number,
                                                                           role::metadata);
    if (const auto* r = reference_at(before_.trailer(), "Info"))
      roles_[r->number] = role::information;
    find_elsewhere();
    for (const auto& [n, name] : field_names_)
      if (const dictionary* d = before_.get(n).keys())
        if (const object* looks = d->find("AP")) walk_looks(*looks, 0);
    if (const object* dss = catalog->find("DSS")) walk_store(*dss, 0);
  }

  void note_field(const object& field, const std::string& above, int depth) {
    const auto* r = field.as<reference>();
    const dictionary* d = before_.follow(&field).keys();
    if (!r || !d || depth > deepest) return;
    std::string name = above;
    if (const auto* t = before_.at(*d, "T").as<text>()) name += (name.empty() ? "" : ".") +
                                                                t->octets;
    if (field_names_.size() > most_walked || !field_names_.emplace(r->number, name).second) return;
    roles_[r->number] = role::field;
    if (const auto* kids = before_.at(*d, "Kids").as<array>())
      for (const object& k : *kids) note_field(k, name, depth + 1);
  }

  void walk_pages(const object& node, std::set<std::uint32_t>& seen, int depth) {
    const auto* r = node.as<reference>();
    const dictionary* d = before_.follow(&node).keys();
    if (!r || !d || depth > deepest || seen.size() > most_walked || !seen.insert(r->number).second)
      return;
    if (const auto* kids = before_.at(*d, "Kids").as<array>(); kids) {
      for (const object& k : *kids) walk_pages(k, seen, depth + 1);
      return;
    }
    roles_[r->number] = role::page;
    if (const auto* a = reference_at(*d, "Annots")) roles_[a->number] = role::annotations;
    if (const auto* all = before_.at(*d, "Annots").as<array>())
      for (const object& o : *all) {
        const auto* n = o.as<reference>();
        const dictionary* keys = before_.follow(&o).keys();
        if (n && keys && !is_name(before_.at(*keys, "Subtype"), "Widget"))
          roles_.emplace(n->number, role::note);
      }
  }

  // Everything that can be reached, but what only a field's looks or the store of validation
  // material lead to: whoever overwrites such an object changes the field or the store, nothing
  // else.
  void find_elsewhere() {
    std::vector<std::pair<const object*, std::string_view>> waiting;   // and what is not followed
    for (const auto& m : before_.trailer().members)
      if (m.first != "Prev" && m.first != "XRefStm") waiting.emplace_back(&m.second, "");
    std::size_t steps = 0;
    while (!waiting.empty()) {
      const auto [o, left_out] = waiting.back();
      waiting.pop_back();
      if (++steps > 4 * most_walked) {
        overrun_ = true;
        return;
      }
      if (const auto* r = o->as<reference>()) {
        if (!elsewhere_.insert(r->number).second) continue;
        const auto found = roles_.find(r->number);
        const role as = found == roles_.end() ? role::page : found->second;
        waiting.emplace_back(&before_.get(r->number), as == role::field     ? "AP"
                                                      : as == role::catalog ? "DSS"
                                                                            : "");
      } else if (const auto* a = o->as<array>()) {
        for (const object& item : *a) waiting.emplace_back(&item, "");
      } else if (const dictionary* d = o->keys()) {
        for (const auto& m : d->members)
          if (m.first != left_out) waiting.emplace_back(&m.second, "");
      }
    }
  }

  void walk_looks(const object& o, int depth) {
    if (depth > deepest || roles_.size() > most_walked) return;
    if (const auto* r = o.as<reference>()) {
      if (elsewhere_.count(r->number) || !roles_.emplace(r->number, role::appearance).second)
        return;
      walk_looks(before_.get(r->number), depth + 1);
    } else if (const auto* a = o.as<array>()) {
      for (const object& item : *a) walk_looks(item, depth + 1);
    } else if (const dictionary* d = o.keys()) {
      for (const auto& m : d->members) walk_looks(m.second, depth + 1);
    }
  }

  // The document security store may grow (EN 319 142-1 section 5.4.2).
  void walk_store(const object& o, int depth) {
    if (depth > 8 || roles_.size() > most_walked) return;
    if (const auto* r = o.as<reference>()) {
      if (elsewhere_.count(r->number) || !roles_.emplace(r->number, role::store).second) return;
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
      return !elsewhere_.count(n) || no("content", n);   // unless something was waiting for it
    const object &old = before_.get(n), &now = after_.get(n);
    if (old == now) return true;
    const auto found = roles_.find(n);
    if (found == roles_.end()) return no("content", n);
    switch (found->second) {
      case role::store: return true;
      case role::appearance: return weighs(later::filled, "appearance", n);
      case role::fields:
      case role::annotations: return only_added(old, now) || no("annotations", n);
      case role::note: return weighs(later::annotated, "annotation", n);
      default: break;
    }
    const dictionary *a = old.keys(), *b = now.keys();
    if (!a || !b) return no("type", n);
    if (found->second == role::metadata)
      return (is_name(before_.at(*a, "Type"), "Metadata") &&
              is_name(after_.at(*b, "Type"), "Metadata") &&
              weighs(later::filled, "metadata", n)) || no("metadata", n);
    if (!old.as<dictionary>() || !now.as<dictionary>()) return no("type", n);
    switch (found->second) {
      case role::catalog: return catalog_grew(*a, *b) || no("catalog", n);
      case role::form: return form_grew(*a, *b) || no("form", n);
      case role::page:
        return (same_except(*a, *b, {"Annots"}) && list_grew(*a, *b, "Annots")) || no("page", n);
      case role::information:
        return same_except(*a, *b, {"ModDate", "Producer"}) || no("information", n);
      case role::field: return field_filled(*a, *b, n);
      default: return no("content", n);
    }
  }

  bool field_filled(const dictionary& a, const dictionary& b, std::uint32_t n) {
    if (locked_ && locked_(field_names_[n])) return no("locked field", n);
    if (looks_shared(a, b)) return no("shared appearance", n);
    const bool signature = is_name(before_.at(a, "FT"), "Sig");
    if (!signature)
      return (same_except(a, b, {"V", "AP", "AS", "I", "RV", "M"}) &&
              weighs(later::filled, "form field", n)) || no("form field", n);
    if (a.find("V")) return no("signature field", n);
    if (same_except(a, b, {"V"}) && is_invisible_signature(b, after_)) return true;
    return (same_except(a, b, {"V", "AP", "AS", "M", "F", "Lock"}) &&
            (!a.find("Lock") || (b.find("Lock") && *a.find("Lock") == *b.find("Lock"))) &&
            weighs(later::filled, "signature field", n)) || no("signature field", n);
  }

  // Looks that something else shows as well are that other thing's too: they are not replaced by
  // filling in a field.
  bool looks_shared(const dictionary& a, const dictionary& b) const {
    const object *old = a.find("AP"), *now = b.find("AP");
    if (!old || (now && *old == *now)) return false;
    const auto shared = [&](const object& o) {
      const auto* r = o.as<reference>();
      return r && elsewhere_.count(r->number) > 0;
    };
    const dictionary* each = before_.follow(old).keys();
    return shared(*old) || (each && std::any_of(each->members.begin(), each->members.end(),
                                                [&](const auto& m) { return shared(m.second); }));
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
    return only_added(old ? before_.follow(old) : empty, after_.follow(now));
  }

  bool only_added(const object& old, const object& now) {
    const auto *a = old.as<array>(), *b = now.as<array>();
    if (!a || !b || b->size() < a->size() || !std::equal(a->begin(), a->end(), b->begin()))
      return false;
    return std::all_of(b->begin() + static_cast<std::ptrdiff_t>(a->size()), b->end(),
                       [&](const object& added) { return may_be_added(added); });
  }

  bool may_be_added(const object& added) {
    const auto* r = added.as<reference>();
    if (!r) return false;
    const dictionary* d = after_.get(r->number).keys();
    if (!d) return false;
    if (before_.find_entry(r->number)) {
      // A field that had been left out of a page's list, brought there by the one who signs it.
      return roles_.count(r->number) && roles_[r->number] == role::field &&
             weighs(later::filled, "annotations", r->number);
    }
    if (is_invisible_signature(*d, after_)) return true;
    if (is_name(after_.at(*d, "FT"), "Sig"))
      return !after_.at(*d, "Kids").as<array>() &&
             weighs(later::filled, "signature field", r->number);
    return is_name(after_.at(*d, "Type"), "Annot") &&
           !is_name(after_.at(*d, "Subtype"), "Widget") &&
           weighs(later::annotated, "annotation", r->number);
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

later judge_later(const file& whole, std::size_t end, std::string& why,
                  const locked_field& locked) {
  const std::string_view all = whole.octets();
  const auto signed_file = end <= all.size() ? file::open(all.substr(0, end)) : std::nullopt;
  if (!signed_file || !builds_on(*signed_file, whole, end)) {
    why = "sections";
    return later::hidden;
  }
  if (is_white(all.substr(end))) return later::none;
  // Octets after the last revision's end are nobody's.
  const std::size_t last = all.rfind("%%EOF");
  if (whole.sections().front().offset < end || last == std::string_view::npos || last < end ||
      !is_white(all.substr(last + 5))) {
    why = "tail";
    return later::hidden;
  }
  return judge(*signed_file, whole, end, why, locked).run();
}

}  // namespace madang::pdf
