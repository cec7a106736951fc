// MUNIMENT_CHECK: promises of our own code, on in every build. Never for anything that came from outside.
#pragma once

namespace muniment {

/// Writes file, line and the broken promise to standard error and aborts.
[[noreturn]] void panic(const char* file, int line, const char* promise);

}  // namespace muniment

#define MUNIMENT_CHECK(promise) ((promise) ? static_cast<void>(0) : ::muniment::panic(__FILE__, __LINE__, #promise))
