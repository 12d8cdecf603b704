# OpenCV by module. The distribution's config file comes only with libopencv-dev, which pulls in GTK,
# Qt and VTK; the packages of the three modules used here carry headers and libraries alone.
# Offers the imported targets of the config file: opencv_core, opencv_imgproc, opencv_imgcodecs.
include(FindPackageHandleStandardArgs)

find_path(OpenCV_INCLUDE_DIR opencv2/core.hpp PATH_SUFFIXES opencv4)
set(OpenCV_LIBS)
foreach(module ${OpenCV_FIND_COMPONENTS})
  find_library(OpenCV_${module}_LIBRARY opencv_${module})
  mark_as_advanced(OpenCV_${module}_LIBRARY)
  if(OpenCV_INCLUDE_DIR AND OpenCV_${module}_LIBRARY)
    set(OpenCV_${module}_FOUND TRUE)
    list(APPEND OpenCV_LIBS opencv_${module})
    if(NOT TARGET opencv_${module})
      add_library(opencv_${module} SHARED IMPORTED)
      set_target_properties(opencv_${module} PROPERTIES IMPORTED_LOCATION ${OpenCV_${module}_LIBRARY})
      target_include_directories(opencv_${module} SYSTEM INTERFACE ${OpenCV_INCLUDE_DIR})
    endif()
  endif()
endforeach()
set(OpenCV_INCLUDE_DIRS ${OpenCV_INCLUDE_DIR})
mark_as_advanced(OpenCV_INCLUDE_DIR)

find_package_handle_standard_args(OpenCV REQUIRED_VARS OpenCV_INCLUDE_DIR HANDLE_COMPONENTS)
