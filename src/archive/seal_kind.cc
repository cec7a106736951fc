#include "archive/seal_kind.h"

#include "age/hybrid.h"
#include "archive/sealed_deposit.h"

namespace muniment {

std::string_view name_of(SealKind kind) {
  switch (kind) {
    case SealKind::classic: return "classic";
    case SealKind::hybrid_since: return "hybrid since";
    case SealKind::hybrid: return "hybrid";
    case SealKind::unknown: break;
  }
  return "unknown";
}

Result<bool> is_hybrid_header(ByteView header) {
  TRY_ASSIGN(const age::Header parsed, age::parse_header(header));
  return age::is_hybrid(parsed.stanzas);
}

SealKind find_seal_kind(Store& store, const LoggedDeposit& deposit) {
  const DepositSource source = source_in_store(store, deposit.id);
  // Of a seal that was dropped nobody can tell any more.
  SealKind kind = deposit.oldest_seal > 0 ? SealKind::unknown : SealKind::hybrid;
  for (std::uint64_t number = deposit.oldest_seal; number <= deposit.newest_seal(); ++number) {
    const auto header = source(header_name(number), kHeaderBytesMax);
    const auto is_hybrid = header ? is_hybrid_header(*header) : Result<bool>(header.error());
    if (!is_hybrid) {
      if (number == deposit.newest_seal()) return SealKind::unknown;
      if (kind == SealKind::hybrid) kind = SealKind::unknown;
    } else if (!*is_hybrid) {
      kind = number == deposit.newest_seal() ? SealKind::classic : SealKind::hybrid_since;
    }
  }
  return kind;
}

}  // namespace muniment
