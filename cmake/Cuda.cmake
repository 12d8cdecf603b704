# CUDA as a language of the tree, when VISIONOPS_CUDA is on: nvcc of the system, else the one that
# tools/fetch-cuda-toolkit makes out of pinned wheels. No GPU is needed to compile. The runtime is linked
# statically: a program with kernels starts on a machine without a driver, too.
option(VISIONOPS_CUDA "Kernels (*.cu) and a trainer for NVIDIA GPUs (tools/fetch-libtorch --cuda)" OFF)
if(VISIONOPS_CUDA)
  execute_process(COMMAND ${CMAKE_SOURCE_DIR}/tools/fetch-cuda-toolkit OUTPUT_VARIABLE VISIONOPS_CUDA_DIR
                  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  set(CMAKE_CUDA_COMPILER ${VISIONOPS_CUDA_DIR}/bin/nvcc)
  if(NOT CMAKE_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES 75 80 90)  # Turing to Hopper; newer ones compile the PTX of the last
  endif()
  set(CMAKE_CUDA_RUNTIME_LIBRARY Static)
  enable_language(CUDA)
  set(CMAKE_CUDA_STANDARD 17)  # CMake 3.25 does not know that nvcc has C++20; without a word it takes that of C++
endif()
