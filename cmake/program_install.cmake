# The program with its manual pages and completions: `cmake --install BUILD --component program --prefix DIR`. Pages and
# scripts are asked of the program itself, so that they are those of what is installed.
include(GNUInstallDirs)
install(TARGETS rolecall RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(PROGRAMS $<TARGET_FILE:rolecall_client> DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT client OPTIONAL)
set(_pages ${CMAKE_BINARY_DIR}/pages)
install(CODE "
  file(REMOVE_RECURSE \"${_pages}\")
  file(MAKE_DIRECTORY \"${_pages}\")
  execute_process(COMMAND \"$<TARGET_FILE:rolecall>\" help --man-dir \"${_pages}/man\" COMMAND_ERROR_IS_FATAL ANY)
  foreach(shell bash zsh fish)
    execute_process(COMMAND \"$<TARGET_FILE:rolecall>\" completion \${shell} OUTPUT_FILE \"${_pages}/\${shell}\"
      COMMAND_ERROR_IS_FATAL ANY)
  endforeach()" COMPONENT program)
install(DIRECTORY ${_pages}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program)
install(FILES ${_pages}/bash RENAME rolecall DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT program)
install(FILES ${_pages}/zsh RENAME _rolecall DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions COMPONENT program)
install(FILES ${_pages}/fish RENAME rolecall.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT program)
