// Removing originals once their sealed copy has been read back. Spec: docs/formats.md "Removing originals".
#pragma once

#include <span>
#include <string>
#include <vector>

#include "archive/deposit_writer.h"
#include "base/eraser.h"

namespace muniment {

/// An original that is still there, or what is left of it.
struct LeftOriginal {
  std::string path;
  std::string why;  // "is read-only"
};

struct ShredReport {
  std::vector<std::string> removed;  // files and emptied folders, as paths
  std::uint64_t removed_files = 0;
  std::uint64_t removed_bytes = 0;
  std::vector<LeftOriginal> left;
  bool from_disk = true;  // false: the file system gave from memory what it was asked to read from its disk
};

/// Where sealed copies stand in for originals. Errors: `invalid` where they would be gone with the power.
Result<void> check_lasts(Fs& fs, const std::string& output);

class Shredder {
 public:
  Shredder(const Doors& doors, Eraser& eraser) : doors_(doors), eraser_(eraser) {}

  /// For SealHooks::on_taken: what goes into the deposit under way.
  void note(const TakenItem& taken);
  /// A file whose contents go into it in another form, as those of a form that was filled in do.
  void note(const std::string& path, const Sha256& digest);

  /// For a deposit that did not come about: nothing of what was noted for it is removed.
  void forget_noted() { noted_.clear(); }

  /// Leaves every original that was noted, and names it with this reason.
  void leave_noted(const std::string& why);

  /// Reads back deposits that were placed, all of them, and then removes the originals noted for them, each only if it
  /// is still what was sealed, byte for byte. What stays is named in the report. Errors: `corrupt` when a deposit is
  /// not on the disk as it was written, those of reading it: then no original was touched.
  Result<void> remove_originals(std::span<const SealedDeposit> deposits);

  /// Folders at and below `path` that have nothing in them.
  void remove_emptied_folders(const std::string& path);

  const ShredReport& report() const { return report_; }

 private:
  struct Noted {
    std::string path;
    Sha256 digest;
    FileIdentity identity;
  };

  Result<void> read_back(const SealedDeposit& deposit);
  Result<void> remove_one(const Noted& noted);
  Result<void> check_unchanged(OpenOriginal& original, const Noted& noted);
  void remove_if_empty(const std::string& folder);
  void leave(const std::string& path, std::string why) { report_.left.push_back({path, std::move(why)}); }

  const Doors& doors_;
  Eraser& eraser_;
  std::vector<Noted> noted_;
  ShredReport report_;
};

}  // namespace muniment
