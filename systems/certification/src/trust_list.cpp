#include "trust_list.hpp"

#include "madang/signatures/make.hpp"

namespace madang::certification {
namespace {

std::string escaped(std::string_view s) {
  std::string out;
  for (const char c : s) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else out += c;
  }
  return out;
}

std::string names(const words& w) {
  std::string out;
  for (const auto& [language, said] : w.all())
    out += "<Name xml:lang=\"" + escaped(language) + "\">" + escaped(said) + "</Name>";
  return out;
}

std::string seconds(instant t) { return t.str().substr(0, 19) + "Z"; }

std::string service(const words& name, std::string_view type, const trust::bytes& der,
                    const std::string& supply) {
  const auto said = pki::read_facts(der);
  return "<TSPService><ServiceInformation><ServiceTypeIdentifier>"
         "http://uri.etsi.org/TrstSvc/Svctype/" +
         std::string(type) + "</ServiceTypeIdentifier><ServiceName>" + names(name) +
         "</ServiceName><ServiceDigitalIdentity><DigitalId><X509Certificate>" + text::base64(der) +
         "</X509Certificate></DigitalId></ServiceDigitalIdentity>"
         "<ServiceStatus>http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/"
         "recognisedatnationallevel"
         "</ServiceStatus><StatusStartingTime>" +
         (said ? seconds(said->from) : "") +
         "</StatusStartingTime><ServiceSupplyPoints>"
         "<ServiceSupplyPoint>" +
         escaped(supply) +
         "</ServiceSupplyPoint></ServiceSupplyPoints></ServiceInformation></TSPService>";
}

std::string provider(const words& name, const std::string& services, const std::string& page) {
  std::string uris;
  for (const auto& [language, said] : name.all())
    uris += "<URI xml:lang=\"" + escaped(language) + "\">" + escaped(page) + "</URI>";
  return "<TrustServiceProvider><TSPInformation><TSPName>" + names(name) +
         "</TSPName><TSPInformationURI>" + uris +
         "</TSPInformationURI></TSPInformation>"
         "<TSPServices>" +
         services + "</TSPServices></TrustServiceProvider>";
}

}  // namespace

namespace {

std::string unsigned_list(const registrar& o, const pki::authorities& all, instant at) {
  const std::string base = o.home.chosen().public_url;
  std::string providers;
  for (const auto& h : all.plans()) {
    providers += provider(
        h.organisation,
        service(h.root, "NationalRootCA-QC", *all.root(h.id), base + "/pki/root/" + h.id + ".cer") +
            service(h.root, "TSA", all.stamper_of(h.id)->certificate(), base + "/tsa/" + h.id),
        base + "/certification");
    for (const auto& plan : h.authorities)
      providers += provider(plan.organisation,
                            service(plan.name, "CA/PKC", all.find(plan.id)->certificate(),
                                    base + "/pki/ca/" + plan.id + ".cer"),
                            base + "/certification");
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<TrustServiceStatusList xmlns=\"http://uri.etsi.org/02231/v2#\" "
         "TSLTag=\"http://uri.etsi.org/19612/TSLTag\"><SchemeInformation>"
         "<TSLVersionIdentifier>5</TSLVersionIdentifier><TSLSequenceNumber>1</TSLSequenceNumber>"
         "<TSLType>http://uri.etsi.org/TrstSvc/TrustedList/TSLType/CClist</TSLType>"
         "<SchemeOperatorName>" +
         names(all.plans().back().organisation) + "</SchemeOperatorName><SchemeName>" +
         names(o.home.said("certification.trust_list")) +
         "</SchemeName><SchemeTerritory>KR</SchemeTerritory><HistoricalInformationPeriod>65535"
         "</HistoricalInformationPeriod><ListIssueDateTime>" +
         seconds(at) + "</ListIssueDateTime><NextUpdate><dateTime>" +
         seconds(at.plus(std::chrono::hours(24 * 30))) +
         "</dateTime></NextUpdate></SchemeInformation><TrustServiceProviderList>" + providers +
         "</TrustServiceProviderList></TrustServiceStatusList>\n";
}

}  // namespace

result<std::string> trust_list_of(const registrar& o, const pki::authorities& all, instant at) {
  const auto& scheme = all.plans().back();
  const auto* lister = all.lister_of(scheme.id);
  const signatures::signer who{lister->certificate(),
                               {*all.root(scheme.id)},
                               [lister](trust::view octets) { return lister->sign(octets); }};
  return signatures::sign_xades(unsigned_list(o, all, at), who, {.at = at});
}

}  // namespace madang::certification
