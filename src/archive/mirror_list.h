// Lists of mirrors: who holds what, for those who need it, while the log has no address. Spec: docs/formats.md "Lists
// of mirrors".
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "archive/view.h"
#include "base/random.h"

namespace muniment {

/// One of the lists that were made together: all addresses, or those of one bucket.
struct MirrorList {
  Sha256 archive;
  std::string bucket;                   // "all", or the name of the channel that it is handed out by
  std::string expires;                  // "2026-12-26"
  std::array<std::uint8_t, 32> salt{};  // so that nobody can try addresses against the log
  std::vector<std::string> addresses;   // ascending, each once
};

inline constexpr std::uint64_t kMirrorListBytesMax = 1 << 20;
inline constexpr std::size_t kMirrorListsMax = 100;  // made together

/// What the log's commitment is made of.
Sha256 digest_of(const MirrorList& list);

/// Of the digests of all lists that were made together, in ascending order.
Sha256 commitment_to(std::span<const Sha256> digests);

/// A line of the custodian's own file: an address, and the channel by which it is handed out, if any.
struct MirrorAddress {
  std::string address;
  std::string bucket;  // empty: in the list of all only
};
/// Lines "ADDRESS" and "ADDRESS bucket NAME"; empty ones and those that begin with # say nothing. Errors: `invalid`
/// with the line's number.
Result<std::vector<MirrorAddress>> parse_mirror_addresses(std::string_view text);

/// The list of all and one for each bucket, with new salts, in this order: all, then the buckets by name.
std::vector<MirrorList> lists_of(const std::vector<MirrorAddress>& addresses, const Sha256& archive,
                                 const std::string& expires, Random& random);

/// An address that a list may have: http://, https:// or s3://, printable ASCII without spaces. Errors: `invalid`.
Result<void> check_mirror_address(std::string_view address);
/// Errors: `invalid` for other roles than "vault" and "public".
Result<void> check_mirror_role(std::string_view role);

/// Signed notes, one for each list. Errors: `invalid` for a list without an address or with one that may not be in it,
/// or for too many lists.
Result<std::vector<std::string>> sign_mirror_lists(const std::vector<MirrorList>& lists, const SignerKey& custodian);

struct SignedMirrorList {
  MirrorList list;
  Sha256 commitment;  // that an order "mirrors" in the log has
};
/// A list of this archive that a custodian of the charter has signed. Errors: `corrupt`, `forged`, `limit`.
Result<SignedMirrorList> parse_mirror_list(std::string_view text, const Sha256& archive, const Charter& charter);

enum class ListInLog { newest, older, none };
/// Whether the log that this copy has names the list, and whether newer ones were made since.
ListInLog find_in_log(const SignedMirrorList& list, const ArchiveView& view);

}  // namespace muniment
