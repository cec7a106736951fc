#include "cli/terminal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace muniment::cli {
namespace {

/// Reads one byte; false at the end of the input.
Result<bool> read_byte(int fd, std::uint8_t& byte) {
  for (;;) {
    const ssize_t count = ::read(fd, &byte, 1);
    if (count == 1) return true;
    if (count == 0) return false;
    if (errno != EINTR) return Error(Code::io, "the terminal or the input cannot be read");
  }
}

Error too_long(std::size_t bytes_max) {
  return {Code::limit, "the line is longer than " + std::to_string(bytes_max) + " bytes"};
}

}  // namespace

QuietTerminal::QuietTerminal() : fd_(::open("/dev/tty", O_RDWR | O_CLOEXEC)) {
  if (fd_ < 0 || ::tcgetattr(fd_, &before_) != 0) return;
  termios quiet = before_;
  quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  is_quiet_ = ::tcsetattr(fd_, TCSAFLUSH, &quiet) == 0;
}

QuietTerminal::~QuietTerminal() {
  if (is_quiet_) ::tcsetattr(fd_, TCSAFLUSH, &before_);
  if (fd_ >= 0) ::close(fd_);
}

void QuietTerminal::say(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd_, text.data(), text.size());
    if (written <= 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

Result<SecretBytes> QuietTerminal::read_line(std::size_t bytes_max, bool shown) {
  // What is typed ahead, or pasted, is kept: a pasted message has several lines.
  if (shown) ::tcsetattr(fd_, TCSANOW, &before_);
  SecretBytes line(bytes_max);
  std::size_t size = 0;
  Result<void> result;
  for (;;) {
    std::uint8_t byte = 0;
    const auto read = read_byte(fd_, byte);
    if (!read || !*read) {
      result = Error(Code::io, "the terminal was closed before an answer was given");
      break;
    }
    if (byte == '\n' || byte == '\r') break;
    if (size == bytes_max) {
      result = too_long(bytes_max);
      break;
    }
    line.expose_mut()[size++] = byte;
    wipe({&byte, 1});
  }
  if (shown) {
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(fd_, TCSANOW, &quiet);
  } else {
    say("\n");
  }
  if (!result) return result.error();
  line.shrink(size);
  return line;
}

QuietTerminal::Screen::Screen(QuietTerminal& terminal) : terminal_(terminal) {
  terminal_.say("\x1b[?1049h\x1b[2J\x1b[H");  // xterm's alternate screen, which keeps no history
}

QuietTerminal::Screen::~Screen() { terminal_.say("\x1b[2J\x1b[3J\x1b[H\x1b[?1049l"); }

Result<SecretBytes> read_input_line(std::size_t bytes_max) {
  SecretBytes line(bytes_max);
  std::size_t size = 0;
  for (;;) {
    std::uint8_t byte = 0;
    TRY_ASSIGN(const bool present, read_byte(STDIN_FILENO, byte));
    if (!present || byte == '\n') break;
    if (size == bytes_max) return too_long(bytes_max);
    line.expose_mut()[size++] = byte;
    wipe({&byte, 1});
  }
  line.shrink(size);
  return line;
}

}  // namespace muniment::cli
