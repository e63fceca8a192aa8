#pragma once
#include "madang/audit/audit.hpp"

// The columns of audit_entry.
namespace madang::audit {

BOOST_DESCRIBE_STRUCT(entry, (),
                      (key, at, subject, what, record_of, record, items, actor_person, actor,
                       purpose, law, reference, hidden_until))

}  // namespace madang::audit
