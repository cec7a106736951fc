#include "base/secret_text.h"

#include <algorithm>
#include <charconv>

namespace muniment {
namespace {

constexpr std::size_t kFirstBytes = 4096;  // a page: the least that secret memory is had in

}  // namespace

void SecretText::add(std::string_view text) {
  MUNIMENT_CHECK(text.size() <= bytes_max_ - size_);
  if (text.size() > bytes_.size() - size_) {
    SecretBytes larger(std::max({kFirstBytes, 2 * bytes_.size(), size_ + text.size()}));
    std::ranges::copy(bytes_.expose().first(size_), larger.expose_mut().begin());
    bytes_ = std::move(larger);
  }
  std::ranges::copy(text, bytes_.expose_mut().begin() + static_cast<std::ptrdiff_t>(size_));
  size_ += text.size();
}

void SecretText::add(std::int64_t number) {
  char digits[24];
  const auto written = std::to_chars(digits, digits + sizeof digits, number);
  add(std::string_view(digits, static_cast<std::size_t>(written.ptr - digits)));
}

void SecretText::add_base64(ByteView bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = static_cast<std::uint32_t>(bytes[i]) << 16;
    if (count > 1) group |= static_cast<std::uint32_t>(bytes[i + 1]) << 8;
    if (count > 2) group |= bytes[i + 2];
    for (std::size_t digit = 0; digit <= count; ++digit) add(kAlphabet.substr((group >> (18 - 6 * digit)) & 63, 1));
    add(std::string_view("==").substr(0, 3 - count));
  }
}

SecretBytes SecretText::take() && {
  bytes_.shrink(size_);
  return std::move(bytes_);
}

}  // namespace muniment
