// A store in a folder: a disk, a USB stick, a web root.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/fs.h"
#include "base/random.h"
#include "store/store.h"

namespace muniment {

/// Objects are written to a folder of its own under `staging/`, synced, and renamed into place, so that no name ever
/// shows half an object. The folder is locked while it is used and removed at the end; what other runs left there
/// is not touched. In groups, where the file system can be synced whole, many are written, synced at once, and renamed
/// then. Not safe for use by several threads.
class FolderStore final : public Store {
 public:
  FolderStore(Fs& fs, std::string root, Random& random) : fs_(fs), root_(std::move(root)), random_(random) {}
  FolderStore(const FolderStore&) = delete;
  FolderStore& operator=(const FolderStore&) = delete;
  ~FolderStore() override;

  std::string where() const override { return root_; }
  Result<Bytes> get(const ObjectName& name, std::uint64_t bytes_max) override;
  Result<std::unique_ptr<InputFile>> open(const ObjectName& name) override;
  std::unique_ptr<Unfinished> unfinished(const ObjectName& name, std::uint64_t bytes_max) override;
  Result<void> drop_unfinished() override;
  Result<std::uint64_t> size(const ObjectName& name) override;
  Result<void> put(const ObjectName& name, ByteView bytes) override;
  Result<void> replace(const ObjectName& name, ByteView bytes) override;
  Result<void> flush() override;
  void put_in_groups(const std::function<std::int64_t()>& steady_ns) override;
  void put_one_by_one() override { in_groups_ = false; }
  Result<void> remove(const ObjectName& name) override;
  Result<void> move(const ObjectName& from, const ObjectName& to, std::uint64_t bytes_max) override;
  Result<std::unique_ptr<FileLock>> lock(const ObjectName& name) override;
  Result<std::vector<std::string>> list(const ObjectName& folder) override;

  Fs& fs() { return fs_; }
  const std::string& root() const { return root_; }

 private:
  Result<std::string> make_staged_name();
  Result<std::string> write_staged(ByteView bytes);
  Result<void> make_parent(const std::string& path);
  Result<void> keep_back(const std::string& path, ByteView bytes);
  Result<void> settle();
  Result<void> settle_for(const std::string& path);

  Fs& fs_;
  std::string root_;
  Random& random_;
  bool in_groups_ = false;
  std::function<std::int64_t()> steady_ns_;
  std::int64_t group_begun_ns_ = 0;
  std::optional<std::int64_t> last_put_ns_;
  std::map<std::string, std::string> kept_back_;  // by path: where they lie staged, not synced
  std::uint64_t kept_back_bytes_ = 0;
  std::string staging_;                     // this writer's own folder, once it has one
  std::unique_ptr<FileLock> staging_lock_;  // held as long as staging_ is used
  std::uint64_t staged_count_ = 0;
  std::set<std::string> unsynced_folders_;  // whose new names flush() makes durable
  std::set<std::string> emptied_folders_;   // from which names went: flush() makes that durable, where they are there
  std::set<std::string> known_folders_;     // present, so that they are not looked for again
};

/// A new folder `staging/<random>` (or another name) below `root` with a lock file in it. The caller removes it with
/// remove_tree.
struct StagingFolder {
  std::string path;
  std::unique_ptr<FileLock> lock;
};
Result<StagingFolder> make_staging_folder(Fs& fs, const std::string& root, Random& random,
                                          const std::string& name = "staging");

/// Removes the folder and, where it was the last, `staging` itself. Best effort: what stays is named by `status`.
void remove_staging_folder(Fs& fs, StagingFolder folder);

/// The head in a file, compared and swapped under a lock file beside it.
class FolderHead final : public HeadStore {
 public:
  FolderHead(Fs& fs, std::string path) : fs_(fs), path_(std::move(path)) {}
  Result<std::optional<Bytes>> read() override;
  Result<void> compare_and_swap(const std::optional<Bytes>& expected, ByteView desired) override;

 private:
  Fs& fs_;
  std::string path_;
};

}  // namespace muniment
