#include "archive/id.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/words.h"

namespace muniment {
namespace {

std::vector<std::uint16_t> word_indices(const Sha256& id) {
  std::vector<std::uint16_t> indices;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (std::size_t i = 0; indices.size() < kIdWords; ++i) {  // the first 15 of the 32 bytes
    bits = (bits << 8) | id.bytes[i];
    count += 8;
    if (count < kWordBits) continue;
    count -= kWordBits;
    indices.push_back(static_cast<std::uint16_t>((bits >> count) % kWordCount));
  }
  return indices;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool is_gap = c == ' ' || c == ',' || c == '-' || c == '\n' || c == '\r' || c == '\t';
    if (is_gap && !words.back().empty()) words.emplace_back();
    if (is_letter) words.back() += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    if (!is_letter && !is_gap) words.back() += '?';
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

}  // namespace

std::string id_words(const Sha256& id) {
  std::string text;
  for (const std::uint16_t index : word_indices(id)) {
    if (!text.empty()) text += ' ';
    text += word_at(index);
  }
  return text;
}

IdPin IdPin::of(const Sha256& id) {
  IdPin pin;
  pin.words_ = word_indices(id);
  pin.hex_ = id.hex();
  return pin;
}

Result<IdPin> IdPin::parse(std::string_view text) {
  const std::vector<std::string> words = words_of(text);
  if (words.size() == 1 && words[0].size() == 64) {
    const auto id = parse_sha256(words[0]);
    if (!id) return Error(Code::invalid, "the archive id has 64 hexadecimal digits, and this has other characters");
    return of(*id);
  }
  IdPin pin;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto index = find_word(words[i]);
    if (!index) {
      return Error(Code::invalid, "word " + std::to_string(i + 1) + " of the archive id, \"" + printable(words[i], 40) +
                                      "\", is not on the word list: look at it again on the card");
    }
    pin.words_.push_back(*index);
  }
  if (pin.words_.size() != kIdWords) {
    return Error(Code::invalid, "the archive id has " + std::to_string(kIdWords) + " words, and here are " +
                                    std::to_string(pin.words_.size()));
  }
  return pin;
}

Result<void> IdPin::check(const Sha256& id) const {
  const std::vector<std::uint16_t> found = word_indices(id);
  if (found == words_ && (hex_.empty() || hex_ == id.hex())) return {};
  std::vector<std::size_t> different;
  for (std::size_t i = 0; i < kIdWords; ++i) {
    if (found[i] != words_[i]) different.push_back(i);
  }
  if (different.size() == 1) {
    const std::size_t i = different[0];
    return Error(Code::forged, "the archive id differs in word " + std::to_string(i + 1) + ": you gave \"" +
                                   std::string(word_at(words_[i])) + "\", this archive has \"" +
                                   std::string(word_at(found[i])) + "\". Look at that word again on the card");
  }
  return Error(Code::forged, "this is another archive: its id is " + id_words(id));
}

}  // namespace muniment
