// The edge. One event loop per io thread, each with its own listening socket (SO_REUSEPORT: the
// kernel spreads connections); a session per connection (session.hpp) reads a request, hands it to
// the pool (pool.hpp) and writes what comes back. Coroutines live in this room's loop, nowhere
// else; handlers are plain functions.
//
// Stopping: no new connections; idle ones are cancelled; others finish their request and are told
// "Connection: close". When time is up the queue is emptied with 503, running handlers and answers
// that may not leave yet are waited for, and sockets are cut. Only then do the loops end, so nobody
// posts into a loop that is gone.
#include "madang/http/server.hpp"

#include <malloc.h>
#include <pthread.h>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ssl/context.hpp>

#include "madang/base/base.hpp"
#include "session.hpp"

namespace madang::http {
namespace {

using work_guard = asio::executor_work_guard<executor>;

asio::ssl::context tls_context(const server_options& options) {
  asio::ssl::context out(asio::ssl::context::tls_server);
  auto* native = out.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                  SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  const bool set = SSL_CTX_set1_groups_list(native, "P-256") == 1 &&
                   SSL_CTX_set_cipher_list(native, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1;
  check(set, "TLS groups and ciphers");
  out.use_certificate_chain_file(options.tls_certificate);
  out.use_private_key_file(options.tls_key, asio::ssl::context::pem);
  if (options.client_certificates) {
    // That the client has the key is TLS's to prove; whether the certificate is worth anything is
    // the handler's to say, for it may be registered by itself (RFC 8705 section 2.2).
    SSL_CTX_set_verify(native, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
    constexpr unsigned char name[] = "madang";
    SSL_CTX_set_session_id_context(native, name, sizeof name - 1);
  }
  return out;
}

}  // namespace

struct server::inside {
  inside(server_options given, handler handle, explainer explain)
      : all(std::move(given), std::move(handle), std::move(explain)) {}

  house all;
  std::optional<asio::ssl::context> tls;
  std::vector<std::unique_ptr<loop>> loops;
  std::vector<work_guard> guards;
  unsigned short port = 0;
  bool stopped = false;

  void open(loop& one, const tcp::endpoint& where, bool share);
  void bind();
  task_of<> listen(loop& here);
  void admit(loop& here, socket_type socket);
  task_of<> sweep(loop& here);
  void on_each_loop(const std::function<void(loop&)>& act);
  bool emptied_within(std::chrono::milliseconds limit) const;
};

void server::inside::open(loop& one, const tcp::endpoint& where, bool share) {
  auto& a = one.acceptor;
  a.open(where.protocol());
  a.set_option(asio::socket_base::reuse_address(true));
  const int on = 1;
  if (share && ::setsockopt(a.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
    throw std::system_error(errno, std::generic_category(), "SO_REUSEPORT");
  a.bind(where);
  a.listen(4096);
}

void server::inside::bind() {
  const auto& options = all.options;
  tcp::endpoint where(asio::ip::make_address(options.address), options.port);
  {   // SO_REUSEPORT would let a second server take half of our connections: ask without it first
    loop probe;
    open(probe, where, false);
    where.port(probe.acceptor.local_endpoint().port());
  }
  port = where.port();
  std::vector<std::unique_ptr<loop>> made;
  for (int i = 0; i < options.io_threads; ++i) {
    made.push_back(std::make_unique<loop>());
    open(*made.back(), where, options.io_threads > 1);
  }
  loops = std::move(made);
}

void server::inside::admit(loop& here, socket_type socket) {
  boost::system::error_code ec;
  const auto peer = socket.remote_endpoint(ec).address();
  if (ec) return;
  auto name = peer.to_string();
  if (!all.enter(name)) return;   // full: closed without a word, the cheapest answer
  socket.set_option(tcp::no_delay(true), ec);
  if (tls) {
    tls_stream stream(std::move(socket), *tls);
    asio::co_spawn(here.io, converse<tls_stream>(all, here, std::move(stream), std::move(name)),
                   asio::detached);
  } else {
    asio::co_spawn(here.io, converse<socket_type>(all, here, std::move(socket), std::move(name)),
                   asio::detached);
  }
}

task_of<> server::inside::listen(loop& here) {
  timer_type pause(here.io);
  while (!all.stopping) {
    auto [ec, socket] = co_await here.acceptor.async_accept(use);
    if (all.stopping) break;
    if (!ec) {
      admit(here, std::move(socket));
    } else {   // no descriptors left, most likely: do not spin
      pause.expires_after(std::chrono::milliseconds(100));
      co_await pause.async_wait(use);
    }
  }
}

task_of<> server::inside::sweep(loop& here) {
  for (;;) {
    here.sweep.expires_after(std::chrono::milliseconds(250));
    auto [ec] = co_await here.sweep.async_wait(use);
    if (ec) co_return;
    const auto time = steady::now();
    for (auto* each = here.first; each; each = each->next())
      if (each->deadline <= time) each->cancel();
  }
}

void server::inside::on_each_loop(const std::function<void(loop&)>& act) {
  for (auto& one : loops) asio::post(one->io, [act, here = one.get()] { act(*here); });
}

bool server::inside::emptied_within(std::chrono::milliseconds limit) const {
  const auto until = steady::now() + limit;
  while (all.connections > 0 && steady::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return all.connections == 0;
}

server::server(server_options options, handler handle, explainer explain)
    : inside_(std::make_unique<inside>(std::move(options), std::move(handle), std::move(explain))) {
}

server::~server() { stop(); }

namespace {

// A page is made on a worker and freed on a loop; by default the allocator would give its memory
// back to the system each time and fault it in again for the next (measured: half of the CPU of a
// 20 KB answer). A setting of the whole process, which a server is.
void keep_freed_memory() {
  ::mallopt(M_TRIM_THRESHOLD, 64 << 20);
  ::mallopt(M_MMAP_THRESHOLD, 4 << 20);
}

}  // namespace

void server::start() {
  keep_freed_memory();
  auto& in = *inside_;
  const auto& options = in.all.options;
  check(in.loops.empty() && !in.stopped, "a server starts once");
  check(options.io_threads > 0 && options.header_bytes >= 1024, "server options");
  try {
    if (!options.tls_certificate.empty() || !options.tls_key.empty()) in.tls = tls_context(options);
    in.bind();
  } catch (const boost::system::system_error& e) {   // no type of a library leaves the room
    throw std::system_error(e.code(), "http server on port " + std::to_string(options.port));
  }
  for (auto& one : in.loops) {
    in.guards.push_back(asio::make_work_guard(one->io));
    asio::co_spawn(one->io, in.listen(*one), asio::detached);
    asio::co_spawn(one->io, in.sweep(*one), asio::detached);
    one->thread = std::thread([&io = one->io] { io.run(); });
    ::pthread_setname_np(one->thread.native_handle(), "http-loop");
  }
  log::info("http.listening", {{"port", static_cast<int>(in.port)},
                               {"loops", options.io_threads}, {"workers", options.workers}});
}

unsigned short server::port() const { return inside_->port; }

void server::stop(int seconds) {
  auto& in = *inside_;
  if (std::exchange(in.stopped, true)) return;
  in.all.stopping = true;
  in.on_each_loop([](loop& here) {
    boost::system::error_code ignored;
    here.acceptor.close(ignored);
    for (auto* each = here.first; each; each = each->next())
      if (each->idle) each->cancel();
  });
  const bool calm = in.loops.empty() || in.emptied_within(std::chrono::seconds(seconds));
  in.all.workers.stop();
  while (in.all.held.load(std::memory_order_acquire) > 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  if (!calm) {
    in.emptied_within(std::chrono::milliseconds(250));   // let the last answers out
    in.on_each_loop([](loop& here) {
      for (auto* each = here.first; each; each = each->next()) each->cut();
    });
    in.emptied_within(std::chrono::seconds(1));
  }
  in.guards.clear();
  for (auto& one : in.loops) {
    one->io.stop();
    one->thread.join();
  }
  in.loops.clear();
}

server::figures server::now() const {
  const auto& all = inside_->all;
  return {all.requests, all.busy, all.bad, all.failed, all.connections,
          all.workers.running(), all.workers.waiting()};
}

}  // namespace madang::http
