// The door to files. posix_fs.h has the real one; testing/memory_fs.h has one that forgets what was not synced.
// Paths are bytes, as the kernel has them; '/' separates, a relative path starts at the working folder.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace muniment {

enum class FileType { file, folder, link, fifo, socket, device };

/// "file", "folder", "link", "FIFO", "socket", "device".
std::string_view name_of(FileType type);

/// The times that FileInfo can say lie between minus this and this: the years 1678 to 2261.
inline constexpr std::int64_t kModifiedMaxNs = 9'200'000'000 * 1'000'000'000;

/// What the file system says of a name. Links are not followed.
struct FileInfo {
  FileType type = FileType::file;
  std::uint64_t size_bytes = 0;
  std::int64_t modified_ns = 0;  // since 1970-01-01T00:00:00Z
  std::int64_t changed_ns = 0;   // of contents or of what is said of them, by the system: no program sets it
  std::uint64_t inode = 0;       // the number of the file in its file system, under whatever name
  std::uint32_t mode = 0;        // permission bits only
  std::uint32_t owner = 0;
  std::uint32_t group = 0;
};

/// The file system that a name lies in.
struct FileSystem {
  std::uint64_t number = 0;  // told apart from others that are mounted now
  bool in_memory = false;    // gone when the power is: tmpfs, ramfs
  bool syncs_whole = false;  // sync_file_system() can be relied on
};

class InputFile {
 public:
  virtual ~InputFile() = default;
  /// Reads up to buffer.size() bytes, fewer only at the end; 0 is the end. Errors: `io`.
  virtual Result<std::size_t> read(MutableBytes buffer) = 0;
  virtual Result<FileInfo> info() = 0;
};

class OutputFile {
 public:
  virtual ~OutputFile() = default;  // closes; what was not synced may be lost at a power cut
  virtual Result<void> write(ByteView bytes) = 0;
  virtual Result<void> sync() = 0;
};

/// Held while it lives; the system lets go of it when the process ends, however it ends.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

/// Every call may fail with `io` (the sentence names path and cause), `not_found` or `denied`; others are named.
class Fs {
 public:
  virtual ~Fs() = default;

  /// Regular files only, without following a link in the last place and without waiting on a FIFO.
  virtual Result<std::unique_ptr<InputFile>> open(const std::string& path) = 0;
  /// Errors: `conflict` when the name is taken.
  virtual Result<std::unique_ptr<OutputFile>> create(const std::string& path) = 0;
  /// Errors: `conflict` when the name is taken.
  virtual Result<void> make_folder(const std::string& path) = 0;
  /// Replaces a file at `to` in one step.
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  /// Errors: `conflict` when `to` is taken, also by an empty folder.
  virtual Result<void> rename_new(const std::string& from, const std::string& to) = 0;
  /// A file, a link or an empty folder.
  virtual Result<void> remove(const std::string& path) = 0;
  virtual Result<void> sync_folder(const std::string& path) = 0;
  /// Makes durable, contents and names, all that was done in the file system that a folder lies in, by whomever: one
  /// call instead of thousands. Only where FileSystem::syncs_whole says so.
  virtual Result<void> sync_file_system(const std::string& path) = 0;
  virtual Result<FileInfo> info(const std::string& path) = 0;
  /// Names in the folder, sorted by bytes, without "." and "..".
  virtual Result<std::vector<std::string>> list(const std::string& path) = 0;
  virtual Result<std::string> read_link(const std::string& path) = 0;
  /// Takes an exclusive lock on a file, made if need be, without waiting. Errors: `conflict` when it is held.
  virtual Result<std::unique_ptr<FileLock>> lock(const std::string& path) = 0;
  /// A text that stays the same while a folder is moved or its disk is plugged in again, and differs in every copy.
  /// File systems that make up their numbers anew each time (FAT, FUSE, network) give "unknown".
  virtual Result<std::string> identity(const std::string& path) = 0;
  /// Links are followed: it is where writing would go.
  virtual Result<FileSystem> file_system(const std::string& path) = 0;
  virtual Result<void> set_modified(const std::string& path, std::int64_t modified_ns) = 0;
};

/// "a" + "b" = "a/b"; an empty or "." folder adds nothing.
std::string join(std::string_view folder, std::string_view name);
/// "a/b" → "a"; "a" → "."; "/a" → "/".
std::string parent_of(std::string_view path);
/// "a/b/" → "b".
std::string name_in(std::string_view path);
/// True when `path` is `folder` or lies below it, by their texts.
bool lies_in(std::string_view path, std::string_view folder);

/// True when the name exists, whatever it is. Errors: `io`, `denied`.
Result<bool> exists(Fs& fs, const std::string& path);

/// The whole file. Errors: those of Fs::open, `limit` above `bytes_max`.
Result<Bytes> read_file(Fs& fs, const std::string& path, std::uint64_t bytes_max);

/// A new file that survives a power cut once this returns, except for its name: sync the folder for that.
Result<void> write_new(Fs& fs, const std::string& path, ByteView bytes);

/// After success the new bytes survive a power cut; after any failure the old ones do. One writer at a time.
Result<void> replace_durably(Fs& fs, const std::string& path, ByteView bytes);

/// A new file, whole or not at all, that survives a power cut once this returns. Errors: `conflict` when it is there.
Result<void> create_durably(Fs& fs, const std::string& path, ByteView bytes);

/// The folder and those above it, each name synced. Present ones are left alone.
Result<void> make_folders(Fs& fs, const std::string& path);

/// A folder that this program made and all below it. Links are removed, never followed.
Result<void> remove_tree(Fs& fs, const std::string& path);

}  // namespace muniment
