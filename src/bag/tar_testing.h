// For the tests and fuzzers of this room: archives made in memory and taken apart again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bag/tar.h"

namespace muniment::bag {

struct TarFile {
  std::string name;
  Bytes data;
  std::int64_t modified_s = 0;
  bool operator==(const TarFile&) const = default;
};

/// Keeps all that it is told. Fails its own promises, not the input's.
class TarCollector final : public TarHandler {
 public:
  Result<void> begin_file(const TarEntry& entry) override {
    MUNIMENT_CHECK(!open_);
    open_ = true;
    size_bytes_ = entry.size_bytes;
    offsets.push_back(entry.offset_bytes);
    files.push_back({.name = entry.name, .data = {}, .modified_s = entry.modified_s});
    return {};
  }
  Result<void> data(ByteView bytes) override {
    MUNIMENT_CHECK(open_ && !bytes.empty());
    append(files.back().data, bytes);
    return {};
  }
  Result<void> end_file() override {
    MUNIMENT_CHECK(open_ && files.back().data.size() == size_bytes_);
    open_ = false;
    return {};
  }

  std::vector<TarFile> files;
  std::vector<std::uint64_t> offsets;

 private:
  bool open_ = false;
  std::uint64_t size_bytes_ = 0;
};

/// The archive of the files, with `zero_bytes` behind its end.
inline Result<Bytes> make_tar(const std::vector<TarFile>& files, std::uint64_t zero_bytes = 0) {
  Bytes tar;
  TarWriter writer([&tar](ByteView bytes) -> Result<void> {
    append(tar, bytes);
    return {};
  });
  for (const TarFile& file : files) {
    TRY(writer.begin_file(file.name, file.data.size(), file.modified_s));
    TRY(writer.write(file.data));
    TRY(writer.end_file());
  }
  TRY(writer.finish(writer.finished_size() + zero_bytes));
  return tar;
}

/// Feeds `reader`, which has write() and finish(), in pieces.
template <typename Reader>
Result<void> feed(Reader& reader, ByteView bytes, std::size_t piece_bytes) {
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), piece_bytes);
    TRY(reader.write(bytes.first(count)));
    bytes = bytes.subspan(count);
  }
  return reader.finish();
}

/// The files of an archive that is read in pieces.
inline Result<std::vector<TarFile>> read_tar(ByteView tar, std::size_t piece_bytes, TarLimits limits = {}) {
  TarCollector collector;
  TarReader reader(collector, limits);
  TRY(feed(reader, tar, piece_bytes));
  return collector.files;
}

inline Bytes to_bytes(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace muniment::bag
