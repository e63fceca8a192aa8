#pragma once
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <array>
#include <cstring>

#include "loop.hpp"
#include "reader.hpp"

// Internal: the life of one connection.
//
//   idle --first byte--> head --whole--> body --whole--> handler --answer--> idle
//     |                   |               |                                   |
//     +--deadline: close  +---------------+--bad, late: 4xx, drain, close     +--last: close
namespace madang::http {

using tls_stream = asio::ssl::stream<socket_type>;

// Bytes received and not yet used. Small while nothing is said, so that ten thousand silent
// connections are cheap; grows to the limit of a head.
class inlet {
 public:
  explicit inlet(std::size_t most) : most_(std::max(most, small)) {}
  std::string_view bytes() const { return {room_.get() + begin_, end_ - begin_}; }
  void use_up(std::size_t n) {
    begin_ += n;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  asio::mutable_buffer space() {
    if (end_ == size_) make_space();
    return {room_.get() + end_, size_ - end_};
  }
  void filled(std::size_t n) { end_ += n; }
  void rest() {
    if (begin_ != end_ || size_ <= small) return;
    room_.reset();
    size_ = 0;
  }

 private:
  static constexpr std::size_t small = 1024;
  void make_space() {
    const auto held = end_ - begin_;
    if (begin_ == 0) {
      const auto wanted = size_ ? std::min(size_ * 2, most_) : small;
      check(wanted > size_, "the reader ends before the inlet is full");
      std::unique_ptr<char[]> larger(new char[wanted]);
      if (held) std::memcpy(larger.get(), room_.get(), held);
      room_ = std::move(larger);
      size_ = wanted;
    } else {
      std::memmove(room_.get(), room_.get() + begin_, held);
    }
    begin_ = 0;
    end_ = held;
  }
  const std::size_t most_;
  std::unique_ptr<char[]> room_;
  std::size_t size_ = 0, begin_ = 0, end_ = 0;
};

// A request on its way through the pool; `done` resumes the session on its loop with the answer.
template <class Done>
struct errand final : pool::task {
  errand(house& h, executor e, request r, manner m, Done d)
      : all(h), home(e), asked(std::move(r)), how(m), done(std::move(d)) {}
  void run() override {
    auto made = all.answer(asked, how);
    if (!made.until) return deliver(std::move(made.bytes));
    // The pool forgets this task now; what is still needed goes along.
    all.held.fetch_add(1, std::memory_order_relaxed);
    auto self = std::make_shared<errand>(std::move(*this));
    auto bytes = std::make_shared<wire>(std::move(made.bytes));
    made.until([self, bytes](const refusal* why) {
      self->deliver(why ? self->all.refuse_late(self->asked, *why, self->how) : std::move(*bytes));
      self->all.held.fetch_sub(1, std::memory_order_release);
    });
  }
  void drop() override { deliver(all.refuse_busy(asked, how)); }
  void deliver(wire made) {
    auto resume = [d = std::move(done), made = std::move(made)]() mutable {
      std::move(d)(std::move(made));
    };
    asio::post(home, std::move(resume));
  }
  house& all;
  executor home;
  request asked;
  manner how;
  Done done;
};

// DER of the certificate whose key the other end has shown to have; empty: none.
inline std::string certificate_of(SSL* stream) {
  std::unique_ptr<X509, decltype(&X509_free)> shown(SSL_get1_peer_certificate(stream), X509_free);
  const int size = shown ? i2d_X509(shown.get(), nullptr) : 0;
  if (size <= 0) return {};
  std::string out(static_cast<std::size_t>(size), '\0');
  auto* at = reinterpret_cast<unsigned char*>(out.data());
  i2d_X509(shown.get(), &at);
  return out;
}

template <class Stream>
class session final : public connection {
 public:
  static constexpr bool secure = std::is_same_v<Stream, tls_stream>;

  session(house& all, loop& here, Stream stream, std::string peer)
      : connection(here.first), all_(all), here_(here), stream_(std::move(stream)),
        peer_(std::move(peer)), inlet_(all.options.header_bytes + 1) {}
  ~session() override {
    all_.release(held_);
    all_.leave(peer_);
  }

  void cancel() override {
    boost::system::error_code ignored;
    socket().cancel(ignored);
  }
  void cut() override {
    boost::system::error_code ignored;
    socket().close(ignored);
  }

  task_of<> live() {
    const bool agreed = co_await greet();
    if (!agreed) co_return;
    for (;;) {
      const bool again = co_await one_request();
      if (!again) break;
    }
    co_await farewell();
  }

 private:
  socket_type& socket() {
    if constexpr (secure) return stream_.next_layer();
    else return stream_;
  }

  void within(std::chrono::seconds::rep seconds) {
    deadline = steady::now() + std::chrono::seconds(seconds);
  }

  // The TLS handshake; on a plain socket there is nothing to agree on.
  task_of<bool> greet() requires secure {
    within(all_.options.header_seconds);
    auto [ec] = co_await stream_.async_handshake(asio::ssl::stream_base::server, use);
    // Who only knocks (a port that is looked at, a browser that thinks better of it) is no matter.
    if (ec && ec.category() == asio::error::get_ssl_category()) all_.tls_failed(ec.message());
    if (!ec && all_.options.client_certificates)
      certificate_ = certificate_of(stream_.native_handle());
    co_return !ec;
  }
  task_of<bool> greet() requires(!secure) { co_return true; }

  task_of<> part() requires secure { co_await stream_.async_shutdown(use); }
  task_of<> part() requires(!secure) { co_return; }

  task_of<bool> more() {
    const auto space = inlet_.space();
    auto [ec, n] = co_await stream_.async_read_some(space, use);
    inlet_.filled(n);
    co_return !ec;
  }

  // False when the connection has ended without a request.
  task_of<bool> first_byte() {
    if (!inlet_.bytes().empty()) co_return true;
    if (all_.stopping) co_return false;
    inlet_.rest();
    idle = true;
    within(all_.options.idle_seconds);
    const bool came = co_await more();
    idle = false;
    co_return came;
  }

  // The status with which the request is refused; 0 when it is whole, -1 when the other end left.
  task_of<int> receive(reader& from) {
    within(all_.options.header_seconds);
    for (;;) {
      const auto before = from.at();
      inlet_.use_up(from.feed(inlet_.bytes()));
      if (from.at() == reader::stage::whole) co_return 0;
      if (from.at() == reader::stage::bad) co_return from.status();
      if (from.at() == reader::stage::body) {
        if (!hold_for(from)) co_return 503;
        if (before == reader::stage::head) {
          within(all_.options.body_seconds);
          if (from.expects_continue() && inlet_.bytes().empty()) {
            const bool said = co_await say_continue();
            if (!said) co_return -1;
          }
          if (!inlet_.bytes().empty()) continue;
        }
      }
      const bool came = co_await more();
      if (!came) co_return steady::now() >= deadline ? 408 : -1;
    }
  }

  bool hold_for(reader& from) {
    const auto wanted = from.body_announced();
    if (wanted <= held_) return true;
    if (!all_.hold(wanted - held_)) return false;
    held_ = wanted;
    return true;
  }

  task_of<bool> say_continue() {
    static constexpr std::string_view words = "HTTP/1.1 100 Continue\r\n\r\n";
    const auto bytes = asio::buffer(words.data(), words.size());
    auto [ec, n] = co_await asio::async_write(stream_, bytes, use);
    co_return !ec;
  }

  // True when another request may follow.
  task_of<bool> one_request() {
    const bool came = co_await first_byte();
    if (!came) co_return false;
    wire answer;
    {
      reader from({all_.options.header_bytes, 100, all_.options.body_bytes});
      const int refused = co_await receive(from);
      if (refused < 0) co_return false;
      manner how{from.read().method == "HEAD", false, from.speaks_1_0(), !from.keep_alive()};
      if (refused == 0) {
        auto asked = std::move(from.read());
        asked.peer = peer_;
        asked.secure = secure;
        asked.received = madang::now();
        all_.vouch(asked, peer_, certificate_);
        deadline = steady::time_point::max();
        answer = co_await on_pool(asked, how);
      } else {
        how.close = true;
        answer = refused == 503 ? all_.refuse_busy(from.read(), how) : all_.refuse_bad(refused);
        drain_ = true;
      }
    }
    all_.release(std::exchange(held_, 0));
    const bool sent = co_await send(answer);
    co_return sent && !answer.close;
  }

  auto on_pool(request& asked, manner how) {
    const asio::use_awaitable_t<executor> token;
    auto begin = [this, &asked, how](auto done) {
      using errand_type = errand<std::decay_t<decltype(done)>>;
      here_.outbox.push_back(std::make_unique<errand_type>(
          all_, here_.io.get_executor(), std::move(asked), how, std::move(done)));
      if (here_.outbox.size() > 1) return;
      asio::post(here_.io, [&all = all_, &here = here_] {   // after all that this round has read
        all.workers.offer(here.outbox);
        for (auto& left : here.outbox) left->drop();
        here.outbox.clear();
      });
    };
    return asio::async_initiate<const asio::use_awaitable_t<executor>, void(wire)>(
        std::move(begin), token);
  }

  task_of<bool> send(const wire& answer) {
    const auto content = answer.content();
    within(all_.options.write_seconds + static_cast<int>(content.size() >> 13));
    const std::array<asio::const_buffer, 2> bytes{asio::buffer(answer.head),
                                                  asio::buffer(content.data(), content.size())};
    auto [ec, n] = co_await asio::async_write(stream_, bytes, use);
    co_return !ec;
  }

  // Closing while unread bytes wait would reset the connection and lose the answer on its way.
  task_of<> farewell() {
    within(2);
    co_await part();
    boost::system::error_code ignored;
    socket().shutdown(tcp::socket::shutdown_send, ignored);
    if (!drain_) co_return;
    char sink[4096];
    const auto space = asio::buffer(sink);
    for (std::size_t seen = 0; seen < (1u << 20);) {
      auto [ec, n] = co_await socket().async_read_some(space, use);
      if (ec) co_return;
      seen += n;
    }
  }

  house& all_;
  loop& here_;
  Stream stream_;
  const std::string peer_;
  std::string certificate_;   // DER, of the client; empty: none
  inlet inlet_;
  std::size_t held_ = 0;
  bool drain_ = false;
};

template <class Stream>
task_of<> converse(house& all, loop& here, Stream stream, std::string peer) {
  session<Stream> one(all, here, std::move(stream), std::move(peer));
  co_await one.live();
}

}  // namespace madang::http
