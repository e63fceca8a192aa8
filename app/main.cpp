// Madang: see commands.cpp for what the program can do.

#include "commands.hpp"

int main(int argc, char** argv) { return madang::app::run(argc, argv); }
