#include "serving.hpp"

#include <csignal>

#include "madang/http/server.hpp"
#include "madang/platform/client_tls.hpp"

namespace madang::app {
namespace {

// SIGINT and SIGTERM wait for whoever asks for them. Threads inherit that from the one that makes
// them, so it is said before there is another: any thread that did not would end the program.
sigset_t hold_back_stop_signals() {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  return stop;
}

// The house once more, at a door that asks for certificates; null where the operator wants none.
std::unique_ptr<http::server> door_for_certificates(platform::house& house,
                                                    const platform::settings& s,
                                                    http::server_options o) {
  const auto wanted = platform::client_tls_of(s);
  if (!wanted.port) return {};
  o.port = static_cast<unsigned short>(wanted.port);
  o.tls_certificate = wanted.certificate;
  o.tls_key = wanted.key;
  o.client_certificates = true;
  o.certificate_proxies.clear();
  auto door = std::make_unique<http::server>(
      o, [&house](http::request& r) { return house.answer(r); },
      [&house](const http::request& r, const refusal& why) { return house.explain(r, why); });
  door->start();
  return door;
}

}  // namespace

int keep_open(const platform::settings& s, const std::function<void(platform::house&)>& move_in,
              const std::function<void(platform::house&, int port)>& welcome) {
  const sigset_t stop = hold_back_stop_signals();
  platform::house house(s);
  move_in(house);
  house.open();

  http::server_options o;
  o.address = s.address;
  o.port = static_cast<unsigned short>(s.port);
  o.io_threads = s.io_threads;
  o.workers = s.workers;
  o.tls_certificate = s.tls_certificate;
  o.tls_key = s.tls_key;
  o.https = s.public_url.starts_with("https://");
  const auto certified = platform::client_tls_of(s);
  o.certificate_proxies = certified.proxies;
  o.certificate_field = certified.field;
  // A file at its limit of size is an error to be answered, not the end of the program.
  std::signal(SIGXFSZ, SIG_IGN);
  http::server edge(
      o, [&house](http::request& r) { return house.answer(r); },
      [&house](const http::request& r, const refusal& why) { return house.explain(r, why); });
  edge.start();
  auto certificates = door_for_certificates(house, s, o);
  welcome(house, edge.port());
  int signal = 0;
  sigwait(&stop, &signal);
  log::info("stopping", {{"signal", signal}});
  if (certificates) certificates->stop(5);
  edge.stop(10);
  house.close();
  return 0;
}

}  // namespace madang::app
