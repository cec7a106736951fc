#include "age/header.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "base/encoding.h"

namespace muniment::age {
namespace {

// The header of age's test file "x25519", and its file key.
const std::string kHeader =
    "age-encryption.org/v1\n"
    "-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc\n"
    "hjabGXwSLQ9c3S6Lw2i+S2Tu2fiwQHHslbBN6B41FLE\n"
    "--- WyJp9F/9FOZh7gJdheq2WIJcwHgYc8NIVh3ddwhrcNg\n";
const std::string kVersion = "age-encryption.org/v1\n";
const std::string kMacLine = "--- WyJp9F/9FOZh7gJdheq2WIJcwHgYc8NIVh3ddwhrcNg\n";

FileKey file_key(std::string_view text = "YELLOW SUBMARINE") { return FileKey::copy_of(as_view(text).first<16>()); }

Code code_of(const std::string& text, HeaderLimits limits = {}) {
  const auto header = parse_header(as_view(text), limits);
  EXPECT_FALSE(header) << text;
  return header ? Code::invalid : header.error().code();
}

TEST(Header, IsReadFromTheFrontOfAFile) {
  const std::string file = kHeader + "nonce and payload\n";
  const auto header = parse_header(as_view(file));
  ASSERT_TRUE(header) << header.error().sentence();
  EXPECT_EQ(header->size_bytes, kHeader.size());
  ASSERT_EQ(header->stanzas.size(), 1u);
  EXPECT_EQ(header->stanzas[0].args,
            (std::vector<std::string>{"X25519", "TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc"}));
  EXPECT_EQ(to_hex(header->stanzas[0].body), "86369b197c122d0f5cdd2e8bc368be4b64eed9f8b04071ec95b04de81e3514b1");
  EXPECT_TRUE(verify_mac(*header, as_view(file), file_key()));
}

TEST(Header, IsWrittenAsAgeWritesIt) {
  const auto header = parse_header(as_view(kHeader));
  ASSERT_TRUE(header);
  EXPECT_EQ(render_header(header->stanzas, file_key()), kHeader);
}

TEST(Header, WithAnotherKeyOrAlteredIsForged) {
  const auto header = parse_header(as_view(kHeader));
  ASSERT_TRUE(header);
  EXPECT_EQ(verify_mac(*header, as_view(kHeader), file_key("YELLOW SUBMARINF")).error().code(), Code::forged);
  std::string altered = kHeader;
  altered[altered.find("hjab")] = 'i';
  const auto other = parse_header(as_view(altered));
  ASSERT_TRUE(other);
  EXPECT_EQ(verify_mac(*other, as_view(altered), file_key()).error().code(), Code::forged);
}

TEST(Header, EndsAStanzaWithAShortLine) {
  for (const std::size_t size : {0u, 1u, 47u, 48u, 49u, 95u, 96u, 97u}) {
    const std::string text = render_header({{{"a"}, Bytes(size, 0xff)}, {{"b", "c"}, {}}}, file_key());
    const auto header = parse_header(as_view(text));
    ASSERT_TRUE(header) << size << ": " << header.error().sentence();
    ASSERT_EQ(header->stanzas.size(), 2u);
    EXPECT_EQ(header->stanzas[0].body, Bytes(size, 0xff));
    EXPECT_EQ(header->stanzas[1].args, (std::vector<std::string>{"b", "c"}));
  }
  EXPECT_EQ(render_header({{{"a"}, Bytes(48)}}, file_key()).substr(kVersion.size(), 5 + 64 + 2),
            "-> a\n" + std::string(64, 'A') + "\n\n");
}

TEST(Header, OfAnotherVersionIsUnsupported) {
  EXPECT_EQ(code_of("age-encryption.org/v2\n-> a\n\n" + kMacLine), Code::unsupported);
  EXPECT_EQ(code_of("age-encryption.org/v1 \n-> a\n\n" + kMacLine), Code::unsupported);
  EXPECT_EQ(code_of("age-encryption.org/v1\r\n-> a\r\n\r\n" + kMacLine), Code::unsupported);
}

TEST(Header, OfAnythingElseIsCorrupt) {
  const std::string full(64, 'A');
  const std::string texts[] = {"",
                               "\x7f"
                               "ELF",
                               "AGE-ENCRYPTION.ORG/v1\n",
                               "age-encryption.org/v1",
                               kVersion,
                               kVersion + kMacLine,                                      // no stanza
                               kVersion + "\n-> a\n\n" + kMacLine,                       // an empty line
                               kVersion + "->\n\n" + kMacLine,                           // no argument
                               kVersion + "-> \n\n" + kMacLine,                          // an empty one
                               kVersion + "-> a  b\n\n" + kMacLine,                      // another
                               kVersion + "-> a \n\n" + kMacLine,                        // another
                               kVersion + "-> a\tb\n\n" + kMacLine,                      // not printable
                               kVersion + "-> \xc3\xa9\n\n" + kMacLine,                  // not ASCII
                               kVersion + "-> \x7f\n\n" + kMacLine,                      // nor is this
                               kVersion + "-> a\r\n\n" + kMacLine,                       // a carriage return
                               kVersion + "=> a\n\n" + kMacLine,                         // another start
                               kVersion + "-> a\n" + kMacLine,                           // no body
                               kVersion + "-> a\n" + full + "\n" + kMacLine,             // no short line
                               kVersion + "-> a\n" + full + "AAAA\n\n" + kMacLine,       // a long one
                               kVersion + "-> a\nAAAA\nAAAA\n" + kMacLine,               // two short ones
                               kVersion + "-> a\nAA==\n" + kMacLine,                     // padding
                               kVersion + "-> a\nAB\n" + kMacLine,                       // bits left over
                               kVersion + "-> a\n\n---\n",                               // no MAC
                               kVersion + "-> a\n\n--- \n",                              // an empty one
                               kVersion + "-> a\n\n---" + kMacLine.substr(4),            // no space
                               kVersion + "-> a\n\n---  " + kMacLine.substr(4),          // two spaces
                               kVersion + "-> a\n\n" + kMacLine.substr(0, 46) + "\n",    // a short one
                               kVersion + "-> a\n\n" + kMacLine.substr(0, 47),           // no line feed
                               kVersion + "-> a\n\n" + kMacLine.substr(0, 47) + " \n",   // a space after it
                               kVersion + "-> a\n\n" + kMacLine.substr(0, 46) + "h\n"};  // bits left over
  for (const std::string& text : texts) EXPECT_EQ(code_of(text), Code::corrupt) << text;
}

TEST(Header, StopsAtItsLimits) {
  const std::string three = kVersion + "-> a\n\n-> b\n\n-> c\n\n" + kMacLine;
  EXPECT_TRUE(parse_header(as_view(three), {.bytes_max = three.size(), .stanzas_max = 3}));
  EXPECT_EQ(code_of(three, {.stanzas_max = 2}), Code::limit);
  EXPECT_EQ(code_of(three, {.bytes_max = three.size() - 1}), Code::limit);
  EXPECT_EQ(code_of(kVersion + "-> " + std::string(std::size_t{1} << 20, 'a')), Code::limit);
}

rc::Gen<Stanza> any_stanza() {
  const auto arg = rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange<char>(33, 127)));
  return rc::gen::build<Stanza>(
      rc::gen::set(&Stanza::args, rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(arg))),
      rc::gen::set(&Stanza::body, rc::gen::resize(120, rc::gen::arbitrary<Bytes>())));
}

RC_GTEST_PROP(Header, ReadsWhatItWrote, ()) {
  // A few of everything, so that the header stays below its limits.
  const auto stanzas = *rc::gen::resize(8, rc::gen::nonEmpty(rc::gen::container<std::vector<Stanza>>(any_stanza())));
  const std::string text = render_header(stanzas, file_key());
  const auto header = parse_header(as_view(text));
  RC_ASSERT(header.has_value());
  RC_ASSERT(header->stanzas.size() == stanzas.size());
  for (std::size_t i = 0; i < stanzas.size(); ++i) {
    RC_ASSERT(header->stanzas[i].args == stanzas[i].args);
    RC_ASSERT(header->stanzas[i].body == stanzas[i].body);
  }
  RC_ASSERT(header->size_bytes == text.size());
  RC_ASSERT(verify_mac(*header, as_view(text), file_key()).has_value());
}

RC_GTEST_PROP(Header, NoticesAnyFlippedBit, ()) {
  std::string text = kHeader;
  const auto bit = *rc::gen::inRange<std::size_t>(0, text.size() * 8);
  text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << (bit % 8)));
  const auto header = parse_header(as_view(text));
  if (header) RC_ASSERT(!verify_mac(*header, as_view(text), file_key()));
}

}  // namespace
}  // namespace muniment::age
