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

# The same of a file that is no text: FUNCTION gives a view of its bytes.
function(muniment_embed_bytes source target header function)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  file(READ ${source} bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(REGEX REPLACE "((0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,))" "\\1\n" bytes "${bytes}")
  file(CONFIGURE OUTPUT ${target} @ONLY CONTENT [=[
#include "@header@"

#include <array>

namespace muniment {
namespace {

constexpr auto k_@function@ = std::to_array<std::uint8_t>({
@bytes@});

}  // namespace

ByteView @function@() { return k_@function@; }

}  // namespace muniment
]=])
endfunction()
