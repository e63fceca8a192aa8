# madang_room(<kind> <name> USES <room>... [INSIDE <room>...] [LIBRARIES <target>...] [EMBED_SQL])
#
# INSIDE: used by the inside alone; whoever uses this room does not see those.
#
# A room is one folder: include/madang/<name>/*.hpp is its public face, src/*.cpp its inside,
# tests/*_test.cpp its unit tests, sql/*.sql its migrations, fuzz/*.cpp its fuzz targets.
# Dependencies point one way, base <- engine <- system <- app, and are declared here and nowhere
# else: a room sees only the include roots of the rooms it USES.
include_guard(GLOBAL)

function(madang_room kind name)
  cmake_parse_arguments(room "" "" "USES;INSIDE;LIBRARIES" ${ARGN})
  set(target madang_${name})
  file(GLOB sources CONFIGURE_DEPENDS src/*.cpp)
  file(GLOB headers CONFIGURE_DEPENDS include/madang/${name}/*.hpp)
  file(GLOB migrations CONFIGURE_DEPENDS sql/*.sql)
  if(migrations)
    madang_embed_sql(${name} "${migrations}")
    list(APPEND sources ${CMAKE_CURRENT_BINARY_DIR}/${name}_sql.cpp)
  endif()
  if(NOT sources)
    message(FATAL_ERROR "room ${name} has no source in ${CMAKE_CURRENT_SOURCE_DIR}/src")
  endif()
  add_library(${target} STATIC ${sources})
  add_library(madang::${name} ALIAS ${target})
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS include FILES ${headers})
  target_include_directories(${target} PRIVATE src)
  target_link_libraries(${target} PRIVATE madang_warnings PUBLIC ${room_LIBRARIES})
  set_target_properties(${target} PROPERTIES MADANG_KIND ${kind} MADANG_USES "${room_USES};${room_INSIDE}"
                                             UNITY_BUILD_BATCH_SIZE 8)
  foreach(used IN LISTS room_USES room_INSIDE)
    if(NOT TARGET madang_${used})
      message(FATAL_ERROR "room ${name} USES ${used}, which is not declared before it")
    endif()
    get_target_property(used_kind madang_${used} MADANG_KIND)
    if(kind STREQUAL base)
      message(FATAL_ERROR "base uses nothing, but asks for ${used}")
    elseif(kind STREQUAL engine AND used_kind STREQUAL system)
      message(FATAL_ERROR "engine ${name} may not use system ${used}: engines know no system")
    elseif(kind STREQUAL system AND used_kind STREQUAL system)
      message(FATAL_ERROR "system ${name} may not use system ${used}: ask through the exchange")
    endif()
    if(used IN_LIST room_INSIDE)
      target_link_libraries(${target} PRIVATE madang::${used})
    else()
      target_link_libraries(${target} PUBLIC madang::${used})
    endif()
  endforeach()
  if(MADANG_PCH AND NOT kind STREQUAL base)
    madang_above_platform(above ${room_USES} ${room_INSIDE})
    set_target_properties(${target} PROPERTIES MADANG_ABOVE_PLATFORM ${above})
    if(above)
      target_precompile_headers(${target} REUSE_FROM madang_platform_pch)
    else()
      target_precompile_headers(${target} REUSE_FROM madang_pch)
    endif()
  endif()
  set_property(GLOBAL APPEND PROPERTY MADANG_ROOMS ${name})

  file(GLOB tests CONFIGURE_DEPENDS tests/*_test.cpp)
  if(tests AND MADANG_TESTS)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${target} madang_warnings madang_driver
                          GTest::gmock GTest::gtest_main)
    if(TARGET madang_test_pch)
      target_precompile_headers(${name}_test REUSE_FROM madang_test_pch)
    endif()
    target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests/support)
    target_compile_definitions(${name}_test PRIVATE MADANG_SOURCE="${PROJECT_SOURCE_DIR}")
    add_test(NAME unit.${name} COMMAND ${name}_test WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT 300)
  endif()
  file(GLOB fuzzers CONFIGURE_DEPENDS fuzz/*.cpp)
  foreach(fuzzer IN LISTS fuzzers)
    madang_fuzz_target(${name} ${fuzzer})
  endforeach()
endfunction()

# Whether one of these rooms is platform or stands on it: such rooms are mostly pages, and what all
# pages read is compiled once for them (madang_platform_pch).
function(madang_above_platform result)
  set(${result} FALSE PARENT_SCOPE)
  foreach(used IN LISTS ARGN)
    get_target_property(above madang_${used} MADANG_ABOVE_PLATFORM)
    if(used STREQUAL platform OR above STREQUAL TRUE)
      set(${result} TRUE PARENT_SCOPE)
    endif()
  endforeach()
endfunction()

# Migrations travel inside the program: a generated table of {name, text}, declared by the room as
#   namespace madang::<room> { std::span<const store::migration> migrations(); }
function(madang_embed_sql name migrations)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${name}_sql.cpp)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DROOM=${name} "-DFILES=${migrations}" -DOUTPUT=${output}
            -P ${PROJECT_SOURCE_DIR}/cmake/embed_sql.cmake
    DEPENDS ${migrations} ${PROJECT_SOURCE_DIR}/cmake/embed_sql.cmake
    VERBATIM)
endfunction()

# A fuzz target is one file with LLVMFuzzerTestOneInput. Built with clang and libFuzzer it explores;
# built with the house compiler and tools/fuzz_replay.cpp it replays its corpus and a bounded number
# of seeded mutations, which is what ./test does.
function(madang_fuzz_target room file)
  get_filename_component(stem ${file} NAME_WE)
  set(target fuzz_${room}_${stem})
  if(NOT MADANG_TESTS OR NOT EXISTS ${PROJECT_SOURCE_DIR}/tools/fuzz_replay.cpp)
    return()
  endif()
  add_executable(${target} ${file})
  target_link_libraries(${target} PRIVATE madang_${room} madang_warnings madang_driver)
  if(TARGET madang_test_pch)
    # As that header was made: GTest says this of itself to whoever links it.
    target_compile_definitions(${target} PRIVATE GTEST_HAS_PTHREAD=1)
    target_precompile_headers(${target} REUSE_FROM madang_test_pch)
  endif()
  if(MADANG_LIBFUZZER)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer)
  else()
    if(NOT TARGET fuzz_replay)
      add_library(fuzz_replay OBJECT ${PROJECT_SOURCE_DIR}/tools/fuzz_replay.cpp)
      target_link_libraries(fuzz_replay PRIVATE madang_warnings madang_driver)
    endif()
    target_link_libraries(${target} PRIVATE fuzz_replay)
    add_test(NAME fuzz.${room}.${stem}
             COMMAND ${target} --seconds 2 ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus/${stem}
             WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(fuzz.${room}.${stem} PROPERTIES LABELS fuzz TIMEOUT 120)
  endif()
endfunction()
