// What calls of the operating system share: the sentence of one that failed, and descriptors that close themselves.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace muniment {

/// The sentence of the last failed call, from errno: "cannot write a/b: No space left on device".
Error last_error(std::string_view doing, const std::string& path);

/// For calls that give 0 when they have succeeded.
Result<void> done_or(int result, std::string_view doing, const std::string& path);

/// Closed at the end of its life; a negative one is none.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();
  int get() const { return fd_; }

 private:
  int fd_;
};

/// All of the bytes, from `offset` of the file on.
Result<void> write_at(const Descriptor& file, ByteView bytes, std::uint64_t offset, std::string_view doing,
                      const std::string& path);

}  // namespace muniment
