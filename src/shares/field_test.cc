#include "shares/field.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>
#include <vector>

namespace muniment {
namespace {

/// Multiplication as in school: the product of the polynomials, then its remainder by 0x11b.
std::uint8_t slow_multiply(unsigned a, unsigned b) {
  unsigned product = 0;
  for (unsigned i = 0; i < 8; ++i) {
    if ((b >> i) & 1) product ^= a << i;
  }
  for (unsigned degree = 14; degree >= 8; --degree) {
    if ((product >> degree) & 1) product ^= 0x11bu << (degree - 8);
  }
  return static_cast<std::uint8_t>(product);
}

TEST(Field, MultipliesAsTheSlowModelDoes) {
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      ASSERT_EQ(field_multiply(static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b)), slow_multiply(a, b))
          << a << " times " << b;
    }
  }
}

// FIPS 197 section 4.2: the same field, {57} times {83} is {c1}.
TEST(Field, AgreesWithTheExampleOfAes) { EXPECT_EQ(field_multiply(0x57, 0x83), 0xc1); }

TEST(Field, InvertsEveryElementButZero) {
  for (unsigned a = 1; a < 256; ++a) {
    const auto element = static_cast<std::uint8_t>(a);
    ASSERT_EQ(field_multiply(element, field_invert(element)), 1) << a;
  }
  EXPECT_EQ(field_invert(0), 0);
}

RC_GTEST_PROP(Interpolation, FindsThePolynomialThatThePointsAreOn, ()) {
  const auto coefficients = *rc::gen::container<std::vector<std::uint8_t>>(6, rc::gen::arbitrary<std::uint8_t>());
  const auto value_at = [&](std::uint8_t x) {
    std::uint8_t sum = 0;
    for (const std::uint8_t coefficient : coefficients) {
      sum = static_cast<std::uint8_t>(slow_multiply(sum, x) ^ coefficient);
    }
    return sum;
  };
  const auto places = *rc::gen::unique<std::vector<std::uint8_t>>(6, rc::gen::arbitrary<std::uint8_t>());
  std::vector<Bytes> values;
  for (const std::uint8_t x : places) values.push_back({value_at(x), 0, static_cast<std::uint8_t>(~value_at(x))});
  std::vector<Point> points;
  for (std::size_t i = 0; i < places.size(); ++i) points.push_back({places[i], values[i]});
  const auto x = *rc::gen::arbitrary<std::uint8_t>();
  const Bytes wanted = {value_at(x), 0, static_cast<std::uint8_t>(~value_at(x))};
  RC_ASSERT(equal(interpolate(points, x).expose(), wanted));
}

}  // namespace
}  // namespace muniment
