// Passphrases: never from an argument, never shown, only in locked memory.
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "archive/keyring.h"
#include "base/encoding.h"
#include "cli/context.h"

namespace muniment::cli {
namespace {

constexpr std::size_t kPassphraseBytesMax = 1024;
constexpr std::size_t kAdvisedBytes = 16;

/// The controlling terminal with echo off for as long as this lives.
class QuietTerminal {
 public:
  QuietTerminal() : fd_(::open("/dev/tty", O_RDWR | O_CLOEXEC)) {
    if (fd_ < 0 || ::tcgetattr(fd_, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    is_quiet_ = ::tcsetattr(fd_, TCSAFLUSH, &quiet) == 0;
  }
  ~QuietTerminal() {
    if (is_quiet_) ::tcsetattr(fd_, TCSAFLUSH, &before_);
    if (fd_ >= 0) ::close(fd_);
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;

  bool is_usable() const { return is_quiet_; }

  void say(std::string_view text) {
    const ssize_t ignored = ::write(fd_, text.data(), text.size());
    static_cast<void>(ignored);
  }

  /// One line without its end. Errors: `io`, `limit`.
  Result<SecretBytes> read_line() {
    SecretBytes line(kPassphraseBytesMax);
    std::size_t size = 0;
    for (;;) {
      std::uint8_t byte = 0;
      const ssize_t count = ::read(fd_, &byte, 1);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return Error(Code::io, "the terminal was closed before a passphrase was given");
      if (byte == '\n' || byte == '\r') break;
      if (size == kPassphraseBytesMax) return Error(Code::limit, "a passphrase has at most 1,024 bytes");
      line.expose_mut()[size++] = byte;
      wipe({&byte, 1});
    }
    say("\n");
    line.shrink(size);
    return line;
  }

 private:
  int fd_;
  termios before_{};
  bool is_quiet_ = false;
};

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
  return terminal.read_line();
}

Result<SecretBytes> ask_new_passphrase(Context& context, const std::string& key_file) {
  if (const auto file = passphrase_file(context)) return read_passphrase_file(context.doors.fs, *file);
  QuietTerminal terminal;
  if (!terminal.is_usable()) return no_terminal();
  terminal.say("New passphrase for " + printable(key_file) +
               ": six words or more that nobody can guess. Without it the key\nfile is worth nothing, to you as to "
               "others. It does not show while you type: ");
  TRY_ASSIGN(SecretBytes first, terminal.read_line());
  terminal.say("Once more: ");
  TRY_ASSIGN(const SecretBytes second, terminal.read_line());
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

Result<std::unique_ptr<age::Identity>> open_evidence_key(Context& context, Store& store, const Charter& charter,
                                                         const std::string& key_file) {
  TRY_ASSIGN(const HolderKeys holder, open_key_file(context, key_file));
  return open_compartment_key(store, charter, kEvidence, holder);
}

}  // namespace muniment::cli
