// A file system in memory that knows what was synced: power cuts, full disks and decay at will. For tests of one
// thread. Same answers as posix_fs(): testing/fs_contract.h runs on both. "." and "/" are two separate roots that
// always exist.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"

namespace muniment {

/// What the disk makes of unsynced changes when the power goes. Contents become durable by OutputFile::sync, names
/// (create, make_folder, rename, rename_new, remove, lock) by sync_folder of the folder that holds them; both by
/// sync_file_system.
enum class Unsynced {
  lost,        // only what was synced is left
  last_name,   // of the unsynced names only those of the newest operation: disks reorder
  names_kept,  // all names, and of contents what was synced: an empty file where nothing was
  torn,        // all names, and half of the unsynced bytes
  kept,        // everything, as if it had been synced
};
inline constexpr std::array kEveryUnsynced = {Unsynced::lost, Unsynced::last_name, Unsynced::names_kept, Unsynced::torn,
                                              Unsynced::kept};

/// Copies are images of the disk: the same files under the same identities, for trying several reboots of one state.
/// Files and locks refer to the MemoryFs that gave them: they may not outlive it.
class MemoryFs final : public Fs {
 public:
  MemoryFs();

  // What lies on the disk before the test begins: durable, not counted, missing folders are made. Links in the path
  // are not followed. Seeding a present file changes it in place, so that an open reader sees it grow or shrink.
  void seed(const std::string& path, ByteView bytes);
  void seed_folder(const std::string& path);
  void seed_link(const std::string& path, const std::string& target);
  void seed_special(const std::string& path, FileType type);
  /// Permission bits of what is there; only info() knows them. As everywhere this moves FileInfo::changed_ns.
  void seed_mode(const std::string& path, std::uint32_t mode);
  /// Another file system begins at this folder, one that cannot be synced whole. Without any, all is one, and it is
  /// not in memory.
  void seed_mount(const std::string& path, bool in_memory);

  // Decay of a present file, behind everybody's back.
  /// Flips one bit of the byte at `offset`.
  void corrupt(const std::string& path, std::size_t offset);
  void truncate(const std::string& path, std::size_t size);

  /// Mutating operations so far, failed ones too: create, write, sync, make_folder, rename, rename_new, remove,
  /// sync_folder, sync_file_system, set_modified, lock. Goes on after a reboot.
  std::uint64_t operations() const { return operations_; }
  /// The mutating operation number `n` (the first of all is 1) and every operation after it fail with `io`.
  /// A write that is cut has written half. To cut the k-th from now: cut_power_at(operations() + k).
  void cut_power_at(std::uint64_t n) { cut_at_ = n; }
  /// Only the mutating operation number `n` fails, and changes nothing.
  void fail_at(std::uint64_t n, Code code, std::string sentence);
  /// Room for file contents in all: a write beyond writes what fits and fails with `io`, "No space left on device".
  void limit_bytes(std::uint64_t bytes_max) { bytes_max_ = bytes_max; }
  /// Power on. Locks are free, no cut is pending, open files of the time before answer `io`.
  void reboot(Unsynced unsynced);

  /// Called before each read of the file with the offset of the read; its error is the read's error. It may change
  /// the file system.
  using ReadHook = std::function<Result<void>(std::uint64_t offset)>;
  void on_read(const std::string& path, ReadHook hook);

  /// Every regular file with its contents, as the running system sees them. Paths without "./".
  std::map<std::string, Bytes> files() const;

  Result<std::unique_ptr<InputFile>> open(const std::string& path) override;
  Result<std::unique_ptr<OutputFile>> create(const std::string& path) override;
  Result<void> make_folder(const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> rename_new(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;
  Result<void> sync_folder(const std::string& path) override;
  Result<void> sync_file_system(const std::string& path) override;
  Result<FileInfo> info(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& path) override;
  Result<std::string> read_link(const std::string& path) override;
  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override;
  Result<std::string> identity(const std::string& path) override;
  Result<FileSystem> file_system(const std::string& path) override;
  Result<void> set_modified(const std::string& path, std::int64_t modified_ns) override;

 private:
  class Input;
  class Output;
  class Lock;

  using NodeId = std::size_t;
  struct Node {
    FileType type = FileType::file;
    std::int64_t modified_ns = 0;
    std::int64_t changed_ns = 0;
    bool locked = false;
    Bytes contents;                // files only grow, so that what is durable is the front of the contents
    std::size_t synced_bytes = 0;  // the size of that front
    std::string target;            // links
    std::optional<std::uint32_t> mode;
    std::optional<FileSystem> mounted;             // folders: the file system that begins here
    std::map<std::string, NodeId> names;           // folders: as the running system sees them
    std::map<std::string, NodeId> durable_names;   // folders: as the disk has them
    std::map<std::string, std::uint64_t> changed;  // unsynced names, with the number of the operation
  };
  /// Where a path leads: the folder, the name in it ("" for a root or ".."), and what is there.
  struct Place {
    NodeId folder;
    std::string name;
    std::optional<NodeId> node;
    FileSystem system;
  };
  /// What is being done to which path, for the sentence of an error.
  struct Act {
    std::string_view doing;
    const std::string& path;
    Error failed(Code code, std::string_view cause) const;
  };
  enum class LastLink { keep, follow };
  enum class Replacing { allowed, refused };

  Result<void> check_power(const Act& act, std::uint64_t boot) const;
  Result<void> begin(const Act& act);
  FileSystem system_of(const std::vector<NodeId>& trail) const;
  Result<Place> locate(const Act& act, LastLink last = LastLink::keep) const;
  Result<NodeId> locate_present(const Act& act, LastLink last = LastLink::keep) const;
  Result<NodeId> add(const Act& act, FileType type);
  Result<void> move(const std::string& from, const std::string& to, Replacing replacing);
  Result<void> check_replaceable(const Act& act, NodeId moved, NodeId replaced) const;
  bool holds(NodeId upper, NodeId lower) const;
  void set_name(NodeId folder, const std::string& name, std::optional<NodeId> node);
  Node& seed_node(const std::string& path, FileType type);
  Node& present_file(const std::string& path);
  FileInfo info_of(NodeId id) const;
  std::uint64_t used_bytes() const;
  NodeId make_node(FileType type);
  std::int64_t next_time();
  void touch(Node& node);

  std::deque<Node> nodes_;  // never shrinks: a removed file lives on for those who have it open
  std::map<std::string, ReadHook> hooks_;
  std::uint64_t disk_ = 0;  // tells the identities of two file systems apart
  std::uint64_t boot_ = 0;
  std::uint64_t mounts_ = 0;
  bool power_ = true;
  std::uint64_t operations_ = 0;
  std::uint64_t cut_at_ = UINT64_MAX;
  std::uint64_t fail_at_ = UINT64_MAX;
  std::optional<Error> failure_;
  std::uint64_t bytes_max_ = UINT64_MAX;
  std::int64_t time_ns_ = 1'767'225'600'000'000'000;  // 2026-01-01T00:00:00Z, and a millisecond more each time
};

}  // namespace muniment
