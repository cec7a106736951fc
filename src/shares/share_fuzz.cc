// What a person types for a share: it is refused with a sentence, or it is the same share after its words; and one that
// is repaired is the share that was committed to, whatever was typed.
#include <algorithm>

#include "base/encoding.h"
#include "shares/repair.h"
#include "shares/split.h"

namespace muniment {
namespace {

class ZeroRandom final : public Random {
 public:
  void fill(MutableBytes bytes) override { std::fill(bytes.begin(), bytes.end(), std::uint8_t{0}); }
};

/// The share of the corpus, and its commitment.
const ShareCommitment& known_commitment() {
  static const ShareCommitment kKnown = [] {
    Share share;
    share.set.identifier = 0x1234;
    share.member_index = 2;
    share.member_threshold = 3;
    share.value = SecretBytes(32);
    for (std::size_t i = 0; i < 32; ++i) share.value.expose_mut()[i] = static_cast<std::uint8_t>(i);
    ZeroRandom random;
    return commit_share(share, random);
  }();
  return kKnown;
}

void check_share(const Share& share) {
  const auto again = parse_share(words_of(share).text());
  MUNIMENT_CHECK(again && again->set == share.set && again->group_index == share.group_index);
  MUNIMENT_CHECK(again->member_index == share.member_index && again->member_threshold == share.member_threshold);
  MUNIMENT_CHECK(equal(again->value.expose(), share.value.expose()));
  const auto secret = combine_shares({&share, 1}, {}, 0);
  const Code code = secret ? Code::io : secret.error().code();
  MUNIMENT_CHECK(secret || code == Code::denied || code == Code::limit);
}

void check(ByteView bytes) {
  const SecretBytes typed = SecretBytes::copy_of(bytes);
  const auto share = parse_share(typed);
  if (share) {
    check_share(*share);
  } else {
    const Code code = share.error().code();
    MUNIMENT_CHECK(code == Code::invalid || code == Code::corrupt || code == Code::limit);
    MUNIMENT_CHECK(is_utf8(share.error().sentence()));
  }
  const auto repaired = repair_share(typed, {&known_commitment(), 1});
  if (repaired) {
    MUNIMENT_CHECK(known_commitment().matches(repaired->share) && repaired->number == 3);
    MUNIMENT_CHECK((repaired->slip == Slip::none) == share.has_value() && repaired->changed.size() <= 2);
  } else {
    const Code code = repaired.error().code();
    MUNIMENT_CHECK(code == Code::denied || code == Code::corrupt || code == Code::limit);
  }
}

}  // namespace
}  // namespace muniment

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  muniment::check({data, size});
  return 0;
}
