#pragma once
#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace madang::app {

// What may stand next after the words typed so far (the last of them may be empty or begun): the
// commands and options of the command they lead to, or the values of the option before. Empty where
// only the shell knows, as for files.
std::vector<std::string> words_after(const CLI::App& app, const std::vector<std::string>& typed);

// A script for the shell "bash" or "zsh" that asks the program itself for the words; 2: another.
int print_completion(const std::string& shell);

}  // namespace madang::app
