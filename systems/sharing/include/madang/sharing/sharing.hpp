#pragma once
#include "madang/platform/house.hpp"

// Common use of administrative information (행정정보 공동이용, e-Government Act arts. 36 to 44):
// an official sees on one screen what her task needs of other agencies' registers, and no more.
//
// The pack says the tasks (sharing/tasks.yaml): who may do them by which law, and of each register
// the items, or one question that is answered yes or no. Somebody is looked up for an application
// of hers that the official's office decides, or by her consent for one task and office until a
// day. Nothing of what was seen is kept; that it was seen stands in the person's trail.
namespace madang::sharing {

void join(platform::house& house);

}  // namespace madang::sharing
