// Bech32 (BIP 173) without its length limit, as age uses it for keys. The separator is the last '1'.
#pragma once

#include <string>
#include <string_view>

#include "base/secret.h"

namespace muniment::age {

struct Bech32 {
  std::string prefix;  // lower case
  SecretBytes data;    // may be a private key, so it lives as one
};

/// All upper or all lower case. Errors: `corrupt` (mixed case, checksum, padding bits, characters).
Result<Bech32> parse_bech32(std::string_view text);

/// Lower case, or upper case where `prefix` is. The text of a private key belongs into secret memory.
SecretBytes render_bech32(std::string_view prefix, ByteView data);

}  // namespace muniment::age
