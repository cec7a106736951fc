#include "base/eraser.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <vector>

#include "base/encoding.h"
#include "base/posix_call.h"

namespace muniment {
namespace {

constexpr std::size_t kOverwriteBytes = 1 << 20;

std::int64_t to_nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

Result<FileIdentity> identity_of(const struct stat& found, const std::string& path) {
  if (!S_ISREG(found.st_mode)) return Error(Code::invalid, printable(path) + " is not a regular file");
  return FileIdentity{.device = found.st_dev,
                      .number = found.st_ino,
                      .size_bytes = static_cast<std::uint64_t>(found.st_size),
                      .modified_ns = to_nanoseconds(found.st_mtim),
                      .changed_ns = to_nanoseconds(found.st_ctim),
                      .links = found.st_nlink,
                      .mode = found.st_mode & 07777u};
}

class PosixOriginal final : public OpenOriginal {
 public:
  PosixOriginal(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

  Result<FileIdentity> identity() override {
    struct stat found{};
    TRY(done_or(::fstat(fd_.get(), &found), "look at", path_));
    return identity_of(found, path_);
  }

  Result<std::size_t> read(MutableBytes buffer) override {
    while (true) {
      const ssize_t count = ::read(fd_.get(), buffer.data(), buffer.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) return last_error("read", path_);
    }
  }

  Result<void> overwrite(Random& random) override {
    TRY_ASSIGN(const FileIdentity own, identity());
    Bytes noise(std::min<std::uint64_t>(own.size_bytes, kOverwriteBytes));
    for (std::uint64_t done = 0; done < own.size_bytes; done += noise.size()) {
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(noise.size(), own.size_bytes - done));
      random.fill(MutableBytes(noise).first(count));
      TRY(write_at(fd_, ByteView(noise).first(count), done, "overwrite", path_));
    }
    TRY(done_or(::fsync(fd_.get()), "sync", path_));
    TRY(done_or(::ftruncate(fd_.get(), 0), "empty", path_));
    return done_or(::fsync(fd_.get()), "sync", path_);
  }

  /// A lease keeps others from opening the file as long as this has it open. Errors: `conflict`.
  Result<void> keep_others_out() {
    ::fcntl(fd_.get(), F_SETSIG, SIGURG);  // who wants it sends us this signal, which does nothing
    if (::fcntl(fd_.get(), F_SETLEASE, F_WRLCK) == 0 || errno != EAGAIN) return {};
    return Error(Code::conflict, printable(path_) + " is in use by another program");
  }

 private:
  Descriptor fd_;
  std::string path_;
};

/// True when no page of the file is in memory.
Result<bool> is_out_of_memory(const Descriptor& fd, std::size_t size_bytes, const std::string& path) {
  void* const mapped = ::mmap(nullptr, size_bytes, PROT_READ, MAP_SHARED, fd.get(), 0);
  if (mapped == MAP_FAILED) return last_error("look at the pages of", path);
  const auto page_bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> pages((size_bytes + page_bytes - 1) / page_bytes);
  const auto looked = done_or(::mincore(mapped, size_bytes, pages.data()), "look at the pages of", path);
  ::munmap(mapped, size_bytes);
  TRY(looked);
  return std::ranges::none_of(pages, [](unsigned char page) { return (page & 1u) != 0; });
}

class PosixEraser final : public Eraser {
 public:
  Result<FileIdentity> identify(const std::string& path) override {
    struct stat found{};
    TRY(done_or(::lstat(path.c_str(), &found), "look at", path));
    return identity_of(found, path);
  }

  Result<std::unique_ptr<OpenOriginal>> open(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) return last_error("open for overwriting", path);
    auto file = std::make_unique<PosixOriginal>(fd, path);
    TRY(file->identity());
    TRY(file->keep_others_out());
    return std::unique_ptr<OpenOriginal>(std::move(file));
  }

  Result<bool> drop_cache(const std::string& path) override {
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (fd.get() < 0) return last_error("open", path);
    struct stat found{};
    TRY(done_or(::fstat(fd.get(), &found), "look at", path));
    if (found.st_size == 0) return true;
    TRY(done_or(::fsync(fd.get()), "sync", path));  // pages that are not written yet would stay
    if (::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED) != 0) return false;
    return is_out_of_memory(fd, static_cast<std::size_t>(found.st_size), path);
  }
};

}  // namespace

Eraser& posix_eraser() {
  static PosixEraser eraser;
  return eraser;
}

}  // namespace muniment
