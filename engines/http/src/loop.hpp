#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>
#include <vector>

#include "house.hpp"

// Internal: one event loop and the connections that live on it. All of it is touched by the loop's
// own thread only; others post to `io`.
//
// GCC 12 copies temporaries of a co_await operand bit by bit and destroys them twice: everything
// with a destructor is a named variable here, never a temporary in the operand. It also loses its
// way when a co_await stands in the condition of a loop or behind && or in an if constexpr: each
// result has a name and is then looked at.
namespace madang::http {

namespace asio = boost::asio;
using executor = asio::io_context::executor_type;
using tcp = asio::ip::tcp;
using socket_type = asio::basic_stream_socket<tcp, executor>;
using acceptor_type = asio::basic_socket_acceptor<tcp, executor>;
using timer_type = asio::basic_waitable_timer<steady, asio::wait_traits<steady>, executor>;
template <class T = void>
using task_of = asio::awaitable<T, executor>;
inline constexpr auto use = asio::as_tuple(asio::use_awaitable_t<executor>{});

// A connection as its loop sees it. One sweep a quarter of a second closes those past their
// deadline: cheaper than a timer for each read, and exact enough for limits given in seconds.
class connection {
 public:
  explicit connection(connection*& head) : head_(head), next_(head) {
    if (next_) next_->previous_ = this;
    head_ = this;
  }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  virtual ~connection() {
    (previous_ ? previous_->next_ : head_) = next_;
    if (next_) next_->previous_ = previous_;
  }
  virtual void cancel() = 0;   // makes the pending read or write fail
  virtual void cut() = 0;      // closes at once

  connection* next() const { return next_; }
  steady::time_point deadline = steady::time_point::max();
  bool idle = false;           // waiting for the first byte of a request

 private:
  connection*& head_;
  connection* next_;
  connection* previous_ = nullptr;
};

struct loop {
  connection* first = nullptr;   // outlives io, whose end destroys what still runs
  asio::io_context io{1};
  acceptor_type acceptor{io};
  timer_type sweep{io};
  std::vector<std::unique_ptr<pool::task>> outbox;   // requests read in this round of the loop
  std::thread thread;
};

}  // namespace madang::http
