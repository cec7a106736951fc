#include "shares/cyrillic.h"

#include <array>
#include <string>

#include "base/words.h"

namespace muniment {
namespace {

/// The letters on the left are read as the text on the right. What a pattern says besides letters:
///   ^    at the start of the word          $    at the end of the word
///   V>   after a vowel letter              C>   after a consonant letter
///   |    what follows is only looked at: letters, V a vowel, C a consonant, E one of e, i, y
struct Reading {
  std::string_view pattern;
  std::string_view cyrillic;
};

// The first that fits is taken: whole pieces before pairs, pairs before single letters. It is how English is spelt out
// in Cyrillic, by letters rather than by sounds ("academic" is "академик"), with the letter pairs, the silent e and the
// long vowels before it that make a word sayable. Every row is needed by a word of the list.
// clang-format off
constexpr Reading kReadings[] = {
    {"^ex|V", "экз"}, {"^kn", "н"}, {"^rh", "р"}, {"^e|C", "э"}, {"^eye", "ай"}, {"^ear|C", "эр"}, {"^ea", "и"},
    {"^ai", "эй"}, {"^aw|V", "ав"}, {"^oa", "оа"}, {"^ow", "оу"}, {"^hour", "аур"}, {"^uni", "юни"}, {"^un|u", "ан"},
    {"^u|CV", "ю"}, {"^isl", "айл"}, {"^lyi", "лаи"}, {"^year", "йир"}, {"^yie", "йи"}, {"^ye", "йе"}, {"^yo", "йо"},
    {"^being", "биинг"}, {"^have", "хав"}, {"^make", "мейк"}, {"^rea|c", "реа"}, {"^rea|l", "риа"},
    {"^sugar", "шугар"}, {"^cage", "кейдж"}, {"ation", "ейшн"}, {"tion", "шн"}, {"ssion", "шн"}, {"asion", "ейжн"},
    {"cision", "сижн"}, {"nsion", "ншн"}, {"cial", "шал"}, {"cean", "шен"}, {"sture", "счер"}, {"ture", "чер"},
    {"easure", "ежер"}, {"sual", "жуал"}, {"V>s|V", "з"}, {"ience", "айенс"}, {"iet", "айет"}, {"dier", "джер"},
    {"ight", "айт"}, {"ough", "о"}, {"augh", "о"}, {"tch", "тч"}, {"sch", "ск"}, {"chem", "кем"}, {"cho|$", "ко"},
    {"chine", "шин"}, {"change", "чейндж"}, {"ch", "ч"}, {"sh", "ш"}, {"thea", "теа"}, {"threa", "тре"}, {"th", "т"},
    {"ph", "ф"}, {"ck", "к"}, {"wr", "р"}, {"qu", "кв"}, {"dg", "дж"}, {"sc|E", "с"}, {"xc|E", "кс"}, {"cei", "си"},
    {"come$", "кам"}, {"c|E", "с"}, {"c", "к"}, {"grown", "гроун"}, {"gage$", "гейдж"}, {"guage$", "гвидж"},
    {"age$", "идж"}, {"nger$", "нгер"}, {"get$", "гет"}, {"ge|th", "ге"}, {"gu|V", "г"}, {"g|e", "дж"},
    {"g|y", "дж"}, {"g", "г"}, {"tive$", "тив"}, {"tice$", "тис"}, {"mise$", "мис"}, {"move$", "мув"},
    {"prove$", "прув"}, {"aste$", "ейст"}, {"side", "сайд"}, {"wire", "вайр"}, {"pipe", "пайп"}, {"wild", "вайлд"},
    {"ild$", "айлд"}, {"find", "файнд"}, {"ind$", "айнд"}, {"buy", "бай"}, {"uil", "ил"}, {"nuine", "нуин"},
    {"uit", "ут"}, {"uice", "ус"}, {"ee", "и"}, {"head", "хед"}, {"wealth", "велт"}, {"health", "хелт"},
    {"weapon", "вепон"}, {"peas", "пез"}, {"ead|y", "ед"}, {"dea$", "дея"}, {"ear|d", "ир"}, {"ear|C", "ёр"},
    {"ea", "и"}, {"oo", "у"}, {"oar", "ор"}, {"oa", "оу"}, {"oi", "ой"}, {"oy", "ой"}, {"ould", "уд"}, {"oup", "уп"},
    {"ouble", "абл"}, {"ous$", "ус"}, {"our|s", "ор"}, {"our|ce", "ор"}, {"ouse", "аус"}, {"ou", "ау"},
    {"known", "ноун"}, {"ow$", "оу"}, {"ow", "ау"}, {"ay", "ей"}, {"ai", "ей"}, {"aw", "о"}, {"au", "о"},
    {"friend", "френд"}, {"ien", "иен"}, {"iew", "ью"}, {"ie|C", "и"}, {"jew", "джу"}, {"rew|$", "ру"},
    {"ew|V", "ев"}, {"ew", "ью"}, {"eum", "еум"}, {"ey$", "и"}, {"ey", "ей"}, {"ei", "ей"}, {"ue$", "у"},
    {"ful$", "фул"}, {"um$", "ум"}, {"us$", "ус"}, {"fy$", "фай"}, {"a|Ce$", "ей"}, {"i|Ce$", "ай"}, {"o|Ce$", "оу"},
    {"u|Ce$", "ю"}, {"y|Ce$", "ай"}, {"e|Ce$", "и"}, {"e|ful", ""}, {"e|ly$", ""}, {"e$", ""}, {"C>yo", "ьо"},
    {"C>ye", "айе"}, {"ur|C", "ёр"}, {"ir|C", "ёр"}, {"u|CC", "а"}, {"u|C$", "а"}, {"j", "дж"}, {"x", "кс"},
    {"a", "а"}, {"b", "б"}, {"d", "д"}, {"e", "е"}, {"f", "ф"}, {"h", "х"}, {"i", "и"}, {"k", "к"}, {"l", "л"},
    {"m", "м"}, {"n", "н"}, {"o", "о"}, {"p", "п"}, {"r", "р"}, {"s", "с"}, {"t", "т"}, {"u", "у"}, {"v", "в"},
    {"w", "в"}, {"y", "и"}, {"z", "з"},
};
// clang-format on

bool is_vowel(char letter) { return std::string_view("aeiouy").find(letter) != std::string_view::npos; }

bool is_of_class(char letter, char wanted) {
  switch (wanted) {
    case 'V': return is_vowel(letter);
    case 'C': return !is_vowel(letter);
    case 'E': return letter == 'e' || letter == 'i' || letter == 'y';
    default: return letter == wanted;
  }
}

/// How many letters of `word` the pattern eats at `place`, or none when it does not fit there.
std::size_t letters_read(std::string_view pattern, std::string_view word, std::size_t place) {
  if (pattern.starts_with('^')) {
    if (place != 0) return 0;
    pattern.remove_prefix(1);
  } else if (pattern.size() > 1 && pattern[1] == '>') {
    if (place == 0 || !is_of_class(word[place - 1], pattern[0])) return 0;
    pattern.remove_prefix(2);
  }
  const bool at_end = pattern.ends_with('$');
  if (at_end) pattern.remove_suffix(1);
  std::size_t at = place;
  std::size_t eaten = 0;
  for (const char wanted : pattern) {
    if (wanted == '|') {
      eaten = at - place;
      continue;
    }
    if (at == word.size() || !is_of_class(word[at], wanted)) return 0;
    ++at;
  }
  if (at_end && at != word.size()) return 0;
  return eaten == 0 ? at - place : eaten;
}

std::string transliterated(std::string_view word) {
  std::string text;
  for (std::size_t place = 0; place < word.size();) {
    std::size_t read = 0;
    for (const Reading& reading : kReadings) {
      read = letters_read(reading.pattern, word, place);
      if (read == 0) continue;
      text += reading.cyrillic;
      break;
    }
    MUNIMENT_CHECK(read > 0);
    place += read;
  }
  return text;
}

}  // namespace

std::string_view cyrillic_at(std::uint16_t index) {
  static const auto kTexts = [] {
    std::array<std::string, kWordCount> texts;
    for (std::uint16_t i = 0; i < kWordCount; ++i) texts[i] = transliterated(word_at(i));
    return texts;
  }();
  MUNIMENT_CHECK(index < kWordCount);
  return kTexts[index];
}

}  // namespace muniment
