#pragma once
#include "madang/vault/vault.hpp"

namespace madang::vault {

BOOST_DESCRIBE_STRUCT(record, (),
                      (key, holder, folder, name, type, state, size, chunks, sealed_key, sha256,
                       begun, kept, erased, copies, verified))
BOOST_DESCRIBE_STRUCT(said, (),
                      (number, record, what, salt, commitment, said, signature, at))
BOOST_DESCRIBE_STRUCT(looker, (), (record, person, name, given, ends))
BOOST_DESCRIBE_STRUCT(scrub_result, (), (key, begun, ended, chunks, mended, lost, strays))

}  // namespace madang::vault
