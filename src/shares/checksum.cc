#include "shares/checksum.h"

namespace muniment {
namespace {

constexpr std::array<std::uint32_t, kWordBits> kGenerator = {
    0x00e0e040, 0x01c1c080, 0x03838100, 0x07070200, 0x0e0e0009,
    0x1c0c2412, 0x38086c24, 0x3090fc48, 0x21b1f890, 0x03f3f120,
};

std::uint32_t step(std::uint32_t state, std::uint32_t value) {
  const std::uint32_t top = state >> 20;
  state = ((state & 0xfffff) << kWordBits) ^ value;
  for (unsigned bit = 0; bit < kWordBits; ++bit) state ^= kGenerator[bit] & (0u - ((top >> bit) & 1u));
  return state;
}

}  // namespace

std::uint32_t checksum_residue(const SecretWords& words, bool extendable) {
  std::uint32_t state = 1;
  const std::string_view customization = extendable ? "shamir_extendable" : "shamir";
  for (const std::uint8_t character : as_view(customization)) state = step(state, character);
  for (std::size_t i = 0; i < words.size(); ++i) state = step(state, words.at(i));
  return state ^ 1;
}

void set_checksum(SecretWords& words, bool extendable) {
  MUNIMENT_CHECK(words.size() >= kChecksumWords);
  const std::size_t first = words.size() - kChecksumWords;
  for (std::size_t i = 0; i < kChecksumWords; ++i) words.set(first + i, 0);
  const std::uint32_t residue = checksum_residue(words, extendable);
  for (std::size_t i = 0; i < kChecksumWords; ++i) {
    words.set(first + i, static_cast<std::uint16_t>((residue >> (kWordBits * (kChecksumWords - 1 - i))) % kWordCount));
  }
}

ResidueChanges residue_changes(std::size_t words_behind) {
  ResidueChanges changes{};
  for (std::size_t bit = 1; bit < changes.size(); bit *= 2) {
    std::uint32_t state = static_cast<std::uint32_t>(bit);
    for (std::size_t i = 0; i < words_behind; ++i) state = step(state, 0);
    for (std::size_t lower = 0; lower < bit; ++lower) changes[bit + lower] = changes[lower] ^ state;
  }
  return changes;
}

}  // namespace muniment
