// Every verdict of X-Road's own tests over its own files.
#include "suite.hpp"

#include "madang/signatures/archive.hpp"
#include "madang/signatures/parts.hpp"
#include "madang/xroad/archive.hpp"
#include "madang/xroad/container.hpp"
#include "madang/xroad/hash_chain.hpp"
#include "madang/xroad/service.hpp"

namespace madang::xroad {
namespace {

namespace fs = std::filesystem;
using trust::bytes;

fs::path in(const char* folder) { return suite::root() / folder; }
const char* const containers = "tool/asic-verifier-cli/src/test/resources";
const char* const globalconf = "lib/globalconf-core/src/test/resources";
const char* const client =
    "service/configuration-client/configuration-client-core/src/test/resources";

template <class T>
std::string said(const result<T>& r) {
  return r.ok() ? "" : r.why().code;
}

// ---- 1: containers (AsicContainerVerifierTest) ----

TEST(suite_containers, have_the_verdicts_of_the_origin) {
  NEEDS_SUITE();
  const auto conf = read_folder(in(globalconf) / "globalconf_good2_v3");
  ASSERT_TRUE(conf.ok()) << detail_of(conf.why());
  const std::map<std::string, std::string> expected{
      {"valid-signed-message", ""},
      {"valid-non-batch-rest", ""},
      {"valid-non-batch-soap-attachments", ""},
      {"valid-signed-hashchain", ""},
      {"valid-batch-ts", ""},
      {"invalid-not-signed-hashchain", ""},  // the chain is not referenced by the signature
      {"wrong-message", "InvalidSignatureValue"},
      {"invalid-digest", "InvalidSignatureValue"},
      {"invalid-signed-hashchain", "MalformedSignature.InvalidHashChainRef"},
      {"invalid-hashchain-modified-message", "MalformedSignature.HashChainUnusedInputs"},
      {"invalid-incorrect-references", "MalformedSignature"},
      {"invalid-ts-hashchainresult", "MalformedSignature"}};
  int seen = 0;
  for (const auto& [name, code] : expected) {
    const fs::path file = in(containers) / (name + ".asice");
    if (!fs::exists(file)) continue;
    ++seen;
    const auto r = verify_container(suite::read(file), *conf);
    EXPECT_EQ(said(r), code) << name << ": " << (r.ok() ? "" : detail_of(r.why()));
  }
  EXPECT_GE(seen, 8);
}

TEST(suite_containers, whose_stamp_was_given_by_nobody_approved_do_not_pass) {
  NEEDS_SUITE();
  auto conf = read_folder(in(globalconf) / "globalconf_good2_v3");
  ASSERT_TRUE(conf.ok());
  conf->shared.at("DEV").stampers.clear();
  const auto r =
      verify_container(suite::read(in(containers) / "valid-non-batch-rest.asice"), *conf);
  EXPECT_EQ(said(r), "TimestampValidation");
  auto others = read_folder(in(globalconf) / "globalconf_good2_v3");
  others->shared.at("DEV").authorities.clear();
  EXPECT_EQ(
      said(verify_container(suite::read(in(containers) / "valid-non-batch-rest.asice"), *others)),
      "IncorrectCertificate");
}

// Containers of which only the unpacked files are here, signed under an older authority: their
// hash chains have the verdicts of the whole.
std::string chain_verdict(const fs::path& folder, const char* result, const std::string& input) {
  return said(verify_chain({suite::read(folder / result),
                            [&](const std::string& uri) -> std::optional<std::string> {
                              const fs::path f = folder / uri.substr(1);
                              if (!fs::exists(f)) return {};
                              return suite::read(f);
                            },
                            [](const std::string&) { return true; },
                            {{input, std::nullopt}}}));
}

TEST(suite_containers, that_are_unpacked_have_the_verdicts_of_their_hash_chains) {
  NEEDS_SUITE();
  const fs::path all = in(containers) / "asic-containers";
  EXPECT_EQ(
      chain_verdict(all / "valid-signed-hashchain", "sig-hashchainresult.xml", "/message.xml"), "");
  EXPECT_EQ(
      chain_verdict(all / "valid-batch-ts", "ts-hashchainresult.xml", "/META-INF/signatures.xml"),
      "");
  EXPECT_NE(chain_verdict(all / "invalid-ts-hashchainresult", "ts-hashchainresult.xml",
                          "/META-INF/signatures.xml"),
            "");
}

// ---- 2: the format of containers (AsicContainerTest) ----

TEST(suite_container_format, is_refused_by_what_is_missing) {
  NEEDS_SUITE();
  const std::pair<const char*, const char*> expected[] = {
      {"valid-signed-message-with-attachments", ""}, {"valid-signed-message", ""},
      {"no-mimetype", "AsicMimeTypeNotFound"},       {"no-message", "AsicMessageNotFound"},
      {"no-signature", "AsicSignatureNotFound"},     {"not-asic", "AsicMimeTypeNotFound"}};
  for (const auto& [name, code] : expected) {
    const auto file = in("lib/asic-core/src/test/resources") / (std::string(name) + ".asice");
    EXPECT_EQ(said(read_container(suite::read(file))), code) << name;
  }
}

// ---- 3: hash chains (HashChainVerifierTest) ----

struct chain_case {
  const char* result;
  std::map<std::string, std::string> files;   // uri -> file
  std::map<std::string, std::string> inputs;  // uri -> file, "" for unknown
  std::string code;
};

TEST(suite_hash_chains, have_the_verdicts_of_the_origin) {
  NEEDS_SUITE();
  const auto file = [](const std::string& name) {
    return suite::read(in("common/common-message/src/test/resources") / ("hc-verifier" + name));
  };
  constexpr const char* sha256 = "http://www.w3.org/2001/04/xmlenc#sha256";
  const chain_case cases[] = {
      {"1-hashchainresult.xml",
       {{"/hashchain.xml", "1-hashchain.xml"}, {"/message.xml", "1-message.xml"}},
       {{"/message.xml", ""}},
       ""},
      {"1-hashchainresult.xml",
       {{"/hashchain.xml", "1-hashchain.xml"}},
       {{"/message.xml", "1-message.xml"}},
       ""},
      {"1-hashchainresult.xml",
       {{"/hashchain.xml", "1-hashchain.xml"}},
       {{"/message.xml", "1-message.xml"}, {"/unused1", ""}, {"/unused2", ""}},
       "HashChainUnusedInputs"},
      {"1-hashchainresult.xml",
       {{"/hashchain.xml", "1-hashchain.xml"}},
       {{"/message.xml", "1-hashchain.xml"}},
       "InvalidHashChain"},
      {"4-hashchainresult.xml",
       {{"/hashchain.xml", "4-hashchain1.xml"},
        {"/hashchain2.xml", "4-hashchain2.xml"},
        {"/message.xml", "4-message.xml"}},
       {{"/message.xml", ""}},
       ""},
      {"3-hashchainresult.xml",
       {{"/hashchain.xml", "3-hashchain.xml"}, {"/message.xml", "3-message.xml"}},
       {{"/message.xml", ""}},
       ""},
      {"3-hashchainresult.xml",
       {{"/hashchain.xml", "3-hashchain-invalid.xml"}, {"/message.xml", "3-message.xml"}},
       {{"/message.xml", ""}},
       "InvalidHashChainRef"},
      {"3-hashchainresult.xml",
       {{"/hashchain.xml", "5-hashchain-invalid-schema.xml"}, {"/message.xml", "3-message.xml"}},
       {{"/message.xml", ""}},
       "MalformedHashChain"}};
  for (const auto& c : cases) {
    chain_question q;
    q.result = file(c.result);
    q.resolve = [&](const std::string& uri) -> std::optional<std::string> {
      const auto found = c.files.find(uri);
      if (found == c.files.end()) return {};
      return file(found->second);
    };
    for (const auto& [uri, name] : c.inputs)
      q.inputs[uri] =
          name.empty() ? std::nullopt
                       : std::optional(digest_value{
                             sha256, signatures::digest_by("SHA256", trust::view_of(file(name)))});
    const auto r = verify_chain(q);
    EXPECT_EQ(said(r), c.code) << c.result << (r.ok() ? "" : detail_of(r.why()));
  }
}

TEST(suite_hash_chains, take_digests_of_attachments_that_are_given_or_cannot_be_had) {
  NEEDS_SUITE();
  constexpr const char* sha256 = "http://www.w3.org/2001/04/xmlenc#sha256";
  for (const bool all_given : {true, false}) {
    chain_question q;
    const fs::path folder = in("common/common-message/src/test/resources");
    q.result = suite::read(folder / "hc-verifier2-hashchainresult.xml");
    q.resolve = [&](const std::string& uri) -> std::optional<std::string> {
      if (uri != "/hashchain.xml") return {};
      return suite::read(folder / "hc-verifier2-hashchain.xml");
    };
    q.inputs["/message.xml"] = digest_value{sha256, {11}};
    if (all_given)
      for (std::uint8_t i = 1; i <= 3; ++i)
        q.inputs["/attachment" + std::to_string(i)] =
            digest_value{sha256, {static_cast<std::uint8_t>(11 + i)}};
    else q.trusts = [](const std::string& uri) { return uri.starts_with("/attachment"); };
    EXPECT_EQ(said(verify_chain(q)), "");
  }
}

// ---- 4: global configuration trees (VersionedConfigurationDirectoryTest) ----

TEST(suite_configuration, of_versions_two_to_six_is_read) {
  NEEDS_SUITE();
  const std::pair<const char*, std::vector<const char*>> trees[] = {
      {"globalconf_good_v2", {"EE", "bar", "foo"}},
      {"globalconf_good_v3", {"EE", "bar", "foo_v2"}},
      {"globalconf_good_v4", {"EE", "bar", "foo_v2", "baz_v3"}},
      {"globalconf_good_v5", {"EE", "bar", "foo_v2", "baz_v3", "qux_v4"}},
      {"globalconf_good_v6", {"EE", "bar", "foo_v2", "baz_v3", "qux_v4", "quux_v5"}}};
  for (const auto& [name, instances] : trees) {
    const auto c = read_folder(in(globalconf) / name);
    ASSERT_TRUE(c.ok()) << name << " " << detail_of(c.why());
    EXPECT_EQ(c->instance, "EE");
    for (const char* i : instances) EXPECT_TRUE(c->of(i)) << name << " " << i;
    EXPECT_EQ(c->shared.size(), instances.size()) << name;
    EXPECT_FALSE(c->own.contains("bar")) << name;
    EXPECT_TRUE(c->own.contains("EE")) << name;
    EXPECT_FALSE(c->of("xxx"));
  }
}

TEST(suite_configuration, that_is_broken_is_refused) {
  NEEDS_SUITE();
  EXPECT_EQ(said(read_folder(in(globalconf) / "globalconf_malformed")), "MalformedGlobalConf");
  EXPECT_EQ(said(read_folder(in(globalconf) / "globalconf_missing_identifier")),
            "MalformedGlobalConf");
  const auto empty = read_folder(in(globalconf) / "globalconf_empty");
  ASSERT_TRUE(empty.ok());
  EXPECT_TRUE(empty->shared.empty());
}

TEST(suite_configuration, says_who_is_in_the_network) {
  NEEDS_SUITE();
  const auto c = read_folder(in(globalconf) / "globalconf_good2_v3");
  ASSERT_TRUE(c.ok());
  const shared_parameters& p = *c->of("DEV");
  const client_id service{"DEV", "COM", "1234", "TestService"};
  EXPECT_TRUE(p.is_registered(service));
  EXPECT_FALSE(p.is_registered({"DEV", "COM", "1234", "Other"}));
  ASSERT_EQ(p.servers_of(service).size(), 1u);
  EXPECT_EQ(p.servers_of(service)[0]->address, "ss0");
  EXPECT_EQ(p.servers_of({"DEV", "COM", "4321", "TestClient"})[0]->id.str(), "DEV/COM/4321/SS1");
  EXPECT_TRUE(p.in_group("security-server-owners", {"DEV", "COM", "1234", {}}));
  EXPECT_EQ(p.ocsp_freshness, std::chrono::seconds(3600));
  // What is written is read as the same.
  const auto again = read_shared(write_shared(p, "cs", {p.stampers[0].certificate}));
  ASSERT_TRUE(again.ok()) << detail_of(again.why());
  EXPECT_EQ(again->servers_of(service)[0]->id, p.servers_of(service)[0]->id);
  EXPECT_EQ(again->members.size(), p.members.size());
  EXPECT_EQ(again->groups, p.groups);
  EXPECT_EQ(again->authorities[0].top.responders, p.authorities[0].top.responders);
}

TEST(suite_configuration, anchors_lead_to_sources) {
  NEEDS_SUITE();
  const auto a = read_anchor(suite::read(in(client) / "configuration-anchor1.xml"));
  ASSERT_TRUE(a.ok()) << detail_of(a.why());
  EXPECT_EQ(a->instance, "EE");
  ASSERT_EQ(a->sources.size(), 3u);
  EXPECT_EQ(a->sources[0].url, "http://www.bar.com/conf");
  EXPECT_EQ(a->sources[0].certificates.size(), 2u);
  const auto again = read_anchor(write_anchor(*a));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->sources[2].certificates, a->sources[2].certificates);
}

// ---- 5: signed directories (ConfigurationParserTest) ----

// The origin's tests verify by a certificate in a key store that is not among the files, so here a
// signature is either judged under another certificate, or the directory is read without it.
const instant then = *instant::parse("2014-01-01T00:00:00Z");

struct parts_of_text {
  std::string content_type, body;
};
parts_of_text inner(const std::string& text) {
  const auto from = text.find("Content-Type: multipart/mixed");
  const auto line = text.find('\n', from);
  const auto body = text.find("\n\n", from) + 2;
  return {text.substr(from + 14, line - from - 14),
          text.substr(body, text.find("\n--envelopeboundary", body) - body)};
}

TEST(suite_directory, lists_its_files_with_digests_that_they_have) {
  NEEDS_SUITE();
  const auto p = inner(suite::read(in(client) / "test-conf-simple.txt"));
  const auto d = read_directory_part(p.content_type, p.body, then);
  ASSERT_TRUE(d.ok()) << detail_of(d.why());
  ASSERT_EQ(d->entries.size(), 3u);
  EXPECT_EQ(d->entries[0].location, "/private-params.xml");
  EXPECT_EQ(d->entries[1].identifier, "SHARED-PARAMETERS");
  EXPECT_EQ(d->entries[1].instance, "EE");
  EXPECT_EQ(d->entries[2].location, "/foo.xml");
  EXPECT_EQ(d->expires.str(), "2026-05-20T17:42:55.000Z");
  EXPECT_EQ(
      said(read_directory_part(p.content_type, p.body, *instant::parse("2026-05-20T17:42:56Z"))),
      "global_conf_outdated");
  const auto detached = inner(suite::read(in(client) / "test-conf-detached.txt"));
  EXPECT_EQ(read_directory_part(detached.content_type, detached.body, then)->entries.size(), 1u);
}

TEST(suite_directory, is_refused_as_the_origin_refuses_it) {
  NEEDS_SUITE();
  const bytes some =
      read_folder(in(globalconf) / "globalconf_good2_v3")->of("DEV")->stampers[0].certificate;
  const certificate_finder any = [&](const bytes&, const std::string&) { return some; };
  const auto read = [&](const char* name, const certificate_finder& f) {
    return said(read_directory(suite::read(in(client) / (std::string(name) + ".txt")), f, then));
  };
  EXPECT_EQ(read("test-conf-malformed", any), "global_conf_missing_signed_data_expiration_date");
  EXPECT_EQ(read("test-conf-simple", among({some})), "global_conf_missing_verification_cert");
  EXPECT_EQ(read("test-conf-missing-signature", any), "global_conf_signature_decode_failure");
  EXPECT_EQ(read("test-conf-invalid-signature", any), "global_conf_signature_verification_failure");
  const auto p = inner(suite::read(in(client) / "test-conf-missing-date.txt"));
  EXPECT_EQ(said(read_directory_part(p.content_type, p.body, then)),
            "global_conf_header_field_missing");
}

// ---- 6: identifiers and service descriptions ----

TEST(suite_identifiers, are_read_by_their_type) {
  NEEDS_SUITE();
  const fs::path folder = in("common/common-domain/src/test/resources/identifiers");
  const auto read = [&](const char* name) {
    return read_identifier(suite::read(folder / (std::string(name) + ".xml")));
  };
  EXPECT_EQ(read("clientid")->client, (client_id{"EE", "COMPANY", "FOOBAR", {}}));
  EXPECT_EQ(read("clientid-subsystem")->client,
            (client_id{"EE", "COMPANY", "FOOBAR", "SUBSYSTEM"}));
  EXPECT_EQ(read("globalgroupid")->code, "perearstid");
  EXPECT_EQ(read("localgroupid")->code, "lokaalgrupp");
  EXPECT_EQ(read("securityserverid")->code, "bambi");
  EXPECT_EQ(read("serviceid")->code, "getState");
  EXPECT_EQ(read("serviceid-version")->version, "v1");
  EXPECT_EQ(said(read("invalid-clientid-member")), "InvalidXml");
  EXPECT_EQ(said(read("invalid-clientid-subsystem")), "InvalidXml");
  for (const char* name : {"clientid", "clientid-subsystem", "globalgroupid", "localgroupid",
                           "securityserverid", "serviceid", "serviceid-version"}) {
    const auto id = read(name);
    const auto again = read_identifier(write_identifier(*id, "client", "urn:x"));
    ASSERT_TRUE(again.ok()) << name;
    EXPECT_EQ(again->client, id->client);
    EXPECT_EQ(again->code, id->code);
  }
}

TEST(suite_descriptions, are_judged_as_the_origin_judges_them) {
  NEEDS_SUITE();
  const fs::path folder =
      in("security-server/admin-service/application/src/test/resources/"
         "openapiparser");
  const auto read = [&](const char* name) { return read_description(suite::read(folder / name)); };
  for (const char* name : {"valid.yaml", "valid.json", "valid_modified.yaml", "warnings.yml",
                           "v310.yaml", "v310.json"})
    EXPECT_EQ(said(read(name)), "") << name;
  EXPECT_EQ(said(read("invalid_version.yaml")), "unsupported_openapi_version");
  EXPECT_EQ(said(read("invalid_version.json")), "unsupported_openapi_version");
  EXPECT_EQ(said(read("duplicateendpoint.yaml")), "openapi_parsing_error");
  const fs::path more = in("addons/metaservice/src/test/resources/__files");
  const auto pets = read_description(suite::read(more / "petstore.yaml"));
  ASSERT_TRUE(pets.ok()) << detail_of(pets.why());
  EXPECT_EQ(pets->endpoints,
            (std::vector<endpoint>{{"GET", "/pets"}, {"POST", "/pets"}, {"GET", "/pets/*"}}));
  EXPECT_EQ(read_description(suite::read(more / "petstore.json"))->endpoints.size(), 20u);
  EXPECT_EQ(said(read_description(suite::read(more / "openapi_incompatible_version.yaml"))),
            "unsupported_openapi_version");
}

// ---- 7: archives ----

TEST(suite_archives, are_chained_by_digest) {
  NEEDS_SUITE();
  const fs::path logs = in("addons/messagelog/messagelog-addon/src/test/resources/logarchive");
  const auto read = [&](const fs::path& f, std::optional<std::string> previous) {
    return verify_archive(suite::read(f), previous);
  };
  EXPECT_EQ(said(read(logs / "mlog-WITH_LINKINGINFO.zip", "")), "");
  EXPECT_EQ(said(read(logs / "mlog-NO_LINKINGINFO.zip", {})), "archive_no_linking_info");
  EXPECT_EQ(said(read(logs / "mlog-NO_ASIC_CONTAINERS.zip", {})), "archive_no_containers");
  EXPECT_EQ(said(read(logs / "mlog-WITH_INVALID_LINKINGINFO.zip", {})), "archive_digest");
  EXPECT_EQ(said(read(logs / "mlog-EXCESSIVE_FILES_IN_LINKINGINFO.zip", {})),
            "archive_missing_file");
  const fs::path two = in("addons/messagelog/messagelog-archive-verifier/src/test/resources");
  const auto first = read(two / "message-archive-0.zip", "");
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(said(read(two / "message-archive-1.zip", *first)), "");
  EXPECT_EQ(said(read(two / "message-archive-1.zip", "")), "archive_previous");
}

}  // namespace
}  // namespace madang::xroad
