# The oracle's commands, apart from the program so that their tests link nothing but the engine.
rc_library(app_oracle
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/eval_command.cc ${CMAKE_CURRENT_LIST_DIR}/lint_command.cc
    ${CMAKE_CURRENT_LIST_DIR}/vector_file.cc
  DEPS rc_policy)
