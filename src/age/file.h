// Whole age v1 files: the header with its nonce, which muniment keeps apart from the payload, and small files.
#pragma once

#include <span>
#include <string_view>

#include "age/keys.h"
#include "age/stream.h"

namespace muniment::age {

inline constexpr std::size_t kPayloadNonceBytes = 16;

/// What stands in front of the payload (header, then nonce), and the key of the payload.
struct SealedHeader {
  Bytes bytes;
  Secret<32> payload_key;
};

/// A header with a new file key and nonce. Errors: `invalid` for no recipients or for recipients that may not
/// share a file.
Result<SealedHeader> seal_header(std::span<const Recipient* const> recipients, Random& random);

struct OpenedHeader {
  std::size_t size_bytes = 0;  // header and nonce
  Secret<32> payload_key;
};

/// Opens the header that `file` starts with. `identities` are tried in order.
/// Errors: those of parse_header and Identity::unwrap, `denied` when no identity fits, `forged` for a wrong MAC.
Result<OpenedHeader> open_header(ByteView file, std::span<const Identity* const> identities, HeaderLimits limits = {});

/// The header that `file` starts with, for other recipients: the same file key and the same payload nonce, so that the
/// payload stays as it is. The old header still opens it as well. Errors: those of open_header and seal_header.
Result<Bytes> reseal_header(ByteView file, std::span<const Identity* const> identities,
                            std::span<const Recipient* const> recipients, Random& random);

/// A whole small file in memory, not armoured.
Result<Bytes> seal_bytes(ByteView plain, std::span<const Recipient* const> recipients, Random& random);

/// A whole small file in memory, armoured or not. The plain text is at most as long as the file.
/// Errors: those of open_header and StreamOpener.
Result<SecretBytes> open_bytes(ByteView file, std::span<const Identity* const> identities);

}  // namespace muniment::age
