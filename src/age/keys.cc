#include "age/keys.h"

#include <algorithm>
#include <utility>

#include "age/bech32.h"
#include "age/hybrid.h"
#include "base/encoding.h"
#include "crypto/random.h"

namespace muniment::age {
namespace {

constexpr std::string_view kX25519 = "X25519";
constexpr std::string_view kX25519Info = "age-encryption.org/v1/X25519";
constexpr std::string_view kScrypt = "scrypt";
constexpr std::string_view kScryptSalt = "age-encryption.org/v1/scrypt";
constexpr std::size_t kScryptSaltBytes = 16;
constexpr std::string_view kRecipientPrefix = "age";
constexpr std::string_view kIdentityPrefix = "AGE-SECRET-KEY-";
constexpr std::size_t kIdentitiesMax = 1024;  // each is locked memory of its own

Bytes joined(ByteView a, ByteView b) {
  Bytes bytes(a.begin(), a.end());
  append(bytes, b);
  return bytes;
}

Secret<32> x25519_wrap_key(const Secret<32>& shared, const X25519Public& share, const X25519Public& recipient) {
  return hkdf_sha256(shared.expose(), joined(share, recipient), kX25519Info);
}

Result<Secret<32>> scrypt_wrap_key(const SecretBytes& passphrase, ByteView salt, unsigned log2_n) {
  return scrypt(passphrase.expose(), joined(as_view(kScryptSalt), salt), log2_n);
}

/// The part of "age1tag1…" or "AGE-PLUGIN-YUBIKEY-1…" that names the kind; the rest may be secret.
Error unknown_kind(std::string_view what, std::string_view prefix) {
  return {Code::unsupported,
          std::string(what) + " of a kind that this build does not know: \"" + printable(prefix, 40) + "1…\""};
}

}  // namespace

Result<Stanza> X25519Recipient::wrap(const FileKey& file_key, Random& random) const {
  // A new key pair for each stanza, so that two files for one person cannot be told to be for the same.
  const auto ephemeral = random_secret<32>(random);
  const X25519Public share = x25519_public(ephemeral);
  TRY_ASSIGN(const auto shared, stanza_x25519(ephemeral, key_));
  const Secret<32> wrap_key = x25519_wrap_key(shared, share, key_);
  return Stanza{{std::string(kX25519), to_base64(share, Padding::none)}, wrap_file_key(wrap_key, Nonce{}, file_key)};
}

std::string X25519Recipient::text() const { return std::string(render_bech32(kRecipientPrefix, key_).expose_text()); }

X25519Identity::X25519Identity(Secret<32> scalar) : scalar_(std::move(scalar)), public_(x25519_public(scalar_)) {}

X25519Identity X25519Identity::make(Random& random) { return X25519Identity(random_secret<32>(random)); }

Result<FileKey> X25519Identity::unwrap(const std::vector<Stanza>& stanzas) const {
  for (const Stanza& stanza : stanzas) {
    if (stanza.args[0] != kX25519) continue;
    Result<FileKey> file_key = unwrap_one(stanza);
    // Nothing in a stanza tells whom it is for: a tag that does not match means somebody else.
    if (file_key || file_key.error().code() != Code::denied) return file_key;
  }
  return Error(Code::denied, "the file was not sealed for this key");
}

Result<FileKey> X25519Identity::unwrap_one(const Stanza& stanza) const {
  if (stanza.args.size() != 2) return Error(Code::corrupt, "an X25519 stanza has one argument");
  TRY_ASSIGN(const Bytes bytes, parse_argument(stanza, 1, X25519Public().size()));
  TRY(check_body(stanza));
  X25519Public share{};
  std::copy(bytes.begin(), bytes.end(), share.begin());
  TRY_ASSIGN(const auto shared, stanza_x25519(scalar_, share));
  return unwrap_file_key(x25519_wrap_key(shared, share, public_), Nonce{}, stanza.body);
}

SecretBytes X25519Identity::text() const { return render_bech32(kIdentityPrefix, scalar_.expose()); }

ScryptRecipient::ScryptRecipient(SecretBytes passphrase, unsigned log2_n)
    : passphrase_(std::move(passphrase)), log2_n_(log2_n) {}

Result<Stanza> ScryptRecipient::wrap(const FileKey& file_key, Random& random) const {
  Bytes salt(kScryptSaltBytes);
  random.fill(salt);
  TRY_ASSIGN(const auto wrap_key, scrypt_wrap_key(passphrase_, salt, log2_n_));
  return Stanza{{std::string(kScrypt), to_base64(salt, Padding::none), std::to_string(log2_n_)},
                wrap_file_key(wrap_key, Nonce{}, file_key)};
}

ScryptIdentity::ScryptIdentity(SecretBytes passphrase, unsigned log2_n_max)
    : passphrase_(std::move(passphrase)), log2_n_max_(log2_n_max) {}

Result<FileKey> ScryptIdentity::unwrap(const std::vector<Stanza>& stanzas) const {
  const auto found =
      std::find_if(stanzas.begin(), stanzas.end(), [](const Stanza& stanza) { return stanza.args[0] == kScrypt; });
  if (found == stanzas.end()) return Error(Code::denied, "the file was not sealed with a passphrase");
  // Who opens a file by a passphrase takes it as coming from somebody who knows it; another stanza would break that.
  if (stanzas.size() != 1) return Error(Code::corrupt, "a file sealed with a passphrase must have no other stanza");
  const Stanza& stanza = *found;
  if (stanza.args.size() != 3) return Error(Code::corrupt, "an scrypt stanza has two arguments");
  TRY_ASSIGN(const Bytes salt, parse_argument(stanza, 1, kScryptSaltBytes));
  // Bounded before it costs anything: each step doubles memory and time.
  TRY_ASSIGN(const std::uint64_t log2_n, parse_decimal(stanza.args[2], log2_n_max_));
  if (log2_n == 0) return Error(Code::corrupt, "the scrypt stanza's work factor is zero");
  TRY(check_body(stanza));
  TRY_ASSIGN(const auto wrap_key, scrypt_wrap_key(passphrase_, salt, static_cast<unsigned>(log2_n)));
  return unwrap_file_key(wrap_key, Nonce{}, stanza.body);
}

Result<std::unique_ptr<Recipient>> parse_recipient(std::string_view text) {
  TRY_ASSIGN(const Bech32 parsed, parse_bech32(text));
  if (text.starts_with(kHybridRecipientPrefix) && parsed.prefix == kHybridRecipientPrefix) {
    HybridPublic key{};
    if (parsed.data.size() != key.size()) return Error(Code::corrupt, "the hybrid recipient has the wrong length");
    std::copy_n(parsed.data.expose().begin(), key.size(), key.begin());
    return std::unique_ptr<Recipient>(std::make_unique<HybridRecipient>(key));
  }
  // The last '1' separates, so the prefix of every kind but X25519 begins with "age1": tagged ones and plugins.
  if (parsed.prefix.starts_with("age1")) return unknown_kind("a recipient", parsed.prefix);
  X25519Public key{};
  // age writes and reads recipients in lower case only, and identities in upper case only.
  if (!text.starts_with(kRecipientPrefix) || parsed.prefix != kRecipientPrefix || parsed.data.size() != key.size()) {
    return Error(Code::corrupt, "not a recipient: one starts with \"age1\" and has 62 characters");
  }
  std::copy_n(parsed.data.expose().begin(), key.size(), key.begin());
  return std::unique_ptr<Recipient>(std::make_unique<X25519Recipient>(key));
}

namespace {

struct ParsedIdentity {
  Secret<32> secret;
  bool is_hybrid = false;
};

/// Errors: those of parse_identity.
Result<ParsedIdentity> parse_secret(std::string_view text) {
  TRY_ASSIGN(const Bech32 parsed, parse_bech32(text));
  const std::string_view prefix = text.substr(0, parsed.prefix.size());
  const bool is_hybrid = prefix == kHybridIdentityPrefix;
  if ((is_hybrid || prefix == kIdentityPrefix) && parsed.data.size() == 32) {
    return ParsedIdentity{Secret<32>::copy_of(parsed.data.expose().first<32>()), is_hybrid};
  }
  if (prefix.starts_with("AGE-PLUGIN-")) return unknown_kind("a key", prefix);
  return Error(
      Code::corrupt,
      "not a key: one starts with \"AGE-SECRET-KEY-1\" and has 74 characters, or \"AGE-SECRET-KEY-PQ-1\" and 77");
}

}  // namespace

Result<std::unique_ptr<Identity>> parse_identity(std::string_view text) {
  TRY_ASSIGN(ParsedIdentity parsed, parse_secret(text));
  if (parsed.is_hybrid) return std::unique_ptr<Identity>(std::make_unique<HybridIdentity>(std::move(parsed.secret)));
  return std::unique_ptr<Identity>(std::make_unique<X25519Identity>(std::move(parsed.secret)));
}

Result<std::string> recipient_of(std::string_view identity) {
  TRY_ASSIGN(ParsedIdentity parsed, parse_secret(identity));
  if (!parsed.is_hybrid) return X25519Identity(std::move(parsed.secret)).recipient().text();
  TRY_ASSIGN(const HybridRecipient recipient, HybridIdentity(std::move(parsed.secret)).recipient());
  return recipient.text();
}

Result<std::vector<std::unique_ptr<Identity>>> parse_key_file(std::string_view text) {
  std::vector<std::unique_ptr<Identity>> identities;
  std::size_t number = 1;
  for (; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    Result<std::unique_ptr<Identity>> identity = parse_identity(line);
    if (!identity) return identity.error().in("line " + std::to_string(number));
    if (identities.size() == kIdentitiesMax) return Error(Code::limit, "the key file has too many keys");
    identities.push_back(std::move(*identity));
  }
  if (identities.empty()) return Error(Code::corrupt, "the key file has no key");
  return identities;
}

}  // namespace muniment::age
