// The socket that a server waits on.
#pragma once

#include <string>

#include "base/result.h"

namespace muniment {

/// A socket that is listened on, closed with this.
class Listener {
 public:
  /// "127.0.0.1:8080" or "[::1]:8080", numbers only; port 0 takes a free one. Errors: `invalid`, `io`.
  static Result<Listener> open(const std::string& where);
  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&&) = delete;
  ~Listener();

  /// "http://127.0.0.1:8080"
  const std::string& address() const { return address_; }
  /// The socket, which is the caller's to close from then on.
  int release();

 private:
  Listener(int socket, std::string address) : socket_(socket), address_(std::move(address)) {}
  int socket_;
  std::string address_;
};

}  // namespace muniment
