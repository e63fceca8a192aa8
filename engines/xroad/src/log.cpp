#include "madang/xroad/log.hpp"

#include <algorithm>
#include <fstream>

#include "madang/base/text.hpp"
#include "madang/signatures/parts.hpp"
#include "madang/xroad/archive.hpp"
#include "madang/xroad/hash_chain.hpp"

namespace madang::xroad {

std::span<const store::migration> migrations();

namespace {

struct message_row {
  madang::id id;
  instant at;
  bool response = false, sent = false;
  std::string query_id, request_id, client, provider, service, person, issue, message;
  std::optional<store::bytes> body;
  std::string signature, chain_result, chain;
};
BOOST_DESCRIBE_STRUCT(message_row, (),
                      (id, at, response, sent, query_id, request_id, client, provider, service,
                       person, issue, message, body, signature, chain_result, chain))

struct stamp_row {
  madang::id id;
  instant at;
  std::string chain_result;
  store::bytes token;
};
BOOST_DESCRIBE_STRUCT(stamp_row, (), (id, at, chain_result, token))

struct waiting_row {
  id key;
  std::string signature;
};
BOOST_DESCRIBE_STRUCT(waiting_row, (), (key, signature))

struct whole_row {
  id key;
  bool response = false;
  std::string query_id, message;
  std::optional<store::bytes> body;
  std::string signature, chain_result, chain;
  std::optional<std::string> stamp_chain;
  std::string stamp_result;
  store::bytes token;
};
BOOST_DESCRIBE_STRUCT(whole_row, (),
                      (key, response, query_id, message, body, signature, chain_result, chain,
                       stamp_chain, stamp_result, token))

struct found_row {
  id key;
  instant at;
  bool response = false, sent = false;
  std::string query_id, request_id, client, provider, service, person, issue;
  std::optional<id> stamp;
};
BOOST_DESCRIBE_STRUCT(found_row, (),
                      (key, at, response, sent, query_id, request_id, client, provider, service,
                       person, issue, stamp))

struct counted {
  std::int64_t n = 0;
};
BOOST_DESCRIBE_STRUCT(counted, (), (n))
struct moment {
  std::optional<instant> at;
};
BOOST_DESCRIBE_STRUCT(moment, (), (at))
struct link_row {
  std::string digest, file;
};
BOOST_DESCRIBE_STRUCT(link_row, (), (digest, file))

constexpr std::size_t most_in_an_archive = 500;
constexpr const char* of_whole =
    "select m.id, m.response, m.query_id, m.message, m.body, m.signature, m.chain_result, m.chain, "
    "m.stamp_chain, s.chain_result, s.token from xroad_message m join xroad_stamp s on "
    "s.id = m.stamp ";

std::string container_of(const whole_row& r) {
  signed_message m{r.message, {}, r.signature, r.chain_result, r.chain};
  if (r.body) m.attachments.emplace_back(text::chars_of(*r.body));
  return write_container(m, {r.stamp_result, r.stamp_chain.value_or(""), r.token});
}

// What a file may be called, of an id that somebody chose.
std::string file_part(std::string_view s) {
  std::string out;
  for (const char c : s.substr(0, 60))
    out += std::isalnum(static_cast<unsigned char>(c)) || c == '-' ? c : '_';
  return out;
}

std::optional<instant> oldest(store::database& db) {
  return db.reading([](store::read& r) {
    return r.one<moment>("select min(at) from xroad_message where stamp is null")->at;
  });
}

void write_whole(const std::filesystem::path& file, const std::string& octets) {
  std::filesystem::create_directories(file.parent_path());
  const auto beside = file.string() + ".new";
  {
    std::ofstream out(beside, std::ios::binary);
    out << octets;
    out.flush();
    if (!out) throw std::runtime_error("the archive cannot be written");
  }
  std::filesystem::rename(beside, file);
}

}  // namespace

message_log::message_log(store::database& db, signatures::stamping stamping, log_options o)
    : db_(db), stamping_(std::move(stamping)), options_(o) {
  db.migrate("xroad", migrations());
  if (const auto since = oldest(db)) waits_since_ = since->micros;
}

bool message_log::accepts(instant at) const {
  const std::int64_t since = waits_since_;
  return since == 0 ||
         at.micros - since <= std::chrono::microseconds(options_.longest_wait).count();
}

outcome message_log::keep(const entry& about, const signed_message& m) {
  const instant at = madang::now();
  if (!accepts(at))
    return fault("LoggingFailed.TimestamperFailed",
                 "Messages cannot be time-stamped; no more are taken");
  const message_head& h = about.head;
  message_row row{new_id(),
                  at,
                  h.response,
                  about.sent,
                  h.query_id,
                  about.request_id,
                  h.client.str(),
                  h.service.provider.str(),
                  h.service.str(),
                  about.person,
                  about.issue,
                  m.message,
                  {},
                  m.signature,
                  m.chain_result,
                  m.chain};
  if (!m.attachments.empty()) {
    const auto b = text::bytes_of(m.attachments.front());
    row.body.emplace(b.begin(), b.end());
  }
  try {
    db_.writing([&](store::write& tx) { tx.insert("xroad_message", row); });
  } catch (const store::error& e) {
    if (e.why != store::error::cause::constraint) throw;
    return fault("InvalidRequest", "A message with this request id was taken before");
  }
  std::int64_t none = 0;
  waits_since_.compare_exchange_strong(none, at.micros);
  return nothing{};
}

result<std::size_t> message_log::stamp() {
  std::lock_guard lock(stamping_mutex_);
  const auto failed = [](std::string why) {
    return fault("LoggingFailed.TimestamperFailed", std::move(why));
  };
  if (!stamping_) return failed("No time-stamping authority is set");
  const auto rows = db_.reading([&](store::read& r) {
    return r.all<waiting_row>(
        "select id, signature from xroad_message where stamp is null order by id limit ?1",
        static_cast<std::int64_t>(options_.batch));
  });
  if (rows.empty()) return std::size_t{0};
  chain_builder::made chains;
  trust::bytes data;
  if (rows.size() == 1) {
    const auto s = signatures::read_parts_signature(rows[0].signature);
    if (s) data = s->value;
  } else {
    chain_builder builder;
    for (const auto& r : rows)
      builder.add({signatures::digest_by("SHA512", trust::view_of(r.signature))});
    chains = builder.build("/ts-hashchain.xml", "/META-INF/signatures.xml");
    const auto b = text::bytes_of(chains.result);
    data.assign(b.begin(), b.end());
  }
  result<trust::bytes> token = failed("");
  try {
    token = signatures::stamp(stamping_, data, "SHA512");
  } catch (const std::exception& e) {
    return failed(e.what());
  }
  if (!token) return failed(token.why().code);
  const stamp_row stamp{new_id(), madang::now(), chains.result, *token};
  db_.writing([&](store::write& tx) {
    tx.insert("xroad_stamp", stamp);
    for (std::size_t i = 0; i < rows.size(); ++i)
      tx.run("update xroad_message set stamp = ?1, stamp_chain = ?2 where id = ?3", stamp.id,
             chains.chains.empty() ? std::string() : chains.chains[i], rows[i].key);
  });
  const auto still = oldest(db_);
  waits_since_ = still ? still->micros : 0;
  return rows.size();
}

std::vector<log_record> message_log::find(const log_search& w) const {
  // Each condition by its own index; the narrowest first is the store's to choose.
  std::string sql =
      "select id, at, response, sent, query_id, request_id, client, provider, service, person, "
      "issue, "
      "stamp from xroad_message where id < ?1";
  std::vector<std::string> values;
  const auto with = [&](const char* column, const std::string& value) {
    if (value.empty()) return;
    values.push_back(value);
    sql += std::string(" and ") + column + " = ?" + std::to_string(values.size() + 2);
  };
  with("query_id", w.query_id);
  with("person", w.person);
  with("issue", w.issue);
  const auto run = [&](const std::string& text, const std::vector<std::string>& v) {
    std::vector<store::parameter> p{store::parameter(w.before),
                                    store::parameter(static_cast<std::int64_t>(w.limit))};
    for (const auto& one : v) p.emplace_back(one);
    std::vector<log_record> out;
    db_.reading([&](store::read& r) {
      r.each_row(text + " order by id desc limit ?2", p, [&](const store::row& row) {
        const auto f = store::take_row<found_row>(row);
        out.push_back({f.key, f.at, f.response, f.sent, f.query_id, f.request_id, f.client,
                       f.provider, f.service, f.person, f.issue, f.stamp});
      });
    });
    return out;
  };
  if (w.member.empty()) return run(sql, values);
  values.push_back(w.member);
  const std::string place = "?" + std::to_string(values.size() + 2);
  auto out = run(sql + " and client = " + place, values);
  for (auto& more : run(sql + " and provider = " + place + " and client <> " + place, values))
    out.push_back(std::move(more));
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return b.key < a.key; });
  if (out.size() > static_cast<std::size_t>(w.limit)) out.resize(static_cast<std::size_t>(w.limit));
  return out;
}

std::optional<std::string> message_log::container(id key) const {
  const auto row = db_.reading([&](store::read& r) {
    return r.one<whole_row>(std::string(of_whole) + "where m.id = ?1", key);
  });
  if (!row) return {};
  return container_of(*row);
}

std::optional<std::string> message_log::archive(const std::filesystem::path& folder) {
  std::lock_guard lock(archiving_);
  const auto rows = db_.reading([&](store::read& r) {
    return r.all<whole_row>(
        std::string(of_whole) +
            "where m.archived = 0 and m.stamp is not null order by m.id limit ?1",
        static_cast<std::int64_t>(most_in_an_archive));
  });
  if (rows.empty()) return {};
  const auto last = db_.reading([&](store::read& r) {
    return r.one<link_row>("select digest, file from xroad_archive order by id desc limit 1");
  });
  std::vector<archived> files;
  for (const auto& r : rows)
    files.push_back(
        {file_part(r.query_id) + (r.response ? "-response-" : "-request-") + r.key.str() + ".asice",
         container_of(r)});
  const auto made =
      write_archive(files, last ? archive_link{last->digest, last->file} : archive_link{});
  const std::string name = "mlog-" + rows.front().key.str() + "-" + rows.back().key.str() + "-" +
                           made.link.digest.substr(0, 16) + ".zip";
  // The file is there before the log says so; what was written twice by a crash has one name.
  write_whole(folder / name, made.zip);
  db_.writing([&](store::write& tx) {
    tx.run("insert into xroad_archive (id, at, file, digest) values (?1, ?2, ?3, ?4)", new_id(),
           madang::now(), name, made.link.digest);
    for (const auto& r : rows) tx.run("update xroad_message set archived = 1 where id = ?1", r.key);
  });
  return name;
}

message_log::figures message_log::now() const {
  return db_.reading([](store::read& r) {
    figures f;
    f.messages = r.one<counted>("select count(1) from xroad_message")->n;
    f.waiting = r.one<counted>("select count(1) from xroad_message where stamp is null")->n;
    f.oldest_waiting = r.one<moment>("select min(at) from xroad_message where stamp is null")->at;
    return f;
  });
}

}  // namespace madang::xroad
