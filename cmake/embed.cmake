# The text of the file SOURCE as a literal of C++, in the variable RESULT.
function(muniment_read_literal source result)
  file(READ ${source} text)
  string(FIND "${text}" ")EMBEDDED\"" end)
  if(NOT end EQUAL -1)
    message(FATAL_ERROR "${source} holds what ends a literal in C++")
  endif()
  set(${result} "R\"EMBEDDED(${text})EMBEDDED\"" PARENT_SCOPE)
endfunction()

# Makes of the file SOURCE a C++ source TARGET, which defines the function FUNCTION of HEADER: a view of its text.
function(muniment_write_embedded source target header function)
  muniment_read_literal(${source} literal)
  file(CONFIGURE OUTPUT ${target} @ONLY CONTENT [=[
#include "@header@"

namespace muniment {

std::string_view @function@() { return @literal@; }

}  // namespace muniment
]=])
endfunction()

# The same when configuring, and anew whenever the file changes.
function(muniment_embed source target header function)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  muniment_write_embedded(${source} ${target} ${header} ${function})
endfunction()

# Of the files FOLDER/KIND.LANGUAGE.txt: FUNCTION gives the text of a kind in a language, or nothing. They go into ROOM.
function(muniment_embed_texts room folder header function kinds languages)
  set(texts "")
  foreach(kind ${kinds})
    foreach(language ${languages})
      set(source ${CMAKE_SOURCE_DIR}/${folder}/${kind}.${language}.txt)
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
      muniment_read_literal(${source} literal)
      string(APPEND texts "  if (kind == \"${kind}\" && language == \"${language}\")\n    return ${literal};\n")
    endforeach()
  endforeach()
  set(target ${CMAKE_BINARY_DIR}/embedded/${function}.cc)
  file(CONFIGURE OUTPUT ${target} @ONLY CONTENT [=[
#include "@header@"

namespace muniment {

std::optional<std::string_view> @function@(std::string_view kind, std::string_view language) {
@texts@  return std::nullopt;
}

}  // namespace muniment
]=])
  target_sources(muniment_${room} PRIVATE ${target})
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
