// The edge with its pool against the smallest Boost.Beast coroutine server that sends the same 20
// KB page: same process, same client, one event loop each, in turns. The peer does nothing but
// parse and answer on its loop; the edge also checks, limits, times, hands over to a worker and
// back. Bar: the edge keeps at least 70 % of the peer's requests a second. Then: memory of idle
// connections.
//
//   http_bench [seconds a turn = 3] [connections = 64] [workers = 4] [idle connections = 10000]
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <thread>
#include <vector>

#include "load.hpp"
#include "madang/base/log.hpp"
#include "madang/http/server.hpp"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;
using executor = asio::io_context::executor_type;
using stream = beast::basic_stream<tcp, executor>;
using namespace bench;
constexpr auto use = asio::as_tuple(asio::use_awaitable_t<executor>{});

std::string page() {
  std::string out = "<!doctype html><title>bench</title>";
  while (out.size() < 20'000) out += "<p>주민등록표 등본 교부를 신청합니다.</p>\n";
  out.resize(20'000);
  return out;
}
const std::string body = page();

asio::awaitable<void, executor> talk(stream s) {
  beast::flat_buffer buffer;
  for (;;) {
    beast::http::request_parser<beast::http::string_body> parser;
    s.expires_after(std::chrono::seconds(30));
    auto [failed, got] = co_await beast::http::async_read(s, buffer, parser, use);
    if (failed) co_return;
    beast::http::response<beast::http::string_body> answer{beast::http::status::ok, 11};
    answer.set(beast::http::field::content_type, "text/html; charset=utf-8");
    answer.body() = body;
    answer.prepare_payload();
    auto [unsent, put] = co_await beast::http::async_write(s, answer, use);
    if (unsent) co_return;
  }
}

asio::awaitable<void, executor> serve(asio::io_context& io, unsigned short& port) {
  asio::basic_socket_acceptor<tcp, executor> door(io);
  door.open(tcp::v4());
  const tcp::endpoint where(asio::ip::make_address("127.0.0.1"), 0);
  door.bind(where);
  door.listen(4096);
  port = door.local_endpoint().port();
  for (;;) {
    auto [failed, socket] = co_await door.async_accept(use);
    if (failed) continue;
    socket.set_option(tcp::no_delay(true));
    asio::co_spawn(io, talk(stream(std::move(socket))), asio::detached);
  }
}

constexpr std::string_view question =
    "GET /services/resident-certificate?lang=ko HTTP/1.1\r\nHost: madang.example\r\n"
    "User-Agent: bench\r\nAccept: text/html\r\n\r\n";

long resident_kib() {
  std::ifstream status("/proc/self/statm");
  long all = 0, resident = 0;
  status >> all >> resident;
  return resident * (::sysconf(_SC_PAGESIZE) / 1024);
}

void idle(const madang::http::server& edge, int count) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  count = std::min(count, static_cast<int>(files.rlim_cur / 2) - 200);
  std::vector<int> sockets;
  sockets.reserve(static_cast<std::size_t>(count));
  const auto before = resident_kib();
  char room[65536];
  for (int i = 0; i < count; ++i) {
    sockets.push_back(dial(edge.port()));
    if (::send(sockets.back(), question.data(), question.size(), MSG_NOSIGNAL) < 0) std::exit(1);
    for (std::size_t got = 0; got < body.size();)
      got += static_cast<std::size_t>(
          std::max<ssize_t>(::recv(sockets.back(), room, sizeof room, 0), 0));
  }
  std::printf("%d idle connections, each after one request: %.1f MiB more (bar 60), %lld open\n",
              count, static_cast<double>(resident_kib() - before) / 1024,
              static_cast<long long>(edge.now().connections));
  for (int s : sockets) ::close(s);
}

}  // namespace

int main(int count, char** given) {
  auto number = [&](int i, int otherwise) { return count > i ? std::atoi(given[i]) : otherwise; };
  const int seconds = number(1, 3), connections = number(2, 64);
  madang::log::set_level(madang::log::level::warn);

  asio::io_context io(1);
  unsigned short peer_port = 0;
  asio::co_spawn(io, serve(io, peer_port), asio::detached);
  io.poll();
  std::thread peer([&] { io.run(); });

  madang::http::server_options options;
  options.port = 0;
  options.workers = number(3, 4);
  madang::http::server edge(options, [](madang::http::request&) {
    madang::http::response out;
    out.body = body;
    return out;
  });
  edge.start();

  const auto asked = [] { return question; };
  std::vector<double> ratios, thrifts;
  for (int turn = 0; turn < 5; ++turn) {
    auto theirs = load(peer_port, connections, seconds, asked);
    auto ours = load(edge.port(), connections, seconds, asked);
    const auto bare = say("bare Beast, no pool", theirs), pooled = say("edge with pool", ours);
    ratios.push_back(pooled.first / bare.first);
    thrifts.push_back(pooled.second / bare.second);
  }
  for (auto* each : {&ratios, &thrifts}) {
    std::sort(each->begin(), each->end());
    std::printf("ratio %s: median %.0f %%, from %.0f to %.0f (bar 70)\n",
                each == &ratios ? "of req/s" : "per cpu-s", each->at(2) * 100, each->front() * 100,
                each->back() * 100);
  }
  idle(edge, number(4, 10'000));
  edge.stop();
  io.stop();
  peer.join();
}
