// The compression function of SHA-256 (FIPS 180-4 section 6.2.2), written down for words of sixteen messages.
#include "crypto/sha256_sixteen.h"

#include "base/check.h"

#if defined(__x86_64__)

#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // of its own intrinsics, by mistake: GCC bug 105593
#endif
#include <immintrin.h>

#define MUNIMENT_SIXTEEN [[gnu::target("avx512f,avx512bw"), gnu::always_inline]] inline

namespace muniment {
namespace {

constexpr std::size_t kLanes = 16;
constexpr std::size_t kLaneBlockBytes = 64;
constexpr int kXor = 0x96;       // of three, as a table of their bits
constexpr int kChoice = 0xca;    // Ch
constexpr int kMajority = 0xe8;  // Maj

// Whatever has this type holds one word of each message. NOLINTBEGIN(*-avoid-c-arrays): an array loses what it is
struct Words {
  __m512i of[16];
};

MUNIMENT_SIXTEEN __m512i add(__m512i a, __m512i b) { return _mm512_add_epi32(a, b); }
MUNIMENT_SIXTEEN __m512i exclusive(__m512i a, __m512i b, __m512i c) { return _mm512_ternarylogic_epi32(a, b, c, kXor); }
MUNIMENT_SIXTEEN __m512i big_sigma_0(__m512i x) {
  return exclusive(_mm512_ror_epi32(x, 2), _mm512_ror_epi32(x, 13), _mm512_ror_epi32(x, 22));
}
MUNIMENT_SIXTEEN __m512i big_sigma_1(__m512i x) {
  return exclusive(_mm512_ror_epi32(x, 6), _mm512_ror_epi32(x, 11), _mm512_ror_epi32(x, 25));
}
MUNIMENT_SIXTEEN __m512i small_sigma_0(__m512i x) {
  return exclusive(_mm512_ror_epi32(x, 7), _mm512_ror_epi32(x, 18), _mm512_srli_epi32(x, 3));
}
MUNIMENT_SIXTEEN __m512i small_sigma_1(__m512i x) {
  return exclusive(_mm512_ror_epi32(x, 17), _mm512_ror_epi32(x, 19), _mm512_srli_epi32(x, 10));
}

/// Rows become columns, in steps that each bring together what is twice as far apart.
MUNIMENT_SIXTEEN void transpose(Words& words) {
  Words half;
  for (std::size_t i = 0; i < 16; i += 2) {
    half.of[i] = _mm512_unpacklo_epi32(words.of[i], words.of[i + 1]);
    half.of[i + 1] = _mm512_unpackhi_epi32(words.of[i], words.of[i + 1]);
  }
  for (std::size_t i = 0; i < 16; i += 4) {
    words.of[i] = _mm512_unpacklo_epi64(half.of[i], half.of[i + 2]);
    words.of[i + 1] = _mm512_unpackhi_epi64(half.of[i], half.of[i + 2]);
    words.of[i + 2] = _mm512_unpacklo_epi64(half.of[i + 1], half.of[i + 3]);
    words.of[i + 3] = _mm512_unpackhi_epi64(half.of[i + 1], half.of[i + 3]);
  }
  for (std::size_t i = 0; i < 4; ++i) {
    half.of[i] = _mm512_shuffle_i32x4(words.of[i], words.of[i + 4], 0x88);
    half.of[i + 4] = _mm512_shuffle_i32x4(words.of[i], words.of[i + 4], 0xdd);
    half.of[i + 8] = _mm512_shuffle_i32x4(words.of[i + 8], words.of[i + 12], 0x88);
    half.of[i + 12] = _mm512_shuffle_i32x4(words.of[i + 8], words.of[i + 12], 0xdd);
  }
  for (std::size_t i = 0; i < 8; ++i) {
    words.of[i] = _mm512_shuffle_i32x4(half.of[i], half.of[i + 8], 0x88);
    words.of[i + 8] = _mm512_shuffle_i32x4(half.of[i], half.of[i + 8], 0xdd);
  }
}

/// The first sixteen words of the message schedule.
MUNIMENT_SIXTEEN void load_blocks(Words& schedule, const std::array<HashLane, kLanes>& lanes, std::size_t offset) {
  const __m512i big_endian = _mm512_broadcast_i32x4(_mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));
  for (std::size_t i = 0; i < kLanes; ++i)
    schedule.of[i] = _mm512_shuffle_epi8(_mm512_loadu_si512(lanes[i].bytes + offset), big_endian);
  transpose(schedule);
}

struct State {
  __m512i of[8];
};
// NOLINTEND(*-avoid-c-arrays)

MUNIMENT_SIXTEEN void one_round(State& s, __m512i word, std::uint32_t constant) {
  const __m512i choice = _mm512_ternarylogic_epi32(s.of[4], s.of[5], s.of[6], kChoice);
  const __m512i input = add(word, _mm512_set1_epi32(static_cast<int>(constant)));
  const __m512i first = add(add(s.of[7], input), add(big_sigma_1(s.of[4]), choice));
  const __m512i second = add(big_sigma_0(s.of[0]), _mm512_ternarylogic_epi32(s.of[0], s.of[1], s.of[2], kMajority));
  s = {{add(first, second), s.of[0], s.of[1], s.of[2], add(s.of[3], first), s.of[4], s.of[5], s.of[6]}};
}

[[gnu::target("avx512f,avx512bw")]] void compress_all(const std::array<HashLane, kLanes>& lanes, std::size_t blocks) {
  alignas(64) std::array<std::array<std::uint32_t, kLanes>, 8> words;
  State state;
  for (std::size_t word = 0; word < 8; ++word) {
    for (std::size_t i = 0; i < kLanes; ++i) words[word][i] = lanes[i].state[word];
    state.of[word] = _mm512_load_si512(words[word].data());
  }
  for (std::size_t block = 0; block < blocks; ++block) {
    const State before = state;
    Words schedule;
    load_blocks(schedule, lanes, block * kLaneBlockBytes);
    for (std::size_t group = 0; group < 64; group += 16) {
#pragma GCC unroll 16
      for (std::size_t t = 0; t < 16; ++t) {
        if (group > 0) {
          const __m512i sum = add(schedule.of[t], schedule.of[(t + 9) % 16]);
          schedule.of[t] =
              add(add(sum, small_sigma_0(schedule.of[(t + 1) % 16])), small_sigma_1(schedule.of[(t + 14) % 16]));
        }
        one_round(state, schedule.of[t], kSha256Constants[group + t]);
      }
    }
    for (std::size_t word = 0; word < 8; ++word) state.of[word] = add(state.of[word], before.of[word]);
  }
  for (std::size_t word = 0; word < 8; ++word) {
    _mm512_store_si512(words[word].data(), state.of[word]);
    for (std::size_t i = 0; i < kLanes; ++i) lanes[i].state[word] = words[word][i];
  }
}

}  // namespace

bool has_room_for_sixteen() {
  static const bool has =
      !has_room_for_two() && __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0;
  return has;
}

void compress_sixteen(const std::array<HashLane, 16>& lanes, std::size_t blocks) { compress_all(lanes, blocks); }

}  // namespace muniment

#undef MUNIMENT_SIXTEEN

#else  // of another processor

namespace muniment {

bool has_room_for_sixteen() { return false; }

void compress_sixteen(const std::array<HashLane, 16>&, std::size_t) { MUNIMENT_CHECK(false); }

}  // namespace muniment

#endif
