# The shared library of the C interface, libtensorjit.so: all of the static library with Swift's
# runtime inside, so that a C program needs nothing of Swift's, and only tj_… to be seen outside.
#
# The archive first becomes one object, because what `-static-stdlib` tells the linker hides every
# symbol that comes out of an archive. The library cannot be unloaded, as its threads live on.
find_program(SWIFTC swiftc REQUIRED)
find_program(LINKER ld REQUIRED)

set(soname "libtensorjit.so.${PROJECT_VERSION_MAJOR}")
set(shared_library "${CMAKE_BINARY_DIR}/libtensorjit.so.${PROJECT_VERSION}")
set(exports "${CMAKE_SOURCE_DIR}/cmake/libtensorjit.map")
set(whole "${CMAKE_BINARY_DIR}/libtensorjit.o")

add_custom_target(shared-library ALL
  COMMAND "${LINKER}" -r --whole-archive "${built}/libTensorJITCStatic.a" -o "${whole}"
  COMMAND "${SWIFTC}" -emit-library -static-stdlib "${whole}" -o "${shared_library}"
    -lLLVM-19 -lm
    -Xlinker -soname -Xlinker "${soname}"
    -Xlinker "--version-script=${exports}"
    -Xlinker -z -Xlinker nodelete
    -Xlinker -z -Xlinker defs
    -Xlinker -z -Xlinker relro
    -Xlinker -z -Xlinker now
    -Xlinker --strip-debug
  COMMAND "${CMAKE_COMMAND}" -E create_symlink
    "libtensorjit.so.${PROJECT_VERSION}" "${CMAKE_BINARY_DIR}/${soname}"
  COMMAND "${CMAKE_COMMAND}" -E create_symlink "${soname}" "${CMAKE_BINARY_DIR}/libtensorjit.so"
  DEPENDS "${exports}"
  COMMENT "Linking libtensorjit.so.${PROJECT_VERSION}"
  VERBATIM)
add_dependencies(shared-library swiftpm)

# What depends on where things are installed. Paths are relative, so that what is installed may be
# moved.
foreach(kind LIBDIR INCLUDEDIR)
  if(IS_ABSOLUTE "${CMAKE_INSTALL_${kind}}")
    file(RELATIVE_PATH CMAKE_INSTALL_${kind}
      "${CMAKE_INSTALL_PREFIX}" "${CMAKE_INSTALL_${kind}}")
  endif()
endforeach()
set(library_folder "${CMAKE_INSTALL_LIBDIR}")
set(include_folder "${CMAKE_INSTALL_INCLUDEDIR}")
set(config_folder "${CMAKE_INSTALL_LIBDIR}/cmake/TensorJIT")
set(pkgconfig_folder "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
file(RELATIVE_PATH prefix_from_config "/prefix/${config_folder}" "/prefix")
file(RELATIVE_PATH prefix_from_pkgconfig "/prefix/${pkgconfig_folder}" "/prefix")
configure_file(cmake/TensorJITConfig.cmake.in TensorJITConfig.cmake @ONLY)
configure_file(cmake/tensorjit.pc.in tensorjit.pc @ONLY)

include(CMakePackageConfigHelpers)
write_basic_package_version_file("${CMAKE_BINARY_DIR}/TensorJITConfigVersion.cmake"
  VERSION "${PROJECT_VERSION}" COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)

install(PROGRAMS "${shared_library}" DESTINATION "${library_folder}")
install(FILES "${CMAKE_BINARY_DIR}/${soname}" "${CMAKE_BINARY_DIR}/libtensorjit.so"
  DESTINATION "${library_folder}")
install(FILES
  Sources/CTensorJIT/include/tensorjit.h Sources/CTensorJIT/include/tensorjit.hpp
  DESTINATION "${include_folder}")
install(FILES "${CMAKE_BINARY_DIR}/tensorjit.pc" DESTINATION "${pkgconfig_folder}")
install(FILES
  "${CMAKE_BINARY_DIR}/TensorJITConfig.cmake" "${CMAKE_BINARY_DIR}/TensorJITConfigVersion.cmake"
  DESTINATION "${config_folder}")
