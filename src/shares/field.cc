#include "shares/field.h"

namespace muniment {

std::uint8_t field_multiply(std::uint8_t a, std::uint8_t b) {
  std::uint32_t product = 0;
  std::uint32_t shifted = a;
  for (unsigned bit = 0; bit < 8; ++bit) {
    product ^= shifted & (0u - ((std::uint32_t{b} >> bit) & 1u));
    shifted = (shifted << 1) ^ (0x11bu & (0u - (shifted >> 7)));  // stays below 256
  }
  return static_cast<std::uint8_t>(product);
}

std::uint8_t field_invert(std::uint8_t a) {
  std::uint8_t power = a;  // the powers 1, 3, 7, …, 127
  for (unsigned i = 0; i < 6; ++i) power = field_multiply(field_multiply(power, power), a);
  return field_multiply(power, power);  // 254
}

SecretBytes interpolate(std::span<const Point> points, std::uint8_t x) {
  MUNIMENT_CHECK(!points.empty());
  SecretBytes result(points[0].y.size());
  const MutableBytes sum = result.expose_mut();
  for (const Point& point : points) {
    MUNIMENT_CHECK(point.y.size() == sum.size());
    std::uint8_t above = 1;
    std::uint8_t below = 1;
    for (const Point& other : points) {
      if (&other == &point) continue;
      MUNIMENT_CHECK(other.x != point.x);
      above = field_multiply(above, static_cast<std::uint8_t>(x ^ other.x));
      below = field_multiply(below, static_cast<std::uint8_t>(point.x ^ other.x));
    }
    const std::uint8_t weight = field_multiply(above, field_invert(below));
    for (std::size_t i = 0; i < sum.size(); ++i) {
      sum[i] = static_cast<std::uint8_t>(sum[i] ^ field_multiply(weight, point.y[i]));
    }
  }
  return result;
}

}  // namespace muniment
