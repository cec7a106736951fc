#include "archive/reader.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace muniment {
namespace {

TEST(Reader, IsTheFileOfTheSourcesByteForByte) {
  std::ifstream stream(MUNIMENT_SOURCE_FOLDER "/reader/read_archive.py", std::ios::binary);
  const std::string file{std::istreambuf_iterator<char>(stream), {}};
  ASSERT_FALSE(file.empty());
  EXPECT_EQ(reader_text(), file);
}

/// It is read on a screen and printed for a court, in ten years, by whatever shows text then.
TEST(Reader, IsPlainTextThatAnyEditorShows) {
  for (const char c : reader_text()) EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << static_cast<int>(c);
  EXPECT_TRUE(reader_text().starts_with("#!/usr/bin/env python3\n"));
}

}  // namespace
}  // namespace muniment
