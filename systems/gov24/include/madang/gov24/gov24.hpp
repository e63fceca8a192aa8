#pragma once

namespace madang::platform {
class house;
}

// The portal of citizens (정부24): find a service, apply, follow it, receive what comes of it; my
// documents, my data, my notices; anyone verifies a document. See gov24.md beside this folder.
namespace madang::gov24 {

void join(platform::house& house);

}  // namespace madang::gov24
