// A vote in a hall: 5,000 people with sessions of their own open the page by the code of the screen
// and vote, over HTTP on one machine, SQLite in a fresh folder, while a screen follows the result
// as the page does: it asks for news, is answered when there are any, and fetches the result. Shown
// are the voices a second that the house takes when nothing holds them back, how old the result on
// the screen is at worst, and whether every voice is counted. Beside it the pace that the hall asks
// for: 167 a second.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <thread>

#include "../systems/mvoting/src/station.hpp"
#include "madang/assembly/assembly.hpp"
#include "madang/base/log.hpp"
#include "madang/http/server.hpp"

using namespace madang;
using steady = std::chrono::steady_clock;

namespace {

constexpr int voters = 5'000, phones = 64;
constexpr double asked_for = 30;

double since(steady::time_point t) {
  return std::chrono::duration<double>(steady::now() - t).count();
}

// One connection, kept open; one question at a time.
class line {
 public:
  explicit line(unsigned short port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) std::exit(1);
  }
  ~line() { ::close(socket_); }
  line(const line&) = delete;

  std::string ask(const std::string& question) {
    if (::send(socket_, question.data(), question.size(), MSG_NOSIGNAL) < 0) std::exit(1);
    std::string all;
    char room[16'384];
    for (std::size_t whole = 0; whole == 0 || all.size() < whole;) {
      const auto n = ::recv(socket_, room, sizeof room, 0);
      if (n <= 0) {
        std::fprintf(stderr, "the server closed\n");
        std::exit(1);
      }
      all.append(room, static_cast<std::size_t>(n));
      const auto end = all.find("\r\n\r\n");
      const auto at = all.find("Content-Length: ");
      if (end != std::string::npos && at < end) whole = end + 4 + std::stoul(all.substr(at + 16));
    }
    return all;
  }
  std::string get(const std::string& path, const std::string& more = "Accept: application/json") {
    return ask("GET " + path + " HTTP/1.1\r\nHost: h\r\n" + more + "\r\n\r\n");
  }

 private:
  int socket_;
};

// The value of a hidden field of a page.
std::string field_in(const std::string& page, const std::string& name) {
  const std::string before = "name=\"" + name + "\" value=\"";
  const auto at = page.find(before);
  if (at == std::string::npos) return {};
  return page.substr(at + before.size(), page.find('"', at + before.size()) - at - before.size());
}

std::vector<std::string> people_of(platform::house& h) {
  std::vector<std::string> out;  // their cookies
  for (int i = 0; i < voters; ++i) {
    identity::account a;
    a.person = new_id();
    a.login = "voter" + std::to_string(i);
    a.name = a.latin = "Voter";
    a.persona = true;
    h.people().put_account(a);
    const auto s = h.people().sign_in_as_persona(a.person, "en");
    if (!s) std::exit(1);
    out.push_back("Cookie: session=" + s->token);
  }
  return out;
}

std::string posted(const std::string& path, const std::string& cookie, const std::string& body) {
  return "POST " + path + " HTTP/1.1\r\nHost: h\r\nAccept: application/json\r\n" + cookie +
         "\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

// The vote of a hall in a house of its own, and what is measured of it.
class hall {
 public:
  explicit hall(const std::string& folder) : house_(settings_in(folder)) {
    const auto rule = [&](const char* f) { return assembly::rule_of(house_.pack(), f); };
    station_ = std::make_shared<mvoting::station>(
        house_, std::vector<voices::rule>{rule("voices/vote.yaml"), rule("voices/poll.yaml")});
    mvoting::vote_pages(station_);
    mvoting::result_pages(station_);
    house_.accompany({[s = station_] { s->start(); }, [s = station_] { s->stop(); }});
    house_.open();
    audit::access why{audit::system_actor("bench"), {"시험", "bench"}, {"시험", "bench"}, ""};
    why.who.person = new_id();
    mvoting::plan p;
    p.text = {"Which name?", "Choose.", "en", "culture", {}, true};
    p.paper.options = {{"A", 0, {}, {}, {}}, {"B", 0, {}, {}, {}}, {"C", 0, {}, {}, {}}};
    p.presence = "venue";
    p.closes = now().plus(std::chrono::hours(1));
    ask_ = *station_->draft(why, "11010", p, now());
    if (!station_->publish(why, ask_, now())) std::exit(1);
    at_ = "/votes/" + ask_.number;
    people_ = people_of(house_);
  }

  void run() {
    http::server_options options;
    options.port = 0;
    http::server edge(options, [&](http::request& r) { return house_.answer(r); });
    edge.start();
    std::thread screen([&] { watch(edge.port()); });
    const auto begun = steady::now();
    std::vector<std::thread> all;
    for (int t = 0; t < phones; ++t) all.emplace_back([&] { vote(edge.port()); });
    for (auto& t : all) t.join();
    const double took = since(begun);
    while (station_->book().counted(ask_.key, voices::saying::choice) < accepted_)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const double counted = since(begun);
    over_ = true;
    screen.join();
    std::printf("%d of %d opened the page and voted in %.1f s: %.0f a second, %.1f x the pace\n",
                accepted_.load(), voters, took, accepted_ / took, asked_for / took);
    std::printf("all counted %.2f s after the last; the screen was %.2f s behind at worst\n",
                counted - took, oldest_);
    edge.stop();
    house_.close();
  }

 private:
  static platform::settings settings_in(const std::string& folder) {
    platform::settings s;
    s.data = folder;
    s.pack = MADANG_SOURCE "/packs/korea";
    s.web = MADANG_SOURCE "/web/dist";
    s.nightly = false;
    return s;
  }

  // As madang-hall does: how old is the oldest voice that was acknowledged and is not shown?
  void watch(unsigned short port) {
    line to(port);
    std::string version = "0";
    while (!over_) {
      to.get(at_ + "/news?known=" + version);
      const std::string r = to.get(at_ + "/results.json");
      const auto number = [&](const std::string& name) {
        return std::stoll(r.substr(r.find("\"" + name + "\":") + name.size() + 3));
      };
      version = std::to_string(number("version"));
      const auto shown = static_cast<std::size_t>(number("voters"));
      std::lock_guard lock(mutex_);
      if (shown < when_.size()) oldest_ = std::max(oldest_, since(when_[shown]));
    }
  }

  void vote(unsigned short port) {
    line to(port);
    for (int i = next_++; i < voters; i = next_++) {
      const std::string& cookie = people_[static_cast<std::size_t>(i)];
      const std::string page =
          to.get(at_ + "?at=" + mvoting::venue_code(station_->key(), ask_.key, now()),
                 "Accept: text/html\r\n" + cookie);
      const std::string body = "choice=" + std::to_string(i % 3 + 1) +
                               "&admission=" + http::percent_encode(field_in(page, "admission")) +
                               "&_csrf=" + http::percent_encode(field_in(page, "_csrf"));
      if (!to.ask(posted(at_ + "/choose", cookie, body)).starts_with("HTTP/1.1 303")) continue;
      ++accepted_;
      std::lock_guard lock(mutex_);
      when_.push_back(steady::now());
    }
  }

  platform::house house_;
  std::shared_ptr<mvoting::station> station_;
  voices::ask ask_;
  std::string at_;
  std::vector<std::string> people_;
  std::atomic<int> next_{0}, accepted_{0};
  std::atomic<bool> over_{false};
  std::mutex mutex_;
  std::vector<steady::time_point> when_;     // of the n-th voice that was acknowledged
  double oldest_ = 0;
};

}  // namespace

int main() {
  const auto folder = std::filesystem::temp_directory_path() / ("hall-" + new_id().str());
  hall(folder.string()).run();
  std::filesystem::remove_all(folder);
}
