// What a server lets through: how many connections from where, how long each may take, how many bytes leave it.
// Addresses are known by a keyed hash only, and only while a connection lasts. Seconds are those that nobody can set.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/clock.h"
#include "base/random.h"
#include "crypto/sha256.h"
#include "serve/traffic.h"

namespace muniment {

struct ServeLimits {
  unsigned connections_max = 2000;
  unsigned connections_per_address_max = 32;     // 0: not counted, behind a proxy
  std::uint64_t request_seconds_max = 20;        // until a request has come, and beyond what its bytes may take
  std::uint64_t bytes_per_second_min = 4096;     // of a client; a slower one is cut off
  std::uint64_t bytes_per_second_max = 0;        // that leave, on average; 0: any
  std::uint64_t bytes_per_day_max = 0;           // likewise: of UTC
  std::uint64_t bytes_per_month_max = 0;         // likewise
  std::uint64_t upload_bytes_max = 17ull << 20;  // of one object
  unsigned uploads_max = 8;                      // at once: each is held in memory
  std::uint64_t upload_bytes_per_day_max = 10ull << 30;
};

/// For several threads at once.
class Guard {
 public:
  /// `clock` outlives this. Without a file, what left today and this month is forgotten with this.
  Guard(Clock& clock, Random& random, const ServeLimits& limits, std::unique_ptr<TrafficFile> file = nullptr);

  /// Whether one more connection may be taken from this address. An empty one, of a unix socket, names nobody: of those
  /// only all together are counted.
  bool admits(ByteView address);
  /// `connection` names it until closed(); `socket` stays open until then.
  void opened(const void* connection, int socket, ByteView address);
  void closed(const void* connection);

  /// A request whose answer or body has so many bytes: it has its time, and the connection is cut after it.
  void request_begins(const void* connection, std::uint64_t bytes);
  void request_ends(const void* connection);
  /// Shuts down what has taken too long. Gives how many.
  std::size_t cut_overdue();

  /// Counts bytes that are about to leave. Where a limit is reached: in how many seconds to ask again. Errors: those of
  /// keeping the count; nothing may leave then.
  Result<std::optional<std::uint64_t>> charge(std::uint64_t bytes);

  /// Counts an upload that begins. False when there are too many, or too much today.
  bool upload_begins(std::uint64_t bytes);
  void upload_ends();

 private:
  struct Connection {
    int socket = -1;
    Sha256 address;
    std::int64_t deadline_s = 0;
  };
  Sha256 hidden(ByteView address) const;

  Clock& clock_;
  const ServeLimits limits_;
  Bytes key_;  // of the hash of addresses, of this run
  std::mutex mutex_;
  std::unordered_map<const void*, Connection> connections_;
  std::map<Sha256, unsigned> by_address_;
  const bool has_caps_;
  std::uint64_t owed_bytes_ = 0;  // sent and not yet paid for by time
  std::int64_t paid_s_;
  TrafficMeter traffic_;
  PeriodMeter uploaded_today_;
  unsigned uploads_ = 0;
};

}  // namespace muniment
