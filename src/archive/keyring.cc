#include "archive/keyring.h"

#include <algorithm>

#include "age/file.h"
#include "age/hybrid.h"
#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::uint64_t kKeyringFileBytesMax = 64 * 1024;

std::string openers_text(const Compartment& compartment) {
  std::string openers;
  for (const std::string& opener : compartment.openers) {
    openers += (openers.empty() ? "" : ", ") + (opener == kTrustees ? std::string("the trustees") : opener);
  }
  return openers;
}

bool is_opener(const Compartment& compartment, const std::string& name) {
  return std::ranges::find(compartment.openers, name) != compartment.openers.end();
}

/// The version in "keyring/<version>/<compartment>/<opener>.age", or nothing when the name is another's.
std::optional<std::uint64_t> version_of(const ObjectName& name, std::string_view compartment, std::string_view opener) {
  const auto parts = split(name.text(), '/');
  if (parts.size() != 4 || parts[0] != "keyring" || parts[2] != compartment) return std::nullopt;
  if (parts[3] != std::string(opener) + ".age") return std::nullopt;
  const auto version = parse_decimal(parts[1], 1'000'000);
  return version ? std::optional(*version) : std::nullopt;
}

/// Tries one identity after the other. `unsupported` is remembered: another one may fit.
template <typename Identities>
Result<age::FileKey> unwrap_with(const Identities& identities, const std::vector<age::Stanza>& stanzas) {
  Error last(Code::denied, "the file was not sealed for this key");
  for (const auto& identity : identities) {
    auto file_key = identity->unwrap(stanzas);
    if (file_key) return file_key;
    const Code code = file_key.error().code();
    if (code != Code::denied && code != Code::unsupported) return file_key;
    if (code == Code::unsupported) last = file_key.error();
  }
  return last;
}

}  // namespace

Result<CompartmentKeys> CompartmentKeys::make(Random& random, bool hybrid) {
  CompartmentKeys keys;
  TRY(keys.renew(random, hybrid));
  return keys;
}

Result<void> CompartmentKeys::renew(Random& random, bool hybrid) {
  std::string hybrid_recipient;
  if (hybrid) {
    auto key = std::make_unique<age::HybridIdentity>(age::HybridIdentity::make(random));
    TRY_ASSIGN(const age::HybridRecipient recipient, key->recipient());
    hybrid_recipient = recipient.text();
    lines_.insert(lines_.begin(), key->text());
    identities_.insert(identities_.begin(), std::move(key));
  }
  auto classic = std::make_unique<age::X25519Identity>(age::X25519Identity::make(random));
  recipient_ = classic->recipient().text();
  hybrid_ = std::move(hybrid_recipient);
  lines_.insert(lines_.begin(), classic->text());
  identities_.insert(identities_.begin(), std::move(classic));
  return {};
}

Result<CompartmentKeys> CompartmentKeys::parse(std::string_view text) {
  CompartmentKeys keys;
  TRY_ASSIGN(keys.identities_, age::parse_key_file(text));
  for (std::string_view line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty() && !line.starts_with('#')) keys.lines_.push_back(SecretBytes::copy_of(as_view(line)));
  }
  // The newest come first: the classic key and, where it has one, its hybrid.
  if (keys.lines_.front().expose_text().starts_with(age::kHybridIdentityPrefix)) {
    return Error(Code::corrupt, "the keys of a compartment start with a classic one");
  }
  TRY_ASSIGN(keys.recipient_, age::recipient_of(keys.lines_.front().expose_text()));
  if (keys.lines_.size() > 1 && keys.lines_[1].expose_text().starts_with(age::kHybridIdentityPrefix)) {
    auto hybrid = age::recipient_of(keys.lines_[1].expose_text());
    if (!hybrid && hybrid.error().code() != Code::unsupported) return hybrid.error();
    if (hybrid) keys.hybrid_ = std::move(*hybrid);
  }
  return keys;
}

Result<age::FileKey> CompartmentKeys::unwrap(const std::vector<age::Stanza>& stanzas) const {
  return unwrap_with(identities_, stanzas);
}

SecretBytes CompartmentKeys::text() const {
  std::size_t size = 0;
  for (const SecretBytes& line : lines_) size += line.size() + 1;
  SecretBytes text(size);
  auto at = text.expose_mut().begin();
  for (const SecretBytes& line : lines_) {
    at = std::copy(line.expose().begin(), line.expose().end(), at);
    *at++ = '\n';
  }
  return text;
}

std::string CompartmentKeys::recipient() const { return recipient_; }
std::string CompartmentKeys::hybrid() const { return hybrid_; }

Result<Bytes> seal_compartment_keys(const CompartmentKeys& keys, const std::string& recipient, Random& random) {
  TRY_ASSIGN(const auto parsed, age::parse_recipient(recipient));
  const age::Recipient* const recipients[] = {parsed.get()};
  return age::seal_bytes(keys.text().expose(), recipients, random);
}

const LoggedObject* find_keyring_file(const Charter& charter, std::string_view compartment, std::string_view opener) {
  const LoggedObject* newest = nullptr;
  std::uint64_t newest_version = 0;
  for (const LoggedObject& object : charter.objects) {
    const auto version = version_of(object.name, compartment, opener);
    if (!version || *version <= newest_version) continue;
    newest = &object;
    newest_version = *version;
  }
  return newest;
}

Result<std::unique_ptr<CompartmentKeys>> open_compartment(Store& store, const Charter& charter,
                                                          std::string_view compartment, const Opener& opener) {
  const Compartment* found = charter.find_compartment(compartment);
  if (found == nullptr)
    return Error(Code::invalid, "the archive has no compartment \"" + std::string(compartment) + "\"");
  if (!is_opener(*found, opener.name)) {
    return Error(Code::denied, opener.name + " is not an opener of the compartment \"" + found->name +
                                   "\"; its openers are " + openers_text(*found));
  }
  const LoggedObject* named = find_keyring_file(charter, compartment, opener.name);
  if (named == nullptr) {
    return Error(Code::corrupt, "the charter names no keyring file of \"" + found->name + "\" for " + opener.name);
  }
  TRY_ASSIGN(const Bytes file, store.get(named->name, kKeyringFileBytesMax));
  if (sha256(file) != named->digest)
    return Error(Code::corrupt, named->name.text() + " is not the file that the charter names");

  const age::Identity* const identities[] = {&opener.identity};
  auto text = age::open_bytes(file, identities);
  if (!text && text.error().code() == Code::denied) {
    return Error(Code::denied, "this key file is not that of " + opener.name + " in this archive");
  }
  if (!text) return text.error().in(named->name.text());
  auto keys = CompartmentKeys::parse(text->expose_text());
  if (!keys) return keys.error().in(named->name.text());
  // Whoever made the file is trusted with the keys in it no further than the charter says which they are.
  const bool other_hybrid = !keys->hybrid().empty() && keys->hybrid() != found->hybrid;
  if (keys->recipient() != found->recipient || other_hybrid) {
    return Error(Code::forged, named->name.text() + " has other keys than those that the charter names for \"" +
                                   found->name + "\": who signed for it did not look");
  }
  return std::make_unique<CompartmentKeys>(std::move(*keys));
}

Result<OpenedCompartments> OpenedCompartments::open(Store& store, const Charter& charter, const Opener& opener) {
  OpenedCompartments opened;
  for (const Compartment& compartment : charter.compartments) {
    if (!is_opener(compartment, opener.name)) {
      opened.others_ +=
          (opened.others_.empty() ? "" : "; ") + compartment.name + " (" + openers_text(compartment) + ")";
      continue;
    }
    TRY_ASSIGN(auto keys, open_compartment(store, charter, compartment.name, opener));
    keys->keep_for_opening_only();
    opened.names_.push_back(compartment.name);
    opened.keys_.push_back(std::move(keys));
  }
  if (opened.names_.empty()) {
    return Error(Code::denied, opener.name + " opens no compartment of this archive. Who does: " + opened.others_);
  }
  return opened;
}

Result<age::FileKey> OpenedCompartments::unwrap(const std::vector<age::Stanza>& stanzas) const {
  auto file_key = unwrap_with(keys_, stanzas);
  if (file_key || file_key.error().code() != Code::denied) return file_key;
  std::string tried;
  for (const std::string& name : names_) tried += (tried.empty() ? "" : ", ") + name;
  return Error(Code::denied, "it is not sealed for a compartment that this key opens (" + tried + ")" +
                                 (others_.empty() ? "" : "; of the others, these people open: " + others_));
}

}  // namespace muniment
