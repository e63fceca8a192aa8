#include "madang/base/yaml.hpp"

#include <yaml.h>

#include <memory>

#include "madang/base/check.hpp"

namespace madang::yaml {

const node* node::find(std::string_view key) const {
  for (const auto& [name, value] : members_)
    if (name.text() == key) return &value;
  return nullptr;
}

// Builds the tree of one document from libyaml's events.
class reader {
 public:
  reader(std::string_view text, bounds most) : most_(most) {
    check(yaml_parser_initialize(&parser_) == 1, "yaml_parser_initialize");
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  ~reader() {
    yaml_event_delete(&event_);
    yaml_parser_delete(&parser_);
  }
  reader(const reader&) = delete;

  node document() {
    next();  // the stream begins
    node out;
    if (next() == YAML_STREAM_END_EVENT) return out;
    if (event_.data.document_start.version_directive) fail("a directive");
    next();
    out = value(0);
    next();  // the document ends
    if (next() != YAML_STREAM_END_EVENT) fail("a second document");
    return out;
  }

 private:
  int line() const { return static_cast<int>(event_.start_mark.line) + 1; }
  [[noreturn]] void fail(const std::string& what) const { throw broken(line(), what); }

  yaml_event_type_t next() {
    yaml_event_delete(&event_);
    if (yaml_parser_parse(&parser_, &event_) == 1) return event_.type;
    const bool marked = parser_.problem_mark.line || parser_.problem_mark.index;
    const auto at = marked ? parser_.problem_mark.line : parser_.mark.line;
    throw broken(static_cast<int>(at) + 1, parser_.problem ? parser_.problem : "not YAML");
  }

  // The event at hand and those that belong to it.
  node value(std::size_t depth) {
    if (depth > most_.depth) fail("nested too deep");
    if (++nodes_ > most_.nodes) fail("too many values in one file");
    node out;
    out.line_ = line();
    switch (event_.type) {
      case YAML_SCALAR_EVENT: scalar(out); break;
      case YAML_SEQUENCE_START_EVENT: list(out, depth); break;
      case YAML_MAPPING_START_EVENT: map(out, depth); break;
      default: fail("an alias");
    }
    return out;
  }

  void plain_of(const yaml_char_t* anchor, const yaml_char_t* tag) const {
    if (anchor) fail("an anchor");
    if (tag) fail("a tag");
  }

  void scalar(node& out) {
    const auto& s = event_.data.scalar;
    plain_of(s.anchor, s.tag);
    out.text_.assign(reinterpret_cast<const char*>(s.value), s.length);
    out.quoted_ = s.style != YAML_PLAIN_SCALAR_STYLE;
    const bool null =
        !out.quoted_ && (out.text_.empty() || out.text_ == "~" || out.text_ == "null");
    out.what_ = null ? node::kind::null : node::kind::scalar;
  }

  void list(node& out, std::size_t depth) {
    plain_of(event_.data.sequence_start.anchor, event_.data.sequence_start.tag);
    out.what_ = node::kind::list;
    while (next() != YAML_SEQUENCE_END_EVENT) out.items_.push_back(value(depth + 1));
  }

  void map(node& out, std::size_t depth) {
    plain_of(event_.data.mapping_start.anchor, event_.data.mapping_start.tag);
    out.what_ = node::kind::map;
    while (next() != YAML_MAPPING_END_EVENT) {
      if (event_.type != YAML_SCALAR_EVENT) fail("a key must be plain text");
      node key = value(depth + 1);
      next();
      out.members_.emplace_back(std::move(key), value(depth + 1));
    }
  }

  bounds most_;
  std::size_t nodes_ = 0;
  yaml_parser_t parser_{};
  yaml_event_t event_{};
};

node read(std::string_view text, bounds most) { return reader(text, most).document(); }

}  // namespace madang::yaml
