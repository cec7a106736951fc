#include "base/posix_fs.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>

#include "base/encoding.h"
#include "base/piece.h"
#include "base/posix_call.h"

namespace muniment {
namespace {

FileType type_of(mode_t mode) {
  if (S_ISREG(mode)) return FileType::file;
  if (S_ISDIR(mode)) return FileType::folder;
  if (S_ISLNK(mode)) return FileType::link;
  if (S_ISFIFO(mode)) return FileType::fifo;
  if (S_ISSOCK(mode)) return FileType::socket;
  return FileType::device;
}

/// Nanoseconds reach from 1678 to 2261; a time beyond is the nearest one that they can say.
std::int64_t nanoseconds_of(const timespec& time) {
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  const std::int64_t seconds =
      std::clamp<std::int64_t>(time.tv_sec, -kModifiedMaxNs / kNanoseconds, kModifiedMaxNs / kNanoseconds);
  return seconds == time.tv_sec ? seconds * kNanoseconds + time.tv_nsec : seconds * kNanoseconds;
}

FileInfo info_of(const struct stat& found) {
  return {.type = type_of(found.st_mode),
          .size_bytes = static_cast<std::uint64_t>(found.st_size),
          .modified_ns = nanoseconds_of(found.st_mtim),
          .changed_ns = nanoseconds_of(found.st_ctim),
          .inode = found.st_ino,
          .mode = found.st_mode & 07777u,
          .owner = found.st_uid,
          .group = found.st_gid};
}

class PosixInput final : public InputFile {
 public:
  PosixInput(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

  /// What open() has to know of it anyway: the first info() gives just that and does not ask the system again.
  Result<FileInfo> look() {
    TRY_ASSIGN(at_opening_, info());
    return *at_opening_;
  }

  Result<std::size_t> read(MutableBytes buffer) override {
    std::size_t filled = 0;
    while (filled < buffer.size()) {
      const ssize_t count = ::read(fd_.get(), buffer.data() + filled, buffer.size() - filled);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return last_error("read", path_);
      if (count == 0) break;
      filled += static_cast<std::size_t>(count);
    }
    return filled;
  }

  Result<FileInfo> info() override {
    if (at_opening_) return *std::exchange(at_opening_, std::nullopt);
    struct stat found{};
    TRY(done_or(::fstat(fd_.get(), &found), "look at", path_));
    return info_of(found);
  }

 private:
  Descriptor fd_;
  std::string path_;
  std::optional<FileInfo> at_opening_;
};

/// On a disk of this machine, with pages that can go past the page cache: ext, XFS, Btrfs, F2FS.
bool is_disk(std::uint32_t kind) {
  constexpr std::array<std::uint32_t, 4> kDisks = {0xef53, 0x58465342, 0x9123683e, 0xf2f52010};
  return std::ranges::find(kDisks, kind) != kDisks.end();
}

/// File systems of the kernel's own on a disk. Of others (FUSE, 9P, network) it does not reach the disk.
bool syncs_whole(std::uint32_t kind) {
  constexpr std::array<std::uint32_t, 3> kOthers = {0x4d44, 0x2011bab0, 0x01021994};  // FAT, exFAT, tmpfs
  return is_disk(kind) || std::ranges::find(kOthers, kind) != kOthers.end();
}

constexpr std::size_t kLargeWriteBytes = 900'000;

/// What comes in large pieces of whole pages goes past the page cache (open(2), O_DIRECT) where that is possible: it
/// is not copied, and sync() has little to wait for.
class PosixOutput final : public OutputFile {
 public:
  PosixOutput(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

  Result<void> write(ByteView bytes) override {
    while (!bytes.empty()) {
      TRY(set_direct(is_for_disk(bytes)));
      const ssize_t count = ::write(fd_.get(), bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EINVAL && is_direct_) {
        can_be_direct_ = false;  // a disk with larger pages
        continue;
      }
      if (count < 0) return last_error("write", path_);
      written_ += static_cast<std::uint64_t>(count);
      bytes = bytes.subspan(static_cast<std::size_t>(count));
      // Elsewhere it is on its way to the disk at once. A hint: what fails here fails in sync().
      if (!is_direct_ && static_cast<std::size_t>(count) >= kLargeWriteBytes)
        static_cast<void>(::sync_file_range(fd_.get(), 0, 0, SYNC_FILE_RANGE_WRITE));
    }
    return {};
  }

  Result<void> sync() override { return done_or(::fdatasync(fd_.get()), "sync", path_); }

 private:
  static bool is_in_pages(std::uint64_t number) { return number % Piece::kAlignment == 0; }

  bool is_for_disk(ByteView bytes) const {
    return can_be_direct_.value_or(true) && bytes.size() >= kLargeWriteBytes && is_in_pages(bytes.size()) &&
           is_in_pages(written_) && is_in_pages(std::bit_cast<std::uintptr_t>(bytes.data()));
  }

  bool is_on_disk() const {
    struct statfs system{};
    return ::fstatfs(fd_.get(), &system) == 0 && is_disk(static_cast<std::uint32_t>(system.f_type));
  }

  Result<void> set_direct(bool direct) {
    if (direct == is_direct_) return {};
    if (direct && !can_be_direct_) can_be_direct_ = is_on_disk();
    if (direct && !*can_be_direct_) return {};
    const int flags = ::fcntl(fd_.get(), F_GETFL);
    if (flags >= 0 && ::fcntl(fd_.get(), F_SETFL, direct ? flags | O_DIRECT : flags & ~O_DIRECT) == 0) {
      is_direct_ = direct;
      return {};
    }
    can_be_direct_ = false;
    return direct ? Result<void>() : last_error("write", path_);
  }

  Descriptor fd_;
  std::string path_;
  std::uint64_t written_ = 0;
  std::optional<bool> can_be_direct_;  // once it was asked
  bool is_direct_ = false;
};

class PosixLock final : public FileLock {
 public:
  explicit PosixLock(int fd) : fd_(fd) {}

 private:
  Descriptor fd_;
};

/// Before Linux 5.8 syncfs(2) did not say what could not be written.
bool syncfs_tells_errors() {
  static const bool tells = [] {
    struct utsname system{};
    unsigned major = 0, minor = 0;
    if (::uname(&system) != 0) return false;
    if (std::sscanf(system.release, "%u.%u", &major, &minor) != 2) return false;  // NOLINT(cert-err34-c): bounded
    return std::pair(major, minor) >= std::pair(5u, 8u);
  }();
  return tells;
}

class PosixFs final : public Fs {
 public:
  Result<std::unique_ptr<InputFile>> open(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) return last_error("open", path);
    auto file = std::make_unique<PosixInput>(fd, path);
    TRY_ASSIGN(const FileInfo info, file->look());
    if (info.type != FileType::file)
      return Error(Code::io, "cannot read " + printable(path) + ": it is a " + std::string(name_of(info.type)));
    return std::unique_ptr<InputFile>(std::move(file));
  }

  Result<std::unique_ptr<OutputFile>> create(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0) return last_error("create", path);
    return std::unique_ptr<OutputFile>(std::make_unique<PosixOutput>(fd, path));
  }

  Result<void> make_folder(const std::string& path) override {
    return done_or(::mkdir(path.c_str(), 0755), "make folder", path);
  }

  Result<void> rename(const std::string& from, const std::string& to) override {
    return done_or(::rename(from.c_str(), to.c_str()), "rename to", to);
  }

  Result<void> rename_new(const std::string& from, const std::string& to) override {
    constexpr unsigned kNoReplace = 1;  // RENAME_NOREPLACE
    if (::syscall(SYS_renameat2, AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), kNoReplace) == 0) return {};
    // FAT, network and FUSE file systems lack the flag; there the callers' locks are what keeps two writers apart.
    if (errno != EINVAL && errno != ENOSYS && errno != ENOTSUP) return last_error("rename to", to);
    TRY_ASSIGN(const bool taken, exists(*this, to));
    if (taken) return Error(Code::conflict, "cannot rename to " + printable(to) + ": File exists");
    return rename(from, to);
  }

  Result<void> remove(const std::string& path) override { return done_or(::remove(path.c_str()), "remove", path); }

  Result<void> sync_folder(const std::string& path) override {
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.get() < 0) return last_error("open folder", path);
    // Some network and FAT file systems cannot sync a folder and say so with EINVAL.
    if (::fsync(fd.get()) != 0 && errno != EINVAL) return last_error("sync folder", path);
    return {};
  }

  Result<void> sync_file_system(const std::string& path) override {
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.get() < 0) return last_error("open folder", path);
    return done_or(::syncfs(fd.get()), "sync the file system of", path);
  }

  Result<FileInfo> info(const std::string& path) override {
    struct stat found{};
    TRY(done_or(::lstat(path.c_str(), &found), "look at", path));
    return info_of(found);
  }

  Result<std::vector<std::string>> list(const std::string& path) override {
    DIR* folder = ::opendir(path.c_str());
    if (folder == nullptr) return last_error("list", path);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(folder)) {  // NOLINT(concurrency-mt-unsafe): the stream is our own
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
      errno = 0;
    }
    const bool failed = errno != 0;
    const Error error = last_error("list", path);
    ::closedir(folder);
    if (failed) return error;
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<std::string> read_link(const std::string& path) override {
    std::string target(4096, '\0');
    const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
    if (size < 0) return last_error("read link", path);
    target.resize(static_cast<std::size_t>(size));
    return target;
  }

  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0) return last_error("open", path);
    auto held = std::make_unique<PosixLock>(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) return Error(Code::conflict, printable(path) + " is in use by another run of muniment");
      return last_error("lock", path);
    }
    return std::unique_ptr<FileLock>(std::move(held));
  }

  Result<std::string> identity(const std::string& path) override {
    struct statfs system{};
    TRY(done_or(::statfs(path.c_str(), &system), "look at", path));
    constexpr std::array<std::uint32_t, 7> kWithoutLastingNumbers = {0x4d44,     0x2011bab0, 0x65735546, 0x6969,
                                                                     0xff534d42, 0xfe534d42, 0x01021997};
    const auto kind = static_cast<std::uint32_t>(system.f_type);  // FAT, exFAT, FUSE, NFS, CIFS, SMB2, 9P
    if (std::ranges::find(kWithoutLastingNumbers, kind) != kWithoutLastingNumbers.end()) return std::string("unknown");
    struct statx found{};
    TRY(done_or(::statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME, &found), "look at",
                path));
    std::string text = std::to_string(found.stx_ino);
    if ((found.stx_mask & STATX_BTIME) != 0)
      text += "-" + std::to_string(found.stx_btime.tv_sec) + "-" + std::to_string(found.stx_btime.tv_nsec);
    return text;
  }

  Result<FileSystem> file_system(const std::string& path) override {
    struct statfs system{};
    TRY(done_or(::statfs(path.c_str(), &system), "look at", path));
    struct stat found{};
    TRY(done_or(::stat(path.c_str(), &found), "look at", path));
    constexpr std::uint32_t kTmpfs = 0x01021994, kRamfs = 0x858458f6;
    const auto kind = static_cast<std::uint32_t>(system.f_type);
    return FileSystem{.number = found.st_dev,
                      .in_memory = kind == kTmpfs || kind == kRamfs,
                      .syncs_whole = syncfs_tells_errors() && syncs_whole(kind)};
  }

  Result<void> set_modified(const std::string& path, std::int64_t modified_ns) override {
    constexpr std::int64_t kNanoseconds = 1'000'000'000;
    std::int64_t seconds = modified_ns / kNanoseconds;
    std::int64_t rest = modified_ns % kNanoseconds;
    if (rest < 0) {
      rest += kNanoseconds;
      --seconds;
    }
    const struct timespec times[2] = {{0, UTIME_OMIT}, {seconds, rest}};
    return done_or(::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW), "set the time of", path);
  }
};

}  // namespace

Fs& posix_fs() {
  static PosixFs fs;
  return fs;
}

}  // namespace muniment
