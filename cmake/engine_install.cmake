# The policy engine as a package for others' CMake: `cmake --install BUILD --component engine --prefix DIR` puts librc_policy
# and librc_base, the headers below and RolecallPolicyConfig.cmake there. Imported targets are written by hand: exporting
# ours would carry our warnings and source paths along.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# What docs/engine.md names, and what those include.
set(_policy action catalogue context decision document explain keys kind lint principals program request validate)
set(_base error ids json result time)
set(_include ${CMAKE_INSTALL_INCLUDEDIR}/rolecall)
foreach(room policy base)
  list(TRANSFORM _${room} PREPEND ${CMAKE_SOURCE_DIR}/src/${room}/)
  list(TRANSFORM _${room} APPEND .h)
  install(FILES ${_${room}} DESTINATION ${_include}/${room} COMPONENT engine)
endforeach()
install(TARGETS rc_policy rc_base ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT engine)

set(_config ${CMAKE_INSTALL_LIBDIR}/cmake/RolecallPolicy)
set(RC_INCLUDE ${_include})
set(RC_LIBRARIES ${CMAKE_INSTALL_LIBDIR})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/RolecallPolicyConfig.cmake.in
  ${CMAKE_BINARY_DIR}/RolecallPolicyConfig.cmake INSTALL_DESTINATION ${_config} PATH_VARS RC_INCLUDE RC_LIBRARIES)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/RolecallPolicyConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/RolecallPolicyConfig.cmake ${CMAKE_BINARY_DIR}/RolecallPolicyConfigVersion.cmake
  DESTINATION ${_config} COMPONENT engine)
