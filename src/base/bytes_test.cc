#include "base/bytes.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "testing/expect_code.h"

namespace muniment {
namespace {

TEST(Bytes, TextAndBytesAreViewsOfEachOther) {
  const std::string text("a\0\xff", 3);
  const ByteView view = as_view(text);
  EXPECT_EQ(Bytes(view.begin(), view.end()), (Bytes{'a', 0, 0xff}));
  EXPECT_EQ(as_text(view), text);
  EXPECT_EQ(as_text(view).data(), text.data()) << "nothing is copied";
  EXPECT_TRUE(as_view("").empty());
}

TEST(Bytes, EqualComparesLengthAndContents) {
  const Bytes a{1, 2, 3}, b{1, 2, 3}, c{1, 2, 4};
  EXPECT_TRUE(equal(a, b));
  EXPECT_FALSE(equal(a, c));
  EXPECT_FALSE(equal(a, ByteView(b).first(2)));
  EXPECT_TRUE(equal({}, {}));
}

TEST(AllZero, SeesASingleOneAnywhere) {
  for (const std::size_t size : {0u, 1u, 2u, 7u, 8u, 9u, 511u, 512u, 513u}) {
    Bytes bytes(size);
    EXPECT_TRUE(all_zero(bytes)) << size;
    for (std::size_t i = 0; i < size; ++i) {
      bytes[i] = 1;
      ASSERT_FALSE(all_zero(bytes)) << size << " bytes, a one at " << i;
      bytes[i] = 0;
    }
  }
  EXPECT_FALSE(all_zero(Bytes(16, 0xff))) << "equal neighbours are not enough";
}

TEST(ByteReader, ReadsBigEndianInOrder) {
  const Bytes bytes{0x01, 0x02, 0x03, 0x80, 0, 0, 0, 0, 0, 0, 0xff, 0xaa};
  ByteReader in(bytes);
  EXPECT_EQ(*in.u8(), 0x01);
  EXPECT_EQ(*in.u16(), 0x0203);
  EXPECT_EQ(*in.u64(), 0x80000000000000ffu);
  EXPECT_EQ(in.left(), 1u);
  EXPECT_CODE(in.done(), Code::corrupt);
  EXPECT_EQ((*in.take(1))[0], 0xaa);
  EXPECT_TRUE(in.done());
}

TEST(ByteReader, SaysCorruptAtTheEndAndTakesNothing) {
  const Bytes bytes(7);
  ByteReader in(bytes);
  EXPECT_CODE(in.u64(), Code::corrupt);
  EXPECT_CODE(in.take(8), Code::corrupt);
  EXPECT_CODE(in.take(SIZE_MAX), Code::corrupt);
  EXPECT_EQ(in.left(), 7u) << "a read that fails leaves the reader where it was";
  EXPECT_TRUE(in.take(7));
  EXPECT_TRUE(in.take(0));
  EXPECT_CODE(in.u8(), Code::corrupt);
  EXPECT_CODE(in.u16(), Code::corrupt);
}

RC_GTEST_PROP(ByteReader, ReadsBackWhatWasAppended, (std::uint16_t small, std::uint64_t large, const Bytes& rest)) {
  Bytes bytes;
  append_u16(bytes, small);
  append_u64(bytes, large);
  append(bytes, rest);
  RC_ASSERT(bytes.size() == 10 + rest.size());
  ByteReader in(bytes);
  RC_ASSERT(*in.u16() == small);
  RC_ASSERT(*in.u64() == large);
  RC_ASSERT(equal(*in.take(rest.size()), rest));
  RC_ASSERT(in.done().has_value());
}

}  // namespace
}  // namespace muniment
