// A cosigner: says of heads of one log that they are the largest consistent ones it has seen, and never of two that
// contradict each other. Speaks C2SP tlog-witness: the answers are that protocol's, whoever carries them.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "ledger/log.h"
#include "note/cosignature.h"

namespace muniment {

/// The body of add-checkpoint.
struct AddCheckpoint {
  std::uint64_t old_size = 0;
  tlog::Proof proof;       // from old_size to the checkpoint's size
  std::string checkpoint;  // the note
};

inline constexpr std::size_t kAddCheckpointBytesMax = kCheckpointBytesMax + 8192;

std::string render_add_checkpoint(const AddCheckpoint& request);
/// Errors: `corrupt`, `limit`.
Result<AddCheckpoint> parse_add_checkpoint(std::string_view body);

/// Status and body as tlog-witness has them: 200 and a signature line; 400, 403, 404, 409 (the body is the size last
/// cosigned), 422; and 500 where the state could not be read or written: a full disk refuses rather than forgets.
struct WitnessAnswer {
  unsigned status = 0;
  std::string body;
};

/// Asked before anything is signed: whether the entries of this head, from the first that was not cosigned before, are
/// what the cosigner can stand for.
using EntryCheck = std::function<Result<void>(const tlog::TreeHead& head, std::uint64_t from)>;

class Cosigner {
 public:
  /// `state` keeps the last head that was cosigned, in this cosigner's name alone. The references outlive it.
  Cosigner(HeadStore& state, LogIdentity log, const CosignerSigner& signer, Clock& clock, EntryCheck check)
      : state_(state), log_(std::move(log)), signer_(signer), clock_(clock), check_(std::move(check)) {}

  WitnessAnswer add_checkpoint(const AddCheckpoint& request);

  /// The last head that was cosigned; nothing when there is none. Errors: `corrupt`: the state is not to be trusted.
  Result<std::optional<SignedHead>> last();

 private:
  /// Nothing when the new head may follow; otherwise the answer that refuses it.
  std::optional<WitnessAnswer> refusal(const AddCheckpoint& request, const SignedHead& next,
                                       const std::optional<SignedHead>& last);

  HeadStore& state_;
  LogIdentity log_;
  const CosignerSigner& signer_;
  Clock& clock_;
  EntryCheck check_;
};

}  // namespace muniment
