#include "tor/client_keys.h"

#include <algorithm>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::string_view kStart = "descriptor:x25519:";
constexpr std::size_t kLinesMax = 1000;
constexpr std::size_t kKeysMax = 100;  // a descriptor has room for some 300

Result<X25519Public> parse_key(std::string_view line) {
  const Error bad(Code::corrupt, "not \"descriptor:x25519:\" with the 52 letters and digits of a public key");
  if (!line.starts_with(kStart)) return bad;
  const auto bytes = from_base32(lower_ascii(line.substr(kStart.size())));
  X25519Public key{};
  if (!bytes || bytes->size() != key.size()) return bad;
  std::ranges::copy(*bytes, key.begin());
  return key;
}

}  // namespace

Result<std::vector<X25519Public>> parse_client_keys(std::string_view text) {
  TRY_ASSIGN(const auto lines, split_lines(text, kLinesMax));
  std::vector<X25519Public> keys;
  std::size_t number = 0;
  for (std::string_view line : lines) {
    const std::string where = "line " + std::to_string(++number) + " of the file of client keys";
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    auto key = parse_key(line);
    if (!key) return key.error().in(where);
    if (std::ranges::find(keys, *key) != keys.end())
      return Error(Code::corrupt, where + ": this key was there already");
    if (keys.size() == kKeysMax)
      return Error(Code::limit, "more than " + std::to_string(kKeysMax) + " client keys are not taken");
    keys.push_back(*key);
  }
  if (keys.empty()) return Error(Code::corrupt, "the file of client keys has none: nobody could reach the mirror");
  return keys;
}

}  // namespace muniment
