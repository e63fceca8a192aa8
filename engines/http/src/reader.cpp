// What Beast asserts about itself is turned into a refusal of the request: a stranger's bytes must
// not be able to end the program even if an assertion in the library were wrong.
#define BOOST_ENABLE_ASSERT_HANDLER
#include "reader.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <stdexcept>

#include "madang/base/base.hpp"
#include "target.hpp"

namespace boost {
void assertion_failed(const char* what, const char*, const char*, long) {
  throw std::logic_error(what);
}
void assertion_failed_msg(const char* what, const char*, const char*, const char*, long) {
  throw std::logic_error(what);
}
}  // namespace boost

namespace madang::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;

std::string_view view(beast::string_view s) { return {s.data(), s.size()}; }
error_code stop() { return beast::http::make_error_code(beast::http::error::bad_value); }

// Fills a request; looks at each field as it comes, since a container of fields would hide doubles.
class parser final : public beast::http::basic_parser<true> {
 public:
  explicit parser(const reader_limits& limits) : limits_(limits) {
    header_limit(static_cast<std::uint32_t>(limits.head_bytes));
    body_limit(limits.body_bytes);
  }

  request taken;
  int status = 0;
  bool head_done = false, expects_continue = false, old = false;
  std::size_t announced = 0;

 private:
  reader_limits limits_;
  int hosts_ = 0, lengths_ = 0, codings_ = 0;

  void refuse_with(int code, error_code& ec) {
    status = code;
    ec = stop();
  }

  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view raw,
                       int version, error_code& ec) override {
    old = version == 10;
    if (method.size() > 32) return refuse_with(501, ec);
    taken.method = view(method);
    auto where = read_target(view(raw));
    if (!where) return refuse_with(400, ec);
    taken.path = std::move(where->path);
    taken.query = std::move(where->query);
  }

  void on_field_impl(beast::http::field name, beast::string_view spelled, beast::string_view value,
                     error_code& ec) override {
    if (head_done) return;   // trailers say nothing we would believe
    if (taken.headers.size() == limits_.head_fields) return refuse_with(431, ec);
    using beast::http::field;
    if (name == field::host) ++hosts_;
    if (name == field::content_length) ++lengths_;
    if (name == field::transfer_encoding) {
      ++codings_;
      if (!same_name(view(value), "chunked")) return refuse_with(501, ec);
    }
    if (name == field::expect) {
      if (!same_name(view(value), "100-continue")) return refuse_with(417, ec);
      expects_continue = true;
    }
    taken.headers.emplace_back(view(spelled), view(value));
  }

  void on_header_impl(error_code& ec) override {
    head_done = true;
    const bool host_right = old ? hosts_ <= 1 : hosts_ == 1;
    const bool framed_right = lengths_ + codings_ <= 1 && (codings_ == 0 || !old);
    if (!host_right || !framed_right) return refuse_with(400, ec);
    if (auto length = content_length()) announced = static_cast<std::size_t>(*length);
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}

  // Memory follows what has really come, not what was announced.
  std::size_t on_body_impl(beast::string_view bytes, error_code&) override {
    taken.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }

  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}

  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, error_code& ec) override {
    announced += bytes.size();
    return on_body_impl(bytes, ec);
  }

  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_finish_impl(error_code&) override {}
};

int status_for(const error_code& ec) {
  using beast::http::error;
  if (ec == error::header_limit) return 431;
  if (ec == error::body_limit) return 413;
  if (ec == error::bad_version) return 505;
  return 400;
}

// A line that begins with a blank continues the one before: obsolete, and read differently by
// different programs (RFC 9112 section 5.2).
bool has_folded_line(std::string_view bytes) {
  if (bytes.starts_with("\r\n")) return false;
  const auto head = bytes.substr(0, bytes.find("\r\n\r\n"));
  return head.find("\r\n ") != std::string_view::npos ||
         head.find("\r\n\t") != std::string_view::npos;
}

}  // namespace

struct reader::inside {
  explicit inside(const reader_limits& given) : limits(given), parse(given) {}
  reader_limits limits;
  parser parse;
  stage now = stage::head;
  int status = 0;
  std::size_t head_seen = 0;

  void refuse_with(int code) {
    now = stage::bad;
    status = code;
  }
};

reader::reader(const reader_limits& limits) : inside_(std::make_unique<inside>(limits)) {}
reader::~reader() = default;

std::size_t reader::feed(std::string_view bytes) {
  auto& in = *inside_;
  check(in.now == stage::head || in.now == stage::body, "fed after the end");
  if (in.now == stage::head && has_folded_line(bytes)) return in.refuse_with(400), 0;
  std::size_t used = 0;
  while (used < bytes.size()) {
    error_code ec;
    std::size_t n = 0;
    try {
      n = in.parse.put(boost::asio::const_buffer(bytes.data() + used, bytes.size() - used), ec);
    } catch (const std::logic_error&) {
      return in.refuse_with(400), used;
    }
    used += n;
    if (in.now == stage::head) {
      in.head_seen += n;
      const bool open = !in.parse.head_done;
      if (in.head_seen + (open ? bytes.size() - used : 0) > in.limits.head_bytes)
        return in.refuse_with(431), used;
    }
    if (ec == beast::http::error::need_more) break;
    if (ec) return in.refuse_with(in.parse.status ? in.parse.status : status_for(ec)), used;
    if (in.parse.is_done()) return in.now = stage::whole, used;
    if (in.now == stage::head && in.parse.head_done) return in.now = stage::body, used;
    if (n == 0) break;
  }
  if (in.now == stage::body && bytes.size() - used >= in.limits.head_bytes)
    in.refuse_with(400);   // one endless chunk header or trailer
  return used;
}

reader::stage reader::at() const { return inside_->now; }
int reader::status() const { return inside_->status; }
bool reader::keep_alive() const { return inside_->parse.head_done && inside_->parse.keep_alive(); }
bool reader::speaks_1_0() const { return inside_->parse.old; }
bool reader::expects_continue() const {
  return inside_->parse.expects_continue && !inside_->parse.old;
}
std::size_t reader::body_announced() const { return inside_->parse.announced; }
request& reader::read() { return inside_->parse.taken; }

}  // namespace madang::http
