#include "madang/notices/channels.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "both_stores.hpp"
#include "madang/egress/egress.hpp"
#include "madang/notices/notices.hpp"

namespace madang::notices {
namespace {

// A socket of this machine; each connection is served to its end, one after the other.
class listener {
 public:
  explicit listener(std::function<void(int)> serve)
      : listening_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof here;
    check(::bind(listening_, reinterpret_cast<sockaddr*>(&here), size) == 0, "bind");
    check(::listen(listening_, 4) == 0, "listen");
    ::getsockname(listening_, reinterpret_cast<sockaddr*>(&here), &size);
    port = ntohs(here.sin_port);
    thread_ = std::thread([this, serve = std::move(serve)] {
      for (int c; (c = ::accept(listening_, nullptr, nullptr)) >= 0; ::close(c)) serve(c);
    });
  }
  ~listener() {
    ::shutdown(listening_, SHUT_RDWR);
    thread_.join();
    ::close(listening_);
  }
  int port = 0;

 private:
  int listening_;
  std::thread thread_;
};

void say(int c, std::string_view line) { (void)!::write(c, line.data(), line.size()); }

// RFC 5321, the server's side of one session after the other; keeps what it was given.
class smtp_sink {
 public:
  std::string url() const { return "smtp://127.0.0.1:" + std::to_string(at_.port); }
  std::atomic<bool> refuses{false};          // 550 to every recipient
  std::vector<std::string> to, messages;

 private:
  void serve(int c) {
    std::string rest, data;
    bool in_data = false;
    say(c, "220 sink\r\n");
    char some[4096];
    for (ssize_t n; (n = ::read(c, some, sizeof some)) > 0;) {
      rest.append(some, static_cast<std::size_t>(n));
      for (std::size_t end; (end = rest.find("\r\n")) != std::string::npos;) {
        const std::string line = rest.substr(0, end);
        rest.erase(0, end + 2);
        if (in_data && line == ".") {
          in_data = false;
          messages.push_back(data);
          say(c, "250 kept\r\n");
        } else if (in_data) {
          data += line + "\n";
        } else if (line.starts_with("RCPT")) {
          if (!refuses) to.push_back(line);
          say(c, refuses ? "550 nobody\r\n" : "250 ok\r\n");
        } else if (line == "DATA") {
          in_data = true;
          data.clear();
          say(c, "354 go on\r\n");
        } else {
          say(c, line == "QUIT" ? "221 bye\r\n" : "250 ok\r\n");
        }
      }
    }
  }
  listener at_{[this](int c) { serve(c); }};
};

// The answers of Kannel's smsbox (user guide, "Using the HTTP interface to smsbox"); what a real
// one makes of our requests is seen in whole.messages.
class gateway_sink {
 public:
  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(at_.port) + "/cgi-bin/sendsms";
  }
  std::atomic<bool> refuses{false};
  std::vector<std::string> heads, bodies;

 private:
  void serve(int c) {
    std::string all;
    char some[4096];
    for (ssize_t n; (n = ::read(c, some, sizeof some)) > 0;) {
      all.append(some, static_cast<std::size_t>(n));
      const auto end = all.find("\r\n\r\n"), length = all.find("Content-Length: ");
      if (end == all.npos || length == all.npos) continue;
      if (all.size() < end + 4 + std::stoul(all.substr(length + 16))) continue;
      heads.push_back(all.substr(0, end));
      bodies.push_back(all.substr(end + 4));
      const std::string_view said = refuses ? "Authorization failed" : "0: Accepted for delivery";
      say(c, fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
                         refuses ? "403 Forbidden" : "202 Accepted", said.size(), said));
      return;
    }
  }
  listener at_{[this](int c) { serve(c); }};
};

audit::access own() {
  return {audit::system_actor("test"), {"시험", "Test"}, {"시험법", "Test Act"}, ""};
}

letter written(way w, std::string_view, std::string_view code) {
  if (w == way::text)
    return {"", code.empty() ? "알림함을 보세요." : "숫자 " + std::string(code)};
  return code.empty() ? letter{"새 알림", "알림함을 보세요.\n"}
                      : letter{"확인 숫자", std::string(code) + "\n"};
}

std::string body_of(const std::string& message) {
  std::string packed = message.substr(message.find("\n\n") + 2);
  std::erase(packed, '\n');
  const auto plain = text::from_base64(packed);
  return plain ? std::string(plain->begin(), plain->end()) : "no base64";
}

class an_email : public on_both_stores {
 protected:
  void SetUp() override {
    if (!open()) GTEST_SKIP() << none;
    egress::open_to(*egress::rules::read({"mail=loopback", "text-message=loopback"}));
    audit::prepare(*db);
    letters = std::make_unique<box>(*db);
    channel = std::make_unique<channels>(*db, "82");
    sends = std::make_unique<messenger>(
        *db,
        mail_server{sink.url(), "", "",
                    "no-reply@madang.example", ""},
        text_gateway{gateway.url(), "madang", "secret words", "110", ""}, own(), written);
  }
  void choose() {
    ASSERT_TRUE(channel->ask(own(), kim, way::email, "kim@mail.example", "ko"));
    ASSERT_EQ(sends->send_due(now()), 1);
    const std::string code = body_of(sink.messages.back()).substr(0, 6);
    ASSERT_TRUE(channel->confirm(own(), kim, way::email, code));
  }
  void tell(std::string_view source) {
    letters->put({{}, kim, "", {"수리", "Accepted"}, {}, "", "", {}, {}}, source);
  }
  std::string last_problem() {
    return db->reading([](store::read& r) {
      return r.one<std::string>("select problem from dispatch order by key desc limit 1");
    }).value_or("");
  }

  smtp_sink sink;
  gateway_sink gateway;
  id kim = new_id();
  std::unique_ptr<box> letters;
  std::unique_ptr<channels> channel;
  std::unique_ptr<messenger> sends;
};

TEST_P(an_email, is_chosen_by_the_code_that_came_and_says_once_that_there_is_something) {
  tell("before");
  EXPECT_EQ(sends->send_due(now()), 0) << "nobody is written to who has not chosen it";
  choose();
  EXPECT_EQ(channel->of(kim, way::email).address, "kim@mail.example");
  EXPECT_EQ(sink.to.back(), "RCPT TO:<kim@mail.example>");
  tell("one");
  tell("two");
  tell("two");
  EXPECT_EQ(channel->waiting(way::email), 1);
  EXPECT_EQ(sends->send_due(now()), 1);
  EXPECT_EQ(body_of(sink.messages.back()), "알림함을 보세요.\r\n");
  EXPECT_EQ(sink.messages.back().find("수리"), std::string::npos) << "it never says what";
  EXPECT_EQ(sends->send_due(now()), 0);
  tell("three");
  EXPECT_EQ(sends->send_due(now()), 1);
  // Each use of her address stands in her trail: three sendings, asking, confirming.
  EXPECT_EQ(db->reading([&](store::read& r) { return audit::count_about(r, kim, {}); }), 5);
}

TEST_P(an_email, is_not_chosen_by_a_wrong_or_an_old_code) {
  EXPECT_EQ(channel->confirm(own(), kim, way::email, "000000").why().code, "channel.expired");
  ASSERT_TRUE(channel->ask(own(), kim, way::email, "kim@mail.example", "ko"));
  ASSERT_EQ(sends->send_due(now()), 1);
  const std::string right = body_of(sink.messages.back()).substr(0, 6);
  const std::string wrong = right == "123456" ? "123457" : "123456";
  for (int i = 0; i < channels::most_tries; ++i)
    EXPECT_EQ(channel->confirm(own(), kim, way::email, wrong).why().code, "channel.code");
  EXPECT_EQ(channel->confirm(own(), kim, way::email, right).why().code, "channel.code")
      << "five were wrong";
  for (int i = 1; i < channels::most_codes_a_day; ++i)
    EXPECT_TRUE(channel->ask(own(), kim, way::email, "kim@mail.example", "ko"));
  EXPECT_EQ(channel->ask(own(), kim, way::email, "kim@mail.example", "ko").why().code,
            "channel.too_often");
  db->writing([&](store::write& tx) {
    tx.run("update channel set asked_at = ?1", instant{now().micros - 31 * 60'000'000ll});
  });
  EXPECT_EQ(channel->confirm(own(), kim, way::email, right).why().code, "channel.expired");
  EXPECT_EQ(channel->of(kim, way::email).address, "");
}

TEST_P(an_email, is_tried_again_and_given_up_and_forgotten) {
  choose();
  sink.refuses = true;
  tell("one");
  instant at = now();
  for (const int minutes : {1, 5, 30, 120, 720}) {
    EXPECT_EQ(sends->send_due(at), 0);
    EXPECT_NE(last_problem(), "");
    EXPECT_EQ(channel->waiting(way::email), 1);
    EXPECT_EQ(sends->send_due({at.micros + (minutes * 60 - 1) * 1'000'000ll}), 0);
    at.micros += minutes * 60'000'000ll;
  }
  EXPECT_EQ(sends->send_due(at), 0);
  EXPECT_EQ(channel->waiting(way::email), 0) << "after six tries no more";
  sink.refuses = false;
  tell("two");
  channel->forget(own(), kim, way::email);
  EXPECT_EQ(sends->send_due(now()), 0);
  EXPECT_EQ(channel->of(kim, way::email).address, "");
}

class a_text_message : public an_email {};

TEST_P(a_text_message, goes_to_a_number_that_answered_beside_the_e_mail_and_says_as_little) {
  choose();
  ASSERT_TRUE(channel->ask(own(), kim, way::text, "010-1234-5678", "ko"));
  ASSERT_EQ(sends->send_due(now()), 1);
  ASSERT_EQ(gateway.heads.size(), 1u);
  EXPECT_NE(gateway.heads[0].find("X-Kannel-To: +821012345678\r\n"), std::string::npos);
  EXPECT_TRUE(gateway.heads[0].starts_with("POST /cgi-bin/sendsms HTTP/1.1\r\n"))
      << "neither number nor password stands in the address";
  tell("before");
  EXPECT_EQ(sends->send_due(now()), 1) << "the number has not answered";
  const std::string code = gateway.bodies[0].substr(gateway.bodies[0].size() - 6);
  EXPECT_EQ(channel->confirm(own(), kim, way::email, code).why().code, "channel.expired");
  ASSERT_TRUE(channel->confirm(own(), kim, way::text, code));
  EXPECT_EQ(channel->of(kim, way::text).address, "+821012345678");
  tell("one");
  tell("two");
  EXPECT_EQ(sends->send_due(now()), 2) << "once by each way";
  EXPECT_EQ(gateway.bodies.back(), "알림함을 보세요.");
  channel->forget(own(), kim, way::text);
  tell("three");
  EXPECT_EQ(sends->send_due(now()), 1);
  EXPECT_EQ(gateway.bodies.size(), 2u);
}

TEST_P(a_text_message, waits_for_a_gateway_and_is_tried_again) {
  gateway.refuses = true;
  ASSERT_TRUE(channel->ask(own(), kim, way::text, "+44 7911 123456", "en"));
  EXPECT_EQ(channel->ask(own(), kim, way::text, "110", "en").why().field, "address");
  EXPECT_EQ(sends->send_due(now()), 0);
  EXPECT_EQ(last_problem(), "status 403");
  EXPECT_EQ(channel->waiting(way::text), 1);
  EXPECT_EQ(channel->waiting(way::email), 0);
  messenger without(*db, mail_server{}, text_gateway{}, own(), written);
  const instant later{now().micros + 61'000'000};
  EXPECT_EQ(without.send_due(later), 0) << "a house without a gateway leaves it waiting";
  gateway.refuses = false;
  EXPECT_EQ(sends->send_due(later), 1);
}

INSTANTIATE_TEST_SUITE_P(stores, an_email, both_stores);
INSTANTIATE_TEST_SUITE_P(stores, a_text_message, both_stores);

TEST(a_gateway, is_given_a_password_by_https_or_on_this_machine_alone) {
  auto tells = [](const char* url) { return text_gateway{url, "u", "p", "", ""}.tells_secrets(); };
  EXPECT_TRUE(tells("http://sms.example:13013/cgi-bin/sendsms"));
  EXPECT_TRUE(tells("http://127.0.0.1.example:13013/"));
  EXPECT_FALSE(tells("https://sms.example:13013/cgi-bin/sendsms"));
  EXPECT_FALSE(tells("http://127.0.0.1:13013/cgi-bin/sendsms"));
  EXPECT_FALSE((text_gateway{"http://sms.example:80/", "u", "", "", ""}.tells_secrets()));
}

TEST(an_address, has_the_form_of_rfc_5321) {
  for (const char* good : {"kim@mail.example", "k.i+m@a-b.co.kr", "o'neil@x.kr"})
    EXPECT_TRUE(is_email_address(good)) << good;
  for (const char* bad : {"", "kim", "kim@", "@mail.example", "kim@mail", "kim@-a.kr", "kim@a..kr",
                          ".kim@a.kr", "ki m@a.kr", "kim@a.kr\r\nBcc: all@a.kr", "kim@a.kr>",
                          "김@a.kr", "a@b@c.kr,"})
    EXPECT_FALSE(is_email_address(bad)) << bad;
  EXPECT_FALSE(is_email_address(std::string(65, 'a') + "@a.kr"));
}

// Base64 of "확인 숫자" by coreutils; dates by RFC 5322 section 3.3.
TEST(a_message, is_written_by_rfc_5322_and_2047) {
  const std::string m = message_of("no-reply@madang.example", "kim@mail.example",
                                   {"확인 숫자", "1\n"}, "id", instant{1'795'824'000'000'000});
  EXPECT_NE(m.find("Date: Sat, 28 Nov 2026 00:00:00 +0000\r\n"), std::string::npos) << m;
  EXPECT_NE(m.find("Subject: =?UTF-8?B?7ZmV7J24IOyIq+yekA==?=\r\n"), std::string::npos) << m;
  EXPECT_NE(m.find("Message-ID: <id@madang.example>\r\n"), std::string::npos);
  EXPECT_NE(m.find("\r\n\r\nMQ0K\r\n"), std::string::npos) << "1, CR, LF";
  for (std::size_t begin = 0, end; (end = m.find("\r\n", begin)) != std::string::npos;
       begin = end + 2)
    EXPECT_LE(end - begin, 78u);
}

}  // namespace
}  // namespace madang::notices
