#include "serve/tags.h"

#include <gtest/gtest.h>

#include <set>

#include "testing/fixed_random.h"

namespace muniment {
namespace {

const FileVersion kVersion{1, 2, 3, 4, 5};

TEST(Tags, StayWhileTheSameFileIsAtTheName) {
  FixedRandom random;
  for (const std::size_t kept : {0u, 1u, 100u}) {
    Tags tags(random, kept);
    const std::string tag = tags.tag_of(ObjectName("charter/1"), kVersion);
    EXPECT_EQ(tag.size(), 34u);
    EXPECT_NE(tags.tag_of(ObjectName("charter/2"), kVersion), tag);
    EXPECT_EQ(tags.tag_of(ObjectName("charter/1"), kVersion), tag);
  }
}

TEST(Tags, DifferForEveryOtherFile) {
  FixedRandom random;
  Tags tags(random, 100);
  std::set<std::string> seen{tags.tag_of(ObjectName("checkpoint"), kVersion)};
  for (const FileVersion& other : {FileVersion{9, 2, 3, 4, 5}, FileVersion{1, 9, 3, 4, 5}, FileVersion{1, 2, 9, 4, 5},
                                   FileVersion{1, 2, 3, 9, 5}, FileVersion{1, 2, 3, 4, 9}, FileVersion{1, 23, 4, 5, 0}})
    EXPECT_TRUE(seen.insert(tags.tag_of(ObjectName("checkpoint"), other)).second);
  EXPECT_EQ(seen.count(tags.tag_of(ObjectName("checkpoint"), kVersion)), 1u) << "the first one is there again";
}

TEST(Tags, OfAnotherRunAreOthers) {
  FixedRandom random;
  Tags one(random, 100);
  Tags other(random, 100);
  EXPECT_NE(one.tag_of(ObjectName("checkpoint"), kVersion), other.tag_of(ObjectName("checkpoint"), kVersion));
}

}  // namespace
}  // namespace muniment
