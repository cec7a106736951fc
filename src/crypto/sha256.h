// SHA-256 (FIPS 180-4) through libcrypto, and the digest as a value.
#pragma once

#include <array>
#include <compare>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

struct SHA256state_st;  // libcrypto's SHA256_CTX; only crypto/ includes its headers

namespace muniment {

/// A SHA-256 digest. Public by nature: compared with ==.
struct Sha256 {
  std::array<std::uint8_t, 32> bytes{};

  ByteView view() const { return bytes; }
  std::string hex() const;
  auto operator<=>(const Sha256&) const = default;
};

/// 64 lower-case hexadecimal digits. Errors: `corrupt`.
Result<Sha256> parse_sha256(std::string_view hex);

/// Hashes a stream. finish() gives the digest and starts anew.
class Sha256Hasher {
 public:
  Sha256Hasher();
  Sha256Hasher(Sha256Hasher&&) noexcept;
  Sha256Hasher& operator=(Sha256Hasher&&) noexcept;
  ~Sha256Hasher();

  void update(ByteView bytes);
  Sha256 finish();

  /// Two streams by one thread: interleaved where the processor has SHA instructions, else one after the other.
  static void update_both(Sha256Hasher& a, ByteView a_bytes, Sha256Hasher& b, ByteView b_bytes);
  /// That takes much less time than two threads would need together.
  static bool is_better_for_both();

  /// Any number of streams by one thread, each with what it is given next: two or sixteen of them at once, as this
  /// processor does best.
  struct Stream {
    Sha256Hasher* hasher;
    ByteView bytes;
  };
  static void update_all(std::vector<Stream> streams);
  /// As many as are worth being hashed together: two or sixteen.
  static std::size_t streams_at_once();

 private:
  struct Free {
    void operator()(SHA256state_st* context) const;
  };
  static void update_sixteen(std::span<Stream> streams);
  ByteView fill_block(ByteView bytes);
  void skip(std::size_t blocks);

  std::unique_ptr<SHA256state_st, Free> context_;
};

Sha256 sha256(ByteView bytes);

}  // namespace muniment
