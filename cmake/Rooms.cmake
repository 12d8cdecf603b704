# A room of the house is a folder that becomes one static library (docs/architecture.md).
#   visionops_room(core PURE LINKS api contract)      -> target visionops_core from this folder's *.cpp
# ONE_BY_ONE: its files are written after one pattern and name their parts alike (manipulators), so each is compiled alone.
# PURE: no clock, random source, environment, log, file or thread inside. LINKS names every room whose headers
# it includes; LIBRARIES names third-party targets. What is not named is neither linked nor allowed as an
# include: the plan of the house is made of these lines (HousePlan.cmake).
include(HousePlan)
include(WrittenTable)

add_library(visionops_warnings INTERFACE)
target_compile_options(visionops_warnings INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Werror
  $<$<CONFIG:Release>:-Wno-restrict>  # GCC 12 sees overlaps in std::string that cannot be (gcc.gnu.org/PR105651)
  -fstack-protector-strong -D_GLIBCXX_ASSERTIONS)
target_include_directories(visionops_warnings INTERFACE ${CMAKE_SOURCE_DIR})
if(VISIONOPS_SANITIZE)
  # nlohmann and yaml-cpp warn about uninitialised members under instrumentation (GCC 12 false positives)
  add_compile_options(-fsanitize=${VISIONOPS_SANITIZE} -fno-omit-frame-pointer -Wno-maybe-uninitialized)
  add_link_options(-fsanitize=${VISIONOPS_SANITIZE})
  if(VISIONOPS_SANITIZE STREQUAL "thread")
    add_compile_options(-Wno-tsan)  # Asio's fences: each of our io_contexts has one thread
  endif()
  if(VISIONOPS_SANITIZE STREQUAL "address")
    add_compile_options(-fsanitize=undefined -fno-sanitize-recover=undefined)
    add_link_options(-fsanitize=undefined)
  endif()
endif()

# Several files in one compilation, so that what every file instantiates of the standard library and of JSON is
# instantiated once: a build from nothing takes a third of the time (docs/decisions/0015-files-are-compiled-in-batches.md).
option(VISIONOPS_UNITY "Compile the files of a room in batches" ON)
set(VISIONOPS_UNITY_BATCH 8)

function(visionops_compile_in_batches target)
  set_property(GLOBAL APPEND PROPERTY VISIONOPS_BATCHES ${target})
  if(VISIONOPS_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${VISIONOPS_UNITY_BATCH})
    # A struct of a .cpp with a member of its anonymous namespace looks to GCC like one of a header here.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  endif()
endfunction()

# A program that is copied into images of which nothing is known needs nothing of them: no C library, no loader.
# What rooms know as a shared library, it takes from the archive (visionops_link_statically).
find_library(CRYPTO_ARCHIVE libcrypto.a)
find_library(RE2_ARCHIVE libre2.a)
set(archive_of_OpenSSL::Crypto ${CRYPTO_ARCHIVE})
set(archive_of_PkgConfig::RE2 ${RE2_ARCHIVE})

# OpenSSL::Crypto -> that, or its archive in a program that is static.
function(visionops_shared_or_archive libraries result)
  set(static $<BOOL:$<TARGET_PROPERTY:VISIONOPS_STATIC>>)
  set(out "")
  foreach(library ${libraries})
    set(archive ${archive_of_${library}})
    if(archive)
      list(APPEND out $<$<NOT:${static}>:${library}> $<${static}:${archive}>)
    else()
      list(APPEND out ${library})
    endif()
  endforeach()
  set(${result} "${out}" PARENT_SCOPE)
endfunction()

# Not with a sanitizer, whose runtime wants the shared C library.
function(visionops_link_statically name)
  if(NOT VISIONOPS_SANITIZE)
    set_target_properties(${name} PROPERTIES VISIONOPS_STATIC ON)
    target_link_options(${name} PRIVATE -static -Wl,--gc-sections -Wl,--strip-all
                        -Wl,--no-warnings)  # libcrypto could open libraries and look for hosts; nothing here does
  endif()
endfunction()

function(visionops_room name)
  cmake_parse_arguments(ROOM "PURE;ONE_BY_ONE" "" "LINKS;LIBRARIES;SOURCES" ${ARGN})
  set(kind SHELL)
  if(ROOM_PURE)
    set(kind PURE)
  endif()
  visionops_in_plan(${name} ${CMAKE_CURRENT_SOURCE_DIR} ${kind} "${ROOM_LINKS}" "${ROOM_LIBRARIES}")
  if(NOT ROOM_SOURCES)
    file(GLOB ROOM_SOURCES CONFIGURE_DEPENDS *.cpp)
    list(FILTER ROOM_SOURCES EXCLUDE REGEX "/main\\.cpp$")
  endif()
  if(ROOM_SOURCES)
    add_library(visionops_${name} STATIC ${ROOM_SOURCES})
    target_link_libraries(visionops_${name} PRIVATE visionops_warnings)
    if(NOT ROOM_ONE_BY_ONE)
      visionops_compile_in_batches(visionops_${name})
    endif()
    set(visibility PUBLIC)
  else()
    add_library(visionops_${name} INTERFACE)
    set(visibility INTERFACE)
  endif()
  target_include_directories(visionops_${name} ${visibility} ${CMAKE_SOURCE_DIR})
  foreach(link ${ROOM_LINKS})
    target_link_libraries(visionops_${name} ${visibility} visionops_${link})
  endforeach()
  visionops_shared_or_archive("${ROOM_LIBRARIES}" libraries)
  target_link_libraries(visionops_${name} ${visibility} ${libraries})
endfunction()

# visionops_program(visionops-worker main.cpp LINKS inspect publish)
function(visionops_program name)
  cmake_parse_arguments(PROGRAM "ONE_BY_ONE" "" "LINKS;LIBRARIES" ${ARGN})
  get_property(rooms GLOBAL PROPERTY VISIONOPS_PLAN)
  file(RELATIVE_PATH folder ${CMAKE_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  # The main.cpp beside a room is part of it, and tests are not in the plan.
  if(NOT folder MATCHES "^tests/" AND NOT "${rooms}" MATCHES "(^|;)${folder}\\|")
    visionops_in_plan(${name} ${CMAKE_CURRENT_SOURCE_DIR} SHELL "${PROGRAM_LINKS}" "${PROGRAM_LIBRARIES}")
  endif()
  add_executable(${name} ${PROGRAM_UNPARSED_ARGUMENTS})
  if(NOT PROGRAM_ONE_BY_ONE)
    visionops_compile_in_batches(${name})
  endif()
  target_link_libraries(${name} PRIVATE visionops_warnings)
  foreach(link ${PROGRAM_LINKS})
    target_link_libraries(${name} PRIVATE visionops_${link})
  endforeach()
  target_link_libraries(${name} PRIVATE ${PROGRAM_LIBRARIES})
endfunction()

# What the sanitizer presets build and run.
add_custom_target(unit_and_sim_tests)

# visionops_tests(core_tests LABEL unit LINKS core): one GoogleTest program from this folder's *_test.cpp.
# Labels: unit, golden, contract, sim, record, cluster, e2e (see the Makefile).
# ALONE names files that are compiled outside of batches: their scenes have the names of a neighbour's.
# LAUNCHER is a command that runs the program and may end with 77: skipped. SINGLE_THREADED: nothing in
# it that ThreadSanitizer could find, in many minutes (the simulator steps the operator by hand).
function(visionops_tests name)
  cmake_parse_arguments(TESTS "SINGLE_THREADED" "LABEL;TIMEOUT;LAUNCHER" "LINKS;LIBRARIES;SOURCES;DEPENDS;ALONE" ${ARGN})
  if(TESTS_ALONE)
    set_source_files_properties(${TESTS_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
  if(NOT TESTS_SOURCES)
    file(GLOB TESTS_SOURCES CONFIGURE_DEPENDS *.cpp)
  endif()
  if(TESTS_SINGLE_THREADED AND VISIONOPS_SANITIZE STREQUAL "thread")
    return()
  endif()
  if(NOT TESTS_TIMEOUT)
    set(TESTS_TIMEOUT 120)
  endif()
  if(VISIONOPS_SANITIZE)
    math(EXPR TESTS_TIMEOUT "${TESTS_TIMEOUT} * 6")
    list(APPEND TESTS_SOURCES ${CMAKE_SOURCE_DIR}/cmake/tsan_suppressions.cpp)
  endif()
  visionops_program(${name} ${TESTS_SOURCES} LINKS ${TESTS_LINKS} LIBRARIES GTest::gtest_main ${TESTS_LIBRARIES})
  # Only for the files that use them: an absolute path in every command line would defeat ccache across clones.
  foreach(source ${TESTS_SOURCES})
    file(STRINGS ${source} uses REGEX "VISIONOPS_(SOURCE|BIN)_DIR" LIMIT_COUNT 1)
    if(uses)
      set_source_files_properties(${source} PROPERTIES COMPILE_DEFINITIONS
        "VISIONOPS_SOURCE_DIR=\"${CMAKE_SOURCE_DIR}\";VISIONOPS_BIN_DIR=\"${CMAKE_BINARY_DIR}/bin\"")
    endif()
  endforeach()
  if(TESTS_DEPENDS)
    add_dependencies(${name} ${TESTS_DEPENDS})
  endif()
  if(TESTS_LABEL MATCHES "^(unit|sim)$")
    add_dependencies(unit_and_sim_tests ${name})
  endif()
  # One ctest entry a program: gtest starts in milliseconds, a process per test would not.
  add_test(NAME ${name} COMMAND ${TESTS_LAUNCHER} $<TARGET_FILE:${name}> WORKING_DIRECTORY ${CMAKE_BINARY_DIR})
  set_tests_properties(${name} PROPERTIES LABELS ${TESTS_LABEL} TIMEOUT ${TESTS_TIMEOUT} SKIP_RETURN_CODE 77)
endfunction()

# Adds every direct subfolder that has a CMakeLists.txt.
function(visionops_add_rooms)
  file(GLOB children CONFIGURE_DEPENDS */CMakeLists.txt)
  foreach(child ${children})
    get_filename_component(folder ${child} DIRECTORY)
    add_subdirectory(${folder})
  endforeach()
endfunction()
