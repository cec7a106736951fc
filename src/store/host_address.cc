#include "store/host_address.h"

#include <arpa/inet.h>

#include <algorithm>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::size_t kHostNameBytesMax = 253;  // RFC 1035
constexpr std::size_t kAddressBytesMax = 45;    // of IPv6 with IPv4 at its end

bool is_name(std::string_view name) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_allowed = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-'; };
  return name.size() <= kHostNameBytesMax && std::ranges::all_of(name, is_allowed) &&
         std::ranges::any_of(name, is_letter) && name.front() != '.' && name.front() != '-';
}

}  // namespace

Result<HostAddress> parse_host_address(std::string_view text) {
  const Error bad(Code::invalid,
                  "not of the form NAME=ADDRESS with an address of numbers, for instance "
                  "mirror.example=192.0.2.7: " +
                      printable(text, 100));
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return bad;
  HostAddress parsed{.name = lower_ascii(text.substr(0, equals)), .address = std::string(text.substr(equals + 1))};
  if (!is_name(parsed.name) || parsed.address.size() > kAddressBytesMax) return bad;
  if (parsed.address.find('\0') != std::string::npos) return bad;  // what inet_pton would not see
  in6_addr numbers{};
  parsed.is_v6 = ::inet_pton(AF_INET6, parsed.address.c_str(), &numbers) == 1;
  if (!parsed.is_v6 && ::inet_pton(AF_INET, parsed.address.c_str(), &numbers) != 1) return bad;
  return parsed;
}

}  // namespace muniment
