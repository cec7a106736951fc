#include "testing/temporary_folder.h"

#include <gtest/gtest.h>

#include "base/posix_fs.h"

namespace muniment {
namespace {

TEST(TemporaryFolder, IsANewFolderThatIsGoneAfterwards) {
  std::string path;
  {
    const TemporaryFolder one, other;
    path = one.path();
    EXPECT_NE(path, other.path());
    ASSERT_TRUE(make_folders(posix_fs(), join(path, "a/b")));
    ASSERT_TRUE(write_new(posix_fs(), join(path, "a/b/c"), as_view("c")));
  }
  EXPECT_FALSE(*exists(posix_fs(), path));
}

}  // namespace
}  // namespace muniment
