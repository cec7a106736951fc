#include "note/note.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::string_view kExampleKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
constexpr std::string_view kExampleNote =
    "This is an example message.\n"
    "\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

constexpr std::string_view kSumdbKey = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
constexpr std::string_view kSumdbNote =
    "go.sum database tree\n"
    "35225469\n"
    "vt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=\n"
    "\n"
    "— sum.golang.org Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ=\n";

// A log whose key name holds a hash of the key: the tree of the C2SP witness' test session at sizes 1 and 5.
constexpr std::string_view kSigsumKey =
    "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562+5202289b+"
    "Af/cLU2Y5BJNP+r3iMDC+av9eWCD0fBJVDfzAux5zxAP";
constexpr std::string_view kSigsumName =
    "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562";

constexpr std::string_view kExampleLogKey =
    "muniment.example/log+ca544cd4+AdBKsjJ0K7SrOhNovUYV5ObQIkq3GgFrr4UgozLJd4c3";

SignerKey make_signer(std::string name, std::uint8_t seed_byte) {
  Secret<32> seed;
  std::ranges::fill(seed.expose_mut(), seed_byte);
  return {std::move(name), std::move(seed)};
}

/// The seed whose first bytes are `number`, little-endian, and whose others are zero.
SignerKey make_numbered_signer(std::string name, std::uint32_t number) {
  Secret<32> seed;
  for (std::size_t i = 0; i < 4; ++i) seed.expose_mut()[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return {std::move(name), std::move(seed)};
}

VerifierKey parsed_key(std::string_view text) { return parse_verifier_key(text).value(); }

std::string sign(std::string_view text, const SignerKey& signer) {
  const SignerKey* signers[] = {&signer};
  return sign_note(text, signers);
}

Result<std::vector<std::size_t>> opened_by(std::string_view bytes, std::vector<VerifierKey> keys) {
  TRY_ASSIGN(const Note note, parse_note(bytes));
  return verify_note(note, keys);
}

template <typename T>
std::optional<Code> code_of(const Result<T>& result) {
  if (result) return std::nullopt;
  return result.error().code();
}

TEST(VerifierKey, ReadsAndWritesTheKnownKeys) {
  for (const std::string_view text : {kExampleKey, kSumdbKey, kSigsumKey, kExampleLogKey}) {
    const auto key = parse_verifier_key(text);
    ASSERT_TRUE(key) << text;
    EXPECT_EQ(key->text(), text);
  }
  EXPECT_EQ(parsed_key(kSumdbKey).name, "sum.golang.org");
  EXPECT_EQ(to_hex(parsed_key(kSumdbKey).id()), "033de0ae");
}

TEST(VerifierKey, OfAKnownSeedIsTheKnownKey) {
  EXPECT_EQ(make_signer("muniment.example/log", 0x11).verifier().text(), kExampleLogKey);
}

TEST(VerifierKey, SaysUnsupportedForOtherKindsOfKeys) {
  // A cosigner's key (type 4) for Ed25519, and a type that nobody has assigned.
  EXPECT_EQ(code_of(parse_verifier_key("witness.example/w1+e0cd2864+BKCapfR6Z1mAL/lV+NwtKhSlyZ0jvpf4ZBJ/+Tg0VaTw")),
            Code::unsupported);
  EXPECT_EQ(code_of(parse_verifier_key("a.example+00000000+AA==")), Code::unsupported);
}

TEST(VerifierKey, RefusesWhatIsNotOne) {
  const std::string good(kExampleKey);
  const std::vector<std::string> bad = {
      "",
      "+",
      "++",
      "example.com/foo",
      "example.com/foo+530d903a",
      "example.com/foo+530d903a+",
      "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com/foo+530d903+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com/foo+530d903a00+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",  // a different hash
      "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",  // a different name
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2l",  // trailing bits
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=",  // 31 bytes
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2kAA==",
      "a.example+00+AA==",  // a short hash, before the type is looked at
      good + "\n",
      good + " ",
      " " + good,
  };
  for (const std::string& text : bad) {
    const auto key = parse_verifier_key(text);
    ASSERT_FALSE(key) << text;
    EXPECT_EQ(key.error().code(), Code::corrupt) << text;
  }
}

TEST(KeyName, MayBeAnythingWithoutSpaceAndPlus) {
  for (const char* name : {"a", "example.com/log42", "كاتب", "a\u200bb", "—", "0123456789abcdef.muniment"}) {
    EXPECT_TRUE(check_key_name(name)) << name;
  }
  const std::vector<std::string> bad = {
      // Neither empty, nor with a plus, a control character or a byte that is no UTF-8.
      "",
      "a+b",
      "+",
      "a\x01",
      "\n",
      "a\tb",
      "a\rb",
      std::string("a\0b", 3),
      "a\xff",
      "\xc3",
      // All of Unicode's white space.
      "a b",
      " ",
      "a\u0085",
      "a\u00a0b",
      "\u1680",
      "a\u2000",
      "a\u2001",
      "a\u2002",
      "a\u2003",
      "a\u2004",
      "a\u2005",
      "a\u2006",
      "a\u2007",
      "a\u2008",
      "a\u2009",
      "a\u200a",
      "\u2028a",
      "\u2029",
      "a\u202fb",
      "\u205f",
      "\u3000",
  };
  for (const std::string& name : bad) {
    const auto checked = check_key_name(name);
    ASSERT_FALSE(checked) << printable(name);
    EXPECT_EQ(checked.error().code(), Code::invalid) << printable(name);
  }
}

TEST(ParseNote, ReadsTheKnownNotes) {
  const auto note = parse_note(kExampleNote);
  ASSERT_TRUE(note);
  EXPECT_EQ(note->text, "This is an example message.\n");
  ASSERT_EQ(note->signatures.size(), 1u);
  EXPECT_EQ(note->signatures[0].name, "example.com/foo");
  EXPECT_EQ(to_hex(note->signatures[0].key_id), "530d903a");
  EXPECT_EQ(note->signatures[0].payload.size(), 64u);
}

TEST(ParseNote, SplitsAtTheLastBlankLine) {
  const auto note = parse_note("one\n\n— not.a/signature\n\n\n— a.example AAAAAAA=\n");
  ASSERT_TRUE(note);
  EXPECT_EQ(note->text, "one\n\n— not.a/signature\n\n");
  ASSERT_EQ(note->signatures.size(), 1u);
  EXPECT_EQ(note->signatures[0].payload, Bytes{0});
  EXPECT_EQ(parse_note("\n\n— a.example AAAAAAA=\n")->text, "\n");
}

TEST(ParseNote, SaysCorruptForWhatIsNotANote) {
  const std::vector<std::string> bad = {
      "",
      "\n",
      "\n\n",
      "text\n",
      "text\n\n",
      "text\n— a.example AAAAAAA=\n",
      "\n— a.example AAAAAAA=\n",              // no text at all
      "text\n\n— a.example AAAAAAA=",          // the last line is cut off
      "text\n\n— a.example AAAAAAA=\nmore\n",  // a line that is no signature
      "text\n\n- a.example AAAAAAA=\n",        // a hyphen
      "text\n\n—  a.example AAAAAAA=\n",       // two spaces
      "text\n\n— a.example  AAAAAAA=\n",
      "text\n\n— a.example AAAAAAA= \n",
      "text\n\n— a.example AAAAAAA=\r\n",
      "text\n\n— a.example\n",
      "text\n\n— a.example \n",
      "text\n\n—  AAAAAAA=\n",  // no name
      "text\n\n— a+b AAAAAAA=\n",
      "text\n\n— a\u00a0b AAAAAAA=\n",
      "text\n\n— a.example AAAAAAA\n",   // no padding
      "text\n\n— a.example AAAAAAB=\n",  // trailing bits
      "text\n\n— a.example AAAA_AA=\n",  // the other alphabet
      "text\n\n— a.example AAAAAA==\n",  // a key id and nothing else
      "text\n\n— a.example AAAA\n",      // less than a key id
      "te\xffxt\n\n— a.example AAAAAAA=\n",
      "te\txt\n\n— a.example AAAAAAA=\n",
      "text\r\n\r\n— a.example AAAAAAA=\r\n",
      std::string("te\0xt\n\n— a.example AAAAAAA=\n", 27),
  };
  for (const std::string& bytes : bad) {
    const auto note = parse_note(bytes);
    ASSERT_FALSE(note) << printable(bytes);
    EXPECT_EQ(note.error().code(), Code::corrupt) << printable(bytes);
  }
}

TEST(ParseNote, HoldsItsLimits) {
  std::string bytes = "text\n\n";
  for (int i = 0; i < 100; ++i) bytes += "— a.example AAAAAAA=\n";
  const auto full = parse_note(bytes);
  ASSERT_TRUE(full);
  EXPECT_EQ(full->signatures.size(), 100u);
  EXPECT_EQ(code_of(parse_note(bytes + "— a.example AAAAAAA=\n")), Code::limit);
  EXPECT_EQ(code_of(parse_note(bytes, {.signatures_max = 99})), Code::limit);
  EXPECT_TRUE(parse_note(bytes, {.bytes_max = bytes.size()}));
  EXPECT_EQ(code_of(parse_note(bytes, {.bytes_max = bytes.size() - 1})), Code::limit);
}

TEST(ParseNote, TakesSixteenSignaturesOfFiveThousandBytes) {
  // "Verifiers … MUST accept at least up to 16 signatures", and "post-quantum signatures can be up to nearly 5kB".
  const std::string payload = to_base64(Bytes(5000));
  std::string bytes = "text\n\n";
  for (int i = 0; i < 16; ++i) bytes += "— pq.example " + payload + "\n";
  const auto note = parse_note(bytes);
  ASSERT_TRUE(note);
  EXPECT_EQ(note->signatures.back().payload.size(), 4996u);
}

TEST(SignNote, MakesTheKnownSignature) {
  const std::string text = "muniment.example/log\n300\n56/ILTiUT8eTBUUygJHUWCMojB9zTL2sBjlnE+vUtdU=\n";
  EXPECT_EQ(make_signer("muniment.example/log", 0x11).sign(text),
            "— muniment.example/log ylRM1NnfsnHwN2GRyH76G1E0tOKsmlCINF9wnoZzdABaaurLakg2NCeniDL/"
            "JVGh70cambRBF1wg8riGsJbGtJ/VHws=\n");
}

TEST(SignNoteDeathTest, RefusesToSignWhatNobodyCouldRead) {
  const SignerKey signer = make_signer("a.example", 1);
  EXPECT_DEATH(sign(std::string("no line feed"), signer), "is_text");
  EXPECT_DEATH(sign("a\ttab\n", signer), "is_text");
  EXPECT_DEATH(sign_note("text\n", {}), "is_text");
  EXPECT_DEATH(make_signer("a b", 1), "is_name");
}

TEST(CheckNoteText, SaysWhatANoteMayHold) {
  EXPECT_TRUE(check_note_text("text\n"));
  EXPECT_TRUE(check_note_text("\n\n— ä\n\n"));
  for (const char* text : {"", "text", "a\tb\n", "a\r\n", "\xff\n"}) {
    EXPECT_EQ(code_of(check_note_text(text)), Code::invalid) << printable(text);
  }
}

TEST(VerifyNote, AcceptsTheKnownNotes) {
  const std::vector<std::size_t> first = {0};
  EXPECT_EQ(opened_by(kExampleNote, {parsed_key(kExampleKey)}).value(), first);
  EXPECT_EQ(opened_by(kSumdbNote, {parsed_key(kSumdbKey)}).value(), first);
  const std::string name(kSigsumName);
  const std::string one =
      name + "\n1\nKgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— " + name +
      " UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY="
      "\n";
  const std::string five = name + "\n5\nQrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=\n\n— " + name +
                           " UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/"
                           "ASRcWJi0tW90dJWAShei7sDww=\n";
  EXPECT_EQ(opened_by(one, {parsed_key(kSigsumKey)}).value(), first);
  EXPECT_EQ(opened_by(five, {parsed_key(kSigsumKey)}).value(), first);
}

TEST(VerifyNote, NamesEachSignerOnceInTheOrderOfTheKeys) {
  const SignerKey a = make_signer("a.example", 1), b = make_signer("b.example", 2), c = make_signer("c.example", 3);
  const SignerKey* signers[] = {&c, &a, &c};
  const std::string bytes = sign_note("text\n", signers);
  const std::vector<std::size_t> expected = {0, 2};
  EXPECT_EQ(opened_by(bytes, {a.verifier(), b.verifier(), c.verifier()}).value(), expected);
}

TEST(VerifyNote, CountsAKeyThatIsListedTwiceOnce) {
  const SignerKey a = make_signer("a.example", 1);
  const auto signers = opened_by(sign("text\n", a), {a.verifier(), a.verifier()});
  ASSERT_TRUE(signers);
  EXPECT_EQ(signers->size(), 1u);
}

TEST(VerifyNote, PassesOverUnknownKeys) {
  const SignerKey a = make_signer("a.example", 1), stranger = make_signer("a.example", 2);
  const SignerKey* signers[] = {&stranger, &a};
  // The same name with a different id, and the same id under a different name, are strangers as well.
  std::string bytes = sign_note("text\n", signers);
  bytes += "— other.example " +
           to_base64(Bytes{a.verifier().id()[0], a.verifier().id()[1], a.verifier().id()[2], a.verifier().id()[3], 7}) +
           "\n";
  EXPECT_EQ(opened_by(bytes, {a.verifier()}).value(), std::vector<std::size_t>{0});
}

TEST(VerifyNote, SaysForgedWhenNoKnownKeyHasSigned) {
  const SignerKey a = make_signer("a.example", 1), b = make_signer("b.example", 2);
  EXPECT_EQ(code_of(opened_by(sign("text\n", a), {b.verifier()})), Code::forged);
  EXPECT_EQ(code_of(opened_by(sign("text\n", a), {})), Code::forged);
}

TEST(VerifyNote, SaysForgedWhenOneKnownLineIsWrongAmongGoodOnes) {
  const SignerKey a = make_signer("a.example", 1), b = make_signer("b.example", 2);
  const std::string wrong = b.sign("another text\n");
  const std::vector<VerifierKey> keys = {a.verifier(), b.verifier()};
  EXPECT_EQ(code_of(opened_by(sign("text\n", a) + wrong, keys)), Code::forged);
  // A good line of the same key does not make the wrong one good, whichever comes first.
  EXPECT_EQ(code_of(opened_by(sign("text\n", b) + wrong, keys)), Code::forged);
  EXPECT_EQ(code_of(opened_by("text\n\n" + wrong + b.sign("text\n"), keys)), Code::forged);
}

TEST(VerifyNote, SaysForgedForASignatureOfAnotherLength) {
  const SignerKey a = make_signer("a.example", 1);
  Note note = parse_note(sign("text\n", a)).value();
  note.signatures[0].payload.push_back(0);
  const VerifierKey keys[] = {a.verifier()};
  EXPECT_EQ(code_of(verify_note(note, keys)), Code::forged);
  note.signatures[0].payload.resize(63);
  EXPECT_EQ(code_of(verify_note(note, keys)), Code::forged);
}

TEST(VerifyNote, TellsKeysWithOneNameAndOneIdApart) {
  // Found by trying 70,000 seeds: the id of both keys is 7c6914b1.
  const SignerKey a = make_numbered_signer("collision.example", 60653);
  const SignerKey b = make_numbered_signer("collision.example", 68904);
  ASSERT_EQ(a.verifier().id(), b.verifier().id());
  const std::vector<VerifierKey> keys = {a.verifier(), b.verifier()};
  EXPECT_EQ(opened_by(sign("text\n", b), keys).value(), std::vector<std::size_t>{1});
  const SignerKey* both[] = {&a, &b};
  EXPECT_EQ(opened_by(sign_note("text\n", both), keys).value(), (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(code_of(opened_by(sign("text\n", b), {a.verifier()})), Code::forged);
}

RC_GTEST_PROP(SignNote, RoundTripsAnyText, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("\n", "\n\n", "a", "— ", "— a.example AAAAAAA=\n", "ü", "+"));
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  text += "\n";
  const SignerKey signer = make_signer("a.example", 1);
  const auto note = parse_note(sign(text, signer));
  RC_ASSERT(note.has_value());
  RC_ASSERT(note->text == text);
  const VerifierKey keys[] = {signer.verifier()};
  RC_ASSERT(verify_note(*note, keys).has_value());
}

RC_GTEST_PROP(VerifyNote, NoticesAnyFlippedBit, ()) {
  const SignerKey signer = make_signer("a.example", 1);
  std::string bytes = sign("a text\n\nof three lines\n", signer);
  const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
  const auto bit = *rc::gen::inRange<unsigned>(0, 8);
  bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1u << bit));
  const auto opened = opened_by(bytes, {signer.verifier()});
  RC_ASSERT(!opened);
  RC_ASSERT(opened.error().code() == Code::corrupt || opened.error().code() == Code::forged);
}

}  // namespace
}  // namespace muniment
