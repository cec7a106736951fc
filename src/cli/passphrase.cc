// Passphrases: never from an argument, never shown, only in locked memory.
#include <cstdlib>

#include "archive/charter.h"
#include "archive/keyring.h"
#include "base/encoding.h"
#include "cli/context.h"
#include "cli/terminal.h"
#include "crypto/mlkem.h"

namespace muniment::cli {
namespace {

constexpr std::size_t kPassphraseBytesMax = 1024;
constexpr std::size_t kAdvisedBytes = 16;

/// The first line of the file.
Result<SecretBytes> read_passphrase_file(Fs& fs, const std::string& path) {
  TRY_ASSIGN(Bytes bytes, read_file(fs, path, kPassphraseBytesMax + 2));
  const std::string_view text = as_text(bytes);
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  SecretBytes passphrase = SecretBytes::copy_of(as_view(line));
  wipe(bytes);
  if (passphrase.empty()) return Error(Code::invalid, path + " holds no passphrase");
  return passphrase;
}

std::optional<std::string> passphrase_file(const Context& context) {
  if (context.passphrase_file) return context.passphrase_file;
  const char* named = std::getenv("MUNIMENT_PASSPHRASE_FILE");  // NOLINT(concurrency-mt-unsafe): read before any thread
  if (named == nullptr || *named == '\0') return std::nullopt;
  return std::string(named);
}

Error no_terminal() {
  return {Code::denied,
          "there is no terminal to ask for the passphrase on: give --passphrase-file FILE or MUNIMENT_PASSPHRASE_FILE"};
}

}  // namespace

Result<SecretBytes> ask_passphrase(Context& context, const std::string& key_file) {
  if (const auto file = passphrase_file(context)) return read_passphrase_file(context.doors.fs, *file);
  QuietTerminal terminal;
  if (!terminal.is_usable()) return no_terminal();
  terminal.say("Passphrase of " + printable(key_file) + " (it does not show): ");
  return terminal.read_line(kPassphraseBytesMax);
}

Result<SecretBytes> ask_new_passphrase(Context& context, const std::string& key_file) {
  if (const auto file = passphrase_file(context)) return read_passphrase_file(context.doors.fs, *file);
  QuietTerminal terminal;
  if (!terminal.is_usable()) return no_terminal();
  terminal.say("New passphrase for " + printable(key_file) +
               ": six words or more that nobody can guess. Without it the key\nfile is worth nothing, to you as to "
               "others. It does not show while you type: ");
  TRY_ASSIGN(SecretBytes first, terminal.read_line(kPassphraseBytesMax));
  terminal.say("Once more: ");
  TRY_ASSIGN(const SecretBytes second, terminal.read_line(kPassphraseBytesMax));
  if (first.empty()) return Error(Code::invalid, "the passphrase is empty. No key file was made");
  if (first.expose_text() != second.expose_text())
    return Error(Code::invalid, "the two passphrases differ. No key file was made; run the command again");
  if (first.size() < kAdvisedBytes)
    context.output.note("This passphrase is short: whoever takes the key file can try short ones by machine.");
  return first;
}

Result<HolderKeys> open_key_file(Context& context, const std::string& key_file) {
  // Looked for before anybody types a passphrase for it.
  TRY(context.doors.fs.info(key_file));
  TRY_ASSIGN(SecretBytes passphrase, ask_passphrase(context, key_file));
  return read_key_file(context.doors.fs, key_file, std::move(passphrase));
}

Result<OpenedCompartments> open_compartments(Context& context, Store& store, const Charter& charter,
                                             const std::string& key_file) {
  TRY_ASSIGN(const HolderKeys holder, open_key_file(context, key_file));
  return OpenedCompartments::open(store, charter, holder.opener());
}

Result<HolderKeys> obtain_keys(Context& context, const std::string& key_file, const std::string& pseudonym) {
  TRY_ASSIGN(const bool present, exists(context.doors.fs, key_file));
  if (present) return open_key_file(context, key_file);
  TRY(check_pseudonym(pseudonym));
  TRY_ASSIGN(SecretBytes passphrase, ask_new_passphrase(context, key_file));
  const PrivateFiles only_for_me;
  HolderKeys keys = HolderKeys::make(pseudonym, context.doors.random, has_mlkem768());
  TRY(write_key_file(context.doors.fs, key_file, keys, std::move(passphrase), context.doors.random));
  context.output.note("Made the key file " + key_file);
  return keys;
}

}  // namespace muniment::cli
