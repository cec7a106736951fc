#include "tlog/checkpoint.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "tlog/slow_tree.h"

namespace muniment::tlog {
namespace {

constexpr std::string_view kText = "muniment.example/log\n300\n56/ILTiUT8eTBUUygJHUWCMojB9zTL2sBjlnE+vUtdU=\n";
constexpr std::string_view kWitnessLine =
    "— witness.example/w1 4M0oZAAAAABlU/EAFgH1MXCgjKGdi69Gji8R6/HN0YSKtxMUQPfHG77vW9E0bHRz1fUksKiMJwhGxSaGumPaifOuiZ+"
    "TmLLK1m5+Dg==\n";

SignerKey make_log_signer() {
  Secret<32> seed;
  std::ranges::fill(seed.expose_mut(), std::uint8_t{0x11});
  return {"muniment.example/log", std::move(seed)};
}

TEST(Checkpoint, OfTheLogOf300IsTheKnownNote) {
  const slow::Leaves leaves = slow::make_leaves(300);
  const std::string text = render_checkpoint({"muniment.example/log", slow::head(leaves, 300)});
  EXPECT_EQ(text, kText);

  const SignerKey log = make_log_signer();
  const SignerKey* signers[] = {&log};
  const std::string bytes = sign_note(text, signers) + std::string(kWitnessLine);
  EXPECT_EQ(bytes.size(), 317u);
  EXPECT_EQ(sha256(as_view(bytes)).hex(), "3ac5e9c862d9afc377e82847d015d22230d85a802e5be033c93be1916c72b324");

  // The cosigner's line is of a kind that verify_note does not know: it is passed over.
  const auto note = parse_note(bytes);
  ASSERT_TRUE(note);
  ASSERT_EQ(note->signatures.size(), 2u);
  EXPECT_EQ(note->signatures[1].name, "witness.example/w1");
  EXPECT_EQ(note->signatures[1].payload.size(), 8u + 64u);
  const VerifierKey keys[] = {log.verifier()};
  EXPECT_EQ(verify_note(*note, keys).value(), std::vector<std::size_t>{0});
  EXPECT_EQ(parse_checkpoint(note->text).value(), (Checkpoint{"muniment.example/log", slow::head(leaves, 300)}));
}

TEST(Checkpoint, OfSumdbParses) {
  const auto checkpoint =
      parse_checkpoint("go.sum database tree\n35225469\nvt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=\n");
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->origin, "go.sum database tree");
  EXPECT_EQ(checkpoint->head.size, 35225469u);
}

TEST(Checkpoint, MayBeOfTheEmptyAndOfTheLargestTree) {
  const Checkpoint empty{"a", TreeHead{}};
  EXPECT_EQ(render_checkpoint(empty), "a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
  EXPECT_EQ(parse_checkpoint(render_checkpoint(empty)).value(), empty);
  const Checkpoint largest{"a", {UINT64_MAX, Sha256{}}};
  EXPECT_EQ(parse_checkpoint(render_checkpoint(largest)).value(), largest);
}

TEST(Checkpoint, PassesOverExtensionLines) {
  const auto plain = parse_checkpoint(kText);
  const auto extended = parse_checkpoint(std::string(kText) + "an extension\nanother\n");
  ASSERT_TRUE(extended);
  EXPECT_EQ(*extended, *plain);
}

TEST(Checkpoint, SaysCorruptForWhatIsNotOne) {
  const std::string root = "56/ILTiUT8eTBUUygJHUWCMojB9zTL2sBjlnE+vUtdU=";
  const std::string good = "a\n1\n" + root + "\n";
  ASSERT_TRUE(parse_checkpoint(good));
  const std::vector<std::string> bad = {
      "",
      "\n",
      "\n\n\n",
      "a\n",
      "a\n1\n",
      "a\n1\n" + root,        // the last line is cut off
      "\n1\n" + root + "\n",  // no origin
      "a\n\n" + root + "\n",
      "a\n01\n" + root + "\n",
      "a\n+1\n" + root + "\n",
      "a\n-1\n" + root + "\n",
      "a\n1 \n" + root + "\n",
      "a\n0x1\n" + root + "\n",
      "a\n1\r\n" + root + "\n",
      "a\n18446744073709551616\n" + root + "\n",
      "a\n1\n\n",
      "a\n1\n" + root + " \n",
      "a\n1\n" + root.substr(0, 43) + "\n",                    // no padding
      "a\n1\n56/ILTiUT8eTBUUygJHUWCMojB9zTL2sBjlnE+vUtdV=\n",  // trailing bits
      "a\n1\n" + to_base64(Bytes(31)) + "\n",
      "a\n1\n" + to_base64(Bytes(33)) + "\n",
      "a\n1\ne7afc82d38944fc7930545328091d45823288c1f734cbdac06396713ebd4b5d5\n",
      good + "\n",  // an empty extension line
      good + "\next\n",
      good + "ext\n\n",
      good + "ext\n\next\n",
      good + "ext",
  };
  for (const std::string& text : bad) {
    const auto checkpoint = parse_checkpoint(text);
    ASSERT_FALSE(checkpoint) << printable(text);
    EXPECT_EQ(checkpoint.error().code(), Code::corrupt) << printable(text);
  }
}

TEST(CheckpointDeathTest, IsNotWrittenWithAnOriginThatNobodyCouldRead) {
  EXPECT_DEATH(render_checkpoint({"", TreeHead{}}), "origin");
  EXPECT_DEATH(render_checkpoint({"a\nb", TreeHead{}}), "origin");
}

RC_GTEST_PROP(Checkpoint, RoundTrips, ()) {
  Checkpoint checkpoint{.origin = *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange(' ', '~'))),
                        .head = {.size = *rc::gen::arbitrary<std::uint64_t>(), .root = {}}};
  checkpoint.head.root = sha256(as_view(checkpoint.origin));
  RC_ASSERT(parse_checkpoint(render_checkpoint(checkpoint)).value() == checkpoint);
}

}  // namespace
}  // namespace muniment::tlog
