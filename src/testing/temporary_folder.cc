#include "testing/temporary_folder.h"

#include <stdlib.h>

#include <filesystem>

#include "base/posix_fs.h"

namespace muniment {

TemporaryFolder::TemporaryFolder() {
  path_ = (std::filesystem::temp_directory_path() / "muniment-test-XXXXXX").string();
  MUNIMENT_CHECK(::mkdtemp(path_.data()) != nullptr);
}

TemporaryFolder::~TemporaryFolder() {
  // A test that left something unremovable behind has failed already; there is nobody to tell.
  static_cast<void>(remove_tree(posix_fs(), path_));
}

}  // namespace muniment
