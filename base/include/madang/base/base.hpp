#pragma once
// The vocabulary of the house: everything that every room may use without asking.
#include "madang/base/check.hpp"
#include "madang/base/id.hpp"
#include "madang/base/json.hpp"
#include "madang/base/limits.hpp"
#include "madang/base/log.hpp"
#include "madang/base/result.hpp"
#include "madang/base/text.hpp"
#include "madang/base/time.hpp"
#include "madang/base/words.hpp"
