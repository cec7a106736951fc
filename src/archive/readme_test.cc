#include "archive/readme.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace muniment {
namespace {

std::vector<std::string> commands() {
  std::vector<std::string> found;
  const auto lines = split_lines(readme_text(), 1000);
  for (const std::string_view line : *lines) {
    if (line.starts_with("    $ ")) found.emplace_back(line.substr(6));
  }
  return found;
}

TEST(Readme, IsPlainTextThatAnyPagerShows) {
  const auto lines = split_lines(readme_text(), 1000);
  ASSERT_TRUE(lines);
  for (const std::string_view line : *lines) {
    EXPECT_TRUE(line.starts_with("    $ ") || line.size() <= 90) << line;
    EXPECT_TRUE(line.empty() || line.back() != ' ') << line;
    for (const char c : line) EXPECT_TRUE(c >= ' ' && c <= '~') << line;
  }
}

/// A formatter once took the text for code and made several lines of one command.
TEST(Readme, HasEveryCommandWholeInItsLine) {
  for (const std::string& command : commands()) {
    int doubles = 0, open = 0, close = 0;
    for (const char c : command) {
      doubles += c == '"';
      open += c == '(' || c == '{';
      close += c == ')' || c == '}';
    }
    EXPECT_EQ(doubles % 2, 0) << command;
    EXPECT_EQ(open, close) << command;
    EXPECT_FALSE(command.ends_with("=") || command.ends_with("|") || command.ends_with("\\")) << command;
  }
}

/// format-review 10 and P1: checked first, in the order of bytes, and drained to the last chunk.
TEST(Readme, ChecksBeforeItOpensAndDrainsTheTar) {
  const std::vector<std::string> all = commands();
  const auto place = [&](const std::string& start) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].starts_with(start)) return i;
    }
    ADD_FAILURE() << "no command " << start;
    return all.size();
  };
  const std::size_t open = place("printf '%s\\0' header-0 part-* | xargs -0 cat | age -d ");
  EXPECT_LT(place("set -o pipefail"), open);
  EXPECT_LT(place("sha256sum -c receipt SHA256SUMS"), open);
  EXPECT_NE(all[open].find("&& cat >/dev/null; }"), std::string::npos);
}

TEST(Readme, NamesTheToolsAndTheirVersions) {
  for (const char* tool : {"age        1.0 or later", "GNU tar", "sha256sum"})
    EXPECT_NE(readme_text().find(tool), std::string_view::npos) << tool;
}

}  // namespace
}  // namespace muniment
