#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "madang/trust/bytes.hpp"
#include "madang/trust/key.hpp"

// Sockets of a node: HTTP/1.1 (RFC 9112) with a length or in chunks, over mutual TLS or plain, each
// step with the deadline of the whole. Blocking: a node has few partners and a thread for each
// call.
namespace madang::xroad::wire {

using clock = std::chrono::steady_clock;

// What failed, for the log of this house.
struct failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct keys {
  trust::key key;
  std::vector<trust::bytes> chain;  // DER, own first
};

// Makes streams of one side. Any certificate passes the handshake, as who may speak is decided by
// the configuration that holds when the message is read; without one it fails.
class secrets {
 public:
  explicit secrets(const keys& k);
  ~secrets();
  struct inside;
  const inside& in() const { return *in_; }

 private:
  std::unique_ptr<inside> in_;
};

struct message {
  std::string first_line;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  bool keeps = true;  // the connection may be used again
};

class stream {
 public:
  // Takes the socket; `s` null: plain. Throws failed.
  stream(int socket, const secrets* s, bool accepts, clock::time_point until);
  ~stream();
  stream(const stream&) = delete;

  const std::vector<trust::bytes>& peer() const { return peer_; }  // certificates, its own first
  // Nothing: the other end closed before a message began.
  std::optional<message> read(std::size_t most, clock::time_point until);
  void write(std::string_view octets, clock::time_point until);
  bool idle() const;                             // nothing came and it is not closed
  bool comes(std::chrono::milliseconds within);  // something is there to be read, or the end

 private:
  void wait(bool writing, clock::time_point until);
  bool fill(clock::time_point until);  // false: the other end closed
  std::string_view line(clock::time_point until, std::size_t& used);
  void need(std::size_t octets, clock::time_point until);
  int socket_;
  struct session;
  std::unique_ptr<session> ssl_;
  std::string buffer_;
  std::vector<trust::bytes> peer_;
};

struct target {
  std::string host;
  int port;
};
// The first of them to whom a connection stands; the socket and its place in the list. Throws
// failed when none is reached in time.
std::pair<int, std::size_t> connect_fastest(const std::vector<target>& all,
                                            clock::time_point until);

// A listening socket on an address; port 0: any free one.
int listen_on(const std::string& address, int port);
int port_of(int socket);
// A connection; -1: nothing came within 200 ms, or the socket is closed.
int accept_on(int socket);

}  // namespace madang::xroad::wire
