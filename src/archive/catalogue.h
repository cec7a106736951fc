// What a custodian deposited from this machine, as salted tags and without a name: so that of what is given again only
// what is new is taken. Signed, since whoever could forge it would have evidence passed over.
// Spec: docs/formats.md "Catalogue".
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/walk.h"
#include "base/random.h"
#include "base/secret.h"
#include "crypto/sha256.h"
#include "note/note.h"

namespace muniment {

inline constexpr std::uint64_t kCatalogueItemsMax = 4'000'000;  // 20 bytes each, in memory while a deposit is made

/// Half of a salted hash of all by which an item is known.
using ItemTag = std::array<std::uint8_t, 16>;

/// Items that went into one deposit.
struct DepositedItems {
  Sha256 deposit;
  std::vector<ItemTag> tags;
};

/// Whose it is, and how much it may hold.
struct CatalogueTerms {
  Sha256 archive;
  VerifierKey custodian;
  std::uint64_t items_max = kCatalogueItemsMax;
};

class Catalogue {
 public:
  /// An empty one, with a salt of its own.
  static Catalogue make(const Sha256& archive, Random& random);
  /// `plain` is what the age file holds. Errors: `corrupt`, `unsupported` (another version), `limit`, `forged` (not
  /// signed by this custodian), `invalid` (of another archive).
  static Result<Catalogue> parse(SecretBytes plain, const CatalogueTerms& terms);

  /// The tag of a file, link or empty folder. `path` is absolute. Not for two threads at once.
  ItemTag tag_of(std::string_view compartment, SourceItem::Kind kind, std::string_view path, const FileInfo& info);

  /// Which of deposits() holds the item, if any.
  std::optional<std::uint32_t> find(const ItemTag& tag) const;
  const std::vector<Sha256>& deposits() const { return deposits_; }
  std::uint64_t items() const { return items_; }

  /// This with more items, as the age file is to hold it. Of an item in two deposits the later one counts. What
  /// `keeps` does not keep goes, and beyond `items_max` the oldest deposits go.
  SecretBytes render_with(const std::vector<DepositedItems>& more, const std::function<bool(const Sha256&)>& keeps,
                          const SignerKey& custodian, std::uint64_t items_max = kCatalogueItemsMax) const;

 private:
  Catalogue() = default;
  Result<void> read_items();
  ByteView item(std::uint64_t number) const;

  Sha256 archive_;
  std::array<std::uint8_t, 32> salt_{};
  std::vector<Sha256> deposits_;  // the oldest first
  SecretBytes plain_;
  std::size_t items_start_ = 0;  // in plain_
  std::uint64_t items_ = 0;
  std::vector<std::uint32_t> starts_;  // by the first two bytes of a tag, the first item that does not come before it
  Sha256Hasher hasher_;
  Bytes message_;
};

}  // namespace muniment
