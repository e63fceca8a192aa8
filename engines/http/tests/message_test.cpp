#include "madang/http/message.hpp"

#include <gtest/gtest.h>

#include "madang/base/json.hpp"
#include "madang/http/router.hpp"

using namespace madang;
using namespace madang::http;

namespace {

request with_headers(pairs headers) {
  request r;
  r.headers = std::move(headers);
  return r;
}

std::string code_of(const result<pairs>& r) { return r ? "" : r.why().code; }

}  // namespace

// RFC 3986 section 2.1 and 2.3; Hangul "마당" is EB A7 88 EB 8B B9 in UTF-8.
TEST(percent_coding, keeps_the_unreserved_and_encodes_all_else) {
  EXPECT_EQ(percent_encode("aZ0-._~"), "aZ0-._~");
  EXPECT_EQ(percent_encode("a b/c?마당"), "a%20b%2Fc%3F%EB%A7%88%EB%8B%B9");
  EXPECT_EQ(percent_decode("%EB%A7%88%eb%8b%b9"), "마당");
  EXPECT_EQ(percent_decode("a+b"), "a+b");
  EXPECT_EQ(percent_decode("a+b", true), "a b");
  for (const char* bad : {"%", "%4", "%4g", "a%", "%%41"}) EXPECT_FALSE(percent_decode(bad)) << bad;
}

// The example of the URL standard, section 5.1: "a=b&c" gives (a, b), (c, "").
TEST(form, is_read_as_browsers_send_it) {
  const auto read = parse_form("a=b&c&name=%ED%99%8D+%EA%B8%B8&&e==");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, (pairs{{"a", "b"}, {"c", ""}, {"name", "홍 길"}, {"e", "="}}));
  EXPECT_TRUE(parse_form("")->empty());
}

TEST(form, is_refused_when_ill_formed_ill_encoded_or_endless) {
  EXPECT_EQ(code_of(parse_form("a=%4")), "form.syntax");
  EXPECT_EQ(code_of(parse_form("a=%FF")), "form.encoding");
  EXPECT_EQ(code_of(parse_form("a=%00")), "form.encoding");
  EXPECT_EQ(code_of(parse_form("a=%C0%AF")), "form.encoding");   // overlong "/"
  std::string many;
  for (int i = 0; i < 500; ++i) many += "a=1&";
  EXPECT_EQ(parse_form(many)->size(), 500u);
  EXPECT_EQ(code_of(parse_form(many + "a=1")), "form.too_many");
}

namespace {
// RFC 7578 section 4 with the boundary of its examples.
constexpr auto type = "multipart/form-data; boundary=AaB03x";
std::string one_part(std::string head, std::string body) {
  return "--AaB03x\r\n" + head + "\r\n\r\n" + body + "\r\n--AaB03x--\r\n";
}
}  // namespace

TEST(multipart, gives_fields_and_files) {
  using namespace std::string_literals;
  const auto body =
      "--AaB03x\r\ncontent-disposition: form-data; name=\"field1\"\r\n\r\nJoe owes €100.\r\n"
      "--AaB03x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\docs\\등본.pdf\"\r\n"
      "Content-Type: application/pdf\r\n\r\n%PDF\r\n\xFF\0--AaB03\r\n--AaB03x--\r\n"s;
  const auto read = parse_multipart(type, body);
  ASSERT_TRUE(read.ok());
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ((*read)[0].name, "field1");
  EXPECT_EQ((*read)[0].body, "Joe owes €100.");
  EXPECT_EQ((*read)[1].filename, "등본.pdf");
  EXPECT_EQ((*read)[1].content_type, "application/pdf");
  EXPECT_EQ((*read)[1].body, "%PDF\r\n\xFF\0--AaB03"s);
}

TEST(multipart, reads_the_escapes_of_browsers) {
  // WHATWG HTML 4.10.21.8: 0x0A as %0A, 0x0D as %0D, 0x22 as %22 in names
  const auto read = parse_multipart(
      type, one_part("Content-Disposition: form-data; name=\"say %22hi%22\"", "x"));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->front().name, "say \"hi\"");
}

TEST(multipart, is_refused_when_a_browser_would_not_have_sent_it) {
  const std::string good = one_part("Content-Disposition: form-data; name=\"a\"", "x");
  ASSERT_TRUE(parse_multipart(type, good).ok());
  EXPECT_FALSE(parse_multipart("multipart/form-data", good).ok());
  EXPECT_FALSE(parse_multipart("multipart/mixed; boundary=AaB03x", good).ok());
  EXPECT_FALSE(parse_multipart("multipart/form-data; boundary=\"AaB03x", good).ok());
  EXPECT_FALSE(parse_multipart(type, "preamble\r\n" + good).ok());
  EXPECT_FALSE(parse_multipart(type, good.substr(0, good.size() - 4)).ok());
  EXPECT_FALSE(parse_multipart(type, good + "more").ok());
  EXPECT_FALSE(parse_multipart(type, one_part("Content-Type: text/plain", "x")).ok());
  EXPECT_FALSE(parse_multipart(type, one_part("Content-Disposition: form-data", "x")).ok());
  EXPECT_FALSE(parse_multipart(type, one_part("Content-Disposition: form-data; name=\"a\"\r\n"
                                              "Content-Transfer-Encoding: base64", "x")).ok());
  EXPECT_FALSE(parse_multipart(type, one_part("Content-Disposition: form-data; name=\"a\"",
                                              "\xFF")).ok());
  std::string many;
  for (int i = 0; i < 101; ++i)
    many += "--AaB03x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n";
  EXPECT_EQ(parse_multipart(type, many + "--AaB03x--").why().code, "multipart.too_many");
}

// RFC 6265 section 3.1: "SID=31d4d96e407aad42; lang=en-US"
TEST(cookies, are_found_by_their_whole_name) {
  const auto r = with_headers({{"Cookie", "SID=31d4d96e407aad42; lang=en-US; x=a=b"}});
  EXPECT_EQ(r.cookie("SID"), "31d4d96e407aad42");
  EXPECT_EQ(r.cookie("lang"), "en-US");
  EXPECT_EQ(r.cookie("x"), "a=b");
  EXPECT_EQ(r.cookie("SI"), "");
  EXPECT_EQ(r.cookie("ID"), "");
}

// RFC 6265bis section 4.1.3.2: no other host and no plain connection can set a name that begins so.
TEST(cookies, over_tls_are_those_that_this_host_alone_can_set) {
  auto r = with_headers({{"Cookie", "SID=planted; __Host-SID=ours"}});
  EXPECT_EQ(r.cookie("SID"), "planted");
  r.secure = true;
  EXPECT_EQ(r.cookie("SID"), "ours");
  auto planted = with_headers({{"Cookie", "SID=planted; __Secure-SID=planted"}});
  planted.secure = true;
  EXPECT_EQ(planted.cookie("SID"), "");
}

TEST(cookies, are_made_safe_and_refuse_what_cannot_be_one) {
  EXPECT_EQ(cookie("sid", "abc", true, 60),
            "__Host-sid=abc; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=60");
  EXPECT_EQ(cookie("sid", "abc", false), "sid=abc; Path=/; HttpOnly; SameSite=Lax");
  EXPECT_THROW(cookie("sid", "a;b", true), broken_invariant);
  EXPECT_THROW(cookie("s d", "a", true), broken_invariant);
  EXPECT_THROW(cookie("sid", "a\r\nX: y", true), broken_invariant);
}

// The weights of RFC 9110 section 12.5.1
TEST(accept, decides_between_json_and_a_page) {
  auto wants = [](std::string accept) {
    return with_headers({{"accept", std::move(accept)}}).wants_json();
  };
  EXPECT_TRUE(wants("application/json"));
  EXPECT_TRUE(wants("application/json, */*;q=0.8"));
  EXPECT_TRUE(wants("text/html;q=0.5, application/json"));
  EXPECT_TRUE(wants("text/*;q=0.3, application/*;q=0.7"));
  EXPECT_FALSE(wants("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
  EXPECT_FALSE(wants("*/*"));
  EXPECT_FALSE(wants("application/json;q=0"));
  EXPECT_FALSE(wants("application/json;q=0.5, text/html;q=0.6"));
  EXPECT_FALSE(request{}.wants_json());
}

TEST(problem_document, says_code_place_and_facts) {
  const auto out = problem(refuse(kind::too_many, "sign.too_many", "phone", {{"limit", "3"}}),
                           "Too many", "Wait a little");
  EXPECT_EQ(out.status, 429);
  EXPECT_EQ(out.content_type, "application/problem+json");
  const auto read = json::parse(out.body);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(json::str(*read, "type"), "/problems/sign.too_many");
  EXPECT_EQ(json::num(*read, "status"), 429);
  EXPECT_EQ(json::str(*read, "field"), "phone");
  EXPECT_EQ(json::str(json::at(*read, "facts"), "limit"), "3");
}

TEST(redirect, encodes_what_a_field_cannot_carry) {
  const auto out = see_other("/찾기?q=a\r\nX: y");
  ASSERT_EQ(out.headers.size(), 1u);
  EXPECT_EQ(out.headers[0].second, "/%EC%B0%BE%EA%B8%B0?q=a%0D%0AX:%20y");
}

namespace {
std::string route_name(const router& routes, std::string method, std::string path) {
  request r;
  r.method = std::move(method);
  r.path = std::move(path);
  const auto found = routes.find(r);
  if (!found.found) {
    std::string allowed;
    for (const auto& m : found.allowed) allowed += m + " ";
    return allowed.empty() ? "404" : "405 " + allowed;
  }
  std::string out = found.found->name;
  for (const auto& [name, value] : r.captured) out += " " + name + "=" + value;
  return out;
}
response empty(request&) { return {}; }
}  // namespace

TEST(router, prefers_the_literal_and_comes_back_when_it_ends_blind) {
  router routes;
  routes.add("GET", "/", empty, "home");
  routes.add("GET", "/services/{service}", empty, "service");
  routes.add("GET", "/services/all", empty, "all");
  routes.add("POST", "/services/{service}/start", empty, "start");
  routes.add("GET", "/services/all/print", empty, "print");
  EXPECT_EQ(route_name(routes, "GET", "/"), "home");
  EXPECT_EQ(route_name(routes, "GET", "/services/all"), "all");
  EXPECT_EQ(route_name(routes, "GET", "/services/move"), "service service=move");
  EXPECT_EQ(route_name(routes, "POST", "/services/all/start"), "start service=all");
  EXPECT_EQ(route_name(routes, "HEAD", "/services/move/"), "service service=move");
  EXPECT_EQ(route_name(routes, "DELETE", "/services/move"), "405 GET HEAD ");
  EXPECT_EQ(route_name(routes, "GET", "/services/move/start"), "405 POST ");
  EXPECT_EQ(route_name(routes, "GET", "/services"), "404");
  EXPECT_EQ(route_name(routes, "GET", "/services/a/b/c"), "404");
  std::string deep;
  for (int i = 0; i < 10000; ++i) deep += "/a";
  EXPECT_EQ(route_name(routes, "GET", deep), "404");
}

TEST(router, lets_no_two_routes_say_the_same) {
  router routes;
  routes.add("GET", "/a/{x}", empty);
  routes.add("POST", "/a/{x}", empty);
  EXPECT_THROW(routes.add("GET", "/a/{y}", empty), broken_invariant);
  EXPECT_THROW(routes.add("GET", "a", empty), broken_invariant);
}

TEST(router, parts_from_its_copy_when_one_of_them_grows) {
  router first;
  first.add("GET", "/a", empty, "a");
  router second = first;
  second.add("GET", "/b", empty, "b");
  EXPECT_EQ(route_name(first, "GET", "/b"), "404");
  EXPECT_EQ(route_name(second, "GET", "/a"), "a");
  EXPECT_EQ(route_name(second, "GET", "/b"), "b");
}
