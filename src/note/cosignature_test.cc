#include "note/cosignature.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"

namespace muniment {
namespace {

// Made with Go's sumdb/note and a verifier of type 4, and checked with openssl pkeyutl: seeds are 32 times 0x11 (log)
// and 0x22 (witness).
constexpr std::string_view kLogKey = "muniment.example/log+ca544cd4+AdBKsjJ0K7SrOhNovUYV5ObQIkq3GgFrr4UgozLJd4c3";
constexpr std::string_view kWitnessKey = "witness.example/w1+e0cd2864+BKCapfR6Z1mAL/lV+NwtKhSlyZ0jvpf4ZBJ/+Tg0VaTw";
constexpr std::string_view kCheckpoint = "muniment.example/log\n300\n56/ILTiUT8eTBUUygJHUWCMojB9zTL2sBjlnE+vUtdU=\n";
constexpr std::string_view kLogLine =
    "— muniment.example/log "
    "ylRM1NnfsnHwN2GRyH76G1E0tOKsmlCINF9wnoZzdABaaurLakg2NCeniDL/JVGh70cambRBF1wg8riGsJbGtJ/VHws=\n";
constexpr std::string_view kWitnessLine =
    "— witness.example/w1 "
    "4M0oZAAAAABlU/EAFgH1MXCgjKGdi69Gji8R6/HN0YSKtxMUQPfHG77vW9E0bHRz1fUksKiMJwhGxSaGumPaifOuiZ+TmLLK1m5+Dg==\n";
constexpr std::uint64_t kTime = 1'700'000'000;

CosignerSigner signer(std::string name, std::uint8_t byte) {
  Secret<32> seed;
  std::ranges::fill(seed.expose_mut(), byte);
  return {std::move(name), std::move(seed)};
}

std::string note_with(std::string_view lines) { return std::string(kCheckpoint) + "\n" + std::string(lines); }

TEST(Cosignatures, AreThoseOfTheStandard) {
  const CosignerSigner witness = signer("witness.example/w1", 0x22);
  EXPECT_EQ(witness.verifier().text(), kWitnessKey);
  EXPECT_EQ(*parse_cosigner_key(kWitnessKey), witness.verifier());
  EXPECT_EQ(witness.cosign(kCheckpoint, kTime), kWitnessLine);
}

TEST(Cosignatures, AreFoundUnderANoteWithTheirTimes) {
  const std::string both = note_with(std::string(kLogLine) + std::string(kWitnessLine));
  const std::vector<CosignerKey> keys{signer("other.example", 0x33).verifier(), *parse_cosigner_key(kWitnessKey)};
  const auto found = find_cosignatures(*parse_note(both), keys);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->at(0).cosigner, 1u);
  EXPECT_EQ(found->at(0).time_s, kTime);
  EXPECT_TRUE(verify_note(*parse_note(both), std::vector{*parse_verifier_key(kLogKey)})) << "the log's own as before";
}

TEST(Cosignatures, CountOnceAndByTheirNewest) {
  const CosignerSigner witness = signer("w", 1);
  const std::string note =
      note_with(witness.cosign(kCheckpoint, 5) + witness.cosign(kCheckpoint, 9) + witness.cosign(kCheckpoint, 7));
  const auto found = find_cosignatures(*parse_note(note), std::vector{witness.verifier()});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->at(0).time_s, 9u);
}

TEST(Cosignatures, AlteredInTimeTextOrSignatureAreForged) {
  const CosignerSigner witness = signer("w", 1);
  const std::vector<CosignerKey> keys{witness.verifier()};
  const Note good = *parse_note(note_with(witness.cosign(kCheckpoint, 5)));
  ASSERT_TRUE(find_cosignatures(good, keys));
  for (std::size_t i = 0; i < good.signatures[0].payload.size(); ++i) {
    Note altered = good;
    altered.signatures[0].payload[i] ^= 1;
    EXPECT_CODE(find_cosignatures(altered, keys), Code::forged) << "byte " << i;
  }
  Note longer = good;
  longer.signatures[0].payload.push_back(0);
  EXPECT_CODE(find_cosignatures(longer, keys), Code::forged);
  Note other_text = good;
  other_text.text[other_text.text.size() - 3] = 'A';
  EXPECT_CODE(find_cosignatures(other_text, keys), Code::forged);
}

TEST(AddedCosignatures, AreTheNewestOfEachKnownCosigner) {
  const CosignerSigner one = signer("one", 1);
  const CosignerSigner two = signer("two", 2);
  const CosignerSigner stranger = signer("three", 3);
  const std::vector<CosignerKey> keys{one.verifier(), two.verifier()};
  const std::string ours = note_with(std::string(kLogLine) + one.cosign(kCheckpoint, 5));
  const std::string theirs = note_with(two.cosign(kCheckpoint, 7) + stranger.cosign(kCheckpoint, 8) +
                                       one.cosign(kCheckpoint, 9) + two.cosign(kCheckpoint, 6));
  const auto both = add_cosignatures(ours, theirs, keys);
  ASSERT_TRUE(both);
  EXPECT_EQ(*both, note_with(std::string(kLogLine) + two.cosign(kCheckpoint, 7) + one.cosign(kCheckpoint, 9)));
  EXPECT_EQ(*add_cosignatures(*both, ours, keys), *both) << "older ones bring nothing";
}

TEST(AddedCosignatures, TakeNothingFromWhatIsWrong) {
  const CosignerSigner one = signer("one", 1);
  const std::vector<CosignerKey> keys{one.verifier()};
  const std::string ours = note_with(kLogLine);
  std::string other_text = note_with(one.cosign(kCheckpoint, 5));
  other_text[0] = 'x';
  EXPECT_EQ(*add_cosignatures(ours, other_text, keys), ours);
  EXPECT_EQ(*add_cosignatures(ours, "no note", keys), ours);
  EXPECT_EQ(*add_cosignatures(ours, note_with(one.cosign("another text\n", 5)), keys), ours) << "forged";
}

TEST(CosignerKeys, OfOtherTypesOrWithAWrongHashAreRefused) {
  EXPECT_CODE(parse_cosigner_key(kLogKey), Code::unsupported) << "a key of a log";
  std::string wrong(kWitnessKey);
  wrong[wrong.find('+') + 1] = 'f';
  EXPECT_CODE(parse_cosigner_key(wrong), Code::corrupt);
  for (const char* text : {"", "w", "w+00000000", "w+00000000+", "w x+00000000+BA==", "w+00000000+BA=="}) {
    EXPECT_CODE(parse_cosigner_key(text), Code::corrupt) << text;
  }
}

TEST(MergedSignatures, AreThoseOfBothEachOnce) {
  const std::string log = note_with(kLogLine);
  const std::string witness = note_with(kWitnessLine);
  const std::string both = *merge_signatures(log, witness);
  EXPECT_EQ(both, note_with(std::string(kLogLine) + std::string(kWitnessLine)));
  EXPECT_EQ(*merge_signatures(both, witness), both);
  std::string other = witness;
  other[0] = 'x';
  EXPECT_CODE(merge_signatures(log, other), Code::invalid);
  EXPECT_CODE(merge_signatures(log, "no note"), Code::corrupt);
  EXPECT_CODE(merge_signatures(log, witness, {.bytes_max = 4096, .signatures_max = 1}), Code::limit);
}

}  // namespace
}  // namespace muniment
