#include "base/result.h"

#include <cstdio>
#include <cstdlib>

namespace muniment {

void panic(const char* file, int line, const char* promise) {
  std::fprintf(stderr, "muniment: internal error at %s:%d: %s\n", file, line, promise);
  std::abort();
}

std::string_view name_of(Code code) {
  switch (code) {
    case Code::invalid: return "invalid";
    case Code::not_found: return "not_found";
    case Code::corrupt: return "corrupt";
    case Code::forged: return "forged";
    case Code::unsupported: return "unsupported";
    case Code::limit: return "limit";
    case Code::conflict: return "conflict";
    case Code::unavailable: return "unavailable";
    case Code::denied: return "denied";
    case Code::io: return "io";
  }
  panic(__FILE__, __LINE__, "unknown code");
}

}  // namespace muniment
