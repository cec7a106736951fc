// The card that follows another one, sealed for whoever has that one, so that the device in the field fetches it from
// a mirror. Spec: docs/formats.md "The next card".
#pragma once

#include <string>
#include <string_view>

#include "archive/card.h"
#include "base/random.h"
#include "store/store.h"

namespace muniment {

inline constexpr std::uint64_t kSealedCardBytesMax = kCardBytesMax + 4096;
inline constexpr const char* kNextCardKind = "card";

/// Where the card that follows `older` lies. Who has not seen that card cannot tell the name.
ObjectName next_card_name(std::string_view older);

/// `newer` for whoever has `older`; both are texts of cards. Errors: `invalid` for cards that do not follow each other,
/// those of parse_card.
Result<Bytes> seal_next_card(std::string_view older, std::string_view newer, Random& random);

/// The text of the card that follows `older`, checked as parse_card() checks it, and held against the older one.
/// Errors: `corrupt`, `forged`, those of age::open_bytes and parse_card.
Result<SecretBytes> open_next_card(std::string_view older, ByteView sealed);

/// The log's entry that names such an object, so that every copy gets it.
Bytes next_card_entry(const Sha256& archive, const ObjectName& name, ByteView sealed);

/// The name in such an entry. Errors: `corrupt` where it names anything but one object below cards/.
Result<ObjectName> next_card_in(const std::vector<LoggedObject>& objects);

}  // namespace muniment
