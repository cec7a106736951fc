// Writes opened files into a folder. Nothing shows there before every check of the opening has passed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "archive/doors.h"
#include "archive/open.h"
#include "base/relay.h"
#include "store/folder_store.h"

namespace muniment {

/// True when every file can be written under its true path: none climbs out of the target, is too long for a disk, or
/// is the folder of another. Otherwise all get the names that they have in the bag, which are made to fit anywhere.
bool true_paths_fit(const Contents& contents);

/// The path of a file below the target; `true_paths` is what true_paths_fit() says of its contents.
std::string safe_path(const ContentsFile& file, bool true_paths);

/// What openings that were cut off have left below `target`: folders with opened files, in the clear.
Result<std::vector<std::string>> find_unfinished_openings(Fs& fs, const std::string& target);

class FolderExtractor final : public FileHandler {
 public:
  /// Files go to `target`/<true path>. Errors: `io`, `denied`.
  static Result<std::unique_ptr<FolderExtractor>> begin(const Doors& doors, std::string target);
  ~FolderExtractor() override;
  FolderExtractor(const FolderExtractor&) = delete;
  FolderExtractor& operator=(const FolderExtractor&) = delete;

  Result<void> begin_file(const ContentsFile& file) override;
  Result<void> data(ByteView bytes) override;
  Result<void> end_file(const ContentsFile& file) override;

  /// Moves everything into place and makes the empty folders. Errors: `conflict` (a file of that name is there
  /// already: nothing was moved).
  Result<void> finish(const Contents& contents);

 private:
  FolderExtractor(const Doors& doors, std::string target, StagingFolder staging);
  Result<void> end_output(const std::string& staged, bool waits, std::int64_t modified_ns);

  struct Extracted {
    std::string staged;
    std::string name;  // in the bag
    std::int64_t modified_ns = 0;
  };

  Doors doors_;
  std::string target_;
  StagingFolder staging_;
  std::unique_ptr<OutputFile> output_;  // the relay's
  std::vector<Extracted> extracted_;
  bool syncs_whole_ = false;      // the file system can be synced by one call
  bool has_unsynced_ = false;     // files that wait for it
  std::optional<Relay> to_disk_;  // its tasks use the others
};

}  // namespace muniment
