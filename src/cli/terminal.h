// The controlling terminal, for what must not pass through a file or an argument: passphrases and shares.
#pragma once

#include <termios.h>

#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace muniment::cli {

/// With echo off for as long as this lives.
class QuietTerminal {
 public:
  QuietTerminal();
  ~QuietTerminal();
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;

  bool is_usable() const { return is_quiet_; }
  void say(std::string_view text);
  /// One line without its end. With `shown` what is typed shows, since nobody types a share blindly: see Screen.
  /// Errors: `io`, `limit`.
  Result<SecretBytes> read_line(std::size_t bytes_max, bool shown = false);

  /// A screen of its own, which is gone, with all that was on it, when this ends.
  class Screen {
   public:
    explicit Screen(QuietTerminal& terminal);
    ~Screen();
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

   private:
    QuietTerminal& terminal_;
  };

 private:
  int fd_;
  termios before_{};
  bool is_quiet_ = false;
};

/// One line of standard input, without its end, read byte by byte so that no buffer keeps it; empty at the end.
/// Errors: `io`, `limit`.
Result<SecretBytes> read_input_line(std::size_t bytes_max);

}  // namespace muniment::cli
