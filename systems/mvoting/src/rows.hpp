#pragma once
#include "station.hpp"

// Internal: rows of the tables.
namespace madang::mvoting {

BOOST_DESCRIBE_STRUCT(vote, (),
                      (ask, agency, audience, presence, lat, lon, radius, opens, closes, ended_why,
                       eligible, came, came_by, came_link, came_at))

}  // namespace madang::mvoting
