#include "archive/receipt.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "archive/archive_testing.h"
#include "base/encoding.h"
#include "testing/expect_code.h"

namespace muniment {
namespace {

Sha256 all(std::uint8_t byte) {
  Sha256 digest;
  digest.bytes.fill(byte);
  return digest;
}

Receipt some_receipt() {
  return {.archive = all(0x11),
          .contents = all(0x22),
          .tree = all(0x33),
          .bytes = 2 * kPartBytes + 5,
          .parts = 3,
          .sums = all(0x44),
          .header = all(0x55),
          .sealed_contents = all(0x66)};
}

std::string digits(char c) { return std::string(64, c); }

TEST(Receipt, IsExactlyTheseBytes) {
  const std::string text = "muniment/deposit/v1\narchive " + digits('1') + "\ncontents " + digits('2') + "\ntree " +
                           digits('3') + "\nbytes 33562629\nparts 3\n" + digits('4') + "  SHA256SUMS\n" + digits('5') +
                           "  header-0\n" + digits('6') + "  contents-0.age\n";
  EXPECT_EQ(render_receipt(some_receipt()), text);
  EXPECT_EQ(deposit_id(text), sha256(as_view(text)));
  const auto parsed = parse_receipt(text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, some_receipt());
}

/// format-review 5 and P11: no second text for a receipt, so one id for it.
TEST(Receipt, HasNoSecondForm) {
  const std::string text = render_receipt(some_receipt());
  const auto replaced = [&](const std::string& what, const std::string& with) {
    std::string changed = text;
    const std::size_t at = changed.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return changed.replace(at, what.size(), with);
  };
  const std::vector<std::string> others = {
      "",
      text + "\n",
      text.substr(0, text.size() - 1),
      text + text,
      replaced("v1", "v2"),
      replaced("archive ", "archive  "),
      replaced("bytes 3", "bytes 03"),
      replaced("bytes 3", "bytes +3"),
      replaced("parts 3", "parts 3 "),
      replaced("\nparts", "\r\nparts"),
      replaced(digits('4'), std::string(64, 'G')),
      replaced(digits('4') + "  ", digits('4') + " *"),
      replaced("header-0", "header-1"),
      replaced("contents-0.age", "../contents"),
      replaced("tree ", "root "),
      replaced("tree " + digits('3') + "\n", ""),
      replaced("tree " + digits('3'), "tree " + digits('3') + "\ntree " + digits('3')),
      replaced("contents " + digits('2') + "\ntree " + digits('3'),
               "tree " + digits('3') + "\ncontents " + digits('2')),
  };
  for (const std::string& other : others) {
    const auto parsed = parse_receipt(other);
    ASSERT_FALSE(parsed) << other;
    EXPECT_TRUE(parsed.error().code() == Code::corrupt || parsed.error().code() == Code::limit) << other;
  }
  EXPECT_CODE(parse_receipt(text + std::string(kReceiptBytesMax, '\n')), Code::limit);
}

TEST(Receipt, AlteredInAnyByteIsRefusedOrAnotherDeposit) {
  const std::string text = render_receipt(some_receipt());
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const int change : {1, 2, 16, 32, 128}) {
      std::string changed = text;
      changed[i] = static_cast<char>(changed[i] ^ change);
      const auto parsed = parse_receipt(changed);
      if (!parsed) continue;
      EXPECT_EQ(render_receipt(*parsed), changed) << "byte " << i;
      EXPECT_NE(*parsed, some_receipt());
      EXPECT_NE(deposit_id(changed), deposit_id(text));
    }
  }
}

TEST(Receipt, HasSizesThatAgree) {
  const auto with = [](std::uint64_t bytes, std::uint64_t parts) {
    Receipt receipt = some_receipt();
    receipt.bytes = bytes;
    receipt.parts = parts;
    return parse_receipt(render_receipt(receipt));
  };
  EXPECT_TRUE(with(1, 1));
  EXPECT_TRUE(with(kPartBytes, 1)) << "a full last part";
  EXPECT_TRUE(with(kPartBytes + 1, 2));
  EXPECT_TRUE(with(kPartsMax * kPartBytes, kPartsMax));
  EXPECT_CODE(with(0, 0), Code::corrupt);
  EXPECT_CODE(with(0, 1), Code::corrupt) << "an empty last part";
  EXPECT_CODE(with(kPartBytes, 2), Code::corrupt) << "an empty last part";
  EXPECT_CODE(with(kPartBytes + 1, 1), Code::corrupt);
  EXPECT_CODE(with(1, 0), Code::corrupt);
  EXPECT_CODE(with(1, kPartsMax + 1), Code::limit);
  EXPECT_CODE(with(kPartsMax * kPartBytes + 1, kPartsMax), Code::limit);
}

RC_GTEST_PROP(Receipt, ComesBackAsItWasWritten, ()) {
  Receipt receipt;
  for (Sha256* digest :
       {&receipt.archive, &receipt.contents, &receipt.tree, &receipt.sums, &receipt.header, &receipt.sealed_contents}) {
    for (std::uint8_t& byte : digest->bytes) byte = *rc::gen::arbitrary<std::uint8_t>();
  }
  receipt.parts = *rc::gen::inRange<std::uint64_t>(1, kPartsMax + 1);
  const auto last = *rc::gen::inRange<std::uint64_t>(1, kPartBytes + 1);
  receipt.bytes = (receipt.parts - 1) * kPartBytes + last;
  const auto parsed = parse_receipt(render_receipt(receipt));
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(*parsed == receipt);
  RC_ASSERT(part_size(receipt, receipt.parts - 1) == last);
  if (receipt.parts > 1) RC_ASSERT(part_size(receipt, 0) == kPartBytes);
}

TEST(Names, OfPartsSortAsTheyAreCounted) {
  EXPECT_EQ(part_name(0), "part-0000000");
  EXPECT_EQ(part_name(42), "part-0000042");
  EXPECT_EQ(part_name(9'999'999), "part-9999999");
  EXPECT_EQ(part_name(0).size() + 64 + 2 + 1, kSumsLineBytes);
  EXPECT_EQ(deposit_folder(all(0xab)), "deposits/ab/" + all(0xab).hex());
}

TEST(Sums, ListEveryPartInOrder) {
  const std::vector<Sha256> parts = {all(1), all(2), all(3)};
  const std::string text = render_sums(parts);
  EXPECT_EQ(text.size(), 3 * kSumsLineBytes);
  EXPECT_EQ(*parse_sums(text, 3), parts);
  EXPECT_CODE(parse_sums(text, 2), Code::limit);
  EXPECT_CODE(parse_sums(text, 4), Code::corrupt);
  EXPECT_CODE(parse_sums("", 1), Code::corrupt);
  const std::string first = text.substr(0, kSumsLineBytes);
  const std::string second = text.substr(kSumsLineBytes, kSumsLineBytes);
  EXPECT_CODE(parse_sums(second + first, 2), Code::corrupt) << "out of order";
  EXPECT_CODE(parse_sums(first + first, 2), Code::corrupt) << "twice";
  EXPECT_CODE(parse_sums(first + digits('a') + "  header-0\n", 2), Code::corrupt) << "something else";
  EXPECT_CODE(parse_sums(first + digits('a') + "  ../part-0000001\n", 2), Code::corrupt);
  EXPECT_CODE(parse_sums(text.substr(0, text.size() - 1), 3), Code::corrupt) << "cut";
}

}  // namespace
}  // namespace muniment
