// The edge with its pool against the smallest Boost.Beast coroutine server that sends the same 20
// KB page: same process, same client, one event loop each, in turns. The peer does nothing but
// parse and answer on its loop; the edge also checks, limits, times, hands over to a worker and
// back. Bar: the edge keeps at least 70 % of the peer's requests a second. Then: memory of idle
// connections.
//
//   http_bench [seconds a turn = 3] [connections = 64] [workers = 4] [idle connections = 10000]
#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

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

#include "madang/base/log.hpp"
#include "madang/http/server.hpp"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;
using executor = asio::io_context::executor_type;
using stream = beast::basic_stream<tcp, executor>;
using steady = std::chrono::steady_clock;
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

int dial(unsigned short port) {
  const int s = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(s, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    std::perror("connect");
    std::exit(1);
  }
  return s;
}

constexpr std::string_view question =
    "GET /services/resident-certificate?lang=ko HTTP/1.1\r\nHost: madang.example\r\n"
    "User-Agent: bench\r\nAccept: text/html\r\n\r\n";

struct caller {
  int socket = -1;
  std::string head;          // until the length is known
  std::size_t missing = 0;   // bytes of the response still to come; 0: head not whole
  steady::time_point asked;
};

struct outcome {
  std::uint64_t answers = 0;
  double seconds = 0, cpu = 0;
  std::vector<float> micros;
};

void ask(caller& c) {
  c.asked = steady::now();
  if (::send(c.socket, question.data(), question.size(), MSG_NOSIGNAL) < 0) std::exit(1);
}

// True when a response is whole.
bool take(caller& c, char* room, std::size_t size) {
  const auto n = ::recv(c.socket, room, size, 0);
  if (n <= 0) {
    std::fprintf(stderr, "the server closed\n");
    std::exit(1);
  }
  if (c.missing == 0) {
    c.head.append(room, static_cast<std::size_t>(n));
    const auto end = c.head.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const auto at = c.head.find("Content-Length: ");
    c.missing = end + 4 + std::stoul(c.head.substr(at + 16)) - c.head.size();
    c.head.clear();
  } else {
    c.missing -= static_cast<std::size_t>(n);
  }
  return c.missing == 0;
}

// Of the process without the calling thread, which is the client: what the server used.
double server_cpu_seconds() {
  timespec all{}, mine{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &all);
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &mine);
  return static_cast<double>(all.tv_sec - mine.tv_sec) +
         static_cast<double>(all.tv_nsec - mine.tv_nsec) * 1e-9;
}

outcome load(unsigned short port, int connections, double seconds) {
  outcome out;
  std::vector<caller> callers(static_cast<std::size_t>(connections));
  const int poll = ::epoll_create1(0);
  for (auto& c : callers) {
    c.socket = dial(port);
    epoll_event e{EPOLLIN, {.ptr = &c}};
    ::epoll_ctl(poll, EPOLL_CTL_ADD, c.socket, &e);
  }
  std::vector<char> room(65536);
  const auto cpu = server_cpu_seconds();
  const auto began = steady::now();
  const auto until = began + std::chrono::duration<double>(seconds);
  for (auto& c : callers) ask(c);
  while (steady::now() < until) {
    epoll_event events[256];
    const int n = ::epoll_wait(poll, events, 256, 100);
    for (int i = 0; i < n; ++i) {
      auto& c = *static_cast<caller*>(events[i].data.ptr);
      if (!take(c, room.data(), room.size())) continue;
      ++out.answers;
      out.micros.push_back(
          std::chrono::duration<float, std::micro>(steady::now() - c.asked).count());
      ask(c);
    }
  }
  out.seconds = std::chrono::duration<double>(steady::now() - began).count();
  out.cpu = server_cpu_seconds() - cpu;
  for (auto& c : callers) ::close(c.socket);
  ::close(poll);
  return out;
}

// Requests a second, and a second of the server's own CPU: the sturdier figure on a shared machine.
std::pair<double, double> say(const char* name, outcome& o) {
  std::sort(o.micros.begin(), o.micros.end());
  const double rate = static_cast<double>(o.answers) / o.seconds;
  const double thrift = static_cast<double>(o.answers) / o.cpu;
  std::printf("%-20s %8.0f req/s %8.0f per cpu-s of the server  p50 %6.0f us  p99 %6.0f us\n", name,
              rate, thrift, o.micros[o.micros.size() / 2], o.micros[o.micros.size() * 99 / 100]);
  return {rate, thrift};
}

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

  std::vector<double> ratios, thrifts;
  for (int turn = 0; turn < 5; ++turn) {
    auto theirs = load(peer_port, connections, seconds);
    auto ours = load(edge.port(), connections, seconds);
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
