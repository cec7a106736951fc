#include "bag/tag_files.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "bag/tar_testing.h"

namespace muniment::bag {
namespace {

using namespace std::string_literals;

using Fields = std::vector<std::pair<std::string, std::string>>;

const std::string kBagit10 = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

TEST(ParseDeclaration, TakesEveryVersion) {
  for (const std::string version : {"0.93", "0.94", "0.95", "0.96", "0.97", "1.0"}) {
    const auto parsed =
        parse_declaration(to_bytes("BagIt-Version: " + version + "\r\nTag-File-Character-Encoding: ISO-8859-1"));
    ASSERT_TRUE(parsed) << version;
    EXPECT_EQ(parsed->version, version);
    EXPECT_EQ(parsed->encoding, "ISO-8859-1");
    EXPECT_EQ(parsed->rules, version == "1.0" ? BagRules::rfc8493 : BagRules::draft);
  }
}

TEST(ParseDeclaration, AllowsWhiteSpaceInDraftsOnly) {
  const std::string spaced = "BagIt-Version : 0.97\nTag-File-Character-Encoding:\tUTF-8 \n";
  EXPECT_EQ(parse_declaration(to_bytes(spaced))->encoding, "UTF-8");
  for (const char* text : {"BagIt-Version : 1.0\nTag-File-Character-Encoding: UTF-8\n",
                           "BagIt-Version: 1.0 \nTag-File-Character-Encoding: UTF-8\n",
                           "BagIt-Version: 1.0\nTag-File-Character-Encoding:  UTF-8\n"})
    EXPECT_EQ(parse_declaration(to_bytes(text)).error().code(), Code::corrupt) << text;
}

TEST(ParseDeclaration, RefusesWhatIsNotOne) {
  for (const std::string& text : {""s, "BagIt-Version: 1.0\n"s, "\xef\xbb\xbf" + kBagit10, kBagit10 + "More: 1\n",
                                  "\n" + kBagit10, "Tag-File-Character-Encoding: UTF-8\nBagIt-Version: 1.0\n"s,
                                  "BagIt-Version: 1.0\nTag-File-Character-Encoding: \n"s,
                                  "BagIt-Version 1.0\nTag-File-Character-Encoding UTF-8\n"s, "\xff" + kBagit10})
    EXPECT_EQ(parse_declaration(to_bytes(text)).error().code(), Code::corrupt) << text;
  for (const std::string version : {".97", "0.92", "0.970", "1", "1.1", "2.0", ""})
    EXPECT_EQ(parse_declaration(to_bytes("BagIt-Version: " + version + "\nTag-File-Character-Encoding: UTF-8\n"))
                  .error()
                  .code(),
              Code::unsupported)
        << version;
}

TEST(DecodeText, DecodesTheEncodingsThatOccur) {
  const std::string text = "\u00e9 1";
  EXPECT_EQ(decode_text(to_bytes(text), "UTF-8").value(), text);
  EXPECT_EQ(decode_text(to_bytes(text), "utf-8").value(), text);
  EXPECT_EQ(decode_text(to_bytes("\xe9 1"), "ISO-8859-1").value(), text);
  EXPECT_EQ(decode_text(to_bytes("\xff\xfe\xe9\0 \0"
                                 "1\0"s),
                        "UTF-16")
                .value(),
            text);
  EXPECT_EQ(decode_text(to_bytes("\xfe\xff\0\xe9\0 \0"
                                 "1"s),
                        "UTF-16")
                .value(),
            text);
  EXPECT_EQ(decode_text(to_bytes("\0\xe9\0 \0"
                                 "1"s),
                        "UTF-16")
                .value(),
            text);  // RFC 2781: big-endian
  EXPECT_EQ(decode_text(to_bytes("\xe9\0 \0"
                                 "1\0"s),
                        "UTF-16LE")
                .value(),
            text);
  EXPECT_EQ(decode_text(to_bytes("\0\xe9\0 \0"
                                 "1"s),
                        "UTF-16BE")
                .value(),
            text);
  EXPECT_EQ(decode_text(to_bytes("\x3d\xd8\x00\xde"s), "UTF-16LE").value(), "\U0001f600");
  EXPECT_EQ(decode_text({}, "UTF-16").value(), "");
  EXPECT_EQ(decode_text(to_bytes(std::string(1000, '\xe9')), "ISO-8859-1")->size(), 2000u);
}

TEST(DecodeText, RefusesWhatIsNotInTheEncoding) {
  EXPECT_EQ(decode_text(to_bytes("\xe9"), "UTF-8").error().code(), Code::corrupt);
  EXPECT_EQ(decode_text(to_bytes("\xef\xbb\xbf"
                                 "a"),
                        "UTF-8")
                .error()
                .code(),
            Code::corrupt);
  EXPECT_EQ(decode_text(to_bytes("\xe9"), "US-ASCII").error().code(), Code::corrupt);
  EXPECT_EQ(decode_text(to_bytes("abc"), "UTF-16BE").error().code(), Code::corrupt);
  EXPECT_EQ(decode_text(to_bytes("\xd8\x3d\0a"s), "UTF-16BE").error().code(), Code::corrupt);
  // Names that iconv would take, or take for a file.
  for (const char* name : {"", "UTF-7", "ISO-2022-CN-EXT", "../../x", "UTF-8//IGNORE", "UTF-16//TRANSLIT"})
    EXPECT_EQ(decode_text(to_bytes("a"), name).error().code(), Code::unsupported) << name;
}

TEST(NextLine, EndsLinesWithAnyOfThree) {
  std::string_view rest = "a\nb\r\nc\rd\n\ne";
  std::vector<std::string> lines;
  while (const auto line = next_line(rest)) lines.emplace_back(*line);
  EXPECT_EQ(lines, (std::vector<std::string>{"a", "b", "c", "d", "", "e"}));
}

TEST(ParseManifestLine, TakesDigestAndPath) {
  for (const char* line : {"0Aff data/a b ", "0Aff  data/a b ", "0Aff\tdata/a b "}) {
    const auto parsed = parse_manifest_line(line, BagRules::rfc8493);
    ASSERT_TRUE(parsed) << line;
    EXPECT_EQ(parsed->digest, "0aff");
    EXPECT_EQ(parsed->path, "data/a b ");
    EXPECT_FALSE(parsed->odd);
  }
}

TEST(ParseManifestLine, SaysWhatIsOdd) {
  for (const char* line : {"00 ./data/a", "00 *data/a", "00 *././data/a"}) {
    const auto parsed = parse_manifest_line(line, BagRules::draft);
    ASSERT_TRUE(parsed) << line;
    EXPECT_EQ(parsed->path, "data/a");
    EXPECT_TRUE(parsed->odd);
  }
}

TEST(ParseManifestLine, DecodesPercentByTheRulesOfTheVersion) {
  const auto both = [](const char* path) {
    const std::string line = "00 "s + path;
    return std::pair(parse_manifest_line(line, BagRules::rfc8493)->path,
                     parse_manifest_line(line, BagRules::draft)->path);
  };
  EXPECT_EQ(both("a%0Ab"), std::pair("a\nb"s, "a\nb"s));
  EXPECT_EQ(both("a%0d%0ab"), std::pair("a\r\nb"s, "a\r\nb"s));
  EXPECT_EQ(both("a%25b"), std::pair("a%b"s, "a%25b"s));
  EXPECT_EQ(both("a%250Ab"), std::pair("a%0Ab"s, "a%250Ab"s));
  EXPECT_EQ(both("%7Ea%"), std::pair("%7Ea%"s, "%7Ea%"s));
  EXPECT_TRUE(parse_manifest_line("00 %7Ea", BagRules::rfc8493)->odd);
  EXPECT_FALSE(parse_manifest_line("00 %7Ea", BagRules::draft)->odd);
}

TEST(ParseManifestLine, RefusesPathsThatLeadOut) {
  for (const std::string& path : {"/tmp/foo"s, "../a"s, "data/../../a"s, "data/.."s, "~/foo"s, "~root/foo"s, "./../a"s,
                                  "*/etc/passwd"s, ".//etc"s, "a//b"s, "a/./b"s, "a/"s, "a\0b"s, ""s, "./"s}) {
    for (const BagRules rules : {BagRules::draft, BagRules::rfc8493})
      EXPECT_EQ(parse_manifest_line("00  " + path, rules).error().code(), Code::corrupt) << path;
  }
}

TEST(ParseManifestLine, RefusesLinesOfAnotherForm) {
  for (const char* line : {"", " ", "00", "00 ", "xx data/a", " 00 data/a", "data/a"})
    EXPECT_EQ(parse_manifest_line(line, BagRules::rfc8493).error().code(), Code::corrupt) << line;
}

TEST(ParseFetchLine, TakesAddressLengthAndPath) {
  const auto known = parse_fetch_line("https://example.org/a 12\tdata/a b", BagRules::rfc8493);
  ASSERT_TRUE(known);
  EXPECT_EQ(known->url, "https://example.org/a");
  EXPECT_EQ(known->size_bytes, 12u);
  EXPECT_EQ(known->path, "data/a b");
  EXPECT_EQ(parse_fetch_line("https://example.org/a - data/a", BagRules::draft)->size_bytes, std::nullopt);
  for (const char* line : {"", "a", "a 1", "a 1 ", "a x data/a", "a -1 data/a", " a 1 data/a", "a 1 ../a", "a - ~/a",
                           "a 99999999999999999999 data/a"})
    EXPECT_EQ(parse_fetch_line(line, BagRules::rfc8493).error().code(), Code::corrupt) << line;
}

TEST(ParseBagInfo, KeepsOrderAndJoinsContinuedLines) {
  const auto fields = parse_bag_info("A: 1\r\n\tand 2 \r\n  and 3\r\nb: \nA:4\n\n", BagRules::rfc8493);
  ASSERT_TRUE(fields);
  EXPECT_EQ(*fields, (Fields{{"A", "1 and 2 and 3"}, {"b", ""}, {"A", "4"}}));
}

TEST(ParseBagInfo, AllowsWhiteSpaceAroundLabelsInDraftsOnly) {
  EXPECT_EQ(*parse_bag_info("A : 1\n", BagRules::draft), (Fields{{"A", "1"}}));
  EXPECT_EQ(parse_bag_info("A : 1\n", BagRules::rfc8493).error().code(), Code::corrupt);
}

TEST(ParseBagInfo, RefusesWhatIsNotFields) {
  for (const char* text : {"no colon\n", ": value\n", " continues nothing\n"})
    EXPECT_EQ(parse_bag_info(text, BagRules::draft).error().code(), Code::corrupt) << text;
  std::string many;
  for (int i = 0; i < 100'001; ++i) many += "a:\n";
  EXPECT_EQ(parse_bag_info(many, BagRules::draft).error().code(), Code::limit);
  EXPECT_TRUE(parse_bag_info(std::string_view(many).substr(3), BagRules::draft));
}

RC_GTEST_PROP(ParseManifestLine, ReadsEveryPathThatIsEncodedByTheRules, ()) {
  const auto names = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(
      rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::elementOf("ab%025AaDd\n\r é"s)))));
  std::string path = "data";
  for (const std::string& name : names) path += "/" + name;
  std::string encoded;
  for (const char c : path) encoded += c == '%' ? "%25" : c == '\n' ? "%0A" : c == '\r' ? "%0D" : std::string(1, c);
  const auto parsed = parse_manifest_line("00  " + encoded, BagRules::rfc8493);
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(parsed->path == path);
  RC_ASSERT(!parsed->odd);
}

}  // namespace
}  // namespace muniment::bag
