#include "archive/name_traces.h"

#include <algorithm>
#include <array>
#include <utility>

#include "bag/names.h"

namespace muniment {
namespace {

constexpr std::size_t kWordLettersMin = 3;
constexpr std::size_t kStemLettersMin = 4;
constexpr std::size_t kInsideLettersMin = 5;  // a shorter stem counts at the start of a word only

using Replacement = std::pair<std::string_view, std::string_view>;

/// Cyrillic letters as Latin ones, after marks are gone (й is и, ё is е, ї is і, ў is у).
constexpr std::array<Replacement, 35> kLatin = {
    {{"а", "a"},  {"б", "b"}, {"в", "v"}, {"г", "g"}, {"ґ", "g"}, {"д", "d"},  {"е", "e"},  {"є", "ie"}, {"ж", "zh"},
     {"з", "z"},  {"и", "i"}, {"і", "i"}, {"к", "k"}, {"л", "l"}, {"м", "m"},  {"н", "n"},  {"о", "o"},  {"п", "p"},
     {"р", "r"},  {"с", "s"}, {"т", "t"}, {"у", "u"}, {"ф", "f"}, {"х", "h"},  {"ц", "c"},  {"ч", "ch"}, {"ш", "sh"},
     {"щ", "sh"}, {"ъ", ""},  {"ы", "i"}, {"ь", ""},  {"э", "e"}, {"ю", "iu"}, {"я", "ia"}, {"’", ""}}};
/// Ways to write the same sound: all become one.
constexpr std::array<Replacement, 8> kSpellings = {
    {{"shch", "sh"}, {"kh", "h"}, {"ts", "c"}, {"ck", "k"}, {"y", "i"}, {"j", "i"}, {"w", "v"}, {"x", "ks"}}};

template <std::size_t kCount>
std::string replaced(std::string_view text, const std::array<Replacement, kCount>& by) {
  std::string out;
  while (!text.empty()) {
    const auto found = std::ranges::find_if(by, [&](const Replacement& each) { return text.starts_with(each.first); });
    out += found == by.end() ? text.substr(0, 1) : found->second;
    text.remove_prefix(found == by.end() ? 1 : found->first.size());
  }
  return out;
}

std::string without_doubles(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    if (out.empty() || out.back() != letter) out += letter;
  }
  return out;
}

/// A word as it sounds, whatever the alphabet.
std::string sound_of(std::string_view word) {
  const std::string latin = replaced(bag::bare_letters(word), kLatin);
  return without_doubles(replaced(latin, kSpellings));
}

bool is_name_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80 || c == '\'';
}

std::vector<std::string> name_words_of(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (is_name_letter(c)) {
      if (c != '\'') words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

/// Without an ending that changes with the case.
std::string stem_of(std::string sound) {
  constexpr std::string_view kVowels = "aeiou";
  while (sound.size() > kStemLettersMin && kVowels.find(sound.back()) != std::string_view::npos) sound.pop_back();
  return sound;
}

bool stands_in(const std::string& stem, const std::string& sound) {
  if (stem.size() < kStemLettersMin) return sound == stem;
  return stem.size() >= kInsideLettersMin ? sound.find(stem) != std::string::npos : sound.starts_with(stem);
}

}  // namespace

std::vector<std::string> find_name_traces(std::string_view text, std::string_view names) {
  std::vector<std::string> sounds;
  for (const std::string& word : name_words_of(text)) sounds.push_back(sound_of(word));
  std::vector<std::string> found;
  for (const std::string& name : name_words_of(names)) {
    if (name.size() < kWordLettersMin) continue;
    const std::string sound = sound_of(name);
    if (sound.size() < 2) continue;
    const std::string stem = stem_of(sound);
    if (std::ranges::any_of(sounds, [&](const std::string& each) { return stands_in(stem, each); }) &&
        std::ranges::find(found, name) == found.end()) {
      found.push_back(name);
    }
  }
  return found;
}

}  // namespace muniment
