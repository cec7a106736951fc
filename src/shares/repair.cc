#include "shares/repair.h"

#include <algorithm>

#include "shares/checksum.h"

namespace muniment {
namespace {

/// Tries candidates: the check words first, which costs nothing, then the commitments.
class Search {
 public:
  explicit Search(std::span<const ShareCommitment> commitments) : commitments_(commitments) {}

  bool found() const { return found_.has_value(); }

  /// `places` are the words that are not as typed. The check words of the candidate need not be right yet.
  void offer(const SecretWords& words, Slip slip, std::initializer_list<std::size_t> places) {
    if (found_) return;
    auto share = share_of_words(words);
    if (!share) return;
    near_ = true;
    const auto match = std::ranges::find_if(commitments_, [&](const auto& known) { return known.matches(*share); });
    if (match == commitments_.end()) return;
    found_ = RepairedShare{.share = std::move(*share), .number = match->number, .slip = slip, .changed = {}};
    for (const std::size_t place : places) found_->changed.push_back({place + 1, word_at(words.at(place))});
  }

  Result<RepairedShare> finish(std::size_t words, std::size_t unreadable) && {
    if (found_) return std::move(*found_);
    if (near_) {
      return Error(Code::denied,
                   "the check words fit, and it is none of the shares that the log knows: it is of another "
                   "set or of another archive");
    }
    if (unreadable > 2) {
      return Error(Code::corrupt, std::to_string(unreadable) + " words cannot be read: two at most can be found again");
    }
    std::string sentence =
        "too many words are wrong to find them again: compare each with the page, and mark with \"?\" what cannot be "
        "read";
    if (words != kDealtWords) {
      sentence += ". The shares of an archive have " + std::to_string(kDealtWords) + " words, and here are " +
                  std::to_string(words);
    }
    return Error(Code::corrupt, std::move(sentence));
  }

 private:
  std::span<const ShareCommitment> commitments_;
  std::optional<RepairedShare> found_;
  bool near_ = false;
};

/// Every word at `place`.
void try_word(SecretWords words, std::size_t place, Slip slip, Search& search) {
  const ResidueChanges changes = residue_changes(words.size() - 1 - place);
  words.set(place, 0);
  for (const bool extendable : {true, false}) {
    const std::uint32_t residue = checksum_residue(words, extendable);
    for (std::uint16_t word = 0; word < kWordCount; ++word) {
      if (changes[word] != residue) continue;
      SecretWords candidate = words.copy();
      candidate.set(place, word);
      search.offer(candidate, slip, {place});
    }
  }
}

/// Every two words at two places: a million pairs, one comparison each.
void try_two_words(SecretWords words, std::size_t first, std::size_t second, Search& search) {
  const ResidueChanges first_changes = residue_changes(words.size() - 1 - first);
  const ResidueChanges second_changes = residue_changes(words.size() - 1 - second);
  words.set(first, 0);
  words.set(second, 0);
  for (const bool extendable : {true, false}) {
    const std::uint32_t residue = checksum_residue(words, extendable);
    for (std::uint16_t a = 0; a < kWordCount; ++a) {
      for (std::uint16_t b = 0; b < kWordCount; ++b) {
        if ((first_changes[a] ^ second_changes[b]) != residue) continue;
        SecretWords candidate = words.copy();
        candidate.set(first, a);
        candidate.set(second, b);
        search.offer(candidate, Slip::unreadable, {first, second});
      }
    }
  }
}

void try_unreadable(const SecretWords& words, const std::vector<std::size_t>& places, Search& search) {
  if (!is_share_length(words.size())) return;
  if (places.size() == 1) try_word(words.copy(), places[0], Slip::unreadable, search);
  if (places.size() == 2) try_two_words(words.copy(), places[0], places[1], search);
}

void try_readable(const SecretWords& words, Search& search) {
  search.offer(words, Slip::none, {});
  for (std::size_t place = 0; is_share_length(words.size()) && place < words.size(); ++place) {
    try_word(words.copy(), place, Slip::misread, search);
    for (std::size_t other = 0; other < place; ++other) {
      SecretWords candidate = words.copy();
      candidate.set(place, words.at(other));
      candidate.set(other, words.at(place));
      search.offer(candidate, Slip::exchanged, {other, place});
    }
  }
  for (std::size_t place = 0; is_share_length(words.size() + 1) && place <= words.size(); ++place) {
    SecretWords candidate = words.copy();
    candidate.insert(place, 0);
    try_word(std::move(candidate), place, Slip::left_out, search);
  }
}

}  // namespace

Result<RepairedShare> repair_share(const SecretBytes& typed, std::span<const ShareCommitment> commitments) {
  if (commitments.empty()) {
    return Error(Code::invalid, "a share can be repaired only where the archive's log is at hand, to hold it against");
  }
  TRY_ASSIGN(const SecretWords words, read_words(typed, NotOnList::unreadable));
  std::vector<std::size_t> unreadable;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words.at(i) == SecretWords::kUnreadable) unreadable.push_back(i);
  }
  const bool count_fits = is_share_length(words.size()) || (unreadable.empty() && is_share_length(words.size() + 1));
  if (!count_fits) {
    return Error(Code::corrupt, "the shares of an archive have " + std::to_string(kDealtWords) +
                                    " words, and here are " + std::to_string(words.size()) +
                                    ": mark with \"?\" each word that cannot be read");
  }
  Search search(commitments);
  if (unreadable.empty()) try_readable(words, search);
  try_unreadable(words, unreadable, search);
  return std::move(search).finish(words.size(), unreadable.size());
}

}  // namespace muniment
