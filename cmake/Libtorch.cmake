# libtorch as the target visionops_libtorch, out of the folder that tools/fetch-libtorch fills.
# Not find_package(Torch): the wheel's package files demand a CUDA toolkit even for a CPU process.
set(VISIONOPS_CACHE "$ENV{VISIONOPS_CACHE}" CACHE PATH "Cache of fetched dependencies; empty: ~/.cache/visionops")
file(STRINGS ${CMAKE_SOURCE_DIR}/tools/libtorch.lock torch_pin REGEX "^torch==")
string(REGEX REPLACE "^torch==([0-9.]+) .*" "\\1" VISIONOPS_TORCH_VERSION "${torch_pin}")
set(torch_cache "${VISIONOPS_CACHE}")
if(NOT torch_cache)
  set(torch_cache "$ENV{HOME}/.cache/visionops")
endif()
set(flavour "")
set(fetch "tools/fetch-libtorch")
if(VISIONOPS_CUDA)
  set(flavour "-cuda")
  set(fetch "tools/fetch-libtorch --cuda")
endif()
set(VISIONOPS_TORCH_DIR "${torch_cache}/libtorch-${VISIONOPS_TORCH_VERSION}${flavour}")

if(NOT EXISTS ${VISIONOPS_TORCH_DIR}/libtorch.lock)
  message(FATAL_ERROR "The built-in trainer needs libtorch ${VISIONOPS_TORCH_VERSION} in ${VISIONOPS_TORCH_DIR}. "
    "Run ${fetch} once, or configure with -DVISIONOPS_TRAIN=OFF.")
endif()

add_library(visionops_c10 SHARED IMPORTED GLOBAL)
set_target_properties(visionops_c10 PROPERTIES IMPORTED_LOCATION ${VISIONOPS_TORCH_DIR}/lib/libc10.so)
add_library(visionops_libtorch SHARED IMPORTED GLOBAL)
set_target_properties(visionops_libtorch PROPERTIES
  IMPORTED_LOCATION ${VISIONOPS_TORCH_DIR}/lib/libtorch_cpu.so
  INTERFACE_INCLUDE_DIRECTORIES
    "${VISIONOPS_TORCH_DIR}/include;${VISIONOPS_TORCH_DIR}/include/torch/csrc/api/include"
  INTERFACE_COMPILE_DEFINITIONS "_GLIBCXX_USE_CXX11_ABI=1"
  INTERFACE_LINK_LIBRARIES visionops_c10
  INTERFACE_LINK_OPTIONS "-Wl,-rpath-link,${VISIONOPS_TORCH_DIR}/lib")

if(VISIONOPS_CUDA)
  # Nothing names a symbol of them: being loaded is how the CUDA back end registers itself.
  target_link_options(visionops_libtorch INTERFACE
    "LINKER:--push-state,--no-as-needed" ${VISIONOPS_TORCH_DIR}/lib/libtorch_cuda.so
    ${VISIONOPS_TORCH_DIR}/lib/libc10_cuda.so "LINKER:--pop-state")
endif()
