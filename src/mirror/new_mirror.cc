#include "mirror/new_mirror.h"

#include "archive/mirror_notice.h"
#include "base/encoding.h"
#include "base/secret_text.h"

namespace muniment {
namespace {

constexpr std::size_t kTokenCharacters = 43;       // 215 bits
constexpr std::size_t kPassphraseCharacters = 32;  // 160 bits: scrypt's work has nothing to add to that
constexpr unsigned kOwnWorkFactor = 10;
constexpr std::size_t kNameCharacters = 6;
constexpr std::size_t kSecretTextBytesMax = 64 * 1024;
constexpr std::uint64_t kPassphraseBytesMax = 1024;

/// Characters of which each is one of 32, chosen by chance.
SecretBytes random_text(std::size_t characters, Random& random) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  SecretBytes text(characters);
  random.fill(text.expose_mut());
  for (std::uint8_t& byte : text.expose_mut()) byte = static_cast<std::uint8_t>(kAlphabet[byte % kAlphabet.size()]);
  return text;
}

Result<void> write_line(Fs& fs, const std::string& path, std::string_view before, const SecretBytes& secret) {
  SecretText text(kSecretTextBytesMax);
  text.add(before);
  text.add(secret.expose_text());
  text.add("\n");
  return replace_durably(fs, path, as_view(text.expose_text()));
}

Result<HolderKeys> write_keys(const Doors& doors, const MirrorFolder& folder) {
  TRY_ASSIGN(const bool is_left, exists(doors.fs, folder.key()));
  if (is_left) TRY(doors.fs.remove(folder.key()));  // of a run that was cut off: nobody knows of it
  SecretBytes passphrase = random_text(kPassphraseCharacters, doors.random);
  HolderKeys keys =
      HolderKeys::make("mirror-" + std::string(random_text(kNameCharacters, doors.random).expose_text()), doors.random);
  TRY(write_line(doors.fs, folder.passphrase(), "", passphrase));
  TRY(write_key_file(doors.fs, folder.key(), keys, std::move(passphrase), doors.random, kOwnWorkFactor));
  return keys;
}

Result<void> write_source_tokens(Fs& fs, const MirrorFolder& folder, const std::vector<Token>& tokens) {
  SecretText text(kSecretTextBytesMax);
  for (const Token& token : tokens) {
    text.add("read ");
    text.add(token.text.expose_text());
    text.add(" " + token.address + "\n");
  }
  return replace_durably(fs, folder.source_tokens(), as_view(text.expose_text()));
}

}  // namespace

Result<MirrorSettings> write_new_mirror(const Doors& doors, const MirrorFolder& folder, const NewMirror& mirror) {
  Fs& fs = doors.fs;
  MirrorSettings settings = mirror.settings;
  TRY(make_folders(fs, folder.path));
  TRY_ASSIGN(const HolderKeys keys, write_keys(doors, folder));
  if (mirror.address_of) settings.address = mirror.address_of(keys);
  TRY(write_source_tokens(fs, folder, mirror.tokens));
  MirrorNotice notice{.archive = settings.archive,
                      .date = settings.joined,
                      .role = settings.role,
                      .address = settings.address,
                      .bytes_max = settings.bytes_max,
                      .read_token = {},
                      .key = {}};
  if (settings.role == "vault" && settings.access != Access::none) {
    notice.read_token = random_text(kTokenCharacters, doors.random);
    TRY(write_line(fs, folder.visitor_tokens(), "read ", notice.read_token));
  } else {
    TRY(replace_durably(fs, folder.visitor_tokens(), {}));
  }
  if (!mirror.agreed_part.empty()) TRY(replace_durably(fs, folder.agreed_part(), as_view(mirror.agreed_part)));
  TRY_ASSIGN(const SecretBytes text, make_mirror_notice(notice, keys.signer()));
  TRY(replace_durably(fs, folder.notice(), text.expose()));
  TRY(replace_durably(fs, folder.settings(), as_view(render_mirror_settings(settings))));
  return settings;
}

Result<HolderKeys> read_mirror_keys(Fs& fs, const MirrorFolder& folder) {
  TRY_ASSIGN(Bytes line, read_file(fs, folder.passphrase(), kPassphraseBytesMax));
  SecretBytes passphrase = SecretBytes::copy_of(as_view(split(as_text(line), '\n').front()));
  wipe(line);
  return read_key_file(fs, folder.key(), std::move(passphrase));
}

}  // namespace muniment
