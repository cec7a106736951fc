#include "bag/names.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

#include "base/encoding.h"
#include "crypto/sha256.h"

namespace muniment::bag {
namespace {

using namespace std::string_literals;

const std::string kShortI = "\u0439";             // й in one piece
const std::string kShortIApart = "\u0438\u0306";  // and as и with a breve

std::string mark(std::string_view true_bytes) { return "~" + sha256(as_view(true_bytes)).hex().substr(0, 16); }

TEST(PlainName, TakesWhatNeedsNoRepair) {
  for (const std::string& name :
       {"a"s, "photo 1.jpg"s, "-rf"s, ".hidden"s, "..."s, "~"s, "a~0123456789abcdef.txt"s, "*?\"<>|:"s, kShortI,
        "\u65e5\u672c\u8a9e"s, "\u0635\u0648\u0631\u0629"s, "\U0001f600"s, std::string(255, 'x'), "a\u200fb"s}) {
    EXPECT_TRUE(is_plain_name(name)) << printable(name);
    EXPECT_TRUE(is_plain_path(name));
  }
}

TEST(PlainName, RefusesWhatSomeToolWouldNotGiveBack) {
  for (const std::string& name : {""s,
                                  "."s,
                                  ".."s,
                                  "a/b"s,
                                  "/"s,
                                  "a%b"s,
                                  "a\\b"s,
                                  "a\nb"s,
                                  "a\rb"s,
                                  "a\tb"s,
                                  "\0"s,
                                  "a\0b"s,
                                  "\x1b[2J"s,
                                  "\x7f"s,
                                  "\u0085"s,
                                  "a\u2028b"s,
                                  "a\u2029b"s,
                                  " a"s,
                                  "a "s,
                                  " "s,
                                  "\u00a0a"s,
                                  "a\u3000"s,
                                  kShortIApart,
                                  "\u212b"s,
                                  "\xff"s,
                                  "\xc3"s,
                                  "\xed\xa0\x80"s,
                                  "\xc0\xaf"s,
                                  std::string(256, 'x')}) {
    EXPECT_FALSE(is_plain_name(name)) << printable(name);
  }
}

TEST(PlainPath, IsMadeOfPlainNames) {
  EXPECT_TRUE(is_plain_path("a/b c/d"));
  for (const char* path : {"", "/", "/a", "a/", "a//b", "a/./b", "../a", "a/..", "a/b /c"})
    EXPECT_FALSE(is_plain_path(path)) << path;
}

TEST(RepairName, PutsTheMarkInFrontOfTheExtension) {
  EXPECT_EQ(repair_name("50%.jpg"), "50_" + mark("50%.jpg") + ".jpg");
  EXPECT_EQ(repair_name("a\nb"), "a_b" + mark("a\nb"));
  EXPECT_EQ(repair_name("a.tar.gz%"), "a.tar.gz_" + mark("a.tar.gz%"));
  EXPECT_EQ(repair_name("%.tar.gz"), "_.tar" + mark("%.tar.gz") + ".gz");
  EXPECT_EQ(repair_name(".a\\"), ".a_" + mark(".a\\"));
  EXPECT_EQ(repair_name("\\.0123456789abcde"), "_" + mark("\\.0123456789abcde") + ".0123456789abcde");
  EXPECT_EQ(repair_name("\\.0123456789abcdef"), "_.0123456789abcdef" + mark("\\.0123456789abcdef"));
}

TEST(RepairName, RepairsEveryKindOfFault) {
  EXPECT_EQ(repair_name("\xff\xfe"
                        "a"),
            "__a" + mark("\xff\xfe"
                         "a"));
  EXPECT_EQ(repair_name(" a "), "_a_" + mark(" a "));
  EXPECT_EQ(repair_name(" "), "_" + mark(" "));
  EXPECT_EQ(repair_name("\u3000a.b\u00a0"), "_a.b_" + mark("\u3000a.b\u00a0"));
  EXPECT_EQ(repair_name("a\u2028b"), "a_b" + mark("a\u2028b"));
  EXPECT_EQ(repair_name(""), mark(""));
  EXPECT_EQ(repair_name("."), "." + mark("."));
  EXPECT_EQ(repair_name(".."), ".." + mark(".."));
  EXPECT_EQ(repair_name(kShortIApart + ".txt"), kShortI + mark(kShortIApart + ".txt") + ".txt");
}

TEST(RepairName, CutsLongNamesBetweenCharacters) {
  const std::string ascii(300, 'x');
  EXPECT_EQ(repair_name(ascii + ".jpeg"), std::string(255 - 17 - 5, 'x') + mark(ascii + ".jpeg") + ".jpeg");

  // 255 bytes that are whole characters, of which one must go, and the half of the next one with it.
  std::string cyrillic;
  for (int i = 0; i < 127; ++i) cyrillic += kShortI;
  EXPECT_EQ(repair_name(cyrillic + "%").size(), 255u);
  EXPECT_EQ(repair_name(cyrillic + "%"), cyrillic.substr(0, 238) + mark(cyrillic + "%"));
  EXPECT_EQ(repair_name("a" + cyrillic).size(), 254u);
  EXPECT_TRUE(is_plain_name(repair_name("a" + cyrillic)));
}

TEST(FoldCase, MakesCarelessFileSystemsNamesEqual) {
  EXPECT_EQ(fold_case("Photo.JPG"), fold_case("photo.jpg"));
  EXPECT_EQ(fold_case("\u0419"), fold_case(kShortI));
  EXPECT_EQ(fold_case("stra\u00dfe"), fold_case("STRASSE"));
  EXPECT_EQ(fold_case("\u03a3\u03c3\u03c2"), fold_case("\u03c3\u03c3\u03c3"));
  EXPECT_NE(fold_case("a"), fold_case("\u0430"));  // Latin and Cyrillic are not confused by any file system
  EXPECT_EQ(fold_case("\xff"
                      "A"),
            "\xff"
            "A");
}

TEST(NameTable, LeavesPlainPathsAlone) {
  NameTable names;
  EXPECT_EQ(names.add("Dir/a b.txt"), "Dir/a b.txt");
  EXPECT_EQ(names.add("Dir/c"), "Dir/c");
  EXPECT_EQ(names.add("-e"), "-e");
}

TEST(NameTable, AnswersTheSameForTheSamePath) {
  NameTable names;
  const std::string first = names.add("x%/y\n");
  names.add("X%/y\n");
  EXPECT_EQ(names.add("x%/y\n"), first);
}

TEST(NameTable, KeepsNormalFormsApart) {
  NameTable names;
  EXPECT_EQ(names.add(kShortI), kShortI);
  EXPECT_EQ(names.add(kShortIApart), kShortI + mark(kShortIApart));

  NameTable other_order;
  EXPECT_EQ(other_order.add(kShortIApart), kShortI + mark(kShortIApart));
  EXPECT_EQ(other_order.add(kShortI), kShortI);
}

TEST(NameTable, KeepsCasesApartInFoldersToo) {
  NameTable names;
  EXPECT_EQ(names.add("A.txt"), "A.txt");
  EXPECT_EQ(names.add("a.txt"), "a" + mark("a.txt") + ".txt");
  EXPECT_EQ(names.add("Dir/x"), "Dir/x");
  EXPECT_EQ(names.add("dir/y"), "dir" + mark("dir") + "/y");
  EXPECT_EQ(names.add("dir/x"), "dir" + mark("dir") + "/x");
  EXPECT_EQ(names.add("Dir/X"), "Dir/X" + mark("X"));
}

TEST(NameTable, KeepsAFileAndAFolderOfOneNameApart) {
  NameTable names;
  EXPECT_EQ(names.add("a"), "a");
  EXPECT_EQ(names.add("a/b"), "a" + mark("a") + "/b");
  EXPECT_EQ(names.add("c/d"), "c/d");
  EXPECT_EQ(names.add("C"), "C" + mark("C"));
}

TEST(NameTable, IsNotFooledByNamesThatLookRepaired) {
  const std::string looks_repaired = repair_name("a%");
  for (const bool repaired_first : {true, false}) {
    NameTable names;
    const std::string first = names.add(repaired_first ? looks_repaired : "a%"s);
    const std::string second = names.add(repaired_first ? "a%"s : looks_repaired);
    EXPECT_EQ(first, looks_repaired);
    EXPECT_NE(fold_case(second), fold_case(first));
    EXPECT_TRUE(is_plain_name(second)) << second;
  }
  // The third answer can be foreseen as well; then there is a fourth.
  NameTable probe;
  probe.add(looks_repaired);
  const std::string third = probe.add("a%");
  NameTable names;
  names.add(looks_repaired);
  names.add(third);
  const std::string fourth = names.add("a%");
  EXPECT_EQ((std::set<std::string>{looks_repaired, third, fourth}).size(), 3u);
}

TEST(NameTable, LiftsWhatLiesTooDeep) {
  const std::string name(200, 'n');
  std::string deep;
  for (int i = 0; i < 30; ++i) deep += name + std::to_string(i) + "/";
  NameTable names;
  const std::string first = names.add(deep + "file.txt");
  const std::string second = names.add(deep + "other.txt");
  EXPECT_LE(first.size(), kPathBytesMax);
  EXPECT_TRUE(is_plain_path(first));
  EXPECT_EQ(first.substr(0, first.rfind('/')), second.substr(0, second.rfind('/')));
  EXPECT_TRUE(first.ends_with("/file.txt")) << first;
  EXPECT_EQ(names.add(deep + "file.txt"), first);
}

/// Bytes that are often wrong in interesting ways.
rc::Gen<std::string> gen_name() {
  const auto piece = rc::gen::element("a"s, "A"s, "\u00e9"s, "e\u0301"s, kShortI, kShortIApart, "\u1e9e"s, "ss"s, "."s,
                                      ".txt"s, "%"s, "\\"s, " "s, "\n"s, "\xff"s, "\u2028"s, "\u3000"s, "~"s, "\0"s,
                                      "\u0345"s, "\u1100\u1161\u11a8"s, std::string(100, 'y'));
  const auto name = rc::gen::map(rc::gen::container<std::vector<std::string>>(piece), [](const auto& pieces) {
    std::string joined;
    for (const std::string& part : pieces) joined += part;
    return joined;
  });
  return rc::gen::suchThat(name, [](const std::string& text) { return !text.empty() && text != "." && text != ".."; });
}

RC_GTEST_PROP(RepairName, IsAlwaysPlainAndFoldingIsStable, ()) {
  const auto name = *gen_name();
  const std::string repaired = repair_name(name);
  RC_ASSERT(is_plain_name(repaired));
  RC_ASSERT(fold_case(fold_case(repaired)) == fold_case(repaired));
}

/// ASCII is judged without Unicode's tables. A letter of another script beside it, which composes with nothing and is
/// its own folded form, makes the same bytes go the long way.
RC_GTEST_PROP(PlainName, IsTheSameForAsciiWithAndWithoutTheTables, ()) {
  const auto name = *rc::gen::container<std::string>(rc::gen::inRange<char>(0, 127));
  const std::string alef = "\u05d0";
  RC_ASSERT(fold_case(name + alef) == fold_case(name) + alef);
  const bool has_edges = !name.empty() && name.front() != ' ' && name.back() != ' ';
  if (has_edges && name != "." && name != "..") RC_ASSERT(is_plain_name(name) == is_plain_name(alef + name + alef));
}

TEST(PlainName, HasNoSpaceAtAnEdgeAndNoForbiddenAscii) {
  for (int value = 0; value < 128; ++value) {
    const auto c = static_cast<char>(value);
    const bool is_allowed = value >= 0x20 && value < 0x7f && c != '/' && c != '\\' && c != '%';
    EXPECT_EQ(is_plain_name(std::string("a") + c + "b"), is_allowed) << value;
    EXPECT_EQ(is_plain_name(std::string("a") + c), is_allowed && c != ' ') << value;
    EXPECT_EQ(is_plain_name(c + std::string("b")), is_allowed && c != ' ') << value;
  }
}

RC_GTEST_PROP(NameTable, GivesPlainUniquePaths, ()) {
  const auto true_paths = *rc::gen::container<std::vector<std::vector<std::string>>>(
      rc::gen::nonEmpty(rc::gen::resize(6, rc::gen::container<std::vector<std::string>>(gen_name()))));
  NameTable names;
  std::map<std::string, std::string> given;
  std::map<std::string, std::string> folded;
  for (const auto& parts : true_paths) {
    std::string true_path;
    for (const std::string& part : parts) true_path += (true_path.empty() ? "" : "/") + part;
    const std::string path = names.add(true_path);
    RC_ASSERT(is_plain_path(path));
    RC_ASSERT(path.size() <= kPathBytesMax);
    RC_ASSERT(names.add(true_path) == path);
    given.emplace(true_path, path);
    RC_ASSERT(folded.emplace(fold_case(path), true_path).first->second == true_path);
  }
  // No path is the folder of another, whatever the case.
  for (const auto& [path, true_path] : folded) {
    const auto next = folded.lower_bound(path + "/");
    const bool is_folder = next != folded.end() && next->first.starts_with(path + "/");  // RC_ASSERT evaluates all
    RC_ASSERT(!is_folder);
  }
}

}  // namespace
}  // namespace muniment::bag
