// The header of an age v1 file (C2SP age section "File format"): stanzas and a MAC.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/kdf.h"

namespace muniment::age {

using FileKey = Secret<16>;

/// Limits for an untrusted header; a hybrid stanza is about 1,600 bytes.
struct HeaderLimits {
  std::size_t bytes_max = 256 * 1024;
  std::size_t stanzas_max = 256;
};

struct Stanza {
  std::vector<std::string> args;  // args[0] is the type; each is printable ASCII without spaces, not empty
  Bytes body;
};

struct Header {
  std::vector<Stanza> stanzas;  // one at least
  Mac mac{};
  std::size_t size_bytes = 0;  // of the header in the file, LF of the MAC line included
};

/// Parses the header that `file` starts with; the payload may follow.
/// Errors: `corrupt`, `unsupported` (another version), `limit`.
Result<Header> parse_header(ByteView file, HeaderLimits limits = {});

/// The header with the MAC of `file_key`. `stanzas` is not empty.
std::string render_header(const std::vector<Stanza>& stanzas, const FileKey& file_key);

/// Errors: `forged` when the MAC in `header`, parsed from the start of `file`, is not that of `file_key`.
Result<void> verify_mac(const Header& header, ByteView file, const FileKey& file_key);

}  // namespace muniment::age
