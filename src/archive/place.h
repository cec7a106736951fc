// Where an archive is worked on: a folder, or a bucket with a folder of one's own beside it. Spec: docs/formats.md
// "Home", "A home in a bucket".
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "archive/doors.h"
#include "archive/remembered_head.h"
#include "store/folder_store.h"
#include "store/s3_head.h"
#include "store/s3_store.h"
#include "store/tile_cache.h"

namespace muniment {

class Place {
 public:
  virtual ~Place() = default;

  virtual Store& store() = 0;
  /// The private head of the log.
  virtual HeadStore& head() = 0;
  /// A text that says which place this is, and differs in every copy.
  virtual Result<std::string> identity() = 0;
  /// Keeps other writers away while it lives. Errors: `conflict` when one is at work.
  virtual Result<std::unique_ptr<FileLock>> lock() = 0;

  /// The folder on this machine below which lies what only those who work here may see, and what is being sealed:
  /// home/proposals, home/mirrors, staging/. Errors: `invalid` where there is none.
  virtual Result<std::string> own_root() const = 0;
  /// The folder of what arrived, where arrivals can come to this place.
  virtual std::optional<std::string> incoming() const = 0;
  /// Gives a folder of files, made below own_root(), its name in the archive: in one step, or its receipt last.
  /// Errors: `conflict` when something else has this name.
  virtual Result<void> place_folder(const std::string& folder, const std::string& name) = 0;
  /// Errors: `unsupported` where two writers could both win.
  virtual Result<void> check_can_be_home() = 0;
};

class FolderPlace final : public Place {
 public:
  FolderPlace(const Doors& doors, const std::string& root)
      : fs_(doors.fs), store_(doors.fs, root, doors.random), head_(doors.fs, join(root, "home/head")) {}

  Store& store() override { return store_; }
  HeadStore& head() override { return head_; }
  Result<std::string> identity() override { return fs_.identity(join(store_.root(), "home")); }
  Result<std::unique_ptr<FileLock>> lock() override { return fs_.lock(join(store_.root(), "home/lock")); }
  Result<std::string> own_root() const override { return store_.root(); }
  std::optional<std::string> incoming() const override { return join(store_.root(), "incoming"); }
  Result<void> place_folder(const std::string& folder, const std::string& name) override;
  Result<void> check_can_be_home() override { return {}; }

 private:
  Fs& fs_;
  FolderStore store_;
  FolderHead head_;
};

/// Locked in two ways: its own folder as every folder, and the bucket by home/lock, which names the writer that has
/// this folder. What a run that was cut off has locked, a run with the same folder takes over, and no other.
class BucketPlace final : public Place {
 public:
  /// `state` is a folder in which each bucket gets its own; not needed by those who only read. `for_head` is the same
  /// bucket once more.
  BucketPlace(const Doors& doors, std::unique_ptr<S3Bucket> bucket, std::unique_ptr<S3Bucket> for_head,
              std::optional<std::string> state);

  Store& store() override { return store_; }
  HeadStore& head() override {
    if (remembered_) return *remembered_;
    return head_;
  }
  Result<std::string> identity() override { return identity_; }
  Result<std::unique_ptr<FileLock>> lock() override;
  Result<std::string> own_root() const override;
  std::optional<std::string> incoming() const override { return std::nullopt; }
  Result<void> place_folder(const std::string& folder, const std::string& name) override;
  Result<void> check_can_be_home() override { return head_.probe(); }

 private:
  Result<std::string> writer();

  Doors doors_;
  std::string identity_;
  TileCache store_;
  std::unique_ptr<S3Bucket> for_head_;
  S3Head head_;
  std::optional<std::string> own_root_;
  std::optional<RememberedHead> remembered_;  // where there is an own root
};

}  // namespace muniment
