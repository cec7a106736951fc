#include "archive/record_file.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

Result<std::uint64_t> parse_number(std::string_view line) { return parse_decimal(line); }

Result<std::vector<std::uint64_t>> read_numbers(Fs& fs) {
  return read_records<std::uint64_t>(fs, "numbers", 100, 3, parse_number);
}

TEST(RecordFile, GivesALineEachAndNoneWhereThereIsNoFile) {
  MemoryFs fs;
  const auto none = read_numbers(fs);
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
  fs.seed("numbers", as_view("7\n5\n"));
  const auto two = read_numbers(fs);
  ASSERT_TRUE(two);
  EXPECT_EQ(*two, (std::vector<std::uint64_t>{7, 5}));
}

TEST(RecordFile, WhatIsDamagedOrTooLongIsAnError) {
  MemoryFs fs;
  fs.seed("numbers", as_view("7\nx\n"));
  EXPECT_CODE(read_numbers(fs), Code::corrupt);
  fs.seed("numbers", as_view("7\n5"));
  EXPECT_CODE(read_numbers(fs), Code::corrupt);
  fs.seed("numbers", as_view("1\n2\n3\n4\n"));
  EXPECT_CODE(read_numbers(fs), Code::limit);
  fs.seed("numbers", Bytes(101));
  EXPECT_CODE(read_numbers(fs), Code::limit);
}

}  // namespace
}  // namespace muniment
