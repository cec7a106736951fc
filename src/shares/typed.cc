#include "shares/typed.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/encoding.h"
#include "base/words.h"

namespace muniment {
namespace {

bool is_gap(std::uint8_t c) {
  constexpr std::string_view kGaps = " \t\r\n,;:.()-";
  return kGaps.find(static_cast<char>(c)) != std::string_view::npos;
}

std::uint8_t lower(std::uint8_t c) { return c >= 'A' && c <= 'Z' ? static_cast<std::uint8_t>(c - 'A' + 'a') : c; }

bool is_number(std::string_view token) {
  return std::ranges::all_of(token, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_question(std::string_view token) {
  return std::ranges::all_of(token, [](char c) { return c == '?'; });
}

Error not_on_list(std::size_t place, std::string_view token) {
  const std::string word = "word " + std::to_string(place) + " of the share";
  if (is_question(token)) return Error(Code::invalid, word + " is missing: it stands as \"?\"");
  const std::string like = words_like(token);
  const std::string hint = like.empty() ? "look at it again on the page" : "it may have been " + like;
  return Error(Code::invalid, word + ", \"" + printable(token, 40) + "\", is not on the word list: " + hint);
}

/// Insertions, deletions, replacements and exchanges of neighbours that lead from one word to the other.
unsigned slips_between(std::string_view typed, std::string_view word) {
  using Row = std::array<unsigned, kWordLettersMax + 1>;
  Row before_last{};
  Row last{};
  for (unsigned j = 0; j <= word.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= typed.size(); ++i) {
    Row row{};
    row[0] = static_cast<unsigned>(i);
    for (std::size_t j = 1; j <= word.size(); ++j) {
      const unsigned replaced = last[j - 1] + (typed[i - 1] == word[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      const bool exchanged =
          i > 1 && j > 1 && typed[i - 1] == word[j - 2] && typed[i - 2] == word[j - 1] && typed[i - 1] != typed[i - 2];
      if (exchanged) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = last;
    last = row;
  }
  return last[word.size()];
}

}  // namespace

SecretWords SecretWords::copy() const {
  SecretWords other;
  std::ranges::copy(bytes_.expose(), other.bytes_.expose_mut().begin());
  other.size_ = size_;
  return other;
}

std::uint16_t SecretWords::at(std::size_t place) const {
  MUNIMENT_CHECK(place < size_);
  const ByteView bytes = bytes_.expose();
  return static_cast<std::uint16_t>((bytes[2 * place] << 8) | bytes[2 * place + 1]);
}

void SecretWords::set(std::size_t place, std::uint16_t word) {
  MUNIMENT_CHECK(place < size_);
  const MutableBytes bytes = bytes_.expose_mut();
  bytes[2 * place] = static_cast<std::uint8_t>(word >> 8);
  bytes[2 * place + 1] = static_cast<std::uint8_t>(word & 0xff);
}

void SecretWords::insert(std::size_t place, std::uint16_t word) {
  MUNIMENT_CHECK(place <= size_ && size_ < kMax);
  ++size_;
  for (std::size_t i = size_ - 1; i > place; --i) set(i, at(i - 1));
  set(place, word);
}

SecretBytes SecretWords::text() const {
  SecretBytes text(size_ * (kWordLettersMax + 1));
  std::size_t end = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    const std::string_view word = word_at(at(i));
    if (i > 0) text.expose_mut()[end++] = ' ';
    std::ranges::copy(as_view(word), text.expose_mut().begin() + static_cast<std::ptrdiff_t>(end));
    end += word.size();
  }
  text.shrink(end);
  return text;
}

Result<SecretWords> read_words(const SecretBytes& typed, NotOnList policy) {
  if (typed.size() > kTypedBytesMax) {
    return Error(Code::limit, "a share has some 300 letters, and here are " + human_size(typed.size()));
  }
  SecretBytes lowered(typed.size());
  std::ranges::transform(typed.expose(), lowered.expose_mut().begin(), lower);
  const ByteView bytes = lowered.expose();
  SecretWords words;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= bytes.size(); ++i) {
    if (i < bytes.size() && !is_gap(bytes[i])) continue;
    const std::string_view token = as_text(bytes.subspan(start, i - start));
    start = i + 1;
    if (is_number(token)) continue;  // the empty one too: gaps follow each other
    const auto word = find_word(token);
    if (!word && policy == NotOnList::refused) return not_on_list(words.size() + 1, token);
    if (words.size() == SecretWords::kMax) return Error(Code::limit, "these are more words than any share has");
    words.append(word ? *word : SecretWords::kUnreadable);
  }
  return words;
}

std::string words_like(std::string_view mistyped) {
  constexpr std::size_t kShownMax = 3;
  constexpr std::size_t kTooLong = 2 * kWordLettersMax;
  if (mistyped.size() < 3 || mistyped.size() > kTooLong) return {};
  unsigned fewest = 3;  // three slips make another word
  std::vector<std::string_view> likely;
  for (std::uint16_t i = 0; i < kWordCount; ++i) {
    const std::string_view word = word_at(i);
    const unsigned slips = word.starts_with(mistyped) ? 1 : slips_between(mistyped, word);
    if (slips < fewest) likely.clear();
    fewest = std::min(fewest, slips);
    if (slips == fewest && slips < 3) likely.push_back(word);
  }
  if (likely.size() > kShownMax) return {};  // a list of many is no hint
  std::string text;
  for (std::size_t i = 0; i < likely.size(); ++i) {
    if (i > 0) text += i + 1 == likely.size() ? " or " : ", ";
    text += '"' + std::string(likely[i]) + '"';
  }
  return text;
}

}  // namespace muniment
