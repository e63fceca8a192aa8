#include "madang/egress/egress.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace madang::egress {
namespace {

// A server on this machine that says one thing to whoever asks, and counts.
class server {
 public:
  explicit server(std::string answer) : answer_(std::move(answer)) {
    listening_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof here;
    check(::bind(listening_, reinterpret_cast<sockaddr*>(&here), size) == 0, "bind");
    check(::listen(listening_, 4) == 0, "listen");
    ::getsockname(listening_, reinterpret_cast<sockaddr*>(&here), &size);
    port = ntohs(here.sin_port);
    thread_ = std::thread([this] {
      for (int c; (c = ::accept(listening_, nullptr, nullptr)) >= 0;) {
        ++asked;
        char some[4096];
        (void)!::read(c, some, sizeof some);
        (void)!::write(c, answer_.data(), answer_.size());
        ::close(c);
      }
    });
  }
  ~server() {
    ::shutdown(listening_, SHUT_RDWR);
    thread_.join();
    ::close(listening_);
  }
  std::string url(const std::string& host) const {
    return "http://" + host + ":" + std::to_string(port) + "/x";
  }
  int port = 0;
  std::atomic<int> asked{0};

 private:
  std::string answer_;
  int listening_ = -1;
  std::thread thread_;
};

const std::string fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi";

rules of(const std::vector<std::string>& entries) {
  auto r = rules::read(entries);
  EXPECT_TRUE(r.ok()) << entries.front();
  return r ? *r : rules();
}

bool may(const rules& r, std::string_view host, std::string_view to, int port = 443,
         purpose why = purpose::sign_on) {
  return r.allow(why, host, port, *address_of(to));
}

// One of each block of the IANA special-purpose address registries (RFC 6890), and the addresses at
// which clouds tell their machines secrets.
TEST(addresses, of_the_inside_of_links_and_of_machines_are_not_public) {
  for (const char* inside : {"0.0.0.0",
                             "10.0.0.1",
                             "100.64.0.1",
                             "127.0.0.1",
                             "127.255.255.254",
                             "169.254.169.254",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.0.0.8",
                             "192.0.2.1",
                             "192.168.1.1",
                             "198.18.0.1",
                             "198.51.100.7",
                             "203.0.113.7",
                             "224.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "fe80::1",
                             "fd00:ec2::254",
                             "fc00::1",
                             "ff02::1",
                             "2001:db8::1",
                             "2001::1",
                             "2002:7f00:1::",
                             "64:ff9b::7f00:1",
                             "::ffff:127.0.0.1",
                             "::ffff:169.254.169.254",
                             "::127.0.0.1"})
    EXPECT_FALSE(is_public(*address_of(inside))) << inside;
  for (const char* outside : {"1.1.1.1", "8.8.8.8", "172.15.255.255", "172.32.0.1", "198.20.0.1",
                              "223.255.255.255", "2606:4700::1", "2a00:1450::1"})
    EXPECT_TRUE(is_public(*address_of(outside))) << outside;
}

TEST(rules, without_an_entry_nothing_is_reached) {
  EXPECT_FALSE(may(rules(), "a.example", "1.1.1.1"));
  EXPECT_FALSE(may(rules(), "localhost", "127.0.0.1"));
}

TEST(rules, a_name_is_good_where_it_leads_to_a_public_address) {
  const auto r = of({"a.example.org:443", "*.go.kr"});
  EXPECT_TRUE(may(r, "a.example.org", "1.1.1.1"));
  EXPECT_FALSE(may(r, "a.example.org", "1.1.1.1", 80)) << "another port";
  EXPECT_FALSE(may(r, "b.example.org", "1.1.1.1"));
  EXPECT_FALSE(may(r, "xa.example.org", "1.1.1.1"));
  EXPECT_TRUE(may(r, "www.mois.go.kr", "1.1.1.1"));
  EXPECT_FALSE(may(r, "go.kr", "1.1.1.1")) << "below it, not itself";
  EXPECT_FALSE(may(r, "evilgo.kr", "1.1.1.1"));
  for (const char* inside : {"127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1"})
    EXPECT_FALSE(may(r, "a.example.org", inside)) << "a name that leads inside: " << inside;
}

TEST(rules, what_is_not_public_is_reached_by_its_network_alone) {
  const auto r = of({"public", "10.1.0.0/16", "[fd00:1::/32]:25"});
  EXPECT_TRUE(may(r, "any.example", "1.1.1.1"));
  EXPECT_TRUE(may(r, "any.example", "10.1.255.1"));
  EXPECT_FALSE(may(r, "any.example", "10.2.0.1"));
  EXPECT_TRUE(may(r, "any.example", "fd00:1::5", 25));
  EXPECT_FALSE(may(r, "any.example", "fd00:1::5", 26));
  EXPECT_FALSE(may(r, "any.example", "fd00:2::5", 25));
  EXPECT_FALSE(may(r, "any.example", "169.254.169.254"));
}

TEST(rules, an_entry_may_be_for_one_purpose) {
  const auto r = of({"acme=public:80", "mail=loopback"});
  EXPECT_TRUE(may(r, "x.example", "1.1.1.1", 80, purpose::acme));
  EXPECT_FALSE(may(r, "x.example", "1.1.1.1", 80, purpose::witness));
  EXPECT_FALSE(may(r, "x.example", "127.0.0.1", 80, purpose::acme));
  EXPECT_TRUE(may(r, "localhost", "127.0.0.1", 25, purpose::mail));
  EXPECT_TRUE(may(r, "localhost", "::1", 25, purpose::mail));
  EXPECT_FALSE(may(r, "localhost", "127.0.0.1", 25, purpose::sign_on));
}

TEST(rules, what_is_no_entry_is_refused_by_name) {
  for (const char* bad :
       {"", "a b", "http://a.example", "10.0.0.0/33", "10.0.0.0/-1", "a:0", "a:65536", "a:x",
        "x=public", "[::1", "[::1]x", "*.", "*", ".a", "a.", "loopbackx:"}) {
    const auto r = rules::read({bad});
    ASSERT_FALSE(r.ok()) << bad;
    EXPECT_EQ(r.why().code, "egress.entry");
    EXPECT_EQ(r.why().facts.at("entry"), bad);
  }
}

TEST(door, is_shut_until_it_is_opened_and_nothing_arrives_before) {
  server there(fine);
  open_to(rules());
  auto got = ask({purpose::sign_on, there.url("127.0.0.1"), {}, {}, {}});
  EXPECT_EQ(got.status, 0);
  EXPECT_EQ(got.problem, "egress.refused");
  EXPECT_EQ(there.asked, 0);
  open_to(of({"sign-on=loopback"}));
  got = ask({purpose::sign_on, there.url("127.0.0.1"), {}, {}, {}});
  EXPECT_EQ(got.status, 200) << got.problem;
  EXPECT_EQ(got.body, "hi");
  EXPECT_EQ(ask({purpose::acme, there.url("127.0.0.1"), {}, {}, {}}).problem, "egress.refused");
  EXPECT_EQ(there.asked, 1);
}

// What is judged is the address that a name leads to, in whatever way it is written (RFC 3986
// section 7.4: numbers that some libraries take for addresses).
TEST(door, judges_the_address_and_not_the_name) {
  server there(fine);
  open_to(of({"public", "localhost", "*.localhost", "127.1", "2130706433", "0x7f.1"}));
  for (const char* disguise : {"localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001",
                               "0177.0.0.1", "[::ffff:127.0.0.1]", "0"}) {
    const auto got = ask({purpose::acme, there.url(disguise), {}, {}, {}});
    EXPECT_EQ(got.status, 0) << disguise;
  }
  EXPECT_EQ(there.asked, 0);
}

TEST(door, follows_nobody_elsewhere_and_uses_no_proxy) {
  server other(fine);
  server there("HTTP/1.1 302 Found\r\nLocation: " + other.url("127.0.0.1") +
               "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  open_to(of({"loopback"}));
  ::setenv("http_proxy", other.url("127.0.0.1").c_str(), 1);
  const auto got = ask({purpose::witness, there.url("127.0.0.1"), {}, {}, {}});
  ::unsetenv("http_proxy");
  EXPECT_EQ(got.status, 302);
  EXPECT_EQ(there.asked, 1);
  EXPECT_EQ(other.asked, 0);
}

TEST(door, takes_no_more_than_was_said_and_no_other_protocol) {
  server there("HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\n" +
               std::string(100, 'x'));
  open_to(of({"loopback"}));
  call asked{purpose::witness, there.url("127.0.0.1"), {}, {}, {}};
  asked.most_body = 99;
  EXPECT_EQ(ask(asked).status, 0);
  asked.most_body = 100;
  EXPECT_EQ(ask(asked).body.size(), 100u);
  for (const char* url :
       {"file:///etc/passwd", "gopher://127.0.0.1/x", "ftp://127.0.0.1/", "", "x", "http://"})
    EXPECT_EQ(ask({purpose::witness, url, {}, {}, {}}).status, 0) << url;
}

TEST(door, gives_mail_only_where_the_list_says) {
  open_to(of({"sign-on=loopback"}));
  const auto wrong = hand_in(
      {"smtp://127.0.0.1:25", "", "", "", "a@madang.example", "b@mail.example", "Subject: x\r\n"});
  EXPECT_EQ(wrong, "egress.refused");
}

}  // namespace
}  // namespace madang::egress
