#pragma once

namespace madang::platform {
class house;
}

// Logs that nobody can rewrite, the house itself included. What is entered about whom somebody
// looked at is committed to in the log "audit" within seconds, off the way of who looks; witnesses
// run by other agencies confirm that the log only grows; citizens get a proof of every entry that
// they, or a program of their own, can check.
//
// Files of a log: /transparency/LOG/checkpoint, /tile/..., as C2SP tlog-tiles says; witnesses:
// /witness/NAME/add-checkpoint as C2SP tlog-witness says. Query:
// transparency.sealed_until.
// While entries have waited for their seal longer than `limit_seconds`, writes are refused
// (transparency.stopped), as a member of X-Road stops when its messages cannot be stamped.
namespace madang::transparency {

void join(platform::house& house);

}  // namespace madang::transparency
