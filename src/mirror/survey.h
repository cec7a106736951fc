// Looking at several copies of one archive: which heads they show, which is the newest, whether all agree.
// Spec: docs/formats.md "The right head".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "archive/view.h"

namespace muniment {

/// What one copy shows of itself.
struct SurveyedCopy {
  Store* store = nullptr;          // lent by the caller
  std::optional<SignedHead> head;  // signed by the log key that counts at its size under the newest charter
  std::optional<Error> error;      // why there is no head
  std::optional<EndedHead> ended;  // the checkpoint is by a log key whose time is over: a thief's
  std::uint64_t charters = 0;      // how many versions of the charter lie there that follow each other
};

struct Survey {
  FoundCharter charter;              // the newest chain that any of them has
  std::vector<SurveyedCopy> copies;  // in the order given
  std::size_t best = 0;              // the copy with the largest head
};

/// Reads charters and checkpoint of each copy. Without a pin the first copy's charter/1 is taken for the right one.
/// The newest charter that follows from it counts, wherever it lies: `known` are charters that the caller has from
/// elsewhere, so that copies that do not have them yet cannot take it back.
/// Errors: `not_found` when no copy shows a head of the archive, `forged` when what they show is another one, or when
/// people have signed two charters of one version; the sentence says what each showed.
Result<Survey> survey_copies(const std::vector<Store*>& stores, const std::optional<IdPin>& pin,
                             const std::optional<FoundCharter>& known = {});

/// Adds to `chain` what `other`, which lies at `where`, has beyond it. Errors: `forged` when the two part: the sentence
/// shows both.
Result<void> follow_charters(FoundCharter& chain, const FoundCharter& other, const std::string& where);

/// The copies that show a head, as indices into Survey::copies: the largest head first, equal ones in the order given.
std::vector<std::size_t> heads_by_size(const Survey& survey);

/// Makes the largest head whose entries some copy has by itself the survey's best; leaves it when no copy has all the
/// entries of any head. Whoever has the log key can sign a checkpoint over entries that do not exist.
void follow_newest(Survey& survey);

/// The heads of a log at which its entries have been held against each other.
struct Fork {
  std::size_t copy = 0;  // index into Survey::copies: its head does not lead to the best one
};

/// Holds the head of every copy against the entries that lead to the best head, which lie in `log`.
/// Errors: those of replay.
Result<std::vector<Fork>> find_forks(Store& log, const Survey& survey);

}  // namespace muniment
