// Tar archives of one profile: POSIX pax with regular files only. Spec: docs/formats.md "Tar"; POSIX.1-2017 pax.
// The writer's bytes are normative, so they are made here and not by a library whose bytes change with its version;
// the reader takes nothing but this profile, so links, devices and sparse maps have no way in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace muniment::bag {

inline constexpr std::size_t kTarBlockBytes = 512;

struct TarEntry {
  std::string name;  // a path of plain names
  std::uint64_t size_bytes = 0;
  std::int64_t modified_s = 0;
  std::uint64_t offset_bytes = 0;  // of the data, from the start of the archive
};

/// Writes to a sink, in order. Mode 0644, owner and group 0 without names. A pax header stands in front of an entry
/// whose name is over 100 bytes or not ASCII, whose size is 8 GiB or more (the size field then also holds it in
/// base 256), or whose time is negative or beyond 33 bits.
class TarWriter {
 public:
  explicit TarWriter(ByteSink out) : out_(std::move(out)) {}

  /// Starts a file and gives the offset of its data. Exactly `size_bytes` bytes must follow through write().
  Result<std::uint64_t> begin_file(std::string_view name, std::uint64_t size_bytes, std::int64_t modified_s);
  Result<void> write(ByteView data);
  /// Pads the file to whole blocks. All its bytes have been written.
  Result<void> end_file();

  std::uint64_t offset_bytes() const { return offset_bytes_; }
  /// The size of the archive if it were finished now: with its two closing blocks.
  std::uint64_t finished_size() const { return offset_bytes_ + 2 * kTarBlockBytes; }
  /// Two closing blocks, then zeros up to `size_bytes`, which is a multiple of 512 and at least finished_size().
  Result<void> finish(std::uint64_t size_bytes);

 private:
  Result<void> put(ByteView bytes);
  Result<void> put_zeros(std::uint64_t count);
  Result<void> put_header(std::string_view name, std::uint64_t size_bytes, std::int64_t modified_s, char type);

  ByteSink out_;
  std::uint64_t offset_bytes_ = 0;
  std::uint64_t left_bytes_ = 0;  // of the file under way
};

/// Is told what a TarReader meets, in order. An error stops the reader and is its result.
class TarHandler {
 public:
  virtual ~TarHandler() = default;
  virtual Result<void> begin_file(const TarEntry& entry) = 0;
  virtual Result<void> data(ByteView bytes) = 0;
  virtual Result<void> end_file() = 0;
};

struct TarLimits {
  std::size_t path_bytes_max = 4096;
  std::size_t pax_bytes_max = 64 * 1024;
};

/// Reads what write() is given, in pieces of any size. Refuses with `corrupt`: anything but a regular file, a name
/// that is not plain (so nothing can leave the folder it is put in), a wrong checksum, a file beyond the end,
/// bytes other than zero after the end, and an archive that is cut off. Errors also: `limit`.
class TarReader {
 public:
  explicit TarReader(TarHandler& handler, TarLimits limits = {}) : handler_(handler), limits_(limits) {}

  Result<void> write(ByteView bytes);
  /// Errors: `corrupt` when the archive was not whole.
  Result<void> finish();
  std::uint64_t offset_bytes() const { return offset_bytes_; }

 private:
  enum class State { header, pax_data, file_data, file_padding, one_zero_block, padding };

  Result<std::size_t> step(ByteView bytes);
  Result<void> take_header(ByteView block);
  Result<void> take_pax(ByteView records);
  Result<void> start_file(TarEntry entry);

  TarHandler& handler_;
  TarLimits limits_;
  State state_ = State::header;
  Bytes block_;  // the header or pax data under way
  std::uint64_t offset_bytes_ = 0;
  std::uint64_t left_bytes_ = 0;
  TarEntry pax_;  // what the pax header in front said
  bool pax_has_name_ = false;
  bool pax_has_size_ = false;
  bool pax_has_time_ = false;
  bool after_pax_ = false;
};

}  // namespace muniment::bag
