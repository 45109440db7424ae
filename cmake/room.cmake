# room(NAME FLOOR n USES other rooms... LINKS libraries...)
#
# A room is a folder, a static library, a namespace. Sources and tests are found, not listed.
# USES names rooms on lower floors; a room on the same or a higher floor stops the configure step.
# LINKS names foreign libraries: they are linked, but their headers stay behind the room's door.

add_library(mogura_flags INTERFACE)
target_compile_options(mogura_flags INTERFACE -Wall -Wextra -Wpedantic)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 forgets for precompiled headers what the standard library has switched off.
  target_compile_options(mogura_flags INTERFACE -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow
                                                 -Wno-stringop-overread)
endif()
if(MOGURA_WERROR)
  target_compile_options(mogura_flags INTERFACE -Werror)
endif()
target_include_directories(mogura_flags INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_BINARY_DIR}/generated)
target_link_libraries(mogura_flags INTERFACE Threads::Threads)
include(precompiled)

function(room name)
  cmake_parse_arguments(ROOM "" "FLOOR" "USES;LINKS" ${ARGN})
  set_property(GLOBAL PROPERTY mogura_floor_${name} ${ROOM_FLOOR})
  foreach(used IN LISTS ROOM_USES)
    get_property(floor GLOBAL PROPERTY mogura_floor_${used})
    if("${floor}" STREQUAL "")
      message(FATAL_ERROR "room ${name}: uses ${used}, which is not known on a lower floor")
    elseif(NOT floor LESS ROOM_FLOOR)
      message(FATAL_ERROR
        "room ${name} (floor ${ROOM_FLOOR}) uses ${used} (floor ${floor}): arrows only point down")
    endif()
  endforeach()

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "(_test|_module)\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(TRANSFORM ROOM_USES PREPEND mogura_ OUTPUT_VARIABLE used_targets)

  if(sources)
    add_library(mogura_${name} STATIC ${sources})
    target_link_libraries(mogura_${name} PUBLIC mogura_flags ${used_targets} PRIVATE ${ROOM_LINKS})
    if(ROOM_FLOOR LESS 4)
      precompile(mogura_${name} standard)
    else()
      precompile(mogura_${name} doors)
    endif()
  else()  # a room that is all interface
    add_library(mogura_${name} INTERFACE)
    target_link_libraries(mogura_${name} INTERFACE mogura_flags ${used_targets})
  endif()
  if(MOGURA_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE mogura_${name} ${ROOM_LINKS} GTest::gmock
                                               GTest::gtest_main)
    target_compile_definitions(${name}_test PRIVATE MOGURA_SOURCE="${CMAKE_SOURCE_DIR}")
    precompile(${name}_test tests)
    add_test(NAME ${name} COMMAND ${name}_test)
    set_property(GLOBAL APPEND PROPERTY mogura_unit_tests ${name}_test)
  endif()
endfunction()
