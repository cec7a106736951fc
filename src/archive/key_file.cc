#include "archive/key_file.h"

#include "age/armor.h"
#include "age/bech32.h"
#include "age/file.h"
#include "age/hybrid.h"
#include "archive/charter.h"
#include "base/encoding.h"
#include "base/secret_text.h"
#include "crypto/kdf.h"
#include "crypto/random.h"

namespace muniment {
namespace {

constexpr std::string_view kPseudonymLine = "# holder: ";
constexpr std::string_view kSigningKeyLine = "# signing key: ";
constexpr std::string_view kSigningPrefix = "muniment-ed25519-";
constexpr std::size_t kTextBytesMax = 8192;  // a hybrid recipient alone has 1,959 characters

/// The line that starts with `start`; empty when there is none. Valid while `text` lives.
std::string_view line_with(std::string_view text, std::string_view start) {
  for (std::string_view line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with(start)) return line;
  }
  return {};
}

struct AgeKey {
  std::unique_ptr<age::Identity> identity;
  std::string recipient;
};

/// An X25519 or a hybrid key. Errors: `corrupt`, `unsupported` for a hybrid key where libcrypto has no ML-KEM.
Result<AgeKey> parse_age_key(std::string_view line) {
  TRY_ASSIGN(auto identity, age::parse_identity(line));
  TRY_ASSIGN(std::string recipient, age::recipient_of(line));
  return AgeKey{std::move(identity), std::move(recipient)};
}

std::string_view text_after(std::string_view text, std::string_view start) {
  const std::string_view line = line_with(text, start);
  return line.empty() ? line : line.substr(start.size());
}

}  // namespace

HolderKeys::HolderKeys(std::string pseudonym, SecretBytes age_line, std::unique_ptr<age::Identity> identity,
                       std::string recipient, Secret<32> seed)
    : pseudonym_(std::move(pseudonym)),
      age_line_(std::move(age_line)),
      identity_(std::move(identity)),
      recipient_(std::move(recipient)),
      seed_(std::move(seed)) {
  signer_ = std::make_unique<SignerKey>(pseudonym_, Secret<32>::copy_of(seed_.expose()));
}

HolderKeys HolderKeys::make(std::string pseudonym, Random& random, bool hybrid) {
  SecretBytes line = hybrid ? age::HybridIdentity::make(random).text() : age::X25519Identity::make(random).text();
  auto key = parse_age_key(line.expose_text());
  MUNIMENT_CHECK(key.has_value());
  return {std::move(pseudonym), std::move(line), std::move(key->identity), std::move(key->recipient),
          random_secret<32>(random)};
}

Result<HolderKeys> HolderKeys::parse(std::string_view text) {
  const std::string pseudonym(text_after(text, kPseudonymLine));
  if (!check_pseudonym(pseudonym)) return Error(Code::corrupt, "not a holder's key file: it names no holder");
  const auto signing = age::parse_bech32(text_after(text, kSigningKeyLine));
  if (!signing || signing->prefix != kSigningPrefix || signing->data.size() != 32) {
    return Error(Code::corrupt, "not a holder's key file: it has no signing key");
  }
  const std::string_view line = line_with(text, "AGE-SECRET-KEY-");
  auto key = parse_age_key(line);
  if (!key && key.error().code() != Code::unsupported) {
    return Error(Code::corrupt, "not a holder's key file: it has no age key");
  }
  if (!key) return key.error();
  return HolderKeys(pseudonym, SecretBytes::copy_of(as_view(line)), std::move(key->identity), std::move(key->recipient),
                    Secret<32>::copy_of(signing->data.expose().first<32>()));
}

bool HolderKeys::is_custodian_of(const Charter& charter) const {
  const Holder* named = charter.find_custodian(pseudonym_);
  return named != nullptr && *named == holder();
}

CosignerSigner HolderKeys::cosigner() const {
  return {pseudonym_, hkdf_sha256(seed_.expose(), {}, "muniment/cosigner/v1")};
}

Secret<32> HolderKeys::onion_seed() const { return hkdf_sha256(seed_.expose(), {}, "muniment/onion/v1"); }

SecretBytes HolderKeys::text() const {
  SecretText text(kTextBytesMax);
  text.add("# muniment: keys of one holder. Whoever has this file and its passphrase can read what the holder can\n");
  text.add("# read and sign in the holder's name. Keep two copies, in two places, never beside the passphrase.\n");
  text.add(kPseudonymLine);
  text.add(pseudonym_);
  text.add("\n# public key: ");
  text.add(recipient_);
  text.add("\n# public signing key: ");
  text.add(signer_->verifier().text());
  text.add("\n");
  text.add(kSigningKeyLine);
  text.add(age::render_bech32("MUNIMENT-ED25519-", seed_.expose()).expose_text());
  text.add("\n");
  text.add(age_line_.expose_text());
  text.add("\n");
  return std::move(text).take();
}

Result<void> write_key_file(Fs& fs, const std::string& path, const HolderKeys& keys, SecretBytes passphrase,
                            Random& random, unsigned log2_n) {
  const age::ScryptRecipient recipient(std::move(passphrase), log2_n);
  const age::Recipient* const recipients[] = {&recipient};
  TRY_ASSIGN(const Bytes sealed, age::seal_bytes(keys.text().expose(), recipients, random));
  TRY(make_folders(fs, parent_of(path)));
  return create_durably(fs, path, as_view(age::render_armor(sealed)));
}

Result<HolderKeys> read_key_file(Fs& fs, const std::string& path, SecretBytes passphrase) {
  TRY_ASSIGN(const Bytes file, read_file(fs, path, kKeyFileBytesMax));
  const age::ScryptIdentity identity(std::move(passphrase));
  const age::Identity* const identities[] = {&identity};
  auto text = age::open_bytes(file, identities);
  if (!text && (text.error().code() == Code::denied || text.error().code() == Code::forged)) {
    return Error(Code::denied, "the passphrase does not open " + path + ". Nothing was changed; try again");
  }
  if (!text) return text.error().in(path);
  auto keys = HolderKeys::parse(text->expose_text());
  if (!keys) return keys.error().in(path);
  return keys;
}

}  // namespace muniment
