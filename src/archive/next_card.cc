#include "archive/next_card.h"

#include "age/file.h"
#include "archive/entry.h"
#include "base/encoding.h"

namespace muniment {
namespace {

// The passphrase has all the entropy of a digest: more work would keep the device in the field waiting, and nobody out.
constexpr unsigned kLog2N = 10;
constexpr std::string_view kFolder = "cards/";

/// From all of the older card: a mirror knows its own token, and neither the others' nor the custodian's signature.
SecretBytes passphrase_of(std::string_view older) {
  Sha256Hasher hasher;
  hasher.update(as_view("muniment/next-card/v1\n"));
  hasher.update(as_view(older));
  return SecretBytes::copy_of(as_view(hasher.finish().hex()));
}

Result<void> check_follows(const Card& older, const Card& newer) {
  const auto refuse = [](const char* why) {
    return Error(Code::invalid, std::string("that is not the card which follows this one: ") + why);
  };
  if (newer.archive != older.archive) return refuse("it is another archive's");
  if (newer.compartment != older.compartment) return refuse("it is for another compartment");
  if (newer.charter.version < older.charter.version) return refuse("its charter is older");
  if (newer.expires <= older.expires) return refuse("it does not last longer");
  if (older.send.empty() || newer.send.empty()) return refuse("only cards with addresses follow each other");
  return {};
}

}  // namespace

ObjectName next_card_name(std::string_view older) {
  return ObjectName(std::string(kFolder) + sha256(passphrase_of(older).expose()).hex());
}

Result<Bytes> seal_next_card(std::string_view older, std::string_view newer, Random& random) {
  TRY_ASSIGN(const Card before, parse_card(older));
  TRY_ASSIGN(const Card after, parse_card(newer));
  TRY(check_follows(before, after));
  const age::ScryptRecipient recipient(passphrase_of(older), kLog2N);
  const age::Recipient* const recipients[] = {&recipient};
  return age::seal_bytes(as_view(newer), recipients, random);
}

Result<SecretBytes> open_next_card(std::string_view older, ByteView sealed) {
  TRY_ASSIGN(const Card before, parse_card(older));
  const age::ScryptIdentity identity(passphrase_of(older), kLog2N);
  const age::Identity* const identities[] = {&identity};
  TRY_ASSIGN(SecretBytes newer, age::open_bytes(sealed, identities));
  TRY_ASSIGN(const Card after, parse_card(newer.expose_text()));
  TRY(check_follows(before, after));
  return newer;
}

Bytes next_card_entry(const Sha256& archive, const ObjectName& name, ByteView sealed) {
  const std::string text = "muniment/" + std::string(kNextCardKind) + "/v1\narchive " + archive.hex() + "\n" +
                           render_object_line({name, sha256(sealed)}) + "\n";
  return {text.begin(), text.end()};
}

Result<ObjectName> next_card_in(const std::vector<LoggedObject>& objects) {
  if (objects.size() == 1 && objects.front().name.text().starts_with(kFolder)) return objects.front().name;
  return Error(Code::corrupt, "an entry for a card names one object below cards/");
}

}  // namespace muniment
