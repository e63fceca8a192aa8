#pragma once
// The whole face of the room.
#include "madang/html/assets.hpp"
#include "madang/html/fields.hpp"
#include "madang/html/icon.hpp"
#include "madang/html/node.hpp"
#include "madang/html/page.hpp"
#include "madang/html/parts.hpp"
#include "madang/html/shell.hpp"
#include "madang/html/texts.hpp"
