#pragma once
// A client that says exactly the bytes a test wants said, over a plain blocking socket.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

class raw_client {
 public:
  explicit raw_client(unsigned short port) {
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    ::inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
      throw std::runtime_error("connect");
  }
  raw_client(const raw_client&) = delete;
  ~raw_client() { ::close(socket_); }

  // False when the other end has closed.
  bool say(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  // Bytes until `n` are there, the other end closes, or the time is up.
  bool hear(std::size_t n, int milliseconds) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
    while (heard.size() < n) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          until - std::chrono::steady_clock::now()).count();
      pollfd wait{socket_, POLLIN, 0};
      if (left <= 0 || ::poll(&wait, 1, static_cast<int>(left)) <= 0) return false;
      char chunk[16384];
      const auto got = ::recv(socket_, chunk, sizeof chunk, 0);
      if (got <= 0) return closed = true, false;
      heard.append(chunk, static_cast<std::size_t>(got));
    }
    return true;
  }

  // One whole response, taken out of what was heard; empty when none came. `headless`: the answer
  // to a HEAD request, which has a length but no body.
  std::string response(int milliseconds = 5000, bool headless = false) {
    std::size_t end = 0;
    while ((end = heard.find("\r\n\r\n")) == std::string::npos)
      if (!hear(heard.size() + 1, milliseconds)) return {};
    std::size_t whole = end + 4;
    const auto length = heard.find("Content-Length: ");
    if (!headless && length != std::string::npos && length < end)
      whole += std::stoul(heard.substr(length + 16));
    if (!hear(whole, milliseconds)) return {};
    auto out = heard.substr(0, whole);
    heard.erase(0, whole);
    return out;
  }

  std::string ask(std::string_view request) { return say(request) ? response() : std::string(); }

  bool closes_within(int milliseconds) {
    hear(heard.size() + (1u << 30), milliseconds);
    return closed;
  }

  static int status(const std::string& response) {
    return response.size() > 12 ? std::stoi(response.substr(9, 3)) : 0;
  }
  static std::string body(const std::string& response) {
    return response.substr(response.find("\r\n\r\n") + 4);
  }
  static std::string field(const std::string& response, const std::string& name) {
    const auto at = response.find("\r\n" + name + ": ");
    if (at == std::string::npos || at > response.find("\r\n\r\n")) return {};
    const auto begin = at + name.size() + 4;
    return response.substr(begin, response.find("\r\n", begin) - begin);
  }

  std::string heard;
  bool closed = false;

 private:
  int socket_ = -1;
};
