// The compression function of SHA-256 (FIPS 180-4 section 6.2.2) for two messages at once, with the processor's SHA
// instructions: each of them waits for the one before it, and while one message waits, the other is worked on.
#include "crypto/sha256_pair.h"

#include "base/check.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#include <utility>

namespace muniment {
namespace {

constexpr std::size_t kBlockBytes = 64;

/// One message's state, in the order in which the instructions take it: a, b, e, f and c, d, g, h, highest word first.
struct Lane {
  __m128i abef;
  __m128i cdgh;
  __m128i words[4];  // the last 16 of the message schedule; NOLINT(*-avoid-c-arrays): an array loses what __m128i is
};

[[gnu::target("sha,sse4.1"), gnu::always_inline]] inline void load(Lane& lane, const std::uint32_t* state) {
  const __m128i abcd = _mm_loadu_si128(reinterpret_cast<const __m128i*>(state));
  const __m128i efgh = _mm_loadu_si128(reinterpret_cast<const __m128i*>(state + 4));
  const __m128i cdab = _mm_shuffle_epi32(abcd, 0xb1);
  const __m128i hgfe = _mm_shuffle_epi32(efgh, 0x1b);
  lane.abef = _mm_alignr_epi8(cdab, hgfe, 8);
  lane.cdgh = _mm_blend_epi16(hgfe, cdab, 0xf0);
}

[[gnu::target("sha,sse4.1"), gnu::always_inline]] inline void store(const Lane& lane, std::uint32_t* state) {
  const __m128i feba = _mm_shuffle_epi32(lane.abef, 0x1b);
  const __m128i dchg = _mm_shuffle_epi32(lane.cdgh, 0xb1);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state), _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

/// Rounds 4 × `group` to 4 × `group` + 3.
template <int group>
[[gnu::target("sha,sse4.1"), gnu::always_inline]] inline void four_rounds(Lane& lane, const std::uint8_t* block) {
  __m128i& now = lane.words[group % 4];
  if constexpr (group < 4) {
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    now = _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(block) + group), big_endian);
  } else {
    const __m128i before = lane.words[(group + 3) % 4];
    const __m128i before_that = lane.words[(group + 2) % 4];
    const __m128i sum =
        _mm_add_epi32(_mm_sha256msg1_epu32(now, lane.words[(group + 1) % 4]), _mm_alignr_epi8(before, before_that, 4));
    now = _mm_sha256msg2_epu32(sum, before);
  }
  const __m128i constants = _mm_load_si128(reinterpret_cast<const __m128i*>(kSha256Constants.data()) + group);
  const __m128i input = _mm_add_epi32(now, constants);
  lane.cdgh = _mm_sha256rnds2_epu32(lane.cdgh, lane.abef, input);
  lane.abef = _mm_sha256rnds2_epu32(lane.abef, lane.cdgh, _mm_shuffle_epi32(input, 0x0e));
}

template <int... groups>
[[gnu::target("sha,sse4.1"), gnu::always_inline]] inline void all_rounds(std::integer_sequence<int, groups...>, Lane& a,
                                                                         const std::uint8_t* block_a, Lane& b,
                                                                         const std::uint8_t* block_b) {
  ((four_rounds<groups>(a, block_a), four_rounds<groups>(b, block_b)), ...);
}

[[gnu::target("sha,sse4.1")]] void compress(HashLane a, HashLane b, std::size_t blocks) {
  Lane lane_a;
  Lane lane_b;
  load(lane_a, a.state);
  load(lane_b, b.state);
  for (; blocks > 0; --blocks, a.bytes += kBlockBytes, b.bytes += kBlockBytes) {
    const Lane before_a = lane_a;
    const Lane before_b = lane_b;
    all_rounds(std::make_integer_sequence<int, 16>(), lane_a, a.bytes, lane_b, b.bytes);
    lane_a.abef = _mm_add_epi32(lane_a.abef, before_a.abef);
    lane_a.cdgh = _mm_add_epi32(lane_a.cdgh, before_a.cdgh);
    lane_b.abef = _mm_add_epi32(lane_b.abef, before_b.abef);
    lane_b.cdgh = _mm_add_epi32(lane_b.cdgh, before_b.cdgh);
  }
  store(lane_a, a.state);
  store(lane_b, b.state);
}

bool processor_has_sha() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  constexpr unsigned kShaBit = 1U << 29;  // in EBX of leaf 7
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & kShaBit) != 0 && __builtin_cpu_supports("sse4.1") != 0;
}

}  // namespace

bool has_sha_instructions() {
  static const bool has = processor_has_sha();
  return has;
}

bool has_room_for_two() {
  static const bool has = has_sha_instructions() && __builtin_cpu_is("intel") == 0;
  return has;
}

void compress_two(HashLane a, HashLane b, std::size_t blocks) { compress(a, b, blocks); }

}  // namespace muniment

#else  // of another processor

namespace muniment {

bool has_sha_instructions() { return false; }

bool has_room_for_two() { return false; }

void compress_two(HashLane, HashLane, std::size_t) { MUNIMENT_CHECK(false); }

}  // namespace muniment

#endif
