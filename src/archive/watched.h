// What a watched folder gave that is sealed already, without a name in the clear: kept beside the sealed deposits, so
// that it is not sealed again after a restart. Spec: docs/formats.md "What was sealed of a watched folder".
#pragma once

#include <array>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "base/fs.h"
#include "base/random.h"

namespace muniment {

/// The folder in which `seal --watch` keeps its record and its lock.
inline constexpr const char* kWatchedFolder = "watched";

/// A salted hash of a file's path, size and time.
using WatchedTag = std::array<std::uint8_t, 16>;

class WatchedRecord {
 public:
  /// A new one, with a salt of its own.
  explicit WatchedRecord(Random& random);
  /// Errors: `corrupt`.
  static Result<WatchedRecord> parse(std::string_view text);
  std::string render() const;

  WatchedTag tag_of(const std::string& path, const FileInfo& info) const;
  bool contains(const WatchedTag& tag) const { return tags_.contains(tag); }
  /// A million are remembered; what is beyond is sealed again after a restart.
  void add(const WatchedTag& tag);
  /// Forgets all others.
  void keep_only(const std::set<WatchedTag>& tags);
  std::size_t size() const { return tags_.size(); }

 private:
  explicit WatchedRecord(std::array<std::uint8_t, 32> salt) : salt_(salt) {}

  std::array<std::uint8_t, 32> salt_{};
  std::set<WatchedTag> tags_;
};

/// The record in a folder of sealed deposits, held by one run at a time.
class WatchedFile {
 public:
  /// Makes folder, record and lock where they are not there. Errors: `conflict` when another run holds it, `corrupt`,
  /// those of reading and writing.
  static Result<WatchedFile> open(Fs& fs, Random& random, const std::string& output);

  WatchedRecord& record() { return record_; }
  /// Durable once this returns.
  Result<void> save();

 private:
  WatchedFile(Fs& fs, std::string path, std::unique_ptr<FileLock> lock, WatchedRecord record)
      : fs_(&fs), path_(std::move(path)), lock_(std::move(lock)), record_(std::move(record)) {}

  Fs* fs_;
  std::string path_;
  std::unique_ptr<FileLock> lock_;
  WatchedRecord record_;
};

/// True for the folder of such a record: it is no sealed deposit, and nobody needs to be told.
bool is_watched_folder(Fs& fs, const std::string& path);

}  // namespace muniment
