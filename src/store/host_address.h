// Where the server of a name lies, told by its owner instead of DNS: "mirror.example=192.0.2.7". Spec: docs/cli.md
// "Common to all".
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace muniment {

struct HostAddress {
  std::string name;     // of the host, in lower case
  std::string address;  // IPv4, or IPv6 without brackets
  bool is_v6 = false;
};

/// The name has letters, digits, '.' and '-' and is no address itself; the address is one of numbers. Errors:
/// `invalid`.
Result<HostAddress> parse_host_address(std::string_view text);

}  // namespace muniment
