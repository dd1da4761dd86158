# Installs the engine into WORK, builds examples/engine with nothing but that, and asks it three questions.
cmake_minimum_required(VERSION 3.25)
function(run expected output)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE out)
  string(FIND "${out}" "${output}" found)
  if(NOT status EQUAL expected OR found EQUAL -1)
    message(FATAL_ERROR "${ARGN}\nstatus ${status}, wanted ${expected} and `${output}`:\n${out}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
run(0 "" ${CMAKE_COMMAND} --install ${BUILD} --component engine --prefix ${WORK}/prefix)
run(0 "" ${CMAKE_COMMAND} -S ${SOURCE}/examples/engine -B ${WORK}/example -G ${GENERATOR}
  -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_PREFIX_PATH=${WORK}/prefix)
run(0 "" ${CMAKE_COMMAND} --build ${WORK}/example)

# All public headers, without the precompiled header that ours have before them.
file(GLOB headers RELATIVE ${WORK}/prefix/include/rolecall ${WORK}/prefix/include/rolecall/*/*.h)
set(alone "")
foreach(header ${headers})
  string(APPEND alone "#include \"${header}\"\n")
endforeach()
file(WRITE ${WORK}/alone.cc "${alone}")
run(0 "" ${CXX} -std=c++23 -fsyntax-only -I${WORK}/prefix/include/rolecall ${WORK}/alone.cc)

set(ask ${WORK}/example/may_i ${SOURCE}/examples/engine/policy.json)
run(0 "Allowed" ${ask} s3:GetObject arn:aws:s3:::reports/alice/q1.csv aws:username=alice aws:SourceIp=10.1.2.3)
run(1 "not met: IpAddress" ${ask} s3:GetObject arn:aws:s3:::reports/alice/q1.csv aws:username=alice aws:SourceIp=192.0.2.7)
run(1 "another action" ${ask} s3:PutObject arn:aws:s3:::reports/alice/q1.csv aws:username=alice aws:SourceIp=10.1.2.3)
