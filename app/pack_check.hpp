#pragma once
#include <map>
#include <string>

namespace madang::app {

// Reads everything in a pack as the program would and says what is wrong, with file, line and mend.
// Gives the exit status.
int check_pack(const std::string& folder);

// District code -> GeoJSON geometry, from a TopoJSON or GeoJSON file whose features have a property
// "code". Throws std::runtime_error when it is neither.
std::map<std::string, std::string> load_boundary_file(const std::string& file);

}  // namespace madang::app
