#pragma once

namespace madang::platform {
class house;
}

// Electronic signature certificates (전자서명인증): the national hierarchy (NPKI) and the
// government's (GPKI), from application to revocation, and what programs ask of them. See
// certification.md.
namespace madang::certification {

// Pages: /certification, /verify/signature and /my/certificates (people), /desk/certification (the authorities'
// officials). Protocols: /pki (certificates, lists, trust list), /ocsp, /tsa, /acme. Silent where
// the pack has no pki.yaml. Throws packs::broken_pack when that file is wrong.
void join(platform::house& house);

}  // namespace madang::certification
