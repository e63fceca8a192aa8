#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/result.hpp"

// Runs a program over octets of strangers, so that what it may be made to do stays small: it reads
// them from memory (no name in the file system), answers on a pipe, may not write files, open
// sockets, trace others or gain rights, and has bounds of memory, time and output.
namespace madang::redaction {

struct bounds {
  std::size_t memory = 1u << 30;
  std::size_t output = 64u << 20;
  int seconds = 10;  // of the processor; four times that by the clock
  // For programs that cannot do without files: it may write here, up to `output` a file, and is its
  // home. It then reads this folder and what the system has for all (/usr, fonts), nothing else:
  // Landlock of the kernel sees to it, and where that is not there the program is not run.
  std::filesystem::path folder = {};
};

struct answer {
  int status = 0;         // its exit status; -1: a signal
  std::string out, said;  // stdout; the beginning of stderr
};

// Does the kernel keep a program within a folder?
bool has_fence();

// "{}" among the arguments is where the input can be read. Refusals: redaction.no_reader,
// redaction.stopped.
result<answer> run_confined(std::vector<std::string> arguments, std::string_view input,
                            const bounds& b);

}  // namespace madang::redaction
