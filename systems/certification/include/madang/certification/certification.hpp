#pragma once

namespace madang::platform {
class house;
}

// Electronic signature certificates (전자서명인증): the national hierarchy (NPKI) and the
// government's (GPKI), from application to revocation, and what programs ask of them. See
// certification.md.
namespace madang::certification {

// Pages: /certification and /my/certificates (people), /desk/certification (the authorities'
// officials), /verify/signature (anyone, with a signed file). Protocols: /pki (certificates, lists,
// trust list), /ocsp, /tsa, /acme. Where the pack has no pki.yaml only the check of signatures is
// there. Throws packs::broken_pack when that file is wrong.
void join(platform::house& house);

}  // namespace madang::certification
