// The BagIt conformance suite of the Library of Congress, bag by bag: MUNIMENT_SHARED/vectors/bagit.
#include <gtest/gtest.h>

#include <cctype>
#include <cstdlib>

#include "bag/validate.h"
#include "base/posix_fs.h"

namespace muniment::bag {
namespace {

std::string suite_folder() {
  const char* shared = std::getenv("MUNIMENT_SHARED");
  const bool is_set = shared != nullptr && *shared != '\0';
  return (is_set ? std::string(shared) : std::string(MUNIMENT_SOURCE_FOLDER "/../shared")) + "/vectors/bagit";
}

struct SuiteBag {
  std::string path;
  bool must_pass = false;  // those in valid/; the other folders hold bags that must fail, linux-only/ on Linux
};

std::string name_of_bag(const SuiteBag& bag) {
  std::string name = bag.path.substr(suite_folder().size() + 1);
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

/// Empty when there is no such folder.
std::vector<std::string> list(const std::string& folder) {
  auto names = posix_fs().list(folder);
  return names ? std::move(names).value() : std::vector<std::string>();
}

std::vector<SuiteBag> list_bags() {
  std::vector<SuiteBag> bags;
  for (const std::string& version : list(suite_folder())) {
    for (const std::string& kind : list(join(suite_folder(), version))) {
      const std::string folder = join(join(suite_folder(), version), kind);
      for (const std::string& name : list(folder)) {
        const std::string path = join(folder, name);
        if (posix_fs().info(path).value().type == FileType::folder) bags.push_back({path, kind == "valid"});
      }
    }
  }
  return bags;
}

TEST(BagitSuite, IsThere) {
  if (list_bags().empty()) GTEST_SKIP() << "no conformance suite at " << suite_folder() << "; set MUNIMENT_SHARED";
  EXPECT_GE(list_bags().size(), 33u);
}

class BagitSuiteBag : public testing::TestWithParam<SuiteBag> {};

TEST_P(BagitSuiteBag, IsJudgedAsTheSuiteSays) {
  const auto report = validate_bag(posix_fs(), GetParam().path);
  ASSERT_TRUE(report) << report.error().sentence();
  std::string problems;
  for (const std::string& problem : report->problems) problems += problem + "\n";
  EXPECT_EQ(report->problems.empty(), GetParam().must_pass) << problems;
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BagitSuiteBag);
INSTANTIATE_TEST_SUITE_P(Suite, BagitSuiteBag, testing::ValuesIn(list_bags()),
                         [](const auto& bag) { return name_of_bag(bag.param); });

}  // namespace
}  // namespace muniment::bag
