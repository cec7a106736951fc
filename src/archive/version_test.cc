#include "archive/version.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace muniment {
namespace {

TEST(Version, IsTheOneOfTheBuild) {
  std::ifstream file(std::string(MUNIMENT_SOURCE_FOLDER) + "/CMakeLists.txt");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(text.find("project(muniment VERSION " + std::string(kVersion) + " "), std::string::npos);
}

}  // namespace
}  // namespace muniment
