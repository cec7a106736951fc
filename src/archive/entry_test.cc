#include "archive/entry.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "base/encoding.h"
#include "testing/expect_code.h"

namespace muniment {
namespace {

const std::string kDigest(64, 'a');
const std::string kArchive = "archive " + std::string(64, '1') + "\n";

Result<EntryFrame> frame_of(const std::string& text) { return parse_entry_frame(as_view(text)); }

TEST(EntryFrame, GivesKindArchiveAndObjects) {
  const auto frame = frame_of("muniment/disclosure/v3\n" + kArchive + "reason a court\n" + kDigest +
                              "  stamps/7/a.tsr\n" + kDigest + "  reader/index.html\n");
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->kind, "disclosure");
  EXPECT_EQ(frame->version, "v3");
  EXPECT_TRUE(frame->has_archive);
  EXPECT_EQ(frame->archive.hex(), std::string(64, '1'));
  ASSERT_EQ(frame->objects.size(), 2u);
  EXPECT_EQ(frame->objects[0].name.text(), "stamps/7/a.tsr");
  EXPECT_EQ(frame->objects[1].digest.hex(), kDigest);
}

TEST(EntryFrame, OfANoteLeavesTheSignaturesAlone) {
  const std::string text = "muniment/remove/v1\n" + kArchive + kDigest + "  a/b\n";
  // A signature line that looks like an object's is not one.
  const auto frame = frame_of(text + "\n— somebody AAAA\n" + kDigest + "  c/d\n");
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->objects.size(), 1u);
  const auto paragraphs = frame_of("muniment/remove/v1\n" + kArchive + "\nwords\n" + kDigest + "  a/b\n\n— x AA\n");
  ASSERT_TRUE(paragraphs);
  EXPECT_EQ(paragraphs->objects.size(), 1u) << "only the last blank line ends the text";
}

TEST(EntryFrame, OfTheCharterHasNoArchive) {
  const auto frame = frame_of("muniment/charter/v1\nversion 1\n" + kArchive);
  ASSERT_TRUE(frame);
  EXPECT_FALSE(frame->has_archive) << "the archive stands in the second line or nowhere";
}

TEST(EntryFrame, RefusesWhatIsNoEntry) {
  for (const std::string& text :
       {std::string(), std::string("\n"), std::string("muniment/a/v1"), std::string("muniment/a\n"),
        std::string("muniment/a/v1/x\n"), std::string("Muniment/a/v1\n"), std::string("muniment//v1\n"),
        std::string("muniment/A/v1\n"), std::string("muniment/a/\n"), "muniment/" + std::string(41, 'a') + "/v1\n",
        std::string("muniment/a/v1\narchive 12\n"),
        std::string("muniment/a/v1\narchive ") + std::string(64, 'A') + "\n", std::string("\xff\n")}) {
    EXPECT_CODE(frame_of(text), Code::corrupt) << printable(text);
  }
}

TEST(EntryFrame, RefusesNamesThatClimb) {
  for (const char* name :
       {"../x", "/etc/passwd", "a/../b", "a//b", ".hidden", "a/.b", "-rf", "a b", "a\\b", "\xc3\xa9"}) {
    EXPECT_CODE(frame_of("muniment/a/v1\n" + kArchive + kDigest + "  " + name + "\n"), Code::corrupt) << name;
  }
}

TEST(EntryFrame, HasALimitOfLines) {
  std::string text = "muniment/a/v1\n" + kArchive;
  for (int i = 0; i < 5000; ++i) text += "\n";
  EXPECT_CODE(frame_of(text + "x\n"), Code::limit);
}

TEST(ObjectLine, IsSixtyFourDigitsTwoSpacesAndAName) {
  EXPECT_TRUE(is_object_line(kDigest + "  x"));
  for (const std::string& line : {kDigest + " x", kDigest + "  ", kDigest.substr(1) + "   x", kDigest + " *x",
                                  std::string(64, 'A') + "  x", std::string(64, 'g') + "  x", std::string()}) {
    EXPECT_FALSE(is_object_line(line)) << line;
    EXPECT_CODE(parse_object_line(line), Code::corrupt) << line;
  }
}

RC_GTEST_PROP(ObjectLine, ComesBackAsItWasWritten, ()) {
  LoggedObject object{ObjectName("a/b_c-d.9"), {}};
  for (std::uint8_t& byte : object.digest.bytes) byte = *rc::gen::arbitrary<std::uint8_t>();
  const auto again = parse_object_line(render_object_line(object));
  RC_ASSERT(again.has_value());
  RC_ASSERT(again->digest == object.digest && again->name == object.name);
}

TEST(ReservedPaths, AreThoseWithAMeaningOfTheirOwn) {
  for (const char* name : {"checkpoint", "tile/0/000", "home/head", "staging/x", "incoming/x", "charter/2",
                           "deposits/ab/cd", "receipt", "withdrawn/x", "README.txt", "reader/x", "keyring/1/a/b.age"}) {
    EXPECT_TRUE(is_reserved_path(ObjectName(name))) << name;
  }
  for (const char* name : {"stamps/1/x.tsr", "keyrings", "x/keyring", "tiles", "homestead/x", "x/home"}) {
    EXPECT_FALSE(is_reserved_path(ObjectName(name))) << name;
  }
}

/// FAT, exFAT and macOS take these for the same files.
TEST(ReservedPaths, AreSoInCapitalsAsWell) {
  for (const char* name : {"Checkpoint", "HOME/head", "Charter/2", "readme.TXT", "Keyring/1/a/b.age"}) {
    EXPECT_TRUE(is_reserved_path(ObjectName(name))) << name;
  }
}

}  // namespace
}  // namespace muniment
