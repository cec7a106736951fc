# Flags of every target of our own: warnings are errors, release builds are hardened.
add_library(muniment_flags INTERFACE)
target_compile_options(muniment_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wconversion -Wsign-conversion -Wswitch-enum -Wnon-virtual-dtor
  -Woverloaded-virtual -Wold-style-cast -Wcast-qual -Wimplicit-fallthrough -Wundef
  -fstack-protector-strong -fPIE)
# Several sources that are compiled as one see each other's constants; what is compiled alone is held to it.
if(NOT CMAKE_UNITY_BUILD)
  target_compile_options(muniment_flags INTERFACE -Wshadow)
endif()
target_compile_definitions(muniment_flags INTERFACE _GLIBCXX_ASSERTIONS _FILE_OFFSET_BITS=64)
target_include_directories(muniment_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
if(MUNIMENT_STATIC)
  target_link_options(muniment_flags INTERFACE -fuse-ld=lld -static-pie -Wl,-z,relro,-z,now)
else()
  target_link_options(muniment_flags INTERFACE -fuse-ld=lld -pie -Wl,-z,relro,-z,now)
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(muniment_flags INTERFACE -Wduplicated-cond -Wlogical-op -ftrivial-auto-var-init=zero)
else()
  # Designated initialisers leave members at their defaults on purpose, and embedded texts are long; GCC does not
  # ask for them either.
  target_compile_options(muniment_flags INTERFACE -Wthread-safety -Wno-missing-field-initializers -Wno-missing-designated-field-initializers
    -Wno-overlength-strings)
endif()
if(MUNIMENT_SANITIZE)
  target_compile_options(muniment_flags INTERFACE -fsanitize=${MUNIMENT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(muniment_flags INTERFACE -fsanitize=${MUNIMENT_SANITIZE})
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(muniment_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
