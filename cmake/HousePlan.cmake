# The plan of the house, collected while the rooms are declared: one line a room, and from it
# build/generated/rooms_plan.h (read by tests/contract, with the files that are compiled as one) and rooms.md
# (docs/reference/rooms.md).
# What a room LINKS is what it may include; nothing of the plan is written by hand.

# visionops_in_plan(core folder "PURE|SHELL" "base;api" "fmt::fmt")
function(visionops_in_plan name folder kind links libraries)
  file(RELATIVE_PATH folder ${CMAKE_SOURCE_DIR} ${folder})
  string(REPLACE ";" "," links "${links}")
  string(REPLACE ";" "," libraries "${libraries}")
  set_property(GLOBAL APPEND PROPERTY VISIONOPS_PLAN "${folder}|${name}|${kind}|${links}|${libraries}")
  set_property(GLOBAL PROPERTY VISIONOPS_FOLDER_OF_${name} ${folder})
endfunction()

# "base,api" -> the folders of these rooms, in ticks.
function(visionops_folders_of names result)
  string(REPLACE "," ";" names "${names}")
  set(folders "")
  foreach(name ${names})
    get_property(folder GLOBAL PROPERTY VISIONOPS_FOLDER_OF_${name})
    if(NOT folder)
      message(FATAL_ERROR "A room links \"${name}\", which is no room.")
    endif()
    list(APPEND folders "`${folder}`")
  endforeach()
  list(REMOVE_DUPLICATES folders)
  list(JOIN folders ", " folders)
  set(${result} "${folders}" PARENT_SCOPE)
endfunction()

# Third-party targets as people know them: "PkgConfig::LZ4" -> "lz4"; threads and dlopen are no news.
function(visionops_libraries_for_people libraries result)
  string(REPLACE "," ";" libraries "${libraries}")
  set(names "")
  foreach(library ${libraries})
    string(REGEX REPLACE "^[A-Za-z0-9_-]+::" "" short "${library}")
    string(TOLOWER "${short}" short)
    if(NOT short MATCHES "^(threads|dl|c|visionops_.*)$")
      list(APPEND names ${short})
    endif()
  endforeach()
  list(REMOVE_DUPLICATES names)
  list(JOIN names ", " names)
  set(${result} "${names}" PARENT_SCOPE)
endfunction()

# The files of the target that its batches are made of, as rows of C++; written files are not read by tests.
function(visionops_batch_of target result)
  get_target_property(files ${target} SOURCES)
  get_target_property(folder ${target} SOURCE_DIR)
  set(rows "")
  foreach(file ${files})
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${folder})
    get_source_file_property(alone ${file} TARGET_DIRECTORY ${target} SKIP_UNITY_BUILD_INCLUSION)
    cmake_path(IS_PREFIX CMAKE_BINARY_DIR ${file} written)
    if(NOT alone AND NOT written)
      cmake_path(RELATIVE_PATH file BASE_DIRECTORY ${CMAKE_SOURCE_DIR})
      list(APPEND rows "\"${file}\"")
    endif()
  endforeach()
  list(JOIN rows ", " rows)
  set(${result} "      {\"${target}\", {${rows}}},\n" PARENT_SCOPE)
endfunction()

# Last in the top CMakeLists.txt.
function(visionops_write_plan)
  get_property(plan GLOBAL PROPERTY VISIONOPS_PLAN)
  list(SORT plan)
  set(rows "")
  set(table "")
  foreach(line ${plan})
    string(REPLACE "|" ";" parts "${line}")
    list(GET parts 0 folder)
    list(GET parts 2 kind)
    list(GET parts 3 links)
    list(GET parts 4 libraries)
    list(GET parts 1 name)
    string(REPLACE "," "\", \"" quoted "${links}")
    if(links)
      set(quoted "\"${quoted}\"")
    endif()
    visionops_folders_of("${links}" ticked)
    visionops_libraries_for_people("${libraries}" people)
    set(pure false)
    if(kind STREQUAL "PURE")
      set(pure true)
    endif()
    string(TOLOWER ${kind} kind)
    string(APPEND rows "      {\"${name}\", \"${folder}\", ${pure}, {${quoted}}},\n")
    string(APPEND table "| `${folder}` | ${kind} | ${ticked} | ${people} |\n")
  endforeach()
  set(batches "")
  get_property(targets GLOBAL PROPERTY VISIONOPS_BATCHES)
  foreach(target ${targets})
    visionops_batch_of(${target} batch)
    string(APPEND batches "${batch}")
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/rooms_plan.h @ONLY CONTENT
"// Written by CMake from the LINKS of every room (cmake/HousePlan.cmake).
#pragma once

#include \"tests/contract/room.h\"

namespace visionops::contract_tests {

inline const std::vector<Room>& rooms() {
  static const std::vector<Room> all{
@rows@  };
  return all;
}

inline const std::vector<Batch>& batches() {
  static const std::vector<Batch> all{
@batches@  };
  return all;
}

}  // namespace visionops::contract_tests
")
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/rooms.md @ONLY CONTENT
"# Rooms

A room is a folder that becomes one library. It may include what it links, and nothing else; a pure room has no clock,
random source, environment, log, file or thread inside. Written from the CMake files; `tests/contract` holds it.

| room | kind | may include | libraries |
|---|---|---|---|
@table@")
endfunction()
