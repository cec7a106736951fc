// Cosignatures (C2SP tlog-cosignature v1.0.0, Ed25519): a cosigner says of a checkpoint that it is the largest
// consistent tree of its log that it has seen at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "note/note.h"

namespace muniment {

/// The first byte of a cosigner's key.
inline constexpr std::uint8_t kCosignatureEd25519 = 0x04;

/// The public half: a vkey, "name+hash+base64".
struct CosignerKey {
  std::string name;
  Ed25519Public key{};

  std::array<std::uint8_t, 4> id() const;
  std::string text() const;
  bool operator==(const CosignerKey&) const = default;
};

/// Errors: `corrupt`, `unsupported` (a vkey of another type).
Result<CosignerKey> parse_cosigner_key(std::string_view text);

class CosignerSigner {
 public:
  /// `name` has passed check_key_name. What is signed does not name the cosigner: each has a seed of its own.
  CosignerSigner(std::string name, Secret<32> seed);
  const CosignerKey& verifier() const { return key_; }
  /// A signature line with its LF over the text of a checkpoint, as of `time_s` (POSIX, 1 or later).
  std::string cosign(std::string_view checkpoint_text, std::uint64_t time_s) const;

 private:
  CosignerKey key_;
  Secret<32> seed_;
};

struct Cosignature {
  std::size_t cosigner = 0;  // index of its key
  std::uint64_t time_s = 0;
};

/// The newest good cosignature of each of `keys` under a checkpoint, by index; lines of others, and those that say
/// time 0, are passed over. Errors: `forged` when a line of a known name and id does not verify.
Result<std::vector<Cosignature>> find_cosignatures(const Note& note, std::span<const CosignerKey> keys);

/// The note of a checkpoint with those cosignatures of `keys` that `other` has under the same text and that are newer
/// than the note's own: one for each key. Lines of others in the note stay. What `other` has wrong is passed over.
/// Errors: those of find_cosignatures for the note itself.
Result<std::string> add_cosignatures(std::string_view note, std::string_view other, std::span<const CosignerKey> keys);

}  // namespace muniment
