# Headers that most files include, read once for each preset instead of once for each file.
#
#   precompile(TARGET standard|doors|tests)
#
# `standard`: the standard library and the smallest rooms. `doors`: also what every plugin includes.
# `tests`: `standard` and GoogleTest. A file still includes all that it uses: clang, which builds the
# fuzz targets, goes without (its precompiled headers know the folder in which they were made, so that
# a compiler cache would give them to the wrong clone).

set(usual ON)
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(usual OFF)
endif()
option(MOGURA_PRECOMPILE "Read common headers once" ${usual})

set(mogura_precompiled_standard
  <algorithm> <array> <atomic> <charconv> <chrono> <cmath> <cstdint> <cstdio> <cstring> <deque> <filesystem>
  <functional> <map> <memory> <optional> <set> <span> <stop_token> <string> <string_view> <thread> <tuple>
  <unordered_map> <unordered_set> <utility> <variant> <vector>
  <base/clock.h> <base/file.h> <base/result.h> <base/text.h> <base/time_zone.h> <config/config.h> <page/page.h>)
set(mogura_precompiled_doors ${mogura_precompiled_standard} <store/store.h> <workflow/workflow.h>
  <engine/engine.h> <load/load.h> <query/query.h>)
set(mogura_precompiled_tests ${mogura_precompiled_standard} <gmock/gmock.h> <gtest/gtest.h>)

function(precompile target kind)
  if(NOT MOGURA_PRECOMPILE)
    return()
  endif()
  set(owner mogura_precompiled_${kind})
  if(NOT TARGET ${owner}_headers)
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/${owner}.cpp CONTENT
"// Written by the build.
")
    add_library(${owner}_headers STATIC ${CMAKE_BINARY_DIR}/generated/${owner}.cpp)
    target_link_libraries(${owner}_headers PRIVATE mogura_flags)
    if(kind STREQUAL "tests")  # compiled as the programs are that use them
      target_link_libraries(${owner}_headers PRIVATE GTest::gmock)
      set_target_properties(${owner}_headers PROPERTIES POSITION_INDEPENDENT_CODE OFF)
      target_compile_options(${owner}_headers PRIVATE -fPIE)
    endif()
    # In angle brackets: CMake would write the full path of others, and caches would not know them
    # again in another folder.
    target_precompile_headers(${owner}_headers PRIVATE ${${owner}})
  endif()
  target_precompile_headers(${target} REUSE_FROM ${owner}_headers)
endfunction()
