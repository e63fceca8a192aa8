// Two nodes talk: what passes, what is refused, and what is left in both logs.
#include <fstream>
#include <thread>

#include "../src/wire.hpp"
#include "madang/base/json.hpp"
#include "madang/base/text.hpp"
#include "madang/xroad/archive.hpp"
#include "madang/xroad/transport.hpp"
#include "network.hpp"

namespace madang::xroad {
namespace {

class two_nodes : public on_both_stores {
 protected:
  void SetUp() override {
    if (!open()) GTEST_SKIP() << none;
    auto o = opened;
    o.name += "b";
    other = std::make_unique<store::database>(o);
    other_name = o.name;
    begin({}, {});
  }
  void begin(node_options of_provider, log_options of_log) {
    provider.reset();
    asker.reset();
    provider = std::make_unique<member_node>(*db, ministry, "node", of_provider, of_log);
    asker = std::make_unique<member_node>(*other, city, "node");
    publish();
    provider->server->offer({{ministry, "person", {}},
                             [this](const rest_request& r, const auto& body) {
                               ++asked;
                               if (holds_up.count()) std::this_thread::sleep_for(holds_up);
                               last = r;
                               provided out;
                               out.headers = {{"Content-Type", "application/json"},
                                              {"X-Own", "kept"},
                                              {"Server", "hidden"}};
                               out.body = "{\"path\":\"" + r.service_path +
                                          "\",\"got\":" + std::to_string(body ? body->size() : 0) +
                                          "}";
                               return out;
                             },
                             "openapi: 3.0.3\ninfo: {title: P, version: '1'}\npaths: {}\n",
                             {{"GET", "/v1/*"}, {"POST", "/v1/*"}}});
    provider->server->allow({{ministry, "person", {}}, city, {}, {"GET", "/v1/*"}});
    provider->server->allow({{ministry, "person", {}}, {}, "cities", {"POST", "/v1/*"}});
  }
  void publish(const std::function<void(shared_parameters&)>& change = {}) {
    auto p = parameters({provider->info(ministry), asker->info(city)});
    if (change) change(p);
    const auto c = configured(p);
    provider->server->use(c, far);
    asker->server->use(c, far);
    conf = c;
  }
  void TearDown() override {
    provider.reset();
    asker.reset();
    if (other && other->postgres())
      other->writing(
          [&](store::write& tx) { tx.execute("drop schema " + other_name + " cascade"); });
    other.reset();
    on_both_stores::TearDown();
  }
  call_answer get(const std::string& path, const fields& more = {}, const std::string& query = {}) {
    return call("GET", path, {}, more, query);
  }
  call_answer call(const std::string& method, const std::string& path,
                   const std::optional<std::string>& body = {}, const fields& more = {},
                   const std::string& query = {}) {
    fields h{{"X-Road-Client", city.str()}, {"User-Agent", "test"}, {"Accept", "application/json"}};
    h.insert(h.end(), more.begin(), more.end());
    return asker->server->call(method, base + path, query, h, body);
  }

  std::unique_ptr<store::database> other;
  std::string other_name;
  std::unique_ptr<member_node> provider, asker;
  std::shared_ptr<const configuration> conf;
  const std::string base = "/r1/KR/GOV/1741000/residents/";
  std::atomic<int> asked{0};
  std::chrono::milliseconds holds_up{0};
  rest_request last;
};

TEST_P(two_nodes, carry_a_call_with_the_headers_of_the_protocol) {
  const auto a = get("person/v1/kim",
                     {{"X-Road-Id", "q-1"},
                      {"X-Road-UserId", "KR1"},
                      {"X-Road-Issue", "case-7"},
                      {"X-Custom", "v"}},
                     "a=1");
  ASSERT_EQ(a.error, "") << a.body.value_or("");
  EXPECT_EQ(a.status, 200);
  EXPECT_EQ(*a.body, "{\"path\":\"/v1/kim\",\"got\":0}");
  EXPECT_EQ(a.header("x-road-id"), "q-1");
  EXPECT_EQ(a.header("x-road-client"), city.str());
  EXPECT_EQ(a.header("x-road-service"), "KR/GOV/1741000/residents/person");
  EXPECT_EQ(a.header("x-own"), "kept");
  EXPECT_EQ(a.header("server"), "");  // PR-REST section 4.3: filtered
  EXPECT_FALSE(a.header("x-road-request-hash").empty());
  EXPECT_EQ(last.query, "a=1");
  EXPECT_EQ(last.header("X-Custom"), "v");
  EXPECT_EQ(last.header("user-agent"), "");
  EXPECT_EQ(last.header("accept"), "application/json");
  // A body goes there and is hashed with the head.
  const std::string octets("two\r\n--lines\r\n\0\xff", 16);
  const auto b = call("POST", "person/v1/kim", octets);
  EXPECT_EQ(*b.body, "{\"path\":\"/v1/kim\",\"got\":16}");
}

TEST_P(two_nodes, answer_questions_about_services) {
  const auto list = json::parse(*get("listMethods").body);
  EXPECT_EQ(json::at(*list, "service").as_array().size(), 1u);
  EXPECT_EQ(json::str(json::at(*list, "service").as_array()[0], "service_type"), "OPENAPI");
  const auto allowed = json::parse(*get("allowedMethods").body);
  EXPECT_EQ(
      json::at(json::at(*allowed, "service").as_array()[0], "endpoint_list").as_array().size(), 2u);
  EXPECT_NE(get("getOpenAPI", {}, "serviceCode=person").body->find("3.0.3"), std::string::npos);
  EXPECT_EQ(get("getOpenAPI", {}, "serviceCode=none").error, "Server.ServerProxy.UnknownService");
  const auto clients = json::parse(asker->server->list_clients(""));
  EXPECT_EQ(json::at(*clients, "member").as_array().size(), 4u);
}

TEST_P(two_nodes, let_through_what_a_right_names_and_nothing_else) {
  EXPECT_EQ(get("person/v1/kim").error, "");
  EXPECT_EQ(get("person/v2/kim").error, "Server.ServerProxy.AccessDenied");
  EXPECT_EQ(get("person/v1/kim/more").error, "Server.ServerProxy.AccessDenied");
  EXPECT_EQ(call("DELETE", "person/v1/kim").error, "Server.ServerProxy.AccessDenied");
  EXPECT_EQ(get("other/v1").error, "Server.ServerProxy.UnknownService");
  // Nobody leads out of what a pattern allows, however it is written.
  for (const char* path : {"person/v1/../v2/kim", "person/v1/%2e%2e/v2", "person/v1/..%2fv2",
                           "person/v1/%252e%252e/v2", "person/v1/..;/v2", "person/v1/.%2e/v2",
                           "person/v1\\..\\v2", "person/v1/%5c..%5cv2"}) {
    const auto a = get(path);
    EXPECT_NE(a.error, "") << path;
    EXPECT_EQ(a.status, 400) << path;
  }
  provider->server->forbid({{ministry, "person", {}}, city, {}, {"GET", "/v1/*"}});
  EXPECT_EQ(get("person/v1/kim").error, "Server.ServerProxy.AccessDenied");
  EXPECT_EQ(asked, 1);
}

TEST_P(two_nodes, say_errors_as_the_protocol_says_them) {
  const auto a = asker->server->call("GET", base + "person/v1/kim", "", {}, {});
  EXPECT_EQ(a.status, 400);
  EXPECT_EQ(a.header("X-Road-Error"), "Client.MissingHeader");
  const auto j = json::parse(*a.body);
  EXPECT_EQ(json::str(*j, "type"), "Client.MissingHeader");
  EXPECT_FALSE(json::str(*j, "message").empty());
  EXPECT_FALSE(json::str(*j, "detail").empty());
  EXPECT_EQ(call("GET", "person").error, "Server.ServerProxy.AccessDenied");
  EXPECT_EQ(get("person/v1/kim", {{"X-Road-Client", city.str()}}).error,
            "Client.DuplicateHeaderField");
  EXPECT_EQ(asker->server
                ->call("GET", "/r2/KR/GOV/1741000/residents/person", "",
                       {{"X-Road-Client", city.str()}}, {})
                .error,
            "Client.InvalidProtocolVersion");
  EXPECT_EQ(get("person/v1/kim", {{"X-Road-Security-Server", "KR/GOV/1741000/no"}}).error,
            "Client.UnknownMember");
  EXPECT_EQ(get("person/v1/kim", {{"X-Road-Security-Server", "KR/GOV/1741000/node"}}).error, "");
  // For a client that this server does not speak for.
  EXPECT_EQ(asker->server
                ->call("GET", base + "person/v1/kim", "", {{"X-Road-Client", ministry.str()}}, {})
                .error,
            "Client.UnknownMember");
}

TEST_P(two_nodes, keep_both_messages_stamp_them_and_hand_them_out) {
  ASSERT_EQ(get("person/v1/kim",
                {{"X-Road-Id", "q-1"}, {"X-Road-UserId", "KR1"}, {"X-Road-Issue", "case-7"}})
                .error,
            "");
  ASSERT_EQ(call("POST", "person/v1/lee", "body", {{"X-Road-Id", "q-2"}}).error, "");
  for (member_node* n : {provider.get(), asker.get()}) {
    EXPECT_EQ(n->log->now().waiting, 4);
    const auto first = n->log->find({.query_id = "q-1"});
    ASSERT_EQ(first.size(), 2u);
    EXPECT_FALSE(n->log->container(first[0].key));  // not stamped yet
    EXPECT_EQ(*n->log->stamp(), 4u);
    EXPECT_EQ(n->log->now().waiting, 0);
    for (const auto& r : n->log->find({})) {
      const auto octets = n->log->container(r.key);
      ASSERT_TRUE(octets);
      const auto report = verify_container(*octets, *conf);
      ASSERT_TRUE(report.ok()) << report.why().code << " " << detail_of(report.why());
      EXPECT_EQ(report->head.query_id, r.query_id);
      EXPECT_EQ(report->head.response, r.response);
    }
    EXPECT_EQ(n->log->find({.person = "KR1"}).size(), 2u);
    EXPECT_EQ(n->log->find({.issue = "case-7"}).size(), 2u);
    EXPECT_EQ(n->log->find({.issue = "case-8"}).size(), 0u);
    EXPECT_EQ(n->log->find({.member = ministry.str()}).size(), 4u);
    EXPECT_EQ(n->log->find({.member = city.str(), .limit = 3}).size(), 3u);
  }
  // OpenSSL, which knows nothing of us, says the same of the stamp.
  const auto made = read_container(*provider->log->container(provider->log->find({})[0].key));
  scratch files;
  std::filesystem::create_directories(files.path);
  const auto write = [&](const char* name, std::string_view octets) {
    std::ofstream(files.path / name, std::ios::binary) << octets;
  };
  write("token", text::chars_of(made->stamp.token));
  write("result", made->stamp.chain_result);
  write("stamper.pem", pki::pem_of(town().all->stamper_of("national")->certificate()));
  write("root.pem", pki::pem_of(*town().all->root("national")));
  const std::string at = files.path.string() + "/";
  const auto verifies = [&] {
    std::FILE* p = ::popen(
        ("openssl ts -verify -token_in -in " + at + "token -data " + at + "result -CAfile " + at +
         "root.pem -untrusted " + at + "stamper.pem >/dev/null 2>&1")
            .c_str(),
        "r");
    return ::pclose(p) == 0;
  };
  EXPECT_TRUE(verifies());
  write("result", made->stamp.chain_result + " ");
  EXPECT_FALSE(verifies());
  // One message alone: the stamp covers its signature.
  ASSERT_EQ(get("person/v1/kim", {{"X-Road-Id", "q-3"}}).error, "");
  log_options one;
  one.batch = 1;
  message_log single(*db, town().stamping(), one);
  EXPECT_EQ(*single.stamp(), 1u);
  const auto octets = single.container(single.find({.query_id = "q-3"})[1].key);
  ASSERT_TRUE(octets);
  EXPECT_TRUE(verify_container(*octets, *conf).ok());
}

TEST_P(two_nodes, archive_what_is_stamped_in_a_chain) {
  scratch archives;
  for (const char* q : {"q-1", "q-2"}) {
    ASSERT_EQ(get("person/v1/kim", {{"X-Road-Id", q}}).error, "");
    ASSERT_TRUE(provider->log->stamp().ok());
    const auto name = provider->log->archive(archives.path);
    ASSERT_TRUE(name);
    EXPECT_TRUE(std::filesystem::exists(archives.path / *name));
  }
  EXPECT_FALSE(provider->log->archive(archives.path));
  std::vector<std::string> files;
  for (const auto& e : std::filesystem::directory_iterator(archives.path))
    files.push_back(e.path());
  std::sort(files.begin(), files.end());
  ASSERT_EQ(files.size(), 2u);
  const auto octets = [](const std::string& f) {
    std::ifstream in(f, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const auto first = verify_archive(octets(files[0]), "");
  ASSERT_TRUE(first.ok()) << first.why().code;
  EXPECT_TRUE(verify_archive(octets(files[1]), *first).ok());
  EXPECT_EQ(verify_archive(octets(files[1]), "").why().code, "archive_previous");
}

TEST_P(two_nodes, take_nothing_when_stamping_has_failed_too_long) {
  log_options o;
  o.longest_wait = std::chrono::seconds(0);
  begin({}, o);
  ASSERT_EQ(get("person/v1/kim").error, "Server.ServerProxy.LoggingFailed.TimestamperFailed");
  EXPECT_EQ(provider->log->now().messages, 1);  // the request; its answer could not be logged
  EXPECT_EQ(get("person/v1/kim").error, "Server.ServerProxy.LoggingFailed.TimestamperFailed");
  ASSERT_TRUE(provider->log->stamp().ok());
  EXPECT_TRUE(provider->log->accepts(now()));
  message_log broken(
      *db, [](const trust::bytes&) -> trust::bytes { throw std::runtime_error("unreachable"); });
  EXPECT_EQ(*broken.stamp(), 0u);  // nothing waits
}

// ---- what may go wrong on the way ----

// A message as it would be sent, given to the provider by another hand.
struct by_hand {
  rest_request request;
  std::string content_type, octets;
};

class hostile_messages : public two_nodes {
 protected:
  by_hand made(const std::optional<std::string>& body = {}) {
    by_hand out;
    out.request = *make_request("GET", base + "person/v1/kim", "", {{"X-Road-Client", city.str()}},
                                new_id().str());
    out.octets = *asker->server->sealed(out.request, body, out.content_type);
    return out;
  }
  // Over a connection with these keys; the code of the fault, or "".
  std::string post(const std::string& content_type, const std::string& octets,
                   const node_keys::pair& auth) {
    const auto until = wire::clock::now() + std::chrono::seconds(10);
    const wire::secrets s({auth.key, {auth.certificate, town().one().certificate()}});
    const auto [socket, place] =
        wire::connect_fastest({{"127.0.0.1", provider->server->port()}}, until);
    wire::stream stream(socket, &s, false, until);
    stream.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: " + content_type +
                     "\r\nContent-Length: " + std::to_string(octets.size()) + "\r\n\r\n" + octets,
                 until);
    const auto m = stream.read(1u << 20, until);
    if (!m) return "closed";
    if (m->headers.at("content-type").starts_with("text/xml")) return read_fault(m->body).code;
    return "";
  }
  std::string post(const by_hand& m) { return post(m.content_type, m.octets, auth()); }
  const node_keys::pair& auth() const { return *asker->auth; }
};

constexpr const char* prefix = "Server.ServerProxy.";

TEST_P(hostile_messages, pass_when_nothing_is_wrong_and_never_twice) {
  const auto m = made();
  EXPECT_EQ(post(m), "");
  EXPECT_EQ(post(m), std::string(prefix) + "InvalidRequest");  // replayed
  EXPECT_EQ(asked, 1);
}

TEST_P(hostile_messages, that_were_changed_are_refused) {
  auto m = made("a body");
  auto changed = m;
  changed.octets.replace(m.octets.find("/v1/kim"), 7, "/v1/lee");
  EXPECT_EQ(post(changed), std::string(prefix) + "InvalidSignatureValue");
  changed = m;
  changed.octets.replace(m.octets.find("a body"), 6, "b body");
  EXPECT_EQ(post(changed), std::string(prefix) + "InvalidSignatureValue");
  // Another's body under the same head, or none at all.
  const auto parts = decode(m.content_type, m.octets);
  ASSERT_TRUE(parts.ok());
  auto without = *parts;
  without.body.reset();
  auto e = encode(without);
  EXPECT_EQ(post(e.content_type, e.body, auth()), std::string(prefix) + "InvalidSignatureValue");
  auto more = *parts;
  more.head += "X-More:1\r\n";
  e = encode(more);
  EXPECT_EQ(post(e.content_type, e.body, auth()), std::string(prefix) + "InvalidSignatureValue");
  // The signature of another message.
  const auto second = made("a body");
  auto swapped = *parts;
  swapped.signature = decode(second.content_type, second.octets)->signature;
  e = encode(swapped);
  EXPECT_EQ(post(e.content_type, e.body, auth()), std::string(prefix) + "InvalidSignatureValue");
  EXPECT_EQ(asked, 0);
}

TEST_P(hostile_messages, that_are_cut_or_in_another_order_are_refused) {
  const auto m = made("a body");
  for (const std::size_t n :
       {std::size_t{0}, std::size_t{10}, m.octets.size() / 2, m.octets.size() - 40})
    EXPECT_NE(post(m.content_type, m.octets.substr(0, n), auth()), "") << n;
  const auto parts = *decode(m.content_type, m.octets);
  EXPECT_EQ(post("text/plain", m.octets, auth()), std::string(prefix) + "InvalidContentType");
  // The signature before the message.
  const std::string boundary = m.content_type.substr(m.content_type.find("boundary=") + 9);
  const auto at = m.octets.rfind("--" + boundary + "\r\n");
  const std::string signature = m.octets.substr(at, m.octets.size() - at - boundary.size() - 6);
  EXPECT_EQ(post(m.content_type, signature + m.octets, auth()),
            std::string(prefix) + "MissingRest");
  auto unsigned_one = parts;
  unsigned_one.signature.clear();
  const auto e = encode(unsigned_one);
  EXPECT_EQ(post(e.content_type, e.body, auth()), std::string(prefix) + "MalformedSignature");
  EXPECT_EQ(asked, 0);
}

TEST_P(hostile_messages, from_a_server_that_is_not_registered_or_not_the_clients_are_refused) {
  const auto m = made();
  const auto stranger = town().pair(pki::profile::device, city);
  EXPECT_EQ(post(m.content_type, m.octets, stranger),
            std::string(prefix) + "SslAuthenticationFailed");
  // The provider's own certificate is registered, but not for this client.
  const auto theirs = town().pair(pki::profile::device, ministry);
  publish([&](shared_parameters& p) {
    p.servers[0].auth_cert_hashes = {signatures::digest_by("SHA256", theirs.certificate)};
  });
  auto parts = *decode(m.content_type, m.octets);
  parts.answers = town().answers(theirs.certificate, now());
  const auto e = encode(parts);
  EXPECT_EQ(post(e.content_type, e.body, theirs), std::string(prefix) + "InvalidClientIdentifier");
  EXPECT_EQ(asked, 0);
}

TEST_P(hostile_messages, that_are_too_large_are_not_taken) {
  node_options small;
  small.message_bytes = 1'000;
  begin(small, {});
  const auto m = made(std::string(5'000, 'x'));
  EXPECT_EQ(post(m), std::string(prefix) + "InvalidBody");
  // More than a message may ever be is not even read.
  std::string said;
  try {
    said = post(made(std::string(3u << 20, 'x')));
  } catch (const wire::failed&) {
    said = "closed";
  }
  EXPECT_EQ(said, "closed");
  EXPECT_EQ(asked, 0);
}

TEST_P(two_nodes, refuse_certificates_that_were_taken_back_or_have_run_out) {
  // Certified for a day, and the day is over.
  auto keys = member_node::keys_of(city);
  keys.sign.at(city.member()) = town().pair(pki::profile::company, city, now(), 1);
  asker = std::make_unique<member_node>(*other, city, "node", node_options{}, log_options{}, keys);
  publish();
  EXPECT_EQ(get("person/v1/kim").error, "");
  for (member_node* n : {provider.get(), asker.get()}) ASSERT_TRUE(n->log->stamp().ok());
  const instant today = now();
  set_clock([&] { return today.plus(std::chrono::hours(30)); });
  const std::string later = get("person/v1/kim").error;
  set_clock({});
  EXPECT_EQ(later, "Server.ServerProxy.CertValidityTime");
  asked = 0;
  // Taken back: the answer that travels along says so.
  keys = member_node::keys_of(city);
  const auto facts = pki::read_facts(keys.sign.at(city.member()).certificate);
  town().revoked.insert(facts->serial);
  asker = std::make_unique<member_node>(*other, city, "node", node_options{}, log_options{}, keys);
  publish();
  EXPECT_EQ(get("person/v1/kim").error, "Server.ServerProxy.IncorrectValidationInfo");
  town().revoked.clear();
  // Without any answer.
  keys = member_node::keys_of(city);
  keys.answers = [auth = keys.auth.certificate](const trust::bytes& c) {
    return c == auth ? town().answers(c, now()) : std::vector<trust::bytes>();
  };
  asker = std::make_unique<member_node>(*other, city, "node", node_options{}, log_options{}, keys);
  publish();
  EXPECT_EQ(get("person/v1/kim").error, "Server.ServerProxy.MissingValidationInfo");
  // An answer of yesterday is too old by the configuration's freshness.
  keys = member_node::keys_of(city);
  keys.answers = [auth = keys.auth.certificate](const trust::bytes& c) {
    town().one().forget(pki::read_facts(c)->serial);
    const auto when = c == auth ? now() : now().plus(-std::chrono::hours(20));
    return town().answers(c, when);
  };
  asker = std::make_unique<member_node>(*other, city, "node", node_options{}, log_options{}, keys);
  publish();
  EXPECT_EQ(get("person/v1/kim").error, "Server.ServerProxy.IncorrectValidationInfo");
  EXPECT_EQ(asked, 0);
}

TEST_P(two_nodes, refuse_a_member_that_signs_for_another) {
  // The city's server with a signing key that is certified for the ministry.
  auto keys = member_node::keys_of(city);
  keys.sign.at(city.member()) = town().pair(pki::profile::company, ministry);
  asker = std::make_unique<member_node>(*other, city, "node", node_options{}, log_options{}, keys);
  publish();
  EXPECT_EQ(get("person/v1/kim").error, "Server.ServerProxy.IncorrectCertificate");
  EXPECT_EQ(asked, 0);
}

TEST_P(two_nodes, refuse_everything_by_a_configuration_that_has_run_out) {
  provider->server->use(conf, now().plus(std::chrono::seconds(-1)));
  EXPECT_EQ(get("person/v1/kim").error, "Server.ServerProxy.OutdatedGlobalConf");
  asker->server->use(conf, now().plus(std::chrono::seconds(-1)));
  EXPECT_EQ(get("person/v1/kim").error, "Server.ClientProxy.OutdatedGlobalConf");
  publish([](shared_parameters& p) { p.members.pop_back(); });
  EXPECT_EQ(get("person/v1/kim").error, "Client.UnknownMember");
  EXPECT_EQ(asked, 0);
}

TEST_P(two_nodes, open_a_circuit_to_a_dead_partner_and_close_it_again) {
  node_options quick;
  quick.failures_to_open = 2;
  quick.open_for = std::chrono::milliseconds(300);
  asker = std::make_unique<member_node>(*other, city, "node", quick);
  publish();
  ASSERT_EQ(get("person/v1/kim").error, "");
  EXPECT_EQ(asker->server->links()[0].circuit, "closed");
  provider->server->stop();
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(call("POST", "person/v1/kim", "x").error, "Server.ClientProxy.NetworkError");
  EXPECT_EQ(asker->server->links()[0].circuit, "open");
  EXPECT_FALSE(asker->server->links()[0].last_failure.empty());
  EXPECT_NE(get("person/v1/kim").body->find("circuit"), std::string::npos);
  // Back at the same place: one call tries, and the circuit closes.
  begin({}, {});
  EXPECT_EQ(get("person/v1/kim").error, "");
}

TEST_P(two_nodes, take_no_more_while_they_drain) {
  provider->server->drain();
  EXPECT_EQ(get("person/v1/kim").error, "Server.ServerProxy.MaintenanceMode");
}

TEST_P(hostile_messages, that_answer_another_question_are_refused) {
  ASSERT_EQ(get("person/v1/kim", {{"X-Road-Id", "q-1"}}).error, "");
  ASSERT_TRUE(provider->log->stamp().ok());
  const auto old = read_container(*provider->log->container(provider->log->find({})[0].key));
  transport_message replayed;
  replayed.response = true;
  replayed.head = old->signed_part.message;
  replayed.body = old->signed_part.attachments.front();
  replayed.signature = old->signed_part.signature;
  const auto e = encode(replayed);
  // In the place of the provider stands somebody with its keys and its old answer.
  const int port = provider->server->port();
  const wire::secrets theirs(
      {provider->auth->key, {provider->auth->certificate, town().one().certificate()}});
  provider->server->stop();
  const int listening = wire::listen_on("127.0.0.1", port);
  std::thread other([&] {
    int s = -1;
    while (s < 0) s = wire::accept_on(listening);
    const auto until = wire::clock::now() + std::chrono::seconds(10);
    wire::stream stream(s, &theirs, true, until);
    (void)stream.read(1u << 20, until);
    stream.write("HTTP/1.1 200 OK\r\nContent-Type: " + e.content_type +
                     "\r\nContent-Length: " + std::to_string(e.body.size()) + "\r\n\r\n" + e.body,
                 until);
  });
  const auto a = get("person/v1/kim", {{"X-Road-Id", "q-1"}});
  other.join();
  EXPECT_EQ(a.error, "Server.ClientProxy.InconsistentResponse");
  EXPECT_EQ(asker->log->find({}).size(), 3u);  // it is not kept as an answer
}

INSTANTIATE_TEST_SUITE_P(stores, two_nodes, both_stores);
INSTANTIATE_TEST_SUITE_P(stores, hostile_messages, both_stores);

}  // namespace
}  // namespace madang::xroad
