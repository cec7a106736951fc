// Secret bytes: in memory of their own that is locked, left out of core dumps and wiped on release.
// Never copied, printed or compared with ==; expose() is the only way to read them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/bytes.h"

namespace muniment {

/// A secret of any length: a passphrase, an opened key file. Pages of its own, so that nothing else is
/// locked or wiped with it. Locking is refused by some systems at low limits; wiping and the exclusion
/// from core dumps hold all the same.
class SecretBytes {
 public:
  SecretBytes() = default;
  /// `size` zero bytes.
  explicit SecretBytes(std::size_t size);
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  /// A secret made from bytes that the caller wipes.
  static SecretBytes copy_of(ByteView bytes);

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  /// Valid while this object lives and is not moved from.
  ByteView expose() const { return {bytes_, size_}; }
  MutableBytes expose_mut() { return {bytes_, size_}; }
  std::string_view expose_text() const { return as_text(expose()); }

  /// Keeps the first `size` bytes and wipes the rest. `size` is at most size().
  void shrink(std::size_t size);

 private:
  void release();

  std::uint8_t* bytes_ = nullptr;  // owned pages, or null
  std::size_t size_ = 0;
  std::size_t mapped_ = 0;
};

/// A secret whose length is part of its type, so that a 16-byte key cannot stand for a 32-byte one.
template <std::size_t kBytes>
class Secret {
 public:
  Secret() : bytes_(kBytes) {}

  static Secret copy_of(std::span<const std::uint8_t, kBytes> bytes) {
    Secret secret;
    std::copy(bytes.begin(), bytes.end(), secret.expose_mut().begin());
    return secret;
  }

  /// Valid while this object lives and is not moved from.
  std::span<const std::uint8_t, kBytes> expose() const { return bytes_.expose().template first<kBytes>(); }
  std::span<std::uint8_t, kBytes> expose_mut() { return bytes_.expose_mut().template first<kBytes>(); }

 private:
  SecretBytes bytes_;
};

/// Overwrites bytes in a way that the compiler may not leave out.
void wipe(MutableBytes bytes);

/// The whole process writes no core dump and cannot be read by others of the same user; who reads it all the same by
/// the rules of a core dump does not get the stack either. Called first in main.
void forbid_core_dumps();

}  // namespace muniment
