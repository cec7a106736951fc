#include "archive/key_file.h"

#include "age/armor.h"
#include "age/bech32.h"
#include "age/file.h"
#include "archive/charter.h"
#include "base/encoding.h"
#include "base/secret_text.h"
#include "crypto/random.h"

namespace muniment {
namespace {

constexpr std::string_view kPseudonymLine = "# holder: ";
constexpr std::string_view kSigningKeyLine = "# signing key: ";
constexpr std::string_view kSigningPrefix = "muniment-ed25519-";
constexpr std::size_t kTextBytesMax = 4096;

/// The line that starts with `start`; empty when there is none. Valid while `text` lives.
std::string_view line_with(std::string_view text, std::string_view start) {
  for (std::string_view line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with(start)) return line;
  }
  return {};
}

std::string_view value_of(std::string_view text, std::string_view start) {
  const std::string_view line = line_with(text, start);
  return line.empty() ? line : line.substr(start.size());
}

}  // namespace

HolderKeys::HolderKeys(std::string pseudonym, std::unique_ptr<age::X25519Identity> identity, Secret<32> seed)
    : pseudonym_(std::move(pseudonym)), identity_(std::move(identity)), seed_(std::move(seed)) {
  signer_ = std::make_unique<SignerKey>(pseudonym_, Secret<32>::copy_of(seed_.expose()));
}

HolderKeys HolderKeys::make(std::string pseudonym, Random& random) {
  auto identity = std::make_unique<age::X25519Identity>(age::X25519Identity::make(random));
  return {std::move(pseudonym), std::move(identity), random_secret<32>(random)};
}

Result<HolderKeys> HolderKeys::parse(std::string_view text) {
  const std::string pseudonym(value_of(text, kPseudonymLine));
  if (!check_pseudonym(pseudonym)) return Error(Code::corrupt, "not a holder's key file: it names no holder");
  const auto signing = age::parse_bech32(value_of(text, kSigningKeyLine));
  if (!signing || signing->prefix != kSigningPrefix || signing->data.size() != 32) {
    return Error(Code::corrupt, "not a holder's key file: it has no signing key");
  }
  const auto age_key = age::parse_bech32(line_with(text, "AGE-SECRET-KEY-1"));
  if (!age_key || age_key->prefix != "age-secret-key-" || age_key->data.size() != 32) {
    return Error(Code::corrupt, "not a holder's key file: it has no age key");
  }
  auto identity = std::make_unique<age::X25519Identity>(Secret<32>::copy_of(age_key->data.expose().first<32>()));
  return HolderKeys(pseudonym, std::move(identity), Secret<32>::copy_of(signing->data.expose().first<32>()));
}

SecretBytes HolderKeys::text() const {
  SecretText text(kTextBytesMax);
  text.add("# muniment: keys of one holder. Whoever has this file and its passphrase can read what the holder can\n");
  text.add("# read and sign in the holder's name. Keep two copies, in two places, never beside the passphrase.\n");
  text.add(kPseudonymLine);
  text.add(pseudonym_);
  text.add("\n# public key: ");
  text.add(identity_->recipient().text());
  text.add("\n# public signing key: ");
  text.add(signer_->verifier().text());
  text.add("\n");
  text.add(kSigningKeyLine);
  text.add(age::render_bech32("MUNIMENT-ED25519-", seed_.expose()).expose_text());
  text.add("\n");
  text.add(identity_->text().expose_text());
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
