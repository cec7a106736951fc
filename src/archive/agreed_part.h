// The part of an archive that a copy has agreed to hold: a list signed by a custodian, which lies in the copy as
// `agreed-part`. Spec: docs/formats.md "Agreed part".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/charter.h"
#include "store/store.h"

namespace muniment {

/// Which deposits a copy holds. All else that the log names belongs to every copy, what opens deposits apart.
struct AgreedPart {
  Sha256 archive = {};
  std::uint64_t from = 0;                       // the first entry whose deposit is held
  std::optional<std::uint64_t> to = {};         // the entry after the last; empty: no end
  std::optional<std::uint64_t> bytes_max = {};  // sealed bytes of deposits; empty: any
  bool with_seals = true;                       // headers, contents and the keyring
  bool is_stick = false;                        // nobody's agreement: one of several pieces of a copy ("Sticks")
  std::vector<Sha256> deposits = {};            // ascending, each once; empty: any
};

inline constexpr std::uint64_t kAgreedPartBytesMax = 4ull << 20;

/// The list as a signed note. Errors: `invalid` for what agrees to nothing, or is too long.
Result<std::string> make_agreed_part(const AgreedPart& part, const SignerKey& custodian);

/// A list of this archive that a custodian of the charter has signed. Errors: `corrupt`, `forged`, `limit`.
Result<AgreedPart> parse_agreed_part(std::string_view text, const Sha256& archive, const Charter& charter);

/// What a stick says of itself: deposits from entry `first` up to, and without, `next`. Signed by nobody.
std::string render_stick(const Sha256& archive, std::uint64_t first, std::uint64_t next);

/// What the copy in `store` has agreed to, or carries as a stick; nothing where it is to hold all. Errors: those of
/// reading and parsing.
Result<std::optional<AgreedPart>> find_agreed_part(Store& store, const Sha256& archive, const Charter& charter);

/// Goes along a log and tells of each deposit whether it is held: one after the other, as long as they fit.
class AgreedDeposits {
 public:
  /// `part` outlives this; null: everything is held.
  explicit AgreedDeposits(const AgreedPart* part) : part_(part) {}

  /// For the deposits in the order of the log, each once.
  bool holds(std::uint64_t index, const Sha256& deposit, std::uint64_t bytes);

 private:
  const AgreedPart* part_;
  std::uint64_t held_bytes_ = 0;
};

}  // namespace muniment
