#include "testing/fs_contract.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/posix_fs.h"
#include "testing/memory_fs.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

class PosixSubject final : public FsSubject {
 public:
  Fs& fs() override { return posix_fs(); }
  std::string folder() override { return folder_.path(); }
  void make_link(const std::string& path, const std::string& target) override {
    ASSERT_EQ(::symlink(target.c_str(), path.c_str()), 0);
  }
  void make_fifo(const std::string& path) override { ASSERT_EQ(::mkfifo(path.c_str(), 0644), 0); }

 private:
  TemporaryFolder folder_;
};

class MemorySubject final : public FsSubject {
 public:
  explicit MemorySubject(std::string folder) : folder_(std::move(folder)) { fs_.seed_folder(folder_); }
  Fs& fs() override { return fs_; }
  std::string folder() override { return folder_; }
  void make_link(const std::string& path, const std::string& target) override { fs_.seed_link(path, target); }
  void make_fifo(const std::string& path) override { fs_.seed_special(path, FileType::fifo); }

 private:
  MemoryFs fs_;
  std::string folder_;
};

std::unique_ptr<FsSubject> posix() { return std::make_unique<PosixSubject>(); }
std::unique_ptr<FsSubject> memory() { return std::make_unique<MemorySubject>("/some/folder"); }
std::unique_ptr<FsSubject> memory_relative() { return std::make_unique<MemorySubject>("some/folder"); }

INSTANTIATE_TEST_SUITE_P(PosixFs, FsContract, ::testing::Values(&posix));
INSTANTIATE_TEST_SUITE_P(MemoryFs, FsContract, ::testing::Values(&memory));
INSTANTIATE_TEST_SUITE_P(MemoryFsRelative, FsContract, ::testing::Values(&memory_relative));

}  // namespace
}  // namespace muniment
