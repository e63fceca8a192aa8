#pragma once

namespace madang::app {

// The command line; gives the exit status: 0 done, 1 refused or failed, 2 used wrongly.
int run(int argc, char** argv);

}  // namespace madang::app
