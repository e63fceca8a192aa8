#include "madang/trust/cbor.hpp"

#include <algorithm>
#include <limits>

#include "madang/base/text.hpp"

namespace madang::trust::cbor {
namespace {

// Major types of RFC 8949 section 3.1.
enum : unsigned { positive = 0, negative = 1, octets = 2, utf8 = 3, list = 4, pairs = 5, tag_ = 6,
                  simple = 7 };

void head(bytes& out, unsigned major, std::uint64_t n) {
  auto put = [&](int size, unsigned info) {
    out.push_back(static_cast<std::uint8_t>(major << 5 | info));
    for (int i = size - 1; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(n >> (8 * i)));
  };
  if (n < 24) {
    out.push_back(static_cast<std::uint8_t>(major << 5 | n));
  } else if (n <= 0xff) {
    put(1, 24);
  } else if (n <= 0xffff) {
    put(2, 25);
  } else if (n <= 0xffff'ffff) {
    put(4, 26);
  } else {
    put(8, 27);
  }
}

void append(bytes& out, const value& v);

struct appender {
  bytes& out;
  void operator()(std::monostate) const { out.push_back(0xf6); }
  void operator()(bool b) const { out.push_back(b ? 0xf5 : 0xf4); }
  void operator()(std::int64_t i) const {
    if (i >= 0) {
      head(out, positive, static_cast<std::uint64_t>(i));
    } else {
      head(out, negative, static_cast<std::uint64_t>(-(i + 1)));
    }
  }
  void operator()(const bytes& b) const {
    head(out, octets, b.size());
    out.insert(out.end(), b.begin(), b.end());
  }
  void operator()(const std::string& s) const {
    head(out, utf8, s.size());
    out.insert(out.end(), s.begin(), s.end());
  }
  void operator()(const array& a) const {
    head(out, list, a.size());
    for (const value& v : a) append(out, v);
  }
  void operator()(const map& m) const {
    std::vector<std::pair<bytes, const value*>> sorted;
    for (const auto& [k, v] : m) sorted.emplace_back(write(k), &v);
    std::sort(sorted.begin(), sorted.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    head(out, pairs, sorted.size());
    for (const auto& [k, v] : sorted) {
      out.insert(out.end(), k.begin(), k.end());
      append(out, *v);
    }
  }
  void operator()(const tagged& t) const {
    head(out, tag_, t.tag);
    append(out, *t.content);
  }
};

void append(bytes& out, const value& v) { std::visit(appender{out}, v.is); }

class reader {
 public:
  explicit reader(view data) : data_(data) {}

  result<value> whole() {
    value v;
    if (!item(v, 0)) return *bad_;
    if (at_ != data_.size()) fail("cbor.trailing");
    if (bad_) return *bad_;
    return v;
  }

 private:
  view data_;
  std::size_t at_ = 0;
  std::optional<refusal> bad_;

  bool fail(const char* code) {
    bad_ = refuse(kind::invalid, code, {}, {{"at", std::to_string(at_)}});
    return false;
  }

  bool number(unsigned info, std::uint64_t& n) {
    if (info < 24) {
      n = info;
      return true;
    }
    if (info > 27) return fail("cbor.not_canonical");   // reserved, or of indefinite length
    const int size = 1 << (info - 24);
    if (data_.size() - at_ < static_cast<std::size_t>(size)) return fail("cbor.truncated");
    n = 0;
    for (int i = 0; i < size; ++i) n = n << 8 | data_[at_++];
    const std::uint64_t least = size == 1 ? 24 : std::uint64_t{1} << (4 * size);
    return n >= least || fail("cbor.not_canonical");
  }

  bool run(std::uint64_t n, view& out) {
    if (n > data_.size() - at_) return fail("cbor.truncated");
    out = data_.subspan(at_, n);
    at_ += n;
    return true;
  }

  bool item(value& out, int depth) {
    if (depth > deepest) return fail("cbor.too_deep");
    if (at_ == data_.size()) return fail("cbor.truncated");
    const unsigned first = data_[at_++], major = first >> 5, info = first & 31;
    if (major == simple) return simple_value(info, out);
    std::uint64_t n = 0;
    if (!number(info, n)) return false;
    view content;
    switch (major) {
      case positive:
      case negative:
        if (n > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
          return fail("cbor.unsupported");
        out = static_cast<std::int64_t>(major == positive ? n : ~n);
        return true;
      case octets:
        if (!run(n, content)) return false;
        out = bytes(content.begin(), content.end());
        return true;
      case utf8:
        if (!run(n, content)) return false;
        if (!text::is_utf8(text::chars_of(content))) return fail("cbor.not_utf8");
        out = std::string(text::chars_of(content));
        return true;
      case list: return items(n, out, depth);
      case pairs: return members(n, out, depth);
      default: return tag_of(n, out, depth);
    }
  }

  bool simple_value(unsigned info, value& out) {
    if (info == 22) return out = value(), true;
    if (info != 20 && info != 21) return fail("cbor.unsupported");
    out = value(info == 21);
    return true;
  }

  bool items(std::uint64_t n, value& out, int depth) {
    if (n > data_.size() - at_) return fail("cbor.truncated");   // each takes an octet at least
    array a(n);
    for (value& v : a)
      if (!item(v, depth + 1)) return false;
    out = std::move(a);
    return true;
  }

  bool members(std::uint64_t n, value& out, int depth) {
    if (n > (data_.size() - at_) / 2) return fail("cbor.truncated");
    map m(n);
    view last;
    for (auto& [k, v] : m) {
      const std::size_t from = at_;
      if (!item(k, depth + 1)) return false;
      view encoded = data_.subspan(from, at_ - from);
      if (!last.empty() && !std::lexicographical_compare(last.begin(), last.end(),
                                                         encoded.begin(), encoded.end()))
        return fail("cbor.not_canonical");
      last = encoded;
      if (!item(v, depth + 1)) return false;
    }
    out = std::move(m);
    return true;
  }

  bool tag_of(std::uint64_t n, value& out, int depth) {
    value content;
    if (!item(content, depth + 1)) return false;
    out = tag(n, std::move(content));
    return true;
  }
};

}  // namespace

bytes write(const value& v) {
  bytes out;
  append(out, v);
  return out;
}

result<value> read(view data) {
  if (data.size() > longest) return refuse(kind::too_large, "cbor.too_large");
  return reader(data).whole();
}

const value* find(const value& in, const value& key) {
  const map* m = in.as<map>();
  if (!m) return nullptr;
  const bytes wanted = write(key);
  for (const auto& [k, v] : *m)
    if (write(k) == wanted) return &v;
  return nullptr;
}

value tag(std::uint64_t number, value content) {
  return tagged{number, std::make_shared<const value>(std::move(content))};
}

}  // namespace madang::trust::cbor
