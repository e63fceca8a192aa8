#include "stamps.hpp"

#include <algorithm>

namespace madang::signatures {

std::optional<token> token::read(view octets) {
  auto d = signed_data::parse(octets, 1u << 20);
  if (!d || d->signers.size() != 1 || !d->content || d->content_type_name != ids::stamp_info)
    return {};
  auto info = whole<owned<TS_TST_INFO, TS_TST_INFO_free>>(*d->content, d2i_TS_TST_INFO);
  if (!info || TS_TST_INFO_get_version(info.get()) != 1) return {};
  TS_MSG_IMPRINT* imprint = TS_TST_INFO_get_msg_imprint(info.get());
  const ASN1_OBJECT* id = nullptr;
  X509_ALGOR_get0(&id, nullptr, nullptr, TS_MSG_IMPRINT_get_algo(imprint));
  char text[80] = "";
  OBJ_obj2txt(text, sizeof text, id, 1);
  const ASN1_OCTET_STRING* hash = TS_MSG_IMPRINT_get_msg(imprint);
  token out;
  out.digest = digest_named(text);
  out.imprint.assign(ASN1_STRING_get0_data(hash),
                     ASN1_STRING_get0_data(hash) + ASN1_STRING_length(hash));
  out.at = instant_of(TS_TST_INFO_get_time(info.get()));
  if (out.digest.empty() || out.at.micros == 0) return {};
  out.cms = std::make_shared<signed_data>(std::move(*d));
  return out;
}

bool token::covers(std::span<const view> data) const {
  return digest_over(digest, data) == imprint;
}

stamp_judgement judge_stamp(const found_stamp& s, const policy& p, const pool& embedded,
                            instant control) {
  stamp_judgement out;
  out.seen.kind = s.kind;
  const auto fail = [&](const char* code, std::map<std::string, std::string> facts = {}) {
    out.reasons.push_back({code, std::move(facts)});
    return out;
  };
  if (!s.said) return fail("stamp.crypto", {{"when", ""}});
  const token& t = *s.said;
  out.seen.at = t.at;
  const std::map<std::string, std::string> when{{"when", t.at.str()}};
  pool held = embedded;
  gather(*t.cms, held);
  const view spans[] = {*t.cms->content};
  const signer_check c = check_signer(*t.cms, t.cms->signers.front(), spans, held);
  if (auto x = read_certificate(c.certificate))
    out.seen.authority = one_of(X509_get_subject_name(x.get()), NID_commonName);
  if (!s.covers) return fail("stamp.wrong", when);
  if (c.certificate.empty() || !c.digest_good || !c.crypto_good || c.bound != binding::good)
    return fail("stamp.crypto", when);
  if (control < t.at) return fail("stamp.order", when);
  const chains path(p, held);
  for (const std::string& name : {t.digest, c.digest, c.key})
    if (auto why = path.dead(name, control)) return fail(why->code.c_str(), why->facts);
  auto chain = path.look(c.certificate,
                         {purpose::stamp, control, control, control < p.at, false});
  out.revocations = std::move(chain.revocations);
  if (!chain.good) {
    out.reasons = std::move(chain.reasons);
    return fail("stamp.authority", {{"when", t.at.str()}, {"who", out.seen.authority}});
  }
  out.good = out.seen.good = true;
  return out;
}

void name_signer(const bytes& certificate, signature& out) {
  auto x = read_certificate(certificate);
  if (!x) return;
  const X509_NAME* subject = X509_get_subject_name(x.get());
  out.signer = one_of(subject, NID_commonName);
  out.organisation = one_of(subject, NID_organizationName);
  out.title = one_of(subject, NID_title);
  const X509_NAME* issuer = X509_get_issuer_name(x.get());
  out.issuer = one_of(issuer, NID_commonName);
  if (out.issuer.empty()) out.issuer = one_of(issuer, NID_organizationName);
}

void settle(signature& out, indication is, std::string sub, reason why) {
  out.is = is;
  out.sub = std::move(sub);
  out.reasons.push_back(std::move(why));
}

bool settle_crypto(const signer_check& c, signature& out) {
  if (c.certificate.empty())
    settle(out, indication::indeterminate, "NO_SIGNING_CERTIFICATE_FOUND",
           {"certificate.missing", {}});
  else if (!c.known_algorithm)
    settle(out, indication::indeterminate, "CRYPTO_CONSTRAINTS_FAILURE",
           {"format.algorithm_unknown", {}});
  else if (!c.digest_good)
    settle(out, indication::total_failed, "HASH_FAILURE", {"digest", {}});
  else if (!c.crypto_good)
    settle(out, indication::total_failed, "SIG_CRYPTO_FAILURE", {"crypto", {}});
  else if (c.bound == binding::wrong)
    settle(out, indication::indeterminate, "SIG_CONSTRAINTS_FAILURE", {"binding.wrong", {}});
  else
    return false;
  return true;
}

namespace {

struct walked {
  instant control;                     // what is inside the good stamps was there by then
  std::optional<instant> best;
  bool evidence_covered = false;
};

void note(const stamp_judgement& j, signature& out) {
  out.stamps.push_back(j.seen);
  out.reasons.insert(out.reasons.end(), j.reasons.begin(), j.reasons.end());
  out.revocations.insert(out.revocations.end(), j.revocations.begin(), j.revocations.end());
}

walked walk_stamps(const presented& what, const policy& p, signature& out) {
  walked w{p.at, {}, false};
  std::vector<const found_stamp*> outer;
  for (const found_stamp& s : what.over_all) outer.push_back(&s);
  std::stable_sort(outer.begin(), outer.end(), [](const found_stamp* a, const found_stamp* b) {
    return b->said && (!a->said || b->said->at < a->said->at);
  });
  const auto take = [&](const found_stamp& s, bool moves) {
    const auto j = judge_stamp(s, p, what.embedded, w.control);
    note(j, out);
    if (!j.good) return;
    if (moves) w.control = j.seen.at;
    if (!w.best || j.seen.at < *w.best) w.best = j.seen.at;
    w.evidence_covered = w.evidence_covered || s.covers_evidence;
  };
  for (const found_stamp* s : outer) take(*s, true);
  for (const found_stamp& s : what.on_signature) take(s, false);
  return w;
}

}  // namespace

void judge(const presented& what, const policy& p, signature& out) {
  name_signer(what.certificate, out);
  const walked w = walk_stamps(what, p, out);
  out.proven = w.best;
  if (what.bound) out.level = w.best ? level::t : level::b;
  const instant when = w.best.value_or(p.at);
  const chains path(p, what.embedded);
  for (const std::string& name : {what.digest, what.key})
    if (auto why = path.dead(name, when)) {
      settle(out, indication::indeterminate, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE", *why);
      return;
    }
  auto chain = path.look(what.certificate, {purpose::sign, when, w.control, w.best.has_value(),
                                            p.revocation_needed});
  out.revocations.insert(out.revocations.end(), chain.revocations.begin(),
                         chain.revocations.end());
  out.reasons.insert(out.reasons.end(), chain.reasons.begin(), chain.reasons.end());
  out.is = chain.is;
  out.sub = chain.good ? "" : chain.sub;
  if (!chain.good || out.level != level::t) return;
  if (!chain.all_embedded) return;
  out.level = w.evidence_covered ? level::lta : level::lt;
}

}  // namespace madang::signatures
