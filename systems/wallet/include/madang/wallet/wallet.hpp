#pragma once
#include "madang/platform/house.hpp"

// The wallet: issued documents as credentials on the holder's own device (A31).
//
//   OpenID for Verifiable Credential Issuance 1.0  who has a document takes it into a wallet, in a
//                                                  batch of copies that are shown once each
//   SD-JWT VC, RFC 9901                            what a copy is
//   Token Status List                              whether it still holds; served by another agency
//   OpenID for Verifiable Presentations 1.0        who asks to be shown something, by DCQL
//
// The pack's wallet.yaml says which documents there are, who serves the status and what may be
// asked (plan.hpp). A country without that file has no wallet. The paper (documents::office), its
// credentials and the code on it are one record: its revocation is the event document.revoked,
// and there is no other.
namespace madang::wallet {

void join(platform::house& house);

}  // namespace madang::wallet
