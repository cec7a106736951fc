#include "note/note.h"

#include <algorithm>
#include <utility>

#include "base/encoding.h"
#include "crypto/sha256.h"

namespace muniment {
namespace {

constexpr std::string_view kSignatureMark = "— ";
constexpr std::size_t kKeyIdBytes = 4;

// The characters with the Unicode property White_Space that are not ASCII control characters, as UTF-8.
constexpr std::string_view kSpaces[] = {
    " ",      "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005",
    "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000",
};

bool is_control(char c) { return static_cast<std::uint8_t>(c) < 0x20; }

bool is_name(std::string_view name) {
  if (name.empty() || !is_utf8(name) || name.find('+') != name.npos) return false;
  // Inside well-formed UTF-8 a character's bytes are found only where that character stands.
  const auto holds = [name](std::string_view space) { return name.find(space) != name.npos; };
  return std::ranges::none_of(name, is_control) && std::ranges::none_of(kSpaces, holds);
}

/// "Signed notes MUST be valid UTF-8 and MUST NOT contain any ASCII control characters (those below U+0020) other
/// than newline." Text and note both end in one.
bool is_text(std::string_view text) {
  const auto forbidden = [](char c) { return is_control(c) && c != '\n'; };
  return text.ends_with('\n') && std::ranges::none_of(text, forbidden) && is_utf8(text);
}

Bytes typed_key(std::uint8_t type, const Ed25519Public& key) {
  Bytes typed = {type};
  append(typed, key);
  return typed;
}

Result<NoteSignature> parse_signature(std::string_view line) {
  const Error not_a_signature(Code::corrupt, "a signature line of the note is not in form");
  if (!line.starts_with(kSignatureMark)) return not_a_signature;
  line.remove_prefix(kSignatureMark.size());
  const std::size_t space = line.find(' ');
  if (space == line.npos || !is_name(line.substr(0, space))) return not_a_signature;
  // "Signatures are the base64 encoding of 4+n bytes"; with n = 0 nothing would be signed.
  const auto bytes = from_base64(line.substr(space + 1));
  if (!bytes || bytes->size() <= kKeyIdBytes) return not_a_signature;

  NoteSignature signature;
  signature.name = line.substr(0, space);
  const ByteView view = *bytes;
  std::ranges::copy(view.first(kKeyIdBytes), signature.key_id.begin());
  signature.payload.assign(view.begin() + kKeyIdBytes, view.end());
  return signature;
}

}  // namespace

std::array<std::uint8_t, 4> note_key_id(std::string_view name, std::uint8_t type, const Ed25519Public& key) {
  Bytes material;
  append(material, as_view(name));
  material.push_back('\n');
  append(material, typed_key(type, key));
  const Sha256 digest = sha256(material);
  std::array<std::uint8_t, 4> id{};
  std::copy_n(digest.bytes.begin(), id.size(), id.begin());
  return id;
}

std::string render_note_key(std::string_view name, std::uint8_t type, const Ed25519Public& key) {
  return std::string(name) + "+" + to_hex(note_key_id(name, type, key)) + "+" + to_base64(typed_key(type, key));
}

Result<NamedKey> parse_note_key(std::string_view text, std::uint8_t type) {
  const Error not_a_key(Code::corrupt, "not a key of a note (name+hash+base64)");
  // Neither the name nor the hash has a '+' in it, but base64 may.
  const std::size_t name_end = text.find('+');
  if (name_end == text.npos) return not_a_key;
  const std::size_t hash_end = text.find('+', name_end + 1);
  if (hash_end == text.npos) return not_a_key;
  const std::string_view name = text.substr(0, name_end);
  const auto id = from_hex(text.substr(name_end + 1, hash_end - name_end - 1));
  const auto typed = from_base64(text.substr(hash_end + 1));
  if (!is_name(name) || !id || id->size() != kKeyIdBytes || !typed || typed->empty()) return not_a_key;

  // The hash of another type of key may be made in another way (ECDSA's is over its SPKI form): not looked at.
  if (typed->front() != type) {
    return Error(Code::unsupported, "the key of " + printable(name) + " is of type " + std::to_string(typed->front()) +
                                        ", and one of type " + std::to_string(type) + " is needed");
  }
  NamedKey parsed{.name = std::string(name)};
  if (typed->size() != 1 + parsed.key.size()) return not_a_key;
  std::copy(typed->begin() + 1, typed->end(), parsed.key.begin());
  if (!equal(note_key_id(name, type, parsed.key), *id)) {
    return Error(Code::corrupt, "the hash in the key of " + printable(name) + " does not match its key");
  }
  return parsed;
}

std::array<std::uint8_t, 4> VerifierKey::id() const { return note_key_id(name, kNoteEd25519, key); }
std::string VerifierKey::text() const { return render_note_key(name, kNoteEd25519, key); }

Result<VerifierKey> parse_verifier_key(std::string_view text) {
  TRY_ASSIGN(NamedKey parsed, parse_note_key(text, kNoteEd25519));
  return VerifierKey{std::move(parsed.name), parsed.key};
}

std::string render_signature(const NoteSignature& signature) {
  Bytes bytes;
  append(bytes, signature.key_id);
  append(bytes, signature.payload);
  return std::string(kSignatureMark) + signature.name + " " + to_base64(bytes) + "\n";
}

Result<void> check_key_name(std::string_view name) {
  if (is_name(name)) return {};
  return Error(Code::invalid, "a key's name must not be empty, nor hold white space, '+' or control characters");
}

Result<void> check_note_text(std::string_view text) {
  if (is_text(text)) return {};
  return Error(Code::invalid, "a note's text must be UTF-8 without control characters and end in a line feed");
}

SignerKey::SignerKey(std::string name, Secret<32> seed)
    : verifier_{.name = std::move(name), .key = ed25519_public(seed)}, seed_(std::move(seed)) {
  MUNIMENT_CHECK(is_name(verifier_.name));
}

VerifierKey SignerKey::verifier() const { return verifier_; }

std::string SignerKey::sign(std::string_view text) const {
  const Ed25519Signature signature = ed25519_sign(seed_, as_view(text));
  return render_signature({verifier_.name, verifier_.id(), Bytes(signature.begin(), signature.end())});
}

Result<Note> parse_note(std::string_view bytes, NoteLimits limits) {
  if (bytes.size() > limits.bytes_max) return Error(Code::limit, "the note is too long");
  if (!is_text(bytes)) return Error(Code::corrupt, "the note is not UTF-8 text of whole lines");
  // The text may hold blank lines, and lines in the form of signatures after them: the last blank line decides.
  const std::size_t blank = bytes.rfind("\n\n");
  if (blank == bytes.npos) return Error(Code::corrupt, "the note has no blank line before its signatures");

  Note note;
  note.text = bytes.substr(0, blank + 1);
  TRY_ASSIGN(const auto lines, split_lines(bytes.substr(blank + 2), limits.signatures_max));
  if (lines.empty()) return Error(Code::corrupt, "the note has no signature");
  for (const std::string_view line : lines) {
    TRY_ASSIGN(NoteSignature signature, parse_signature(line));
    note.signatures.push_back(std::move(signature));
  }
  return note;
}

std::string sign_note(std::string_view text, std::span<const SignerKey* const> signers) {
  MUNIMENT_CHECK(is_text(text) && !signers.empty());
  std::string note = std::string(text) + "\n";
  for (const SignerKey* signer : signers) note += signer->sign(text);
  return note;
}

Result<std::vector<std::size_t>> verify_note(const Note& note, std::span<const VerifierKey> keys) {
  std::vector<std::array<std::uint8_t, 4>> ids;
  for (const VerifierKey& key : keys) ids.push_back(key.id());

  std::vector<bool> signed_by(keys.size());
  for (const NoteSignature& signature : note.signatures) {
    bool known = false;
    bool verified = false;
    // "An attacker can easily compute a public key that will collide", so every key of that name and id gets its
    // try. A line counts for one key only: a key that is listed twice is still one signer.
    for (std::size_t i = 0; i < keys.size() && !verified; ++i) {
      if (keys[i].name != signature.name || ids[i] != signature.key_id) continue;
      known = true;
      verified = ed25519_verify(keys[i].key, as_view(note.text), signature.payload).has_value();
      if (verified) signed_by[i] = true;
    }
    // "Clients SHOULD reject the whole note": a broken new key is noticed while the old one still signs as well.
    if (known && !verified) {
      return Error(Code::forged, "the signature of " + printable(signature.name) + " does not verify");
    }
  }

  std::vector<std::size_t> signers;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (signed_by[i]) signers.push_back(i);
  }
  if (signers.empty()) return Error(Code::forged, "no known key has signed the note");
  return signers;
}

Result<std::string> merge_signatures(std::string_view note, std::string_view other, NoteLimits limits) {
  TRY_ASSIGN(const Note ours, parse_note(note, limits));
  TRY_ASSIGN(const Note theirs, parse_note(other, limits));
  if (ours.text != theirs.text) return Error(Code::invalid, "the two notes have different texts");
  std::string merged(note);
  const std::string_view lines = other.substr(theirs.text.size() + 1);
  for (const std::string_view line : split(lines, '\n')) {
    const std::string whole = std::string(line) + "\n";
    if (!line.empty() && merged.find(whole, ours.text.size()) == std::string::npos) merged += whole;
  }
  TRY(parse_note(merged, limits));  // not too many
  return merged;
}

}  // namespace muniment
