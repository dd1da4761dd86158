# rc_models(OUT_VAR NAME…): has codegen.py write generated/models/<name>.h and <name>_tables.cc from
# models/<name>.json, whose authorization facts it checks against AWS's reference; OUT_VAR receives the sources. Python 3's standard library is all it needs.
find_program(ROLECALL_PYTHON NAMES /usr/bin/python3 python3 REQUIRED)
set(ROLECALL_CODEGEN ${CMAKE_SOURCE_DIR}/codegen/codegen.py)

function(rc_model out model auth catalogue name)
  set(dir ${CMAKE_BINARY_DIR}/generated/models)
  set(auth_file)
  if(EXISTS ${auth})
    set(auth_file ${auth})
  endif()
  add_custom_command(
    OUTPUT ${dir}/${name}.h ${dir}/${name}_tables.cc
    COMMAND ${ROLECALL_PYTHON} ${ROLECALL_CODEGEN} --out ${dir} --auth ${auth} --catalogue ${catalogue} ${model}
    DEPENDS ${model} ${auth_file} ${catalogue} ${ROLECALL_CODEGEN} ${CMAKE_SOURCE_DIR}/codegen/facts.py
      ${CMAKE_SOURCE_DIR}/codegen/regex.py
    COMMENT "models/${name}" VERBATIM)
  set(${out} ${dir}/${name}.h ${dir}/${name}_tables.cc PARENT_SCOPE)
endfunction()

function(rc_models out)
  set(all)
  foreach(name ${ARGN})
    rc_model(sources ${CMAKE_SOURCE_DIR}/models/${name}.json ${CMAKE_SOURCE_DIR}/models/${name}.auth.json
      ${CMAKE_SOURCE_DIR}/data/access-catalogue.txt ${name})
    list(APPEND all ${sources})
  endforeach()
  set(registry ${CMAKE_BINARY_DIR}/generated/models/registry.cc)
  add_custom_command(OUTPUT ${registry}
    COMMAND ${ROLECALL_PYTHON} ${ROLECALL_CODEGEN} --out ${CMAKE_BINARY_DIR}/generated/models --registry ${ARGN}
    DEPENDS ${ROLECALL_CODEGEN} ${CMAKE_SOURCE_DIR}/models/services.txt VERBATIM)
  set(${out} ${all} ${registry} PARENT_SCOPE)
endfunction()
