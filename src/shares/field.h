// The field of SLIP-0039: GF(256) with the polynomial x^8 + x^4 + x^3 + x + 1 (0x11b), and Lagrange interpolation in
// it. Without tables and without branches on values: the time taken tells the count of points and bytes and nothing
// else.
#pragma once

#include <span>

#include "base/secret.h"

namespace muniment {

std::uint8_t field_multiply(std::uint8_t a, std::uint8_t b);

/// `a` to the power of 254: the inverse of what is not zero, and zero for zero.
std::uint8_t field_invert(std::uint8_t a);

/// A point of as many polynomials as the value has bytes. The place is public, the value is not.
struct Point {
  std::uint8_t x = 0;
  ByteView y;  // valid while the secret that it views lives
};

/// The values at `x` of the polynomials of lowest degree through the points: one point at least, no two with one x, all
/// values of one length.
SecretBytes interpolate(std::span<const Point> points, std::uint8_t x);

}  // namespace muniment
