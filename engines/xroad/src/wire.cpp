#include "wire.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "madang/base/base.hpp"
#include "madang/base/text.hpp"
#include "madang/trust/openssl.hpp"

namespace madang::xroad::wire {
namespace {

using trust::must;
using trust::owned;

constexpr std::size_t longest_head = 16u << 10;

int remaining(clock::time_point until) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now());
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

// The key as OpenSSL has it: through its sealed form, as rooms do not see each other's inside.
trust::owned_pkey native(const trust::key& k) {
  const std::string passphrase = random_token();
  auto opened = trust::open_private_key(k.seal(passphrase), passphrase);
  must(opened.ok(), "a key of our own");
  return std::move(*opened);
}

int accept_any(int, X509_STORE_CTX*) { return 1; }

std::string lower(std::string_view s) {
  std::string out(s);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace

struct secrets::inside {
  owned<SSL_CTX, SSL_CTX_free> context;
};

secrets::secrets(const keys& k) : in_(std::make_unique<inside>()) {
  // OpenSSL writes to sockets without MSG_NOSIGNAL: that a partner has gone is no reason to die.
  ::signal(SIGPIPE, SIG_IGN);
  in_->context.reset(SSL_CTX_new(TLS_method()));
  SSL_CTX* c = in_->context.get();
  must(c != nullptr, "SSL_CTX_new");
  SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION);
  SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(c, 0);
  SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                          SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_any);
  must(SSL_CTX_set_cipher_list(c, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1, "ciphers");
  const auto key = native(k.key);
  for (std::size_t i = 0; i < k.chain.size(); ++i) {
    auto x = trust::whole<trust::owned_x509>(k.chain[i], d2i_X509);
    must(x != nullptr, "a certificate of our own");
    if (i == 0) must(SSL_CTX_use_certificate(c, x.get()) == 1, "SSL_CTX_use_certificate");
    else must(SSL_CTX_add1_chain_cert(c, x.get()) == 1, "SSL_CTX_add1_chain_cert");
  }
  must(SSL_CTX_use_PrivateKey(c, key.get()) == 1, "SSL_CTX_use_PrivateKey");
}
secrets::~secrets() = default;

struct stream::session {
  owned<SSL, SSL_free> ssl;
};

stream::stream(int socket, const secrets* s, bool accepts, clock::time_point until)
    : socket_(socket) {
  ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK);
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (!s) return;
  ssl_ = std::make_unique<session>();
  ssl_->ssl.reset(SSL_new(s->in().context.get()));
  SSL* ssl = ssl_->ssl.get();
  must(ssl && SSL_set_fd(ssl, socket) == 1, "SSL_new");
  for (;;) {
    ERR_clear_error();
    const int n = accepts ? SSL_accept(ssl) : SSL_connect(ssl);
    if (n == 1) break;
    const int why = SSL_get_error(ssl, n);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
      ERR_clear_error();
      ssl_.reset();
      ::close(socket_);
      throw failed("TLS handshake failed");
    }
    try {
      wait(why == SSL_ERROR_WANT_WRITE, until);
    } catch (...) {
      ssl_.reset();
      ::close(socket_);
      throw;
    }
  }
  if (X509* own = SSL_get0_peer_certificate(ssl))
    peer_.push_back(trust::der_of<X509>(own, i2d_X509));
  STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl);
  for (int i = 0; chain && i < std::min(8, sk_X509_num(chain)); ++i)
    peer_.push_back(trust::der_of<X509>(sk_X509_value(chain, i), i2d_X509));
}

stream::~stream() {
  if (ssl_) {
    SSL_shutdown(ssl_->ssl.get());
    ERR_clear_error();
  }
  ::close(socket_);
}

void stream::wait(bool writing, clock::time_point until) {
  pollfd p{socket_, static_cast<short>(writing ? POLLOUT : POLLIN), 0};
  const int left = remaining(until);
  if (left == 0 || ::poll(&p, 1, left) <= 0) throw failed("timed out");
}

bool stream::idle() const {
  pollfd p{socket_, POLLIN, 0};
  return buffer_.empty() && ::poll(&p, 1, 0) == 0;
}

bool stream::comes(std::chrono::milliseconds within) {
  if (!buffer_.empty() || (ssl_ && SSL_pending(ssl_->ssl.get()) > 0)) return true;
  pollfd p{socket_, POLLIN, 0};
  return ::poll(&p, 1, static_cast<int>(within.count())) != 0;
}

bool stream::fill(clock::time_point until) {
  char piece[16384];
  for (;;) {
    if (!ssl_) {
      const auto n = ::recv(socket_, piece, sizeof piece, 0);
      if (n > 0) return buffer_.append(piece, static_cast<std::size_t>(n)), true;
      if (n == 0) return false;
      if (errno != EAGAIN && errno != EINTR) throw failed("the connection was cut");
      wait(false, until);
      continue;
    }
    ERR_clear_error();
    const int n = SSL_read(ssl_->ssl.get(), piece, sizeof piece);
    if (n > 0) return buffer_.append(piece, static_cast<std::size_t>(n)), true;
    const int why = SSL_get_error(ssl_->ssl.get(), n);
    if (why == SSL_ERROR_ZERO_RETURN) return false;
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
      ERR_clear_error();
      throw failed("the connection was cut");
    }
    wait(why == SSL_ERROR_WANT_WRITE, until);
  }
}

void stream::write(std::string_view octets, clock::time_point until) {
  while (!octets.empty()) {
    if (!ssl_) {
      const auto n = ::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL);
      if (n > 0) octets.remove_prefix(static_cast<std::size_t>(n));
      else if (errno != EAGAIN && errno != EINTR) throw failed("the connection was cut");
      else wait(true, until);
      continue;
    }
    ERR_clear_error();
    const int n = SSL_write(ssl_->ssl.get(), octets.data(),
                            static_cast<int>(std::min<std::size_t>(octets.size(), 1u << 20)));
    if (n > 0) {
      octets.remove_prefix(static_cast<std::size_t>(n));
      continue;
    }
    const int why = SSL_get_error(ssl_->ssl.get(), n);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
      ERR_clear_error();
      throw failed("the connection was cut");
    }
    wait(why == SSL_ERROR_WANT_WRITE, until);
  }
}

// A line of the buffer from `used` on, without its end.
std::string_view stream::line(clock::time_point until, std::size_t& used) {
  for (;;) {
    const auto end = buffer_.find("\r\n", used);
    if (end != std::string::npos) {
      const std::string_view out = std::string_view(buffer_).substr(used, end - used);
      used = end + 2;
      return out;
    }
    if (buffer_.size() - used > longest_head) throw failed("a line is too long");
    if (!fill(until)) throw failed("the connection was cut");
  }
}

void stream::need(std::size_t octets, clock::time_point until) {
  while (buffer_.size() < octets)
    if (!fill(until)) throw failed("the connection was cut");
}

std::optional<message> stream::read(std::size_t most, clock::time_point until) {
  if (buffer_.empty() && !fill(until)) return {};
  message out;
  std::size_t used = 0;
  out.first_line = line(until, used);
  for (;;) {
    const std::string_view l = line(until, used);
    if (l.empty()) break;
    const auto colon = l.find(':');
    if (colon == std::string_view::npos || used > longest_head)
      throw failed("a header is malformed");
    if (!out.headers.emplace(lower(l.substr(0, colon)), text::trim(l.substr(colon + 1))).second)
      throw failed("a header stands twice");
  }
  out.keeps = lower(out.headers["connection"]) != "close";
  const auto number = [](std::string_view s, int base) {
    std::size_t value = 0;
    const auto [end, why] = std::from_chars(s.data(), s.data() + s.size(), value, base);
    if (why != std::errc() || end != s.data() + s.size()) throw failed("a length is malformed");
    return value;
  };
  const std::string length = out.headers["content-length"];
  if (lower(out.headers["transfer-encoding"]) == "chunked") {
    if (!length.empty()) throw failed("a message has two lengths");
    for (;;) {
      const std::string_view l = line(until, used);
      const std::size_t size = number(l.substr(0, std::min(l.find(';'), l.size())), 16);
      if (size > most || out.body.size() + size > most) throw failed("a message is too large");
      need(used + size + 2, until);
      out.body.append(buffer_, used, size);
      used += size + 2;
      if (size == 0) break;
    }
  } else if (!length.empty()) {
    const std::size_t size = number(length, 10);
    if (size > most) throw failed("a message is too large");
    need(used + size, until);
    out.body = buffer_.substr(used, size);
    used += size;
  } else if (!out.headers["transfer-encoding"].empty()) {
    throw failed("an unknown transfer encoding");
  }
  buffer_.erase(0, used);
  return out;
}

std::pair<int, std::size_t> connect_fastest(const std::vector<target>& all,
                                            clock::time_point until) {
  std::vector<pollfd> waiting;
  std::vector<std::size_t> places;
  const auto give_up = [&] {
    for (const auto& p : waiting) ::close(p.fd);
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    if (::getaddrinfo(all[i].host.c_str(), std::to_string(all[i].port).c_str(), &hints, &found) !=
        0)
      continue;
    const int s = ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int done = s < 0 ? -1 : ::connect(s, found->ai_addr, found->ai_addrlen);
    ::freeaddrinfo(found);
    if (s >= 0 && (done == 0 || errno == EINPROGRESS)) {
      waiting.push_back({s, POLLOUT, 0});
      places.push_back(i);
    } else if (s >= 0) {
      ::close(s);
    }
  }
  while (!waiting.empty()) {
    const int left = remaining(until);
    if (left == 0 || ::poll(waiting.data(), waiting.size(), left) <= 0) break;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      if (waiting[i].revents == 0) continue;
      int error = 0;
      socklen_t size = sizeof error;
      ::getsockopt(waiting[i].fd, SOL_SOCKET, SO_ERROR, &error, &size);
      const auto winner = std::pair(waiting[i].fd, places[i]);
      if (error != 0) ::close(waiting[i].fd);
      waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
      places.erase(places.begin() + static_cast<std::ptrdiff_t>(i));
      if (error == 0) {
        give_up();
        return winner;
      }
      break;
    }
  }
  give_up();
  throw failed("no server can be reached");
}

int listen_on(const std::string& address, int port) {
  const int s = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::inet_pton(AF_INET, address.c_str(), &at.sin_addr) != 1 ||
      ::bind(s, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0 || ::listen(s, 128) != 0) {
    ::close(s);
    throw std::system_error(errno, std::generic_category(), "port of the exchange");
  }
  return s;
}

int port_of(int socket) {
  sockaddr_in at{};
  socklen_t size = sizeof at;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&at), &size);
  return ntohs(at.sin_port);
}

int accept_on(int socket) {
  pollfd p{socket, POLLIN, 0};
  if (::poll(&p, 1, 200) <= 0) return -1;
  return ::accept4(socket, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

}  // namespace madang::xroad::wire
