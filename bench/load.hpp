#pragma once
// The client of the benchmarks: one thread, epoll, connections kept open, one question at a time on
// each.
#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

using steady = std::chrono::steady_clock;

inline int dial(unsigned short port) {
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

inline void ask(caller& c, std::string_view question) {
  c.asked = steady::now();
  if (::send(c.socket, question.data(), question.size(), MSG_NOSIGNAL) < 0) std::exit(1);
}

// True when a response is whole.
inline bool take(caller& c, char* room, std::size_t size) {
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
inline double server_cpu_seconds() {
  timespec all{}, mine{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &all);
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &mine);
  return static_cast<double>(all.tv_sec - mine.tv_sec) +
         static_cast<double>(all.tv_nsec - mine.tv_nsec) * 1e-9;
}

// `next()` says what is asked next; the connections are kept open.
template <class Next>
outcome load(unsigned short port, int connections, double seconds, Next next) {
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
  for (auto& c : callers) ask(c, next());
  while (steady::now() < until) {
    epoll_event events[256];
    const int n = ::epoll_wait(poll, events, 256, 100);
    for (int i = 0; i < n; ++i) {
      auto& c = *static_cast<caller*>(events[i].data.ptr);
      if (!take(c, room.data(), room.size())) continue;
      ++out.answers;
      out.micros.push_back(
          std::chrono::duration<float, std::micro>(steady::now() - c.asked).count());
      ask(c, next());
    }
  }
  out.seconds = std::chrono::duration<double>(steady::now() - began).count();
  out.cpu = server_cpu_seconds() - cpu;
  for (auto& c : callers) ::close(c.socket);
  ::close(poll);
  return out;
}

// Requests a second, and a second of the server's own CPU: the sturdier figure on a shared machine.
inline std::pair<double, double> say(const char* name, outcome& o) {
  std::sort(o.micros.begin(), o.micros.end());
  const double rate = static_cast<double>(o.answers) / o.seconds;
  const double thrift = static_cast<double>(o.answers) / o.cpu;
  std::printf("%-20s %8.0f req/s %8.0f per cpu-s of the server  p50 %6.0f us  p99 %6.0f us\n", name,
              rate, thrift, o.micros[o.micros.size() / 2], o.micros[o.micros.size() * 99 / 100]);
  return {rate, thrift};
}

}  // namespace bench
