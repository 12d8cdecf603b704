# Two components, each a package: `visionops` (programs, completion, manual pages, samples, CRDs) and `train`
# (the built-in trainer with its libtorch). What users call lies in bin/, what programs open in lib/visionops/.
#   cmake --install build/release --prefix /usr/local      cpack --config build/release/CPackConfig.cmake
include(GNUInstallDirs)
set(private_libraries lib/visionops)  # as worker/pipeline/materialise/pixel_library.cpp looks for it
set(texts ${CMAKE_BINARY_DIR}/share)

# Completion and manual pages are what the programs themselves print.
add_custom_command(OUTPUT ${texts}/written
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${texts}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${texts}/man ${texts}/bash ${texts}/zsh ${texts}/fish
  COMMAND visionops man ${texts}/man
  COMMAND visionops-worker man ${texts}/man
  COMMAND sh -c "exec gzip -9n ${texts}/man/*.1"
  COMMAND visionops completion bash > ${texts}/bash/visionops
  COMMAND visionops-worker completion bash > ${texts}/bash/visionops-worker
  COMMAND visionops completion zsh > ${texts}/zsh/_visionops
  COMMAND visionops-worker completion zsh > ${texts}/zsh/_visionops-worker
  COMMAND visionops completion fish > ${texts}/fish/visionops.fish
  COMMAND visionops-worker completion fish > ${texts}/fish/visionops-worker.fish
  COMMAND ${CMAKE_COMMAND} -E touch ${texts}/written
  DEPENDS visionops visionops-worker
  COMMENT "Writing manual pages and completion" VERBATIM)
add_custom_target(package_files DEPENDS ${texts}/written)
add_dependencies(package_files quickstart_programs)

install(TARGETS visionops visionops-worker visionops-sidecar visionops-exec visionops-quickstart-data
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT visionops)
install(TARGETS visionops-pixels LIBRARY DESTINATION ${private_libraries} COMPONENT visionops)
install(DIRECTORY ${texts}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT visionops)
install(DIRECTORY ${texts}/bash/ DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT visionops)
# Zsh looks into site-functions below /usr/local, and into vendor-completions below /usr.
install(CODE [[
  set(zsh_folder site-functions)
  if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
    set(zsh_folder vendor-completions)
  endif()]] COMPONENT visionops)
install(DIRECTORY ${texts}/zsh/ DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/\${zsh_folder} COMPONENT visionops)
install(DIRECTORY ${texts}/fish/ DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT visionops)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/samples/quickstart DESTINATION ${CMAKE_INSTALL_DATADIR}/visionops/samples
        COMPONENT visionops PATTERN generator EXCLUDE)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/crds/ DESTINATION ${CMAKE_INSTALL_DATADIR}/visionops/crds
        COMPONENT visionops FILES_MATCHING PATTERN "*.yaml" PATTERN gen EXCLUDE)
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/visionops RENAME copyright COMPONENT visionops)
install(FILES ${CMAKE_SOURCE_DIR}/NOTICE ${CMAKE_SOURCE_DIR}/CHANGELOG.md
        DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/visionops COMPONENT visionops)
if(VISIONOPS_TRAIN)
  # In an installation the loader finds libtorch beside the other private files, wherever the prefix is.
  set_target_properties(visionops-train PROPERTIES INSTALL_RPATH "$ORIGIN/../lib/visionops")
  install(TARGETS visionops-train RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT train)
  get_target_property(torch visionops_libtorch IMPORTED_LOCATION)
  cmake_path(GET torch PARENT_PATH torch_libraries)
  install(DIRECTORY ${torch_libraries}/ DESTINATION ${private_libraries} COMPONENT train)
  # A fifth of libtorch are symbols that no loader reads. Those of NVIDIA are redistributed as they are.
  install(CODE "
    file(GLOB ours \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${private_libraries}/lib*torch*.so\"
                   \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${private_libraries}/libc10*.so\")
    if(CMAKE_INSTALL_DO_STRIP)
      execute_process(COMMAND ${CMAKE_STRIP} --strip-unneeded \${ours} COMMAND_ERROR_IS_FATAL ANY)
    endif()" COMPONENT train)
  install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/visionops-train RENAME copyright
          COMPONENT train)
  install(FILES ${CMAKE_SOURCE_DIR}/NOTICE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/visionops-train COMPONENT train)
  install(DIRECTORY ${torch_libraries}/../licences DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/visionops-train
          COMPONENT train)
endif()

set(CPACK_PACKAGE_NAME visionops)
set(CPACK_PACKAGE_CONTACT "VisionOps <visionops@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Datasets, pipelines and GPU training as Kubernetes resources")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_GENERATOR TGZ DEB)
set(CPACK_COMPONENTS_ALL visionops)
if(VISIONOPS_TRAIN)
  list(APPEND CPACK_COMPONENTS_ALL train)
endif()
set(CPACK_STRIP_FILES ON)
set(CPACK_THREADS 0)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE zstd)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_VISIONOPS_PACKAGE_NAME visionops)
set(CPACK_DEBIAN_VISIONOPS_PACKAGE_RECOMMENDS "postgresql, visionops-train, libcurl4")
set(CPACK_DEBIAN_VISIONOPS_DESCRIPTION "Programs for a laptop (visionops run), for a cluster (visionops operator) and for Pods (visionops-worker)")
set(CPACK_DEBIAN_TRAIN_PACKAGE_NAME visionops-train)
set(CPACK_DEBIAN_TRAIN_PACKAGE_DEPENDS "visionops (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_TRAIN_DESCRIPTION "The built-in trainer of VisionOps, with its libtorch")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${torch_libraries})
include(CPack)
