#pragma once
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "feed.hpp"
#include "madang/platform/house.hpp"
#include "madang/search/index.hpp"

// One board over all sites where the people take part: places of ours, asked by name, and feeds of
// other sites. What was found is kept; a site that fails leaves what it said before, and since when
// it fails is shown.
namespace madang::first_street {

struct site {
  std::string id, asks, feed, topic;         // asks or feed, not both
  words name;
  bool calendar = false;
};

struct post {
  std::string site, id, title, summary, language, href, topic;
  instant at;
  instant ends;                    // forever: it does not end
};
BOOST_DESCRIBE_STRUCT(post, (), (site, id, title, summary, language, href, topic, at, ends))

struct site_state {
  std::string id;
  instant failing_since, last_good;          // 0: it does not fail; never yet
  std::string problem;             // refusal code, "egress.refused", "status 500" ..
  std::string etag, last_modified;
};
BOOST_DESCRIBE_STRUCT(site_state, (),
                      (id, failing_since, last_good, problem, etag, last_modified))

class channel {
 public:
  static constexpr int most_kept = 500;      // of one site
  // Throws packs::broken_pack when participation/channel.yaml is wrong.
  channel(platform::house& h, store::database& db);
  ~channel() { stop(); }
  channel(const channel&) = delete;

  void start();
  void stop();

  struct topic {
    std::string id;
    words name;
  };
  const std::vector<topic>& topics() const { return topics_; }
  // Those that are there: a place of ours that this country lacks is not.
  std::vector<site> sites() const;
  const site* find_site(std::string_view id) const;
  const topic* find_topic(std::string_view id) const;
  std::vector<site_state> states() const;

  struct wanted {
    std::string site = {}, topic = {}, words = {};         // empty: all
    int limit = 20, skip = 0;
  };
  struct found {
    std::vector<post> posts;       // the newest first; by likeness where words are asked for
    std::int64_t total = 0;
  };
  found list(const wanted& w) const;
  // Posts of sites of the calendar that end in this time.
  std::vector<post> ending(instant from, instant until) const;

 private:
  void work();
  void look_at_ours();
  void look_at_feeds();
  void look_at(const site& s);
  void keep(const site& s, const std::vector<post>& posts, const site_state& state);
  void find_anew();
  site_state state_of(const std::string& id) const;

  platform::house& house_;
  store::database& db_;
  std::vector<topic> topics_;
  std::vector<site> sites_;
  std::int64_t every_seconds_ = 900;
  std::map<std::string, instant> next_;      // when a feed is read again; of the thread
  mutable std::mutex absent_mutex_;
  std::map<std::string, bool> absent_;       // places of ours that nobody answers for
  search::index index_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> stopping_{false};
};

}  // namespace madang::first_street
