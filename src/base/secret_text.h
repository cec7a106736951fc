// Text that is put together in secret memory, because parts of it are secrets.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/secret.h"

namespace muniment {

/// Grows as it is written; what it has grown out of is wiped. The size limit is a promise of the caller, who knows how
/// long the pieces can be: a text that runs over it is our own bug.
class SecretText {
 public:
  explicit SecretText(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  void add(std::string_view text);
  /// In decimal.
  void add(std::int64_t number);
  /// In base64 with padding; no digit of it stands anywhere else.
  void add_base64(ByteView bytes);

  /// Valid until the next add().
  std::string_view expose_text() const { return bytes_.expose_text().substr(0, size_); }
  SecretBytes take() &&;

 private:
  std::size_t bytes_max_;
  SecretBytes bytes_;  // the first size_ of them are written
  std::size_t size_ = 0;
};

}  // namespace muniment
