// The sockets that a server waits on.
#pragma once

#include <string>

#include "base/result.h"

namespace muniment {

/// A socket that is listened on, closed with this.
class Listener {
 public:
  /// "127.0.0.1:8080" or "[::1]:8080", numbers only; port 0 takes a free one. Errors: `invalid`, `io`.
  static Result<Listener> open(const std::string& where);
  /// A unix socket at this path, in a folder that is ours and that nobody but we, and at the most its group, may enter:
  /// the folder is made with mode 0700 where it is not there. The group may then use the socket. One that nobody
  /// listens on any more is replaced. Errors: `invalid` for a path that does not fit, `denied` for a folder that others
  /// may enter, `conflict` when somebody listens there, `io`.
  static Result<Listener> open_unix(const std::string& path);
  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&&) = delete;
  ~Listener();

  /// "http://127.0.0.1:8080"; of a unix socket its path.
  const std::string& address() const { return address_; }
  /// The socket, which is the caller's to close from then on.
  int release();

 private:
  Listener(int socket, std::string address) : socket_(socket), address_(std::move(address)) {}
  int socket_;
  std::string address_;
};

}  // namespace muniment
