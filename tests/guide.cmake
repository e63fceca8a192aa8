# Begins the system of the guide in PLACE, a copy of the files of SOURCE that know the systems.
file(REMOVE_RECURSE ${PLACE}.new)
foreach(file IN ITEMS systems/CMakeLists.txt app/CMakeLists.txt app/systems.cpp tests/CMakeLists.txt
                      packs/korea/access/rights.yaml engines/platform/src/context.cpp
                      systems/desk/src/inbox.cpp systems/access/src/outside_pages.cpp)
  get_filename_component(folder ${file} DIRECTORY)
  file(COPY ${SOURCE}/${file} DESTINATION ${PLACE}.new/${folder})
endforeach()
execute_process(COMMAND ${PROGRAM} new system town_halls WORKING_DIRECTORY ${PLACE}.new
                OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
# What is as it was keeps its time, so that nothing is built again for it.
file(GLOB_RECURSE written RELATIVE ${PLACE}.new ${PLACE}.new/*)
foreach(file IN LISTS written)
  get_filename_component(folder ${PLACE}/${file} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  file(COPY_FILE ${PLACE}.new/${file} ${PLACE}/${file} ONLY_IF_DIFFERENT)
endforeach()
file(REMOVE_RECURSE ${PLACE}.new)
