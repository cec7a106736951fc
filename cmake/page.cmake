# The page of a card: page/ bundled into one HTML file with packages of npm (cmake/make_page.cmake), as a C++ source
# that defines card_page_text(). Without npm, or where its registry does not answer, the text is empty, and the program
# says what it was built without.
function(muniment_add_card_page room)
  find_program(NPM_PROGRAM npm)
  find_program(NODE_PROGRAM NAMES node nodejs)
  set(source ${CMAKE_BINARY_DIR}/embedded/card_page_text.cc)
  file(GLOB_RECURSE inputs CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/page/*)
  add_custom_command(
    OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -DNPM=${NPM_PROGRAM} -DNODE=${NODE_PROGRAM} -DFROM=${CMAKE_SOURCE_DIR}/page
      -DFOLDER=${CMAKE_BINARY_DIR}/card-page -DVERSION=${PROJECT_VERSION} -DTARGET=${source}
      -P ${CMAKE_SOURCE_DIR}/cmake/make_page.cmake
    DEPENDS ${inputs} ${CMAKE_SOURCE_DIR}/cmake/make_page.cmake ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    COMMENT "Bundling the page of a card"
    VERBATIM)
  target_sources(${room} PRIVATE ${source})
endfunction()
