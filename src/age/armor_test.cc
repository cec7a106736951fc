#include "age/armor.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace muniment::age {
namespace {

const std::string kBegin = "-----BEGIN AGE ENCRYPTED FILE-----\n";
const std::string kEnd = "-----END AGE ENCRYPTED FILE-----\n";
const std::string kFullLine = std::string(63, 'A') + "B\n";

TEST(Armor, IsStrictPem) {
  EXPECT_EQ(render_armor({}), kBegin + kEnd);
  EXPECT_EQ(render_armor(as_view("age")), kBegin + "YWdl\n" + kEnd);
  const std::string two_lines = render_armor(Bytes(49));
  EXPECT_EQ(two_lines, kBegin + std::string(64, 'A') + "\nAA==\n" + kEnd);
  EXPECT_EQ(render_armor(Bytes(48)), kBegin + std::string(64, 'A') + "\n" + kEnd);
}

TEST(Armor, AllowsCarriageReturnsAndSpaceAround) {
  for (const std::string& text :
       {kBegin + "YWdl\n" + kEnd, " \t\r\n" + kBegin + "YWdl\n" + kEnd + "\n \r\n\t",
        std::string("-----BEGIN AGE ENCRYPTED FILE-----\r\nYWdl\r\n-----END AGE ENCRYPTED FILE-----\r\n"),
        std::string("-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----")}) {
    const auto file = parse_armor(text);
    ASSERT_TRUE(file) << text << file.error().sentence();
    EXPECT_EQ(as_text(*file), "age");
    EXPECT_TRUE(is_armored(as_view(text)));
  }
}

TEST(Armor, RefusesWhatIsNotCanonical) {
  const std::string texts[] = {
      "",
      kBegin,
      kBegin + "YWdl\n",
      "x" + kBegin + "YWdl\n" + kEnd,
      kBegin + "YWdl\n" + kEnd + "x",
      kBegin + "YWdl\n" + kEnd + kEnd,
      kBegin + "\nYWdl\n" + kEnd,
      kBegin + "YWdl\n\n" + kEnd,
      kBegin + "YWdl \n" + kEnd,
      kBegin + " YWdl\n" + kEnd,
      kBegin + "YWdl\nYWdl\n" + kEnd,                        // a short line that is not the last
      kBegin + std::string(68, 'A') + "\n" + kEnd,           // a long one
      kBegin + "YW\n" + kEnd,                                // no padding
      kBegin + "YWdlYW==\n" + kFullLine + kEnd,              // padding inside
      kBegin + std::string(62, 'A') + "==\nYWdl\n" + kEnd,   // padding inside, at the end of a full line
      kBegin + "YX==\n" + kEnd,                              // bits left over
      kBegin + "YW-_\n" + kEnd,                              // the other alphabet
      kBegin + "Version: 1\n\nYWdl\n" + kEnd,                // PEM headers
      kBegin + "YWdl\n=abcd\n" + kEnd,                       // PGP's checksum
      "-----BEGIN AGE ENCRYPTED FILE----- \nYWdl\n" + kEnd,  // space within the first line
      "-----begin age encrypted file-----\nYWdl\n" + kEnd,   // lower case
      kBegin + "YWdl\n-----END PGP MESSAGE-----\n",          // another kind
      kBegin + "YWdl-----END AGE ENCRYPTED FILE-----\n",     // no line of its own
      "-----BEGIN AGE ENCRYPTED FILE-----YWdl\n" + kEnd,     // likewise
      kBegin + "YWdl\r\r\n" + kEnd,                          // one return too many
      kBegin + "YWdl\n" + kEnd + kBegin + "YWdl\n" + kEnd,   // two
      std::string("-----BEGIN AGE ENCRYPTED FILE-----\rYWdl\r") + kEnd};
  for (const std::string& text : texts) {
    const auto file = parse_armor(text);
    ASSERT_FALSE(file) << text;
    EXPECT_EQ(file.error().code(), Code::corrupt) << text;
  }
}

TEST(Armor, IsKnownByItsFirstLine) {
  EXPECT_TRUE(is_armored(as_view("\r\n\t " + kBegin)));
  EXPECT_FALSE(is_armored(as_view("age-encryption.org/v1\n" + kBegin)));
  EXPECT_FALSE(is_armored(as_view("-----BEGIN PGP MESSAGE-----\n")));
  EXPECT_FALSE(is_armored({}));
}

RC_GTEST_PROP(Armor, ReadsWhatItWrote, (const Bytes& some)) {
  Bytes file = some;
  file.resize(file.size() + *rc::gen::inRange<std::size_t>(0, 200), 7);
  const std::string text = render_armor(file);
  const auto parsed = parse_armor(text);
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(*parsed == file);
}

}  // namespace
}  // namespace muniment::age
