// A new folder in the system's place for temporary files, removed with all below it at the end of its life.
#pragma once

#include <string>

namespace muniment {

class TemporaryFolder {
 public:
  /// A machine that cannot give a temporary folder cannot run the tests: aborts.
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  /// Absolute, without a slash at the end. Valid while this object lives.
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace muniment
