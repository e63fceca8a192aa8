// Calls between two nodes on this machine: signed, logged on disk at both ends and stamped in
// batches, beside bare mutual TLS with the same framing, and beside what P-256 alone would allow.
//   build/bench/exchange_bench [seconds] [threads]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "network.hpp"
#include "wire.hpp"

using namespace madang;
using namespace madang::xroad;
using steady = std::chrono::steady_clock;

namespace {

struct measured {
  double per_second = 0, median_ms = 0, p99_ms = 0;
};

measured run(int threads, double seconds, const std::function<bool()>& one) {
  std::vector<std::vector<double>> took(static_cast<std::size_t>(threads));
  std::vector<std::thread> all;
  std::atomic<std::int64_t> failed{0};
  const auto began = steady::now();
  for (auto& mine : took)
    all.emplace_back([&] {
      while (std::chrono::duration<double>(steady::now() - began).count() < seconds) {
        const auto from = steady::now();
        if (!one()) ++failed;
        mine.push_back(std::chrono::duration<double, std::milli>(steady::now() - from).count());
      }
    });
  for (auto& t : all) t.join();
  const double whole = std::chrono::duration<double>(steady::now() - began).count();
  std::vector<double> every;
  for (auto& mine : took) every.insert(every.end(), mine.begin(), mine.end());
  std::sort(every.begin(), every.end());
  if (failed) std::printf("  %lld calls failed\n", static_cast<long long>(failed));
  if (every.empty()) return {};
  return {static_cast<double>(every.size()) / whole, every[every.size() / 2],
          every[every.size() * 99 / 100]};
}

void print(const char* what, const measured& m) {
  std::printf("%-44s %8.0f /s   median %6.2f ms   99%% %6.2f ms\n", what, m.per_second, m.median_ms,
              m.p99_ms);
}

// Mutual TLS and HTTP alone.
measured bare(int threads, double seconds) {
  const auto keys = member_node::keys_of(city);
  const wire::secrets secrets({keys.auth.key, {keys.auth.certificate}});
  const int listening = wire::listen_on("127.0.0.1", 0);
  std::atomic<bool> stop{false};
  std::thread server([&] {
    std::vector<std::thread> each;
    while (!stop) {
      const int s = wire::accept_on(listening);
      if (s < 0) continue;
      each.emplace_back([&, s] {
        try {
          wire::stream stream(s, &secrets, true, wire::clock::now() + std::chrono::seconds(5));
          while (const auto m = stream.read(1u << 20, wire::clock::now() + std::chrono::seconds(2)))
            stream.write("HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n" + std::string(4000, 'x'),
                         wire::clock::now() + std::chrono::seconds(2));
        } catch (const std::exception&) {
        }
      });
    }
    for (auto& t : each) t.join();
  });
  const int port = wire::port_of(listening);
  const std::string asked =
      "POST / HTTP/1.1\r\nContent-Length: 6000\r\n\r\n" + std::string(6000, 'x');
  const auto m = run(threads, seconds, [&] {
    thread_local std::unique_ptr<wire::stream> s;
    const auto until = wire::clock::now() + std::chrono::seconds(5);
    if (!s)
      s = std::make_unique<wire::stream>(wire::connect_fastest({{"127.0.0.1", port}}, until).first,
                                         &secrets, false, until);
    s->write(asked, until);
    return s->read(1u << 20, until).has_value();
  });
  stop = true;
  server.join();
  return m;
}

// What one core does of P-256, and how many calls it would allow: each is two signatures of
// messages and their verification.
struct curve {
  double signs = 0, verifies = 0, limit = 0;
  unsigned cores = std::max(1u, std::thread::hardware_concurrency());

  curve() {
    const trust::key key = trust::key::generate();
    const trust::public_key verifier = key.verifier();
    const std::string text(600, 'x');
    const auto signature = key.sign(trust::view_of(text));
    signs = rate([&] { (void)key.sign(trust::view_of(text)); });
    verifies = rate([&] { (void)verifier.verify(trust::view_of(text), signature); });
    limit = cores / (2 / signs + 2 / verifies);
  }
  template <class F>
  static double rate(const F& f) {
    const auto began = steady::now();
    int n = 0;
    for (; steady::now() - began < std::chrono::milliseconds(500); ++n) f();
    return n / 0.5;
  }
};

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 5;
  const int threads = argc > 2 ? std::atoi(argv[2]) : 8;
  scratch place;
  store::database a({place.path.string(), "keeper", 4, false});
  store::database b({place.path.string(), "asker", 4, false});
  member_node provider(a, ministry, "node"), asker(b, city, "node");
  const auto conf = configured(parameters({provider.info(ministry), asker.info(city)}));
  provider.server->use(conf, far);
  asker.server->use(conf, far);
  provider.server->offer({{ministry, "person", {}},
                          [](const rest_request&, const auto&) {
                            provided out;
                            out.headers = {{"Content-Type", "application/json"}};
                            out.body = std::string(500, 'x');
                            return out;
                          },
                          {},
                          {}});
  provider.server->allow({{ministry, "person", {}}, city, {}, {"*", "**"}});

  const curve p256;
  std::atomic<bool> stop{false};
  std::thread stamper([&] {
    while (!stop) {
      for (member_node* n : {&provider, &asker}) (void)n->log->stamp();
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
  });
  const auto call = [&] {
    return asker.server
        ->call("GET", "/r1/KR/GOV/1741000/residents/person/v1/x", "",
               {{"X-Road-Client", city.str()}}, {})
        .error.empty();
  };
  (void)run(2, 1, call);
  const auto all = run(threads, seconds, call);
  stop = true;
  stamper.join();
  const auto single = run(1, seconds / 2, call);
  const auto tls = bare(threads, seconds / 2);
  const auto tls_single = bare(1, seconds / 2);
  print("signed, logged, stamped", all);
  print("the same, one at a time", single);
  print("bare mutual TLS", tls);
  print("bare mutual TLS, one at a time", tls_single);
  std::printf(
      "P-256: %.0f signatures, %.0f verifications /s a core; limit of %u cores %.0f calls/s\n",
      p256.signs, p256.verifies, p256.cores,
              p256.limit);
  std::printf("ratio to bare TLS %.3f, to the limit of P-256 %.3f; added latency %.2f ms\n",
              all.per_second / tls.per_second, all.per_second / p256.limit,
              single.median_ms - tls_single.median_ms);

  (void)provider.log->stamp();
  const auto records = provider.log->find({.limit = 20});
  std::vector<std::string> containers;
  for (const auto& r : records)
    if (auto c = provider.log->container(r.key)) containers.push_back(std::move(*c));
  check(!containers.empty(), "something was stamped");
  std::atomic<std::size_t> next{0};
  print("containers verified", run(static_cast<int>(p256.cores), seconds / 2, [&] {
          return verify_container(containers[next++ % containers.size()], *conf).ok();
        }));
  return 0;
}
