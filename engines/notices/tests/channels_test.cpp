#include "madang/notices/email.hpp"

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

// RFC 5321, the server's side of one session after the other; keeps what it was given.
class smtp_sink {
 public:
  smtp_sink() : listening_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof here;
    check(::bind(listening_, reinterpret_cast<sockaddr*>(&here), size) == 0, "bind");
    check(::listen(listening_, 4) == 0, "listen");
    ::getsockname(listening_, reinterpret_cast<sockaddr*>(&here), &size);
    port = ntohs(here.sin_port);
    thread_ = std::thread([this] {
      for (int c; (c = ::accept(listening_, nullptr, nullptr)) >= 0;) serve(c);
    });
  }
  ~smtp_sink() {
    ::shutdown(listening_, SHUT_RDWR);
    thread_.join();
    ::close(listening_);
  }
  int port = 0;
  std::atomic<bool> refuses{false};          // 550 to every recipient
  std::vector<std::string> to, messages;

 private:
  static void say(int c, std::string_view line) {
    (void)!::write(c, line.data(), line.size());
  }
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
    ::close(c);
  }
  int listening_;
  std::thread thread_;
};

audit::access own() {
  return {audit::system_actor("test"), {"시험", "Test"}, {"시험법", "Test Act"}, ""};
}

letter written(std::string_view, std::string_view code) {
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
    egress::open_to(*egress::rules::read({"mail=loopback"}));
    audit::prepare(*db);
    letters = std::make_unique<box>(*db);
    channel = std::make_unique<email>(*db);
    sends = std::make_unique<mailer>(
        *db,
        mail_server{"smtp://127.0.0.1:" + std::to_string(sink.port), "", "",
                    "no-reply@madang.example", ""},
        own(), written);
  }
  void choose() {
    ASSERT_TRUE(channel->ask(own(), kim, "kim@mail.example", "ko"));
    ASSERT_EQ(sends->send_due(now()), 1);
    ASSERT_TRUE(channel->confirm(own(), kim, body_of(sink.messages.back()).substr(0, 6)));
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
  id kim = new_id();
  std::unique_ptr<box> letters;
  std::unique_ptr<email> channel;
  std::unique_ptr<mailer> sends;
};

TEST_P(an_email, is_chosen_by_the_code_that_came_and_says_once_that_there_is_something) {
  tell("before");
  EXPECT_EQ(sends->send_due(now()), 0) << "nobody is written to who has not chosen it";
  choose();
  EXPECT_EQ(channel->of(kim).address, "kim@mail.example");
  EXPECT_EQ(sink.to.back(), "RCPT TO:<kim@mail.example>");
  tell("one");
  tell("two");
  tell("two");
  EXPECT_EQ(channel->waiting(), 1);
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
  EXPECT_EQ(channel->confirm(own(), kim, "000000").why().code, "email.expired");
  ASSERT_TRUE(channel->ask(own(), kim, "kim@mail.example", "ko"));
  ASSERT_EQ(sends->send_due(now()), 1);
  const std::string right = body_of(sink.messages.back()).substr(0, 6);
  const std::string wrong = right == "123456" ? "123457" : "123456";
  for (int i = 0; i < email::most_tries; ++i)
    EXPECT_EQ(channel->confirm(own(), kim, wrong).why().code, "email.code");
  EXPECT_EQ(channel->confirm(own(), kim, right).why().code, "email.code") << "five were wrong";
  for (int i = 1; i < email::most_codes_a_day; ++i)
    EXPECT_TRUE(channel->ask(own(), kim, "kim@mail.example", "ko"));
  EXPECT_EQ(channel->ask(own(), kim, "kim@mail.example", "ko").why().code, "email.too_often");
  db->writing([&](store::write& tx) {
    tx.run("update email_channel set asked_at = ?1", instant{now().micros - 31 * 60'000'000ll});
  });
  EXPECT_EQ(channel->confirm(own(), kim, right).why().code, "email.expired");
  EXPECT_EQ(channel->of(kim).address, "");
}

TEST_P(an_email, is_tried_again_and_given_up_and_forgotten) {
  choose();
  sink.refuses = true;
  tell("one");
  instant at = now();
  for (const int minutes : {1, 5, 30, 120, 720}) {
    EXPECT_EQ(sends->send_due(at), 0);
    EXPECT_NE(last_problem(), "");
    EXPECT_EQ(channel->waiting(), 1);
    EXPECT_EQ(sends->send_due({at.micros + (minutes * 60 - 1) * 1'000'000ll}), 0);
    at.micros += minutes * 60'000'000ll;
  }
  EXPECT_EQ(sends->send_due(at), 0);
  EXPECT_EQ(channel->waiting(), 0) << "after six tries no more";
  sink.refuses = false;
  tell("two");
  channel->forget(own(), kim);
  EXPECT_EQ(sends->send_due(now()), 0);
  EXPECT_EQ(channel->of(kim).address, "");
}

INSTANTIATE_TEST_SUITE_P(stores, an_email, both_stores);

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
