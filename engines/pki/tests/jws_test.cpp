// The example of RFC 7515 appendix A.3 (ES256) and RFC 7638 section 3.1, octet for octet.
#include "madang/pki/jws.hpp"

#include <gtest/gtest.h>

namespace madang::pki {
namespace {

const char* key_of_a3 =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
const char* a3 =
    R"({"protected":"eyJhbGciOiJFUzI1NiJ9","payload":"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODA)"
    R"(sDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ","signature":"DtEhU3ljbEg8L38VWAfUAqO)"
    R"(yKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"})";

TEST(jws, verifies_the_example_of_the_standard_and_nothing_else) {
  auto key = read_jwk(*json::parse(key_of_a3));
  auto read = read_jws(a3);
  ASSERT_TRUE(key.ok() && read.ok());
  EXPECT_TRUE(verify(*read, *key));
  auto other = *read;
  other.signature[5] ^= 1;
  EXPECT_FALSE(verify(other, *key));
  other = *read;
  other.header.get_object()["alg"] = "none";
  EXPECT_FALSE(verify(other, *key)) << "the key knows its algorithm";
  other.header.get_object()["alg"] = "HS256";
  EXPECT_FALSE(verify(other, *key));
}

TEST(jws, has_the_thumbprint_of_the_standard) {
  auto key = read_jwk(*json::parse(
      R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT8)"
      R"(6zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArw)"
      R"(l93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6q)"
      R"(MQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xB)"
      R"(niIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-0)"
      R"(4-29"})"));
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->thumbprint, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

TEST(jws, is_read_in_one_form_only) {
  const std::string good = a3;
  auto without = [&](const char* what, const char* with) {
    std::string s = good;
    s.replace(s.find(what), std::string_view(what).size(), with);
    return read_jws(s);
  };
  EXPECT_FALSE(without("\"protected\"", "\"header\"").ok());
  EXPECT_FALSE(without("{\"protected\"", "{\"header\":{},\"protected\"").ok());
  EXPECT_FALSE(without("eyJhbGciOiJFUzI1NiJ9", "eyJhbGciOiJFUzI1NiJ9=").ok());
  EXPECT_FALSE(without("6-Xx", "6+Xx").ok());
  // {"alg":"ES256","crit":["exp"]}
  EXPECT_FALSE(without("eyJhbGciOiJFUzI1NiJ9", "eyJhbGciOiJFUzI1NiIsImNyaXQiOlsiZXhwIl19").ok());
  // A point that is not on the curve, and RSA of 512 bits.
  EXPECT_FALSE(
      read_jwk(*json::parse(R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV7)"
                            R"(6e8Tus9uPHvRVEU","y":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9u)"
                            R"(PHvRVEU"})"))
          .ok());
  EXPECT_FALSE(
      read_jwk(*json::parse(R"({"kty":"RSA","e":"AQAB","n":"0vx7agoebGcQSuuPiLJXZg"})")).ok());
}

}  // namespace
}  // namespace madang::pki
