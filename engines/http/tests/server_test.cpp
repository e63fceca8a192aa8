#include "madang/http/server.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <atomic>

#include "running.hpp"

using namespace madang;
using namespace madang::http;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view host = "Host: madang\r\n";

}  // namespace

TEST(edge, answers_and_keeps_the_connection) {
  running house;
  raw_client client(house.edge.port());
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.ask(get("/a%20b?x=1&y=%EB%A7%88"));
    EXPECT_EQ(raw_client::status(answer), 200);
    EXPECT_EQ(raw_client::body(answer), "GET /a b ?x=1 ?y=마 []");
    EXPECT_EQ(raw_client::field(answer, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(raw_client::field(answer, "Referrer-Policy"), "same-origin");
    EXPECT_EQ(raw_client::field(answer, "Server"), "");
    EXPECT_EQ(raw_client::field(answer, "Date").size(), 29u);   // IMF-fixdate has 29 characters
    EXPECT_TRUE(raw_client::field(answer, "Server-Timing").starts_with("app;dur="));
  }
  EXPECT_EQ(house.edge.now().requests, 3u);
  EXPECT_EQ(house.edge.now().connections, 1);
}

TEST(edge, reads_a_request_however_its_packets_are_split) {
  running house;
  const std::string whole =
      "POST /form HTTP/1.1\r\nHost: madang\r\nContent-Length: 5\r\n\r\nhello";
  const std::string chunked =
      "POST /form HTTP/1.1\r\nHost: madang\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\nhe\r\n3;x=\"y\"\r\nllo\r\n0\r\nTrailer: ignored\r\n\r\n";
  for (const auto& bytes : {whole, chunked}) {
    raw_client client(house.edge.port());
    for (std::size_t cut = 1; cut < bytes.size(); cut += 7) {
      client.say(bytes.substr(0, cut));
      std::this_thread::sleep_for(2ms);
      client.say(bytes.substr(cut));
      EXPECT_EQ(raw_client::body(client.response()), "POST /form [hello]") << cut;
    }
    for (char c : bytes) {
      client.say({&c, 1});
      std::this_thread::sleep_for(200us);
    }
    EXPECT_EQ(raw_client::body(client.response()), "POST /form [hello]");
  }
}

TEST(edge, answers_requests_sent_ahead_one_after_the_other) {
  running house;
  raw_client client(house.edge.port());
  client.say(get("/1") + "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab" + get("/3"));
  EXPECT_EQ(raw_client::body(client.response()), "GET /1 []");
  EXPECT_EQ(raw_client::body(client.response()), "POST /2 [ab]");
  EXPECT_EQ(raw_client::body(client.response()), "GET /3 []");
}

TEST(edge, closes_when_asked_and_after_http_1_0) {
  running house;
  for (auto bytes : {get("/", "Connection: close\r\n"), std::string("GET / HTTP/1.0\r\n\r\n")}) {
    raw_client client(house.edge.port());
    const auto answer = client.ask(bytes);
    EXPECT_EQ(raw_client::status(answer), 200);
    EXPECT_EQ(raw_client::field(answer, "Connection"), "close");
    EXPECT_TRUE(client.closes_within(2000));
  }
}

TEST(edge, answers_head_with_the_length_and_nothing_more) {
  running house;
  raw_client client(house.edge.port());
  client.say("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto answer = client.response(5000, true);
  EXPECT_EQ(raw_client::field(answer, "Content-Length"), "10");   // "HEAD /x []"
  EXPECT_EQ(raw_client::body(client.ask(get("/y"))), "GET /y []");
}

// RFC 9110 section 10.1.1
TEST(edge, says_continue_before_a_body_it_will_take) {
  running house;
  raw_client client(house.edge.port());
  client.say("POST /u HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_TRUE(client.response().starts_with("HTTP/1.1 100 "));
  EXPECT_EQ(raw_client::body(client.ask("abc")), "POST /u [abc]");
  EXPECT_EQ(house.status("POST /u HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n"
                         "Expect: 100-continue\r\n\r\n"), 413);
  EXPECT_EQ(house.status("POST /u HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n"), 417);
}

TEST(edge, refuses_what_could_be_read_in_two_ways) {
  running house;
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
  const std::pair<std::string, int> cases[] = {
      {post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400},
      {post + "Content-Length: 1, 1\r\n\r\nx", 200},    // RFC 9110 section 8.6 allows this one
      {post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400},
      {post + "Content-Length: +1\r\n\r\nx", 400},
      {post + "Content-Length: 0x1\r\n\r\nx", 400},
      {post + "Content-Length: -1\r\n\r\nx", 400},
      {post + "Content-Length: 18446744073709551617\r\n\r\nx", 400},
      {post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 400},
      {post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {post + "Transfer-Encoding: identity\r\n\r\n", 501},
      {post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\n\r\n0x1\r\nx\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n", 400},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {post + "X: a\r\n b\r\n\r\n", 400},               // folded line
      {post + "X: a\nY: b\r\n\r\n", 400},               // bare line feed
      {post + "X\r\n\r\n", 400},
      {post + std::string("X: a\0b\r\n\r\n", 10), 400},
      {post + "Host: b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},                  // no Host
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"\x16\x03\x01\x02\x01\x01 / HTTP\r\n\r\n", 400},  // a TLS greeting to a plain port
  };
  for (const auto& [bytes, status] : cases) {
    raw_client client(house.edge.port());
    const auto answer = client.ask(bytes);
    EXPECT_EQ(raw_client::status(answer), status) << bytes;
    if (status == 200) continue;
    EXPECT_EQ(raw_client::field(answer, "Connection"), "close") << bytes;
    EXPECT_EQ(raw_client::field(answer, "Content-Type"), "application/problem+json");
    EXPECT_TRUE(client.closes_within(3500)) << bytes;
    EXPECT_EQ(client.heard, "") << "a second answer to " << bytes;
  }
}

TEST(edge, never_says_the_bytes_of_a_malformed_request_back) {
  running house;
  const auto answer = house.ask("GET /<script>alert(1)</script>%ZZ HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(raw_client::status(answer), 400);
  EXPECT_EQ(answer.find("script"), std::string::npos);
}

TEST(edge, refuses_targets_that_are_not_plain_paths) {
  running house;
  for (auto bad : {"/a/../b", "/..", "/.", "/a/./b", "/%2e%2e/b", "/a%2Fb", "/a%2fb", "/a%00b",
                   "/a%0Ab", "/%FF", "/%C0%AE%C0%AE/", "/%", "/%4", "//evil.example/", "/a//b",
                   "a", "*", "madang:80", "/a#b", "/?x=%FF", "/?x=%", "http://", "ftp://a/b"})
    EXPECT_EQ(house.status(get(bad)), 400) << bad;
  EXPECT_EQ(raw_client::body(house.ask(get("/%EB%AF%BC%EC%9B%90/..a/"))), "GET /민원/..a/ []");
  EXPECT_EQ(raw_client::body(house.ask(get("http://madang.example/a?b=c"))), "GET /a ?b=c []");
}

TEST(edge, refuses_more_than_its_limits) {
  server_options options;
  options.header_bytes = 4096;
  options.body_bytes = 1000;
  running house(echo, options);
  EXPECT_EQ(house.status(get("/", "X: " + std::string(3900, 'a') + "\r\n")), 200);
  EXPECT_EQ(house.status(get("/", "X: " + std::string(4096, 'a') + "\r\n")), 431);
  EXPECT_EQ(house.status(get("/" + std::string(5000, 'a'))), 431);
  std::string many;
  for (int i = 0; i < 101; ++i) many += "X: a\r\n";
  EXPECT_EQ(house.status(get("/", many)), 431);
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
  EXPECT_EQ(house.status(post + "Content-Length: 1000\r\n\r\n" + std::string(1000, 'x')), 200);
  EXPECT_EQ(house.status(post + "Content-Length: 1001\r\n\r\n"), 413);
  std::string chunks;
  for (int i = 0; i < 11; ++i) chunks += "64\r\n" + std::string(100, 'x') + "\r\n";
  EXPECT_EQ(house.status(post + "Transfer-Encoding: chunked\r\n\r\n" + chunks), 413);
  EXPECT_EQ(house.status(post + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(5000, 'e')),
            400);
  EXPECT_EQ(house.status(post + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: " +
                         std::string(5000, 'e')), 400);
  EXPECT_EQ(house.edge.now().bad_requests, 7u);
}

TEST(edge, lets_many_small_fields_add_up_to_the_limit_of_a_head) {
  server_options options;
  options.header_bytes = 2048;
  running house(echo, options);
  raw_client client(house.edge.port());
  client.say("GET / HTTP/1.1\r\nHost: a\r\n");
  const std::string field = "X: " + std::string(95, 'a') + "\r\n";   // 100 bytes
  int said = 0;
  while (said < 90 && client.heard.empty() && client.say(field)) {
    ++said;
    client.hear(1, 3);
  }
  EXPECT_EQ(raw_client::status(client.response()), 431);
  EXPECT_NEAR(said, 21, 3);
}

TEST(edge, gives_the_slow_a_deadline) {
  server_options options;
  options.header_seconds = 1;
  options.body_seconds = 1;
  options.idle_seconds = 2;
  running house(echo, options);
  raw_client silent(house.edge.port()), slow(house.edge.port()), slow_body(house.edge.port());
  slow_body.say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n");
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 30 && !slow.closed; ++i) {
    slow.say(i == 0 ? "G" : "");
    slow.say(i == 1 ? "ET / HTTP/1.1\r\n" : i > 1 ? "X" : "");
    slow_body.say("x");
    if (slow.hear(1, 100)) break;
  }
  EXPECT_EQ(raw_client::status(slow.response()), 408);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 2s);
  EXPECT_EQ(raw_client::status(slow_body.response()), 408);
  EXPECT_TRUE(silent.closes_within(3000));
  EXPECT_EQ(silent.heard, "");
}

TEST(edge, serves_a_hundred_at_once) {
  server_options options;
  options.io_threads = 2;
  running house(echo, options);
  std::atomic<int> right{0};
  std::vector<std::thread> people;
  for (int p = 0; p < 100; ++p)
    people.emplace_back([&, p] {
      raw_client client(house.edge.port());
      for (int i = 0; i < 20; ++i) {
        const auto path = "/" + std::to_string(p) + "/" + std::to_string(i);
        right += raw_client::body(client.ask(get(path))) == "GET " + path + " []";
      }
    });
  for (auto& each : people) each.join();
  EXPECT_EQ(right, 2000);
  EXPECT_EQ(house.edge.now().requests, 2000u);
}

TEST(edge, says_busy_when_the_queue_is_full) {
  gate door;
  server_options options;
  options.workers = 1;
  options.queue = 1;
  running house([&](request& r) { return door.wait(), echo(r); }, options);
  raw_client first(house.edge.port()), second(house.edge.port()), third(house.edge.port());
  first.say(get("/1"));
  door.wait_for(1);
  second.say(get("/2"));
  while (house.edge.now().waiting < 1) std::this_thread::sleep_for(1ms);
  const auto answer = third.ask(get("/3"));
  EXPECT_EQ(raw_client::status(answer), 503);
  EXPECT_EQ(raw_client::field(answer, "Retry-After"), "1");
  EXPECT_EQ(house.edge.now().refused_busy, 1u);
  EXPECT_EQ(house.edge.now().running, 1);
  door.open();
  EXPECT_EQ(raw_client::body(first.response()), "GET /1 []");
  EXPECT_EQ(raw_client::body(second.response()), "GET /2 []");
  EXPECT_EQ(raw_client::body(third.ask(get("/3"))), "GET /3 []");   // the same connection
}

TEST(edge, takes_no_more_bodies_than_memory_allows) {
  server_options options;
  options.bodies_bytes = 1000;
  running house(echo, options);
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 600\r\n\r\n";
  raw_client first(house.edge.port());
  first.say(post);
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(house.status(post), 503);
  EXPECT_EQ(raw_client::status(first.ask(std::string(600, 'x'))), 200);
  EXPECT_EQ(house.status(post + std::string(600, 'x')), 200);
}

TEST(edge, closes_connections_beyond_its_ceilings) {
  server_options options;
  options.connections_per_peer = 2;
  running house(echo, options);
  raw_client first(house.edge.port()), second(house.edge.port());
  EXPECT_EQ(raw_client::status(first.ask(get("/"))), 200);
  EXPECT_EQ(raw_client::status(second.ask(get("/"))), 200);
  raw_client third(house.edge.port());
  EXPECT_TRUE(third.closes_within(2000));
}

TEST(edge, turns_what_a_handler_throws_into_500_without_its_words) {
  log::set_level(log::level::error);
  log::set_sink([](std::string_view) {});
  running house([](request& r) -> response {
    if (r.path == "/throw") throw std::runtime_error("860101-1234567");
    if (r.path == "/split") return text_response(200, "x").with("X", "a\r\nSet-Cookie: y");
    if (r.path == "/frame") return text_response(200, "x").with("Content-Length", "3");
    return text_response(200, "fine");
  });
  raw_client client(house.edge.port());
  for (auto path : {"/throw", "/split", "/frame"}) {
    const auto answer = client.ask(get(path));
    EXPECT_EQ(raw_client::status(answer), 500) << path;
    EXPECT_EQ(answer.find("860101"), std::string::npos);
    EXPECT_EQ(answer.find("Set-Cookie"), std::string::npos);
  }
  EXPECT_EQ(raw_client::body(client.ask(get("/"))), "fine");
  EXPECT_EQ(house.edge.now().handler_errors, 3u);
  log::set_sink(nullptr);
  log::set_level(log::level::info);
}

TEST(edge, lets_its_refusals_be_explained) {
  log::set_level(log::level::error);
  log::set_sink([](std::string_view) {});
  server_options options;
  options.port = 0;
  server edge(options, [](request&) -> response { throw std::runtime_error("x"); },
              [](const request& r, const refusal& why) {
                return text_response(200, why.code + " at " + r.path);
              });
  edge.start();
  raw_client client(edge.port());
  const auto answer = client.ask(get("/here"));
  EXPECT_EQ(raw_client::status(answer), 500);
  EXPECT_EQ(raw_client::body(answer), "http.failed at /here");
  edge.stop();
  log::set_sink(nullptr);
  log::set_level(log::level::info);
}

TEST(edge, stops_gracefully) {
  gate door;
  running house([&](request& r) { return door.wait(), echo(r); });
  raw_client idle(house.edge.port()), busy(house.edge.port());
  busy.say(get("/last"));
  door.wait_for(1);
  std::thread stopping([&] { house.edge.stop(5); });
  EXPECT_TRUE(idle.closes_within(2000));
  EXPECT_THROW(raw_client(house.edge.port()), std::runtime_error);
  door.open();
  const auto answer = busy.response();
  EXPECT_EQ(raw_client::body(answer), "GET /last []");
  EXPECT_EQ(raw_client::field(answer, "Connection"), "close");
  stopping.join();
  EXPECT_EQ(house.edge.now().connections, 0);
}

TEST(edge, cuts_what_does_not_end_in_time) {
  gate door;
  server_options options;
  options.workers = 1;
  running house([&](request& r) { return door.wait(), echo(r); }, options);
  raw_client runs(house.edge.port()), waits(house.edge.port()), half(house.edge.port());
  runs.say(get("/runs"));
  door.wait_for(1);
  waits.say(get("/waits"));
  half.say("GET / HTTP/1.1\r\n");
  while (house.edge.now().waiting < 1) std::this_thread::sleep_for(1ms);
  std::thread later([&] {
    std::this_thread::sleep_for(400ms);
    door.open();
  });
  house.edge.stop(0);
  later.join();
  EXPECT_EQ(raw_client::status(waits.response()), 503);
  EXPECT_EQ(raw_client::body(runs.response()), "GET /runs []");
  EXPECT_TRUE(half.closes_within(1000));
}

TEST(edge, takes_no_port_that_another_has) {
  running first;
  server_options options;
  options.port = first.edge.port();
  options.io_threads = 2;
  server second(options, echo);
  EXPECT_THROW(second.start(), std::system_error);
}

namespace {
// By zlib, not by the library the edge uses.
std::string gunzip(const std::string& bytes) {
  std::string out(1 << 20, '\0');
  z_stream z{};
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  inflateInit2(&z, 16 + MAX_WBITS);
  const int end = inflate(&z, Z_FINISH);
  out.resize(end == Z_STREAM_END ? z.total_out : 0);
  inflateEnd(&z);
  return out;
}
}  // namespace

TEST(edge, compresses_text_for_those_who_accept_it) {
  std::string page;
  for (int i = 0; i < 400; ++i) page += "<p>주민등록표 등본 교부 " + std::to_string(i) + "</p>";
  const auto shared = std::make_shared<const std::string>(page);
  running house([&](request& r) {
    auto out = text_response(200, page, "text/html; charset=utf-8");
    if (r.path == "/shared") out.body.clear(), out.shared = shared;
    if (r.path == "/small") out.body = std::string(1024, 'a');
    if (r.path == "/image") out.content_type = "image/png";
    if (r.path == "/secret") out.with("Content-Encoding", "identity");
    return out;
  });
  raw_client client(house.edge.port());
  for (auto path : {"/", "/shared", "/shared"}) {
    const auto answer = client.ask(get(path, "Accept-Encoding: br, gzip;q=0.5\r\n"));
    EXPECT_EQ(raw_client::field(answer, "Content-Encoding"), "gzip");
    EXPECT_EQ(raw_client::field(answer, "Vary"), "Accept-Encoding");
    EXPECT_LT(raw_client::body(answer).size(), page.size() / 4);
    EXPECT_EQ(gunzip(raw_client::body(answer)), page);
  }
  for (auto path : {"/small", "/image", "/secret"})
    EXPECT_EQ(raw_client::field(client.ask(get(path, "Accept-Encoding: gzip\r\n")),
                                "Content-Encoding"), "") << path;
  for (auto accept : {"", "Accept-Encoding: gzip;q=0\r\n", "Accept-Encoding: br\r\n",
                      "Accept-Encoding: *;q=1, gzip;q=0.0\r\n"}) {
    const auto answer = client.ask(get("/", accept));
    EXPECT_EQ(raw_client::field(answer, "Content-Encoding"), "") << accept;
    EXPECT_EQ(raw_client::body(answer), page);
  }
}
