#pragma once
#include <memory>

#include "keeper.hpp"
#include "madang/html/html.hpp"
#include "madang/platform/context.hpp"

namespace madang::transparency {

using platform::context;
using platform::needs;
using office = std::shared_ptr<keeper>;

void file_pages(office k);      // checkpoints, tiles, witnesses: for programs
void public_pages(office k);    // what the logs are, for people
void entry_pages(office k);     // one entry and its proof
void alert_pages(office k);     // unusual reading, for the auditor
void offer(office k);           // the same over the exchange

}  // namespace madang::transparency
