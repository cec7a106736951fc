#include "mirror/letters.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/encoding.h"
#include "testing/expect_code.h"

namespace muniment {
namespace {

TEST(Letters, AreThereInBothLanguagesAndFitOnPaper) {
  for (const char* kind : {"risk", "host", "authority"}) {
    for (const char* language : {"en", "ru"}) {
      const auto text = find_letter(kind, language);
      ASSERT_TRUE(text);
      EXPECT_GT(text->size(), 1000u) << kind << language;
      EXPECT_TRUE(is_utf8(*text)) << kind << language;
      EXPECT_TRUE(text->ends_with("\n"));
      constexpr std::size_t kLineCharacters = 120;
      for (const std::string_view line : split(*text, '\n')) {
        const auto characters = std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xc0) != 0x80; });
        EXPECT_LE(static_cast<std::size_t>(characters), kLineCharacters) << line;
      }
    }
  }
}

TEST(Letters, OfAnotherKindOrLanguageAreRefused) {
  EXPECT_CODE(find_letter("risk", "fr"), Code::invalid);
  EXPECT_CODE(find_letter("love", "en"), Code::invalid);
}

}  // namespace
}  // namespace muniment
