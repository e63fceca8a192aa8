#include "madang/trust/arc.hpp"

#include "arc_group.hpp"

namespace madang::trust::arc {

struct issuer::inside {
  scalar x0, x1, x2, xb;
  element X0, X1, X2;
};

namespace {

std::vector<scalar> scalars(reader& r, std::size_t count) {
  std::vector<scalar> out;
  while (out.size() < count) out.push_back(r.next_scalar());
  return out;
}

std::vector<element> elements(reader& r, std::size_t count) {
  std::vector<element> out;
  while (out.size() < count) out.push_back(r.next_element());
  return out;
}

void put_all(bytes& out, const std::vector<scalar>& all) {
  for (const auto& s : all) put(out, s.get());
}

// Section 5.2. Scalars: m1, m2, r1, r2.
statement of_request(const EC_POINT* m1, const EC_POINT* m2) {
  return {"CredentialRequest",
          {generator_g(), generator_h(), m1, m2},
          {{2, {{0, 0}, {2, 1}}}, {3, {{1, 0}, {3, 1}}}}};
}

// Section 5.3. Scalars: x0, x1, x2, x0Blinding, b, t1, t2; `made`: U, encUPrime, X0Aux to HAux.
statement of_response(const std::vector<element>& asked, const std::vector<element>& made,
                      const EC_POINT* X0, const EC_POINT* X1, const EC_POINT* X2) {
  return {"CredentialResponse",
          {generator_g(), generator_h(), asked[0].get(), asked[1].get(), made[0].get(),
           made[1].get(), X0, X1, X2, made[2].get(), made[3].get(), made[4].get(), made[5].get()},
          {{6, {{0, 0}, {3, 1}}},
           {7, {{1, 1}}},
           {8, {{2, 1}}},
           {12, {{4, 1}}},
           {9, {{3, 12}}},
           {10, {{5, 1}}},
           {10, {{4, 7}}},
           {11, {{4, 8}}},
           {11, {{6, 1}}},
           {4, {{4, 0}}},
           {5, {{4, 6}, {5, 2}, {6, 3}}}}};
}

// Section 5.4. Scalars: m1, z, -r, nonce; `shown`: U, UPrimeCommit, m1Commit, tag.
statement of_presentation(const std::vector<element>& shown, const EC_POINT* v, const EC_POINT* x1,
                          const EC_POINT* t, const EC_POINT* m1_tag, view message) {
  return {"CredentialPresentation",
          {generator_g(), generator_h(), shown[0].get(), shown[1].get(), shown[2].get(), v, x1,
           shown[3].get(), t, m1_tag},
          {{4, {{0, 2}, {1, 1}}}, {5, {{1, 6}, {2, 0}}}, {8, {{0, 7}, {3, 7}}}, {9, {{0, 7}}}},
          message};
}

std::shared_ptr<const issuer::inside> key_of(std::vector<scalar> x) {
  auto in = std::make_shared<issuer::inside>();
  in->X0 = sum(times(x[0].get(), generator_g()).get(), times(x[3].get(), generator_h()).get());
  in->X1 = times(x[1].get(), generator_h());
  in->X2 = times(x[2].get(), generator_h());
  in->x0 = std::move(x[0]);
  in->x1 = std::move(x[1]);
  in->x2 = std::move(x[2]);
  in->xb = std::move(x[3]);
  return in;
}

}  // namespace

issuer issuer::generate() {
  std::vector<scalar> x;
  while (x.size() < 4) x.push_back(random_scalar());
  return issuer(key_of(std::move(x)));
}

result<issuer> issuer::from_octets(view octets) {
  reader r(octets);
  auto x = scalars(r, 4);
  bool good = r.good();
  for (const auto& one : x) good = good && !BN_is_zero(one.get());
  if (!good) return refuse(kind::invalid, "trust.key_malformed");
  return issuer(key_of(std::move(x)));
}

bytes issuer::octets() const {
  bytes out;
  for (const auto* s : {&in_->x0, &in_->x1, &in_->x2, &in_->xb}) put(out, s->get());
  return out;
}

bytes issuer::public_key() const {
  bytes out;
  for (const auto* e : {&in_->X0, &in_->X1, &in_->X2}) put(out, e->get());
  return out;
}

result<bytes> issuer::respond(view request) const {
  reader r(request);
  const auto asked = elements(r, 2);
  const auto proof = scalars(r, 5);
  if (!r.good() || !of_request(asked[0].get(), asked[1].get()).holds(proof))
    return refuse(kind::invalid, "trust.request_wrong");
  const auto& k = *in_;
  const auto b = random_scalar();
  const auto t1 = product(b.get(), k.x1.get()), t2 = product(b.get(), k.x2.get());
  std::vector<element> made;
  made.push_back(times(b.get(), generator_g()));
  made.push_back(sum(times(b.get(), k.X0.get()).get(),
                     sum(times(t1.get(), asked[0].get()).get(),
                         times(t2.get(), asked[1].get()).get()).get()));
  made.push_back(times(product(b.get(), k.xb.get()).get(), generator_h()));
  made.push_back(times(b.get(), k.X1.get()));
  made.push_back(times(b.get(), k.X2.get()));
  made.push_back(times(b.get(), generator_h()));
  bytes out;
  for (const auto& e : made) put(out, e.get());
  put_all(out, of_response(asked, made, k.X0.get(), k.X1.get(), k.X2.get())
                   .prove({k.x0.get(), k.x1.get(), k.x2.get(), k.xb.get(), b.get(), t1.get(),
                           t2.get()}));
  return out;
}

result<bytes> issuer::verify(view request_context, view presentation_context, view presentation,
                             view message, std::uint32_t nonce) const {
  reader r(presentation);
  const auto shown = elements(r, 4);
  const auto proof = scalars(r, 5);
  if (!r.good() || message.size() > longest_message)
    return refuse(kind::invalid, "trust.presentation_wrong");
  const auto& k = *in_;
  const auto m2 = scalar_of(request_context, "requestContext");
  const auto both = sum(k.x0.get(), product(k.x2.get(), m2.get()).get());
  const auto mac = sum(times(both.get(), shown[0].get()).get(),
                       times(k.x1.get(), shown[2].get()).get());
  const auto v = difference(mac.get(), shown[1].get());
  const auto t = group_of(presentation_context, "Tag");
  scalar n(BN_new());
  must(n && BN_set_word(n.get(), nonce) == 1, "BN_set_word");
  const auto m1_tag = difference(t.get(), times(n.get(), shown[3].get()).get());
  if (!of_presentation(shown, v.get(), k.X1.get(), t.get(), m1_tag.get(), message).holds(proof))
    return refuse(kind::invalid, "trust.presentation_wrong");
  return octets_of(shown[3].get());
}

asking request(view request_context) {
  const auto m1 = random_scalar(), r1 = random_scalar(), r2 = random_scalar();
  const auto m2 = scalar_of(request_context, "requestContext");
  const auto h = generator_h(), g = generator_g();
  const auto e1 = sum(times(m1.get(), g).get(), times(r1.get(), h).get());
  const auto e2 = sum(times(m2.get(), g).get(), times(r2.get(), h).get());
  asking out;
  put(out.request, e1.get());
  put(out.request, e2.get());
  put_all(out.request, of_request(e1.get(), e2.get())
                           .prove({m1.get(), m2.get(), r1.get(), r2.get()}));
  for (const auto* s : {&m1, &m2, &r1, &r2}) put(out.secrets, s->get());
  return out;
}

result<bytes> finalize(view public_key, view request, view secrets, view response) {
  reader key(public_key), ask(request), kept(secrets), got(response);
  const auto x = elements(key, 3), asked = elements(ask, 2);
  (void)scalars(ask, 5);
  const auto s = scalars(kept, 4);
  const auto made = elements(got, 6);
  const auto proof = scalars(got, 8);
  if (!key.good()) return refuse(kind::invalid, "trust.key_malformed");
  if (!ask.good() || !kept.good() || !got.good() ||
      !of_response(asked, made, x[0].get(), x[1].get(), x[2].get()).holds(proof))
    return refuse(kind::invalid, "trust.response_wrong");
  auto u = difference(made[1].get(), made[2].get());
  u = difference(u.get(), times(s[2].get(), made[3].get()).get());
  u = difference(u.get(), times(s[3].get(), made[4].get()).get());
  bytes out;
  put(out, s[0].get());
  put(out, made[0].get());
  put(out, u.get());
  put(out, x[1].get());
  return out;
}

result<bytes> present(view credential, view presentation_context, view message) {
  reader in(credential);
  const auto m1 = in.next_scalar();
  const auto kept = elements(in, 3);         // U, UPrime, X1
  if (!in.good() || BN_is_zero(m1.get()) || message.size() > longest_message)
    return refuse(kind::invalid, "trust.credential_wrong");
  const auto a = random_scalar(), r = random_scalar(), z = random_scalar();
  const auto less = negative(r.get());
  const auto t = group_of(presentation_context, "Tag");
  std::vector<element> shown;
  shown.push_back(times(a.get(), kept[0].get()));
  shown.push_back(sum(times(a.get(), kept[1].get()).get(), times(r.get(), generator_g()).get()));
  shown.push_back(sum(times(m1.get(), shown[0].get()).get(), times(z.get(), generator_h()).get()));
  shown.push_back(times(inverse(m1.get()).get(), t.get()));
  const auto v = sum(times(z.get(), kept[2].get()).get(),
                     times(less.get(), generator_g()).get());
  scalar none(BN_new());
  must(none != nullptr, "BN_new");
  bytes out;
  for (const auto& e : shown) put(out, e.get());
  put_all(out, of_presentation(shown, v.get(), kept[2].get(), t.get(), t.get(), message)
                   .prove({m1.get(), z.get(), less.get(), none.get()}));
  return out;
}

}  // namespace madang::trust::arc
