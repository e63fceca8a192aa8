// What this node has asked of others, summed up by month from its message log as it grows: nobody
// reads a log of millions to show a figure.
#include "madang/base/base.hpp"
#include "running_inside.hpp"

namespace madang::nodes {
namespace {

// By client and month; `place`: the last message that is counted.
constexpr store::migration tables[] = {
    {"0001_traffic",
     "create table traffic (month text not null, client text not null, calls bigint not null,\n"
     "  octets bigint not null, primary key (month, client));\n"
     "create table traffic_place (one bigint primary key, last bigint not null,\n"
     "  counted bigint not null);\n"}};

// Messages of the last seconds may still become visible before older ones (store.hpp).
constexpr std::chrono::seconds unsettled{5};
constexpr int batch = 2'000, most_batches = 50;
constexpr int months_told = 24;

struct message_line {
  id key;
  instant at;
  std::string client;
  bool response = false, sent = false;
  std::int64_t octets = 0;
};
BOOST_DESCRIBE_STRUCT(message_line, (), (key, at, client, response, sent, octets))

struct month_line {
  std::string month, client;
  std::int64_t calls = 0, octets = 0;
};
BOOST_DESCRIBE_STRUCT(month_line, (), (month, client, calls, octets))

std::string month_of(instant at) { return in_zone(at).date.str().substr(0, 7); }

// Head and body; SQLite counts letters of a text, PostgreSQL has a function for its octets.
const char* octets_of(bool postgres) {
  return postgres ? "octet_length(message) + coalesce(octet_length(body), 0)"
                  : "length(cast(message as blob)) + coalesce(length(body), 0)";
}

// How many were there. The question that was sent and the answer that came: who asks has both.
std::size_t count_some(store::database& db) {
  return db.writing([&](store::write& tx) {
    const auto last = tx.one<std::int64_t>("select last from traffic_place where one = 1");
    const auto lines = tx.all<message_line>(
        std::string("select id, at, client, response, sent, ") + octets_of(db.postgres()) +
            " from xroad_message where id > ?1 and at < ?2 order by id limit ?3",
        last.value_or(0), now().plus(-unsettled), batch);
    if (lines.empty()) return lines.size();
    std::map<std::pair<std::string, std::string>, month_line> sums;
    for (const auto& m : lines) {
      if (m.response == m.sent) continue;
      auto& sum = sums[{month_of(m.at), m.client}];
      sum.calls += m.response ? 0 : 1;
      sum.octets += m.octets;
    }
    for (const auto& [of, sum] : sums)
      tx.run("insert into traffic (month, client, calls, octets) values (?1, ?2, ?3, ?4) on "
             "conflict (month, client) do update set calls = traffic.calls + excluded.calls, "
             "octets = traffic.octets + excluded.octets",
             of.first, of.second, sum.calls, sum.octets);
    tx.run("insert into traffic_place (one, last, counted) values (1, ?1, ?2) on conflict (one) do "
           "update set last = excluded.last, counted = excluded.counted",
           lines.back().key, lines.back().at);
    return lines.size();
  });
}

}  // namespace

void prepare_traffic(store::database& db) { db.migrate("node_traffic", tables); }

std::string running::inside::count_traffic() {
  for (int i = 0; i < most_batches && !stopping; ++i)
    if (count_some(at.db) < static_cast<std::size_t>(batch)) break;
  return {};
}

json::value running::inside::traffic() const {
  json::array out;
  const auto first = month_of(now().plus(std::chrono::hours(-24 * 31 * months_told)));
  const auto lines = at.db.reading([&](store::read& r) {
    return r.all<month_line>("select month, client, calls, octets from traffic where month >= ?1 "
                             "order by month, client",
                             first);
  });
  for (const auto& l : lines)
    out.push_back(json::object{
        {"month", l.month}, {"client", l.client}, {"calls", l.calls}, {"octets", l.octets}});
  return out;
}

}  // namespace madang::nodes
