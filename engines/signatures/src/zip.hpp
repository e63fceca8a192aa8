#pragma once
#include "madang/signatures/archive.hpp"
#include "madang/signatures/make.hpp"
