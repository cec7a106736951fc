#include "testing/fixed_random.h"

namespace muniment {
namespace {

/// SplitMix64 (Steele, Lea, Flood 2014): every seed gives another, well mixed sequence.
std::uint64_t next_word(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15;
  std::uint64_t word = state;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
  word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
  return word ^ (word >> 31);
}

}  // namespace

void FixedRandom::fill(MutableBytes bytes) {
  for (std::uint8_t& byte : bytes) {
    if (bytes_left_ == 0) {
      word_ = next_word(state_);
      bytes_left_ = 8;
    }
    byte = static_cast<std::uint8_t>(word_ & 0xff);
    word_ >>= 8;
    --bytes_left_;
  }
}

}  // namespace muniment
