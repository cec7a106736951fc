# Run while building, by cmake/page.cmake: copies FROM into FOLDER, installs the packages that its lock file names,
# bundles, and writes TARGET.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/embed.cmake)

file(MAKE_DIRECTORY ${FOLDER})
set(page ${FOLDER}/card.html)

function(leave_out reason)
  message(NOTICE "The page of a card is left out of the program: ${reason} "
    "To try again, remove ${TARGET} and build.")
  file(WRITE ${page} "")
endfunction()

function(install_packages)
  set(installed ${FOLDER}/node_modules/.package-lock.json)
  if(EXISTS ${installed} AND NOT ${FOLDER}/package-lock.json IS_NEWER_THAN ${installed})
    return()
  endif()
  execute_process(
    COMMAND ${NPM} ci --omit=dev --ignore-scripts --no-audit --no-fund
    WORKING_DIRECTORY ${FOLDER} TIMEOUT 180 RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE complaint)
  if(NOT status EQUAL 0)
    string(STRIP "${complaint}" complaint)
    string(LENGTH "${complaint}" length)
    if(length GREATER 300)
      math(EXPR start "${length} - 300")
      string(SUBSTRING "${complaint}" ${start} -1 complaint)
    endif()
    set(trouble "npm could not install what it is made of (${status}): ${complaint}" PARENT_SCOPE)
  endif()
endfunction()

set(trouble "")
if(NOT NPM OR NOT NODE)
  set(trouble "npm is not installed.")
else()
  file(COPY ${FROM}/ DESTINATION ${FOLDER})
  install_packages()
endif()
if(trouble)
  leave_out("${trouble}")
else()
  execute_process(COMMAND ${NODE} build.mjs ${page} ${VERSION} WORKING_DIRECTORY ${FOLDER} COMMAND_ERROR_IS_FATAL ANY)
endif()
muniment_write_embedded(${page} ${TARGET} archive/card_page.h card_page_text)
