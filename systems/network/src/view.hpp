#pragma once
#include "office.hpp"

namespace madang::network {

// The network as this node sees it: everything is measured by calls, or said by the configuration.
struct server_line {
  std::string server, name, address, state, program;
  std::optional<std::int64_t> micros;  // there and back; none: this one, or it did not answer
  std::int64_t taken = 0, refused = 0, messages = 0, unstamped = 0;
  std::string problem;
  instant at;
};
struct link_line {
  std::string from, to, circuit;
  std::int64_t calls = 0, failures = 0, under_way = 0, mean_micros = 0;
  std::string last_failure;
};
struct certificate_line {
  std::string server, of;
  instant from, until;
  std::int64_t days = 0;  // left; negative: it has run out
};
struct network_view {
  bool member = false, governs = false;
  std::string server, state, trouble;
  std::optional<instant> configuration_until;
  std::vector<server_line> servers;
  std::vector<link_line> links;
  std::vector<certificate_line> certificates;  // those that end first come first
  std::int64_t requests = 0;                   // that wait for a decision here
};
BOOST_DESCRIBE_STRUCT(server_line, (),
                      (server, name, address, state, program, micros, taken, refused, messages,
                       unstamped, problem, at))
BOOST_DESCRIBE_STRUCT(link_line, (),
                      (from, to, circuit, calls, failures, under_way, mean_micros, last_failure))
BOOST_DESCRIBE_STRUCT(certificate_line, (), (server, of, from, until, days))
BOOST_DESCRIBE_STRUCT(network_view, (),
                      (member, governs, server, state, trouble, configuration_until, servers, links,
                       certificates, requests))

network_view view_of(const office& o);

inline constexpr std::int64_t days_of_warning = 30;

}  // namespace madang::network
