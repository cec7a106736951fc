#include "shares/share.h"

#include "shares/checksum.h"

namespace muniment {
namespace {

constexpr std::size_t kHeaderWords = 4;  // 40 bits: 15, 1, 4 and five times 4
constexpr unsigned kPaddingBitsMax = 8;

std::size_t padding_bits(std::size_t words) { return (words - kHeaderWords - kChecksumWords) * kWordBits % 16; }

std::size_t value_bytes(std::size_t words) {
  return ((words - kHeaderWords - kChecksumWords) * kWordBits - padding_bits(words)) / 8;
}

Error wrong_count(std::size_t words) {
  const std::string wanted = std::to_string(kDealtWords);
  const std::string found = std::to_string(words);
  if (words == 0) return Error(Code::invalid, "a share has " + wanted + " words, and here is none");
  if (words + 1 == kDealtWords)
    return Error(Code::invalid, "a share has " + wanted + " words, and one is missing here");
  return Error(Code::invalid, "the shares of an archive have " + wanted + " words, and here are " + found);
}

/// SLIP-0039 allows other counts of words too, but who types 31 has more likely left out two.
Error wrong_checksum(std::size_t words) {
  std::string sentence = "a word of the share is wrong, or two are exchanged: its check words do not fit";
  if (words != kDealtWords) {
    sentence += ". The shares of an archive have " + std::to_string(kDealtWords) + " words, and here are " +
                std::to_string(words);
  }
  return Error(Code::corrupt, std::move(sentence));
}

void check_range(const Share& share) {
  MUNIMENT_CHECK(share.set.identifier < (1u << 15) && share.set.iteration_exponent <= kIterationExponentMax);
  MUNIMENT_CHECK(share.set.group_threshold >= 1 && share.set.group_threshold <= share.set.group_count);
  MUNIMENT_CHECK(share.set.group_count <= kSharesMax && share.group_index < kSharesMax);
  MUNIMENT_CHECK(share.member_threshold >= 1 && share.member_threshold <= kSharesMax);
  MUNIMENT_CHECK(share.member_index < kSharesMax && share.value.size() % 2 == 0);
  MUNIMENT_CHECK(share.value.size() >= kSharedBytesMin && share.value.size() <= kSharedBytesMax);
}

/// Fills the value from the words between header and checksum. False when the padding is not zero.
bool read_value(const SecretWords& words, MutableBytes value) {
  const auto padding = static_cast<unsigned>(padding_bits(words.size()));
  if (words.at(kHeaderWords) >> (kWordBits - padding) != 0) return false;
  std::uint32_t bits = words.at(kHeaderWords);
  unsigned count = kWordBits - padding;
  std::size_t place = kHeaderWords + 1;
  for (std::uint8_t& byte : value) {
    while (count < 8) {
      bits = (bits << kWordBits) | words.at(place++);
      count += kWordBits;
    }
    count -= 8;
    byte = static_cast<std::uint8_t>((bits >> count) & 0xff);
  }
  return true;
}

}  // namespace

bool is_share_length(std::size_t words) {
  if (words < kHeaderWords + kChecksumWords) return false;
  const std::size_t bytes = value_bytes(words);
  return padding_bits(words) <= kPaddingBitsMax && bytes >= kSharedBytesMin && bytes <= kSharedBytesMax;
}

Result<Share> parse_share(const SecretBytes& typed) {
  TRY_ASSIGN(const SecretWords words, read_words(typed, NotOnList::refused));
  return share_of_words(words);
}

Result<Share> share_of_words(const SecretWords& words) {
  if (!is_share_length(words.size())) return wrong_count(words.size());
  std::uint64_t header = 0;
  for (std::size_t i = 0; i < kHeaderWords; ++i) header = (header << kWordBits) | words.at(i);
  const auto four_bits = [header](unsigned shift) { return static_cast<unsigned>((header >> shift) & 15); };

  Share share;
  share.set = {.identifier = static_cast<std::uint16_t>(header >> 25),
               .extendable = ((header >> 24) & 1) != 0,
               .iteration_exponent = four_bits(20),
               .group_threshold = four_bits(12) + 1,
               .group_count = four_bits(8) + 1};
  share.group_index = four_bits(16);
  share.member_index = four_bits(4);
  share.member_threshold = four_bits(0) + 1;
  if (checksum_residue(words, share.set.extendable) != 0) return wrong_checksum(words.size());
  if (share.set.group_threshold > share.set.group_count) {
    return Error(Code::corrupt, "the share asks for " + std::to_string(share.set.group_threshold) + " groups of " +
                                    std::to_string(share.set.group_count) + ": it was not made rightly");
  }
  share.value = SecretBytes(value_bytes(words.size()));
  if (!read_value(words, share.value.expose_mut())) {
    return Error(Code::corrupt, "the share has bits where none belong: it was not made rightly");
  }
  return share;
}

SecretWords words_of(const Share& share) {
  check_range(share);
  std::uint64_t header = share.set.identifier;
  header = (header << 1) | (share.set.extendable ? 1 : 0);
  for (const unsigned field : {share.set.iteration_exponent, share.group_index, share.set.group_threshold - 1,
                               share.set.group_count - 1, share.member_index, share.member_threshold - 1}) {
    header = (header << 4) | field;
  }
  SecretWords words;
  for (std::size_t i = 0; i < kHeaderWords; ++i) {
    words.append(static_cast<std::uint16_t>((header >> (kWordBits * (kHeaderWords - 1 - i))) % kWordCount));
  }
  const std::size_t value_bits = 8 * share.value.size();
  std::uint32_t bits = 0;
  auto count = static_cast<unsigned>((kWordBits - value_bits % kWordBits) % kWordBits);  // zero bits in front
  for (const std::uint8_t byte : share.value.expose()) {
    bits = (bits << 8) | byte;
    count += 8;
    if (count < kWordBits) continue;
    count -= kWordBits;
    words.append(static_cast<std::uint16_t>((bits >> count) % kWordCount));
  }
  for (std::size_t i = 0; i < kChecksumWords; ++i) words.append(0);
  set_checksum(words, share.set.extendable);
  return words;
}

}  // namespace muniment
