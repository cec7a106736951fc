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

struct TarLimits {
  std::size_t path_bytes_max = 4096;
  std::size_t pax_bytes_max = 64 * 1024;
};

/// Writes to a sink, in order. Mode 0644, owner and group 0 without names. A pax header stands in front of an entry
/// whose name is over 100 bytes or not ASCII, whose size is 8 GiB or more (the size field then also holds it in
/// base 256), or whose time is negative or beyond 33 bits. Errors: those of the sink, and `invalid` or `limit` where
/// they are named.
class TarWriter {
 public:
  explicit TarWriter(ByteSink out) : out_(std::move(out)) {}

  /// Starts a file and gives the offset of its data. Exactly `size_bytes` bytes must follow through write().
  /// Errors: `invalid` when the name is not a plain path, `limit` when it or the size is too large.
  Result<std::uint64_t> begin_file(std::string_view name, std::uint64_t size_bytes, std::int64_t modified_s);
  /// Errors: `invalid` beyond the size that was announced: a file that grew meanwhile.
  Result<void> write(ByteView data);
  /// Pads the file to whole blocks. Errors: `invalid` when bytes are missing: a file that shrank meanwhile.
  Result<void> end_file();

  std::uint64_t offset_bytes() const { return offset_bytes_; }
  /// The size of the archive if it were finished now: with its two closing blocks.
  std::uint64_t finished_size() const { return offset_bytes_ + 2 * kTarBlockBytes; }
  /// Two closing blocks, then zeros up to `size_bytes`, which is a multiple of 512 and at least finished_size().
  Result<void> finish(std::uint64_t size_bytes);

 private:
  Result<void> put(ByteView bytes);
  Result<void> put_zeros(std::uint64_t count);

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

/// Reads what write() is given, in pieces of any size. Refuses with `corrupt` whatever TarWriter would not have
/// written: anything but a regular file, a name that is not plain (so nothing can leave the folder it is put in),
/// a wrong checksum, a file beyond the end, bytes other than zero where padding belongs, and an archive that is cut
/// off. Errors also: `limit`, those of the handler. After an error the reader is spent.
class TarReader {
 public:
  explicit TarReader(TarHandler& handler, TarLimits limits = {}) : handler_(handler), limits_(limits) {}

  Result<void> write(ByteView bytes);
  /// Errors: `corrupt` when the archive was not whole.
  Result<void> finish();
  std::uint64_t offset_bytes() const { return offset_bytes_; }

 private:
  enum class State { header, pax_data, file_data, file_padding, after_end };

  Result<std::size_t> step(ByteView bytes);
  Result<void> take_header();
  Result<void> start_file();
  Result<void> end_file();
  void expect(State state, std::uint64_t count);

  TarHandler& handler_;
  TarLimits limits_;
  State state_ = State::header;
  std::uint64_t left_bytes_ = kTarBlockBytes;  // until the state is over
  std::uint64_t offset_bytes_ = 0;
  std::uint64_t end_offset_ = 0;  // of the closing blocks
  Bytes front_;                   // what stands in front of a file's data: a pax header or none, and the header
};

}  // namespace muniment::bag
