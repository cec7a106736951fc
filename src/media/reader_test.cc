#include "media/reader.h"

#include <gtest/gtest.h>

namespace muniment::media {
namespace {

TEST(NumberAt, ReadsBothOrdersAndNothingPastTheEnd) {
  const Bytes bytes = {1, 2, 3, 4};
  EXPECT_EQ(number_at(bytes, 0, 2), 0x0102u);
  EXPECT_EQ(number_at(bytes, 0, 4, ByteOrder::little), 0x04030201u);
  EXPECT_EQ(number_at(bytes, 3, 1), 4u);
  EXPECT_EQ(number_at(bytes, 3, 2), std::nullopt);
  EXPECT_EQ(number_at(bytes, 5, 1), std::nullopt);
  EXPECT_EQ(number_at(bytes, UINT64_MAX, 8), std::nullopt);
  EXPECT_EQ(number_at({}, 0, 1), std::nullopt);
}

}  // namespace
}  // namespace muniment::media
