#include "channel.hpp"

#include <algorithm>

#include "madang/egress/egress.hpp"
#include "madang/html/node.hpp"

namespace madang::first_street {
namespace {

constexpr auto pause = std::chrono::seconds(2);
constexpr std::int64_t asked_of_ours = 100;
constexpr const char* file_name = "participation/channel.yaml";

const std::string& columns() {
  static const std::string all = store::columns<post>();
  return all;
}

std::vector<post> posts_of(const site& s, const json::value& said) {
  std::vector<post> out;
  const auto& items = json::at(said, "items");
  if (!items.is_array()) return out;
  for (const auto& one : items.get_array()) {
    const auto at = instant::parse(json::str(one, "at"));
    const std::string href(json::str(one, "href"));
    if (!at || !href.starts_with('/')) continue;
    const auto topic = json::str(one, "topic");
    out.push_back({s.id, std::string(json::str(one, "id")), std::string(json::str(one, "title")),
                   plain_text(text::head(json::str(one, "summary"), longest_summary)),
                   std::string(json::str(one, "language")), href,
                   std::string(topic.empty() ? s.topic : topic), *at,
                   instant::parse(json::str(one, "ends")).value_or(forever)});
  }
  return out;
}

// A post from the future would stand above all others for ever.
std::vector<post> posts_of(const site& s, const feed& f, const std::string& language) {
  std::vector<post> out;
  for (const auto& e : f.entries)
    out.push_back({s.id, e.id, e.title, e.summary, language, e.link, s.topic,
                   std::min(e.at.value_or(now()), now()), forever});
  return out;
}

}  // namespace

channel::channel(platform::house& h, store::database& db) : house_(h), db_(db) {
  const auto fail = [&](const std::string& why) { throw packs::broken_pack({file_name, 0, why}); };
  const json::value said = h.pack().yaml(file_name);
  every_seconds_ = std::max<std::int64_t>(json::num(said, "every_seconds", 900), 1);
  const auto& topics = json::at(said, "topics");
  const auto& sites = json::at(said, "sites");
  if (!topics.is_array() || !sites.is_array()) fail("has topics and sites");
  for (const auto& t : topics.get_array())
    topics_.push_back({std::string(json::str(t, "id")), json::words_of(json::at(t, "name"))});
  for (const auto& v : sites.get_array()) {
    site s{std::string(json::str(v, "id")),     std::string(json::str(v, "asks")),
           std::string(json::str(v, "feed")),   std::string(json::str(v, "topic")),
           json::words_of(json::at(v, "name")), json::flag(v, "calendar")};
    if (s.id.empty() || s.name.empty() || s.asks.empty() == s.feed.empty() || find_site(s.id))
      fail("site " + s.id + " has an id, a name, and asks or a feed");
    if (!find_topic(s.topic)) fail("no topic is called " + s.topic);
    sites_.push_back(std::move(s));
  }
}

const site* channel::find_site(std::string_view wanted) const {
  const auto found = std::ranges::find(sites_, wanted, &site::id);
  return found == sites_.end() ? nullptr : &*found;
}

const channel::topic* channel::find_topic(std::string_view wanted) const {
  const auto found = std::ranges::find(topics_, wanted, &topic::id);
  return found == topics_.end() ? nullptr : &*found;
}

std::vector<site> channel::sites() const {
  std::lock_guard lock(absent_mutex_);
  std::vector<site> out;
  for (const auto& s : sites_)
    if (!absent_.contains(s.id)) out.push_back(s);
  return out;
}

// ---- the thread ----
void channel::start() {
  stopping_ = false;
  thread_ = std::thread([this] { work(); });
}

void channel::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void channel::work() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    try {
      look_at_ours();
      look_at_feeds();
    } catch (const std::exception& e) {  // the store cannot be reached: later
      log::warn("channel.look", {{"what", e.what()}});
    }
    lock.lock();
    wake_.wait_for(lock, pause, [&] { return stopping_.load(); });
  }
}

void channel::look_at_ours() {
  const audit::access why{audit::system_actor("channel"), house_.said("purpose.first_street"),
                          house_.said("law.proposal"), ""};
  for (const auto& s : sites_) {
    if (s.asks.empty() || stopping_) continue;
    const auto said = house_.hub().ask(s.asks, why, json::object{{"limit", asked_of_ours}});
    if (!said && said.why().code == "exchange.unknown") {
      std::lock_guard hold(absent_mutex_);
      absent_[s.id] = true;
      continue;
    }
    auto state = state_of(s.id);
    if (said) {
      keep(s, posts_of(s, *said), {s.id, {}, now(), {}, {}, {}});
    } else {
      if (state.failing_since.micros == 0) state.failing_since = now();
      state.problem = said.why().code;
      keep(s, {}, state);
    }
  }
}

void channel::look_at_feeds() {
  for (const auto& s : sites_) {
    if (s.feed.empty() || stopping_ || next_[s.id] > now()) continue;
    look_at(s);
    next_[s.id] = now().plus(std::chrono::seconds(every_seconds_));
  }
}

void channel::look_at(const site& s) {
  auto state = state_of(s.id);
  egress::call call;
  call.why = egress::purpose::feed;
  call.url = s.feed;
  call.headers = {"Accept: application/atom+xml, application/rss+xml, application/xml;q=0.9"};
  if (!state.etag.empty()) call.headers.push_back("If-None-Match: " + state.etag);
  if (!state.last_modified.empty())
    call.headers.push_back("If-Modified-Since: " + state.last_modified);
  call.connect_seconds = 3, call.whole_seconds = 8;
  call.most_body = feed_octets;
  const auto answer = egress::ask(call);
  const auto fails = [&](const std::string& problem) {
    if (state.failing_since.micros == 0) state.failing_since = now();
    state.problem = problem;
    keep(s, {}, state);
  };
  if (answer.status == 304)
    return keep(s, {}, {s.id, {}, now(), {}, state.etag, state.last_modified});
  if (answer.status != 200)
    return fails(answer.status ? "status " + std::to_string(answer.status) : answer.problem);
  const auto read = read_feed(answer.body);
  if (!read) return fails(read.why().code);
  keep(s, posts_of(s, *read, house_.pack().language()),
       {s.id, {}, now(), {}, answer.etag, answer.last_modified});
}

site_state channel::state_of(const std::string& wanted) const {
  auto found = db_.reading([&](store::read& q) {
    return q.one<site_state>("select " + store::columns<site_state>() + " from site where id = ?1",
                             wanted);
  });
  return found ? std::move(*found) : site_state{wanted, {}, {}, {}, {}, {}};
}

std::vector<site_state> channel::states() const {
  std::vector<site_state> out;
  for (const auto& s : sites()) out.push_back(state_of(s.id));
  return out;
}

// What says the same as before is not written again, so a quiet site costs a read.
void channel::keep(const site& s, const std::vector<post>& posts, const site_state& state) {
  const auto same = db_.reading([&](store::read& q) {
    std::vector<const post*> changed;
    for (const auto& p : posts) {
      const auto there = q.one<post>(
          "select " + columns() + " from post where site = ?1 and id = ?2", p.site, p.id);
      if (!there || there->title != p.title || there->summary != p.summary ||
          there->href != p.href || there->topic != p.topic || there->ends != p.ends)
        changed.push_back(&p);
    }
    return changed;
  });
  const auto before = state_of(s.id);
  // An hour says well enough when a site was well last.
  const bool told = before.problem != state.problem || before.etag != state.etag ||
                    before.last_modified != state.last_modified ||
                    before.failing_since != state.failing_since ||
                    state.last_good.micros - before.last_good.micros > 3'600'000'000;
  if (same.empty() && !told) return;
  db_.writing([&](store::write& tx) {
    for (const auto* p : same)
      tx.run(
          "insert into post (site, id, title, summary, language, href, topic, at, ends) values "
          "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) on conflict (site, id) do update set "
          "title = ?3, summary = ?4, href = ?6, topic = ?7, ends = ?9",
          p->site, p->id, p->title, p->summary, p->language, p->href, p->topic, p->at, p->ends);
    if (!same.empty())
      tx.run(
          "delete from post where site = ?1 and id not in (select id from post where site = ?1 "
          "order by at desc, id limit ?2)",
          s.id, most_kept);
    tx.run(
        "insert into site (id, failing_since, last_good, problem, etag, last_modified) values "
        "(?1, ?2, ?3, ?4, ?5, ?6) on conflict (id) do update set failing_since = ?2, "
        "last_good = ?3, problem = ?4, etag = ?5, last_modified = ?6",
        state.id, state.failing_since, state.last_good, state.problem, state.etag,
        state.last_modified);
  });
  if (!same.empty() || index_.size() == 0) find_anew();
}

void channel::find_anew() {
  std::vector<search::document> all;
  db_.reading([&](store::read& q) {
    q.each<post>("select " + columns() + " from post order by at desc limit 5000", [&](post&& p) {
      search::document d;
      d.key = p.site + "\n" + p.id;
      const std::string language = p.language.empty() ? house_.pack().language() : p.language;
      d.title.set(language, p.title);
      d.body.set(language, p.summary);
      d.facets = {{"site", p.site}, {"topic", p.topic}};
      all.push_back(std::move(d));
    });
  });
  index_.replace(std::move(all));
}

// ---- reading ----
channel::found channel::list(const wanted& w) const {
  found out;
  if (!text::trim(w.words).empty()) {
    search::question q;
    q.text = w.words;
    q.language = house_.pack().language();
    q.offset = static_cast<std::size_t>(w.skip);
    q.limit = static_cast<std::size_t>(w.limit);
    if (!w.site.empty()) q.facets.emplace_back("site", w.site);
    if (!w.topic.empty()) q.facets.emplace_back("topic", w.topic);
    const auto hits = index_.query(q);
    out.total = static_cast<std::int64_t>(hits.total);
    for (const auto& hit : hits.hits) {
      const auto cut = hit.key.find('\n');
      auto p = db_.reading([&](store::read& r) {
        return r.one<post>("select " + columns() + " from post where site = ?1 and id = ?2",
                           hit.key.substr(0, cut), hit.key.substr(cut + 1));
      });
      if (p) out.posts.push_back(std::move(*p));
    }
    return out;
  }
  const std::string where = " from post where (site = ?1 or ?1 = '') and (topic = ?2 or ?2 = '')";
  db_.reading([&](store::read& r) {
    out.total = r.one<std::int64_t>("select count(*)" + where, w.site, w.topic).value_or(0);
    out.posts = r.all<post>(
        "select " + columns() + where + " order by at desc, site, id limit ?3 offset ?4", w.site,
        w.topic, w.limit, w.skip);
  });
  return out;
}

std::vector<post> channel::ending(instant from, instant until) const {
  std::vector<post> out;
  db_.reading([&](store::read& r) {
    for (const auto& s : sites_) {
      if (!s.calendar) continue;
      auto some = r.all<post>("select " + columns() +
                                  " from post where site = ?1 and ends >= ?2 "
                                  "and ends < ?3 order by ends limit 500",
                              s.id, from, until);
      out.insert(out.end(), some.begin(), some.end());
    }
  });
  return out;
}

}  // namespace madang::first_street
