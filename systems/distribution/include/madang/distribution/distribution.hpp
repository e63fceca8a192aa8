#pragma once

namespace madang::platform {
class house;
}

// Distribution of documents between agencies (행정기관 간 문서유통, e-Government Act arts. 25 and 28):
// an agency sends files to another with purpose, law and case; each is sealed to the key of the
// receiving agency as soon as it is attached, the whole is signed by the sender, and signed
// receipts say when it was delivered, opened, refused and destroyed.
namespace madang::distribution {

void join(platform::house& house);

}  // namespace madang::distribution
