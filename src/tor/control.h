// A connection to the control port of a tor: lines out, answers and events in, all of them bounded. What comes is the
// word of whoever listens there. Spec: Tor's control-spec.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tor/reply.h"

namespace muniment {

struct ControlLimits {
  std::size_t line_bytes_max = 4096;
  std::size_t lines_max = 64;            // of one answer
  std::size_t events_max = 256;          // that wait to be looked at; beyond it they are dropped
  std::uint64_t answer_ms_max = 15'000;  // until a whole answer is there
};

/// For one thread; cut() for any.
class ControlConnection {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  /// `where` is the path of a unix socket, or "127.0.0.1:9051": on this machine only, since keys go over it. Errors:
  /// `invalid`, `not_found`, `denied`, `unavailable`.
  static Result<std::unique_ptr<ControlConnection>> open(const std::string& where, const ControlLimits& limits);
  ~ControlConnection();
  ControlConnection(const ControlConnection&) = delete;
  ControlConnection& operator=(const ControlConnection&) = delete;

  /// Sends a line, given without its end, and gives the answer, of whatever status. Events that come in between wait.
  /// Errors: `corrupt`, `limit`, `unavailable`; the connection has ended with it.
  Result<ControlReply> ask(std::string_view command);
  /// Events that wait are not looked at any more.
  void forget_events() { events_.clear(); }
  /// The next event, or nothing once the time is over, however many still come. Errors likewise.
  Result<std::optional<std::string>> next_event(Deadline deadline);
  /// Whatever waits for this connection ends with `unavailable`.
  void cut();

 private:
  ControlConnection(int socket, const ControlLimits& limits) : socket_(socket), limits_(limits) {}
  /// Nothing when the time is over.
  Result<std::optional<ControlLine>> read_line(Deadline deadline);
  Error give_up(Error error);
  void keep_event(std::string text);

  const int socket_;
  const ControlLimits limits_;
  std::string received_;  // and not yet read
  std::deque<std::string> events_;
};

}  // namespace muniment
