# DuckDB as a module: lib/mogura/duckdb.so with libduckdb.so beside it, opened on first use.
#
# Linking DuckDB into the program would cost every start some milliseconds. The module contains the
# *_module.cpp files of plugins/query/duckdb and exports one symbol; see module.h there.

if(NOT MOGURA_DUCKDB)
  return()
endif()

set(npm ${CMAKE_SOURCE_DIR}/.cache/npm)
set(library ${npm}/@duckdb/node-bindings-linux-x64/package/libduckdb.so)
set(headers ${npm}/duckdb/package/src/duckdb/src/include)
foreach(path IN ITEMS ${library} ${headers}/duckdb.hpp)
  if(NOT EXISTS ${path})
    message(FATAL_ERROR
      "DuckDB is missing: ${path}\n"
      "Run script/setup (or script/fetch), which downloads it; or configure with "
      "-DMOGURA_DUCKDB=OFF for a build without SQL over files and without Parquet.")
  endif()
endforeach()

set(folder ${CMAKE_BINARY_DIR}/lib/mogura)
file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/plugins/query/duckdb/*_module.cpp)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/duckdb.exports CONTENT
"{ global: mogura_duckdb_module_*; local: *; };
")

add_library(duckdb_library SHARED IMPORTED)
set_target_properties(duckdb_library PROPERTIES IMPORTED_LOCATION ${library}
                                                INTERFACE_INCLUDE_DIRECTORIES ${headers})
add_library(mogura_duckdb MODULE ${sources})
target_link_libraries(mogura_duckdb PRIVATE mogura_flags mogura_query mogura_page mogura_base
                                            duckdb_library)
if(MOGURA_PRECOMPILE)
  target_precompile_headers(mogura_duckdb PRIVATE <duckdb.hpp> <memory> <string> <utility> <vector>
                             <page/page.h> <query/query.h>)
endif()
set_target_properties(mogura_duckdb PROPERTIES
  PREFIX "" OUTPUT_NAME duckdb
  LIBRARY_OUTPUT_DIRECTORY ${folder}
  CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
  BUILD_RPATH "$ORIGIN" INSTALL_RPATH "$ORIGIN" BUILD_WITH_INSTALL_RPATH ON
  LINK_DEPENDS ${CMAKE_BINARY_DIR}/generated/duckdb.exports)
target_link_options(mogura_duckdb PRIVATE
  -Wl,--version-script=${CMAKE_BINARY_DIR}/generated/duckdb.exports -Wl,--exclude-libs,ALL)

add_custom_command(OUTPUT ${folder}/libduckdb.so
  COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
  COMMAND ${CMAKE_COMMAND} -E copy_if_different ${library} ${folder}/libduckdb.so
  DEPENDS ${library})
add_custom_target(mogura_duckdb_library DEPENDS ${folder}/libduckdb.so)
add_dependencies(mogura_duckdb mogura_duckdb_library)

foreach(target IN ITEMS mogura plugins_test)
  if(TARGET ${target})
    add_dependencies(${target} mogura_duckdb)
  endif()
endforeach()
