# Makes of the file SOURCE a C++ source TARGET, which defines the function FUNCTION of HEADER: a view of its text.
function(muniment_write_embedded source target header function)
  file(READ ${source} text)
  string(FIND "${text}" ")EMBEDDED\"" end)
  if(NOT end EQUAL -1)
    message(FATAL_ERROR "${source} holds what ends a literal in C++")
  endif()
  file(CONFIGURE OUTPUT ${target} @ONLY CONTENT [=[
#include "@header@"

namespace muniment {

std::string_view @function@() { return R"EMBEDDED(@text@)EMBEDDED"; }

}  // namespace muniment
]=])
endfunction()

# The same when configuring, and anew whenever the file changes.
function(muniment_embed source target header function)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  muniment_write_embedded(${source} ${target} ${header} ${function})
endfunction()
