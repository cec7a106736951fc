// Signed notes (C2SP signed-note v1.0.0): a text and signature lines, each by a key with a name.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "crypto/ed25519.h"

namespace muniment {

/// The first byte of a note key: what the signature is.
inline constexpr std::uint8_t kNoteEd25519 = 0x01;

/// The public half of a note key: "name+hash+base64", a vkey.
struct VerifierKey {
  std::string name;  // not empty, no white space, no '+'
  Ed25519Public key{};

  /// SHA-256(name LF type key), first four bytes.
  std::array<std::uint8_t, 4> id() const;
  std::string text() const;
  bool operator==(const VerifierKey&) const = default;
};

/// Errors: `corrupt`, `unsupported` (a key that is not Ed25519).
Result<VerifierKey> parse_verifier_key(std::string_view text);

/// Errors: `invalid` for a name that no key may have.
Result<void> check_key_name(std::string_view name);

/// Errors: `invalid` for a text that no note may hold: it is UTF-8, has no control character but LF, and ends in LF.
Result<void> check_note_text(std::string_view text);

/// What keys of all types have in common, with the type's byte in front of the key (signed-note "Verifier keys"):
/// SHA-256(name LF type key), first four bytes, and "name+hash+base64".
std::array<std::uint8_t, 4> note_key_id(std::string_view name, std::uint8_t type, const Ed25519Public& key);
std::string render_note_key(std::string_view name, std::uint8_t type, const Ed25519Public& key);

struct NamedKey {
  std::string name;
  Ed25519Public key{};
};
/// A key of that type and no other. Errors: `corrupt`, `unsupported` (another type).
Result<NamedKey> parse_note_key(std::string_view text, std::uint8_t type);

class SignerKey {
 public:
  /// `name` has passed check_key_name.
  SignerKey(std::string name, Secret<32> seed);
  VerifierKey verifier() const;
  /// A signature line with its LF over `text`.
  std::string sign(std::string_view text) const;

 private:
  VerifierKey verifier_;
  Secret<32> seed_;
};

struct NoteSignature {
  std::string name;
  std::array<std::uint8_t, 4> key_id{};
  Bytes payload;  // what follows the key id: 64 bytes for Ed25519
};

/// The line with its LF.
std::string render_signature(const NoteSignature& signature);

struct Note {
  std::string text;  // ends in LF
  std::vector<NoteSignature> signatures;
};

struct NoteLimits {
  std::size_t bytes_max = 1024 * 1024;
  std::size_t signatures_max = 100;
};

/// Splits at the last blank line. Errors: `corrupt`, `limit`.
Result<Note> parse_note(std::string_view bytes, NoteLimits limits = {});

/// The note: text, blank line, one line for each signer. `text` has passed check_note_text; one signer at least.
std::string sign_note(std::string_view text, std::span<const SignerKey* const> signers);

/// Which of `keys` have signed, as indices into `keys`, ascending, each once. Unknown signatures are passed over.
/// Errors: `forged` when a line of a known name and key id does not verify, or when no known key has signed.
Result<std::vector<std::size_t>> verify_note(const Note& note, std::span<const VerifierKey> keys);

/// The note with the signature lines of `other` that it has not yet. `limits` are the result's.
/// Errors: those of parse_note; `invalid` when the
/// texts differ.
Result<std::string> merge_signatures(std::string_view note, std::string_view other, NoteLimits limits = {});

}  // namespace muniment
