// Unsealing: the trustees open single deposits for somebody who never holds their key. Each gets a header and contents
// sealed to the asker alone; the log gets a plain entry. Spec: docs/formats.md "Unsealing".
#pragma once

#include <string>
#include <vector>

#include "archive/reseal.h"
#include "archive/sealed_deposit.h"
#include "archive/trustees.h"

namespace muniment {

struct UnsealRequest {
  std::vector<Sha256> deposits;  // ascending
  std::string asker;             // recipient, "age1…"
  std::string reason;            // in words; only later meetings of trustees read it
  std::string date;              // today
};

inline constexpr std::size_t kUnsealReasonBytesMax = 4096;

struct Unsealed {
  Order order;                 // to be signed by the trustees and logged before the seals are handed over
  std::vector<NewSeal> seals;  // one for each deposit, in their order
};

/// Makes the seals, in memory. All deposits are of one compartment that the trustees open.
/// Errors: `invalid` (no recipient, two compartments, no reason or one that is too long), `denied` (the trustees open
/// none that fits: the sentence says who could), those of make_seal.
Result<Unsealed> unseal(Store& store, const ArchiveView& view, const TrusteesKeys& trustees,
                        const UnsealRequest& request, Random& random);

/// What an entry keeps for later trustees: text. Errors: those of age::open_bytes, `denied` for trustees of another
/// deal.
Result<SecretBytes> open_reasons(const Order& order, const TrusteesKeys& trustees);

/// What the asker is given, in a folder for each deposit: the names of its two files.
inline constexpr const char* kUnsealedHeader = "header";
inline constexpr const char* kUnsealedContents = "contents.age";

/// A seal that lies in a folder of its own, and the deposit's other objects where they are.
struct GivenSeal {
  Seal seal;
  DepositSource source;
};
/// Errors: those of reading, `limit`.
Result<GivenSeal> take_given_seal(Fs& fs, const std::string& folder, DepositSource rest);

}  // namespace muniment
