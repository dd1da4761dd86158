# The client's commands, for the program and for a small program of their own.
rc_library(app_client
  SOURCES client_run.cc command_pages.cc help_command.cc
  DEPS rc_client rc_calls rc_shell rc_transfer)
add_executable(rolecall_client client_main.cc)
target_link_libraries(rolecall_client PRIVATE rc_app_client)
rc_program(rolecall_client)
set_target_properties(rolecall_client PROPERTIES OUTPUT_NAME rolecall-client RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
target_compile_definitions(rolecall_client PRIVATE ROLECALL_VERSION="${PROJECT_VERSION}")
