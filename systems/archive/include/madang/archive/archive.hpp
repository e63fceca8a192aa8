#pragma once
#include "madang/platform/house.hpp"

// The document and signature store (A37): what people and offices give to be kept for ever
// (engines/vault), with its proof from the log "documents", its erasure, and whom they let look.
//
// Places: `places:` in <data>/vault.yaml, a list of folders on different disks; without that file
// <data>/vault/a and <data>/vault/b.
namespace madang::archive {

void join(platform::house& house);

}  // namespace madang::archive
