// A BagIt 1.0 bag (RFC 8493) in one base folder of a tar archive, written and read in one pass.
// Spec: docs/formats.md "Bag". Order: bagit.txt, data/…, manifest-sha256.txt, bag-info.txt,
// metadata/contents.jsonl, tagmanifest-sha256.txt.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bag/tar.h"
#include "crypto/sha256.h"

namespace muniment::bag {

inline constexpr std::string_view kPayloadFolder = "data/";

/// What was written of one payload file.
struct PayloadFile {
  std::string path;  // in the bag: "data/…"
  std::uint64_t size_bytes = 0;
  std::uint64_t offset_bytes = 0;  // of its data in the tar
  Sha256 digest{};
};

/// Hashes `data` into `hasher`, and may hash something of its own in the same time (crypto/sha256.h, update_both).
using DataHasher = std::function<Result<void>(Sha256Hasher& hasher, ByteView data)>;

struct BagInfo {
  std::vector<std::pair<std::string, std::string>> fields;  // in order; Payload-Oxum is added by the writer
};

class BagWriter {
 public:
  /// `base` is a plain name: the folder that holds the whole bag. `modified_s` is the time of the tag files.
  /// `hash_data` hashes what files hold, where it is given.
  BagWriter(ByteSink out, std::string base, std::int64_t modified_s, DataHasher hash_data = {});

  /// Writes bagit.txt. First call. Errors: `invalid` when `base` is not a plain name.
  Result<void> begin();
  /// `path` is a path of plain names without "data/"; unique. Exactly `size_bytes` bytes follow through write().
  /// Errors: `invalid` and `limit`, as TarWriter; write() and end_file() say `invalid` when the size is not kept.
  Result<void> begin_file(std::string_view path, std::uint64_t size_bytes, std::int64_t modified_s);
  Result<void> write(ByteView data);
  Result<PayloadFile> end_file();
  /// The same for a file that was hashed already: `digest` is of `data`.
  Result<PayloadFile> add_file(std::string_view path, std::int64_t modified_s, ByteView data, const Sha256& digest);
  /// Writes manifest, bag-info, contents and tag manifest, and pads the tar to its Padmé size, `floor_bytes` at
  /// least, which is a multiple of 512. Gives the size of the tar. Last call.
  /// Errors: `invalid` when a field of `info` is not one line of text, and when there is no payload file: a tar without
  /// folders cannot hold the data/ that RFC 8493 requires.
  Result<std::uint64_t> finish(const BagInfo& info, ByteView contents, std::uint64_t floor_bytes);

  /// The size so far: what a limit on the size of a deposit is compared with.
  std::uint64_t size_bytes() const { return tar_.offset_bytes(); }

 private:
  Result<PayloadFile> end_with(const Sha256& digest);
  Result<void> put_tag_file(const std::string& path, ByteView bytes);
  Result<std::uint64_t> begin_in_base(const std::string& path, std::uint64_t size_bytes, std::int64_t modified_s);

  TarWriter tar_;
  std::string base_;
  std::int64_t modified_s_;
  DataHasher hash_data_;
  Sha256Hasher hasher_;
  PayloadFile current_;
  std::uint64_t payload_bytes_ = 0;
  std::uint64_t payload_files_ = 0;
  std::string manifest_;
  std::string tag_manifest_;
};

/// Is told of each payload file, in order. `file.digest` is set in end_file only. An error stops the reader.
class PayloadHandler {
 public:
  virtual ~PayloadHandler() = default;
  virtual Result<void> begin_file(const PayloadFile& file) = 0;
  virtual Result<void> data(ByteView bytes) = 0;
  virtual Result<void> end_file(const PayloadFile& file) = 0;
};

struct BagLimits {
  std::uint64_t tag_file_bytes_max = 64ull << 20;
  TarLimits tar;
};

/// Reads a bag from the bytes of its tar and checks it: one base folder, the five tag files and no others, every file
/// in the manifest and the other way round, digests, tag manifest, Payload-Oxum, zero padding. What the handler is
/// told is not checked before finish(). Errors: `corrupt`, `limit`, those of the handler.
class BagReader final : private TarHandler {
 public:
  explicit BagReader(PayloadHandler& handler, BagLimits limits = {})
      : handler_(handler), limits_(limits), tar_(*this, limits.tar) {}
  BagReader(const BagReader&) = delete;
  BagReader& operator=(const BagReader&) = delete;

  Result<void> write(ByteView tar) { return tar_.write(tar); }
  /// The checks that need the whole bag.
  Result<void> finish();

  /// Valid after finish().
  const std::string& base() const { return base_; }
  const Bytes& contents() const { return tags_.at("metadata/contents.jsonl"); }
  std::uint64_t tar_bytes() const { return tar_.offset_bytes(); }

 private:
  Result<void> begin_file(const TarEntry& entry) override;
  Result<void> data(ByteView bytes) override;
  Result<void> end_file() override;
  Result<void> check_oxum() const;

  PayloadHandler& handler_;
  BagLimits limits_;
  TarReader tar_;
  Sha256Hasher hasher_;
  std::string base_;
  PayloadFile current_;
  Bytes* tag_under_way_ = nullptr;  // in tags_; null in a payload file
  std::uint64_t payload_bytes_ = 0;
  std::map<std::string, Bytes> tags_;            // tag files by path in the bag
  std::map<std::string, Sha256> payload_found_;  // digests by path in the bag
  std::map<std::string, Sha256> tags_found_;
};

}  // namespace muniment::bag
