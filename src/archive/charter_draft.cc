#include "archive/charter_draft.h"

#include <algorithm>

namespace muniment {
namespace {

Result<void> check_new_name(const Charter& charter, const std::string& name) {
  TRY(check_pseudonym(name));
  if (name == kTrustees || !charter.recipient_of(name).empty()) {
    return Error(Code::conflict, "somebody in the charter is called " + name + " already: choose another pseudonym");
  }
  return {};
}

}  // namespace

CharterDraft CharterDraft::after(const FoundCharter& charters) {
  CharterDraft draft(charters.charter);
  ++draft.charter_.version;
  draft.charter_.archive = charters.id;
  draft.charter_.previous = charters.versions.back().digest;
  return draft;
}

Result<void> CharterDraft::add_custodian(const Holder& holder) {
  TRY(check_new_name(charter_, holder.pseudonym()));
  charter_.custodians.push_back(holder);
  keep_threshold_possible();
  return {};
}

Result<void> CharterDraft::add_partner(const Partner& partner) {
  TRY(check_new_name(charter_, partner.pseudonym));
  charter_.partners.push_back(partner);
  return {};
}

Result<void> CharterDraft::retire(const std::string& name) {
  CharterDraft without = *this;
  TRY(without.take_out(name));
  *this = std::move(without);
  return {};
}

Result<void> CharterDraft::take_out(const std::string& name) {
  const auto gone =
      std::erase_if(charter_.custodians, [&](const Holder& holder) { return holder.pseudonym() == name; }) +
      std::erase_if(charter_.partners, [&](const Partner& partner) { return partner.pseudonym == name; });
  if (gone == 0) return Error(Code::not_found, "nobody in the charter is called " + name);
  if (charter_.custodians.empty()) {
    return Error(Code::invalid, name + " is the last custodian: add another one first");
  }
  for (Compartment& compartment : charter_.compartments) {
    if (std::erase(compartment.openers, name) == 0) continue;
    if (compartment.openers.empty()) {
      return Error(Code::invalid,
                   "nobody but " + name + " opens \"" + compartment.name + "\": grant it to somebody first");
    }
    drop_keyring_files(compartment.name, name);
  }
  const std::size_t people = charter_.custodians.size() + (charter_.trustees ? charter_.trustees->threshold : 0);
  if (people < charter_.rules.charter) {
    return Error(Code::invalid, "without " + name + " there are too few people to sign a charter ever again (" +
                                    std::to_string(charter_.rules.charter) +
                                    " are asked for): add a custodian or deal trustees first");
  }
  return {};
}

Result<void> CharterDraft::add_compartment(const std::string& name, const std::vector<std::string>& openers,
                                           bool hybrid, Random& random) {
  TRY(check_pseudonym(name));
  if (charter_.find_compartment(name) != nullptr) {
    return Error(Code::conflict, "there is a compartment \"" + name + "\" already");
  }
  if (openers.empty()) return Error(Code::invalid, "a compartment needs somebody who opens it");
  TRY_ASSIGN(const CompartmentKeys keys, CompartmentKeys::make(random, hybrid));
  charter_.compartments.push_back(
      {.name = name, .is_closed = false, .recipient = keys.recipient(), .hybrid = keys.hybrid(), .openers = {}});
  for (const std::string& opener : openers) TRY(grant(name, opener, keys, random));
  return {};
}

Result<void> CharterDraft::grant(const std::string& compartment, const std::string& opener, const CompartmentKeys& keys,
                                 Random& random) {
  TRY_ASSIGN(Compartment * found, find(compartment));
  TRY(add_keyring_file(compartment, opener, keys, random));
  if (std::ranges::find(found->openers, opener) == found->openers.end()) found->openers.push_back(opener);
  return {};
}

Result<void> CharterDraft::revoke(const std::string& compartment, const std::string& opener) {
  TRY_ASSIGN(Compartment * found, find(compartment));
  if (std::ranges::find(found->openers, opener) == found->openers.end()) {
    return Error(Code::not_found, opener + " does not open \"" + compartment + "\"");
  }
  if (found->openers.size() == 1) {
    return Error(Code::invalid,
                 opener + " is the only one who opens \"" + compartment + "\": grant it to somebody first");
  }
  std::erase(found->openers, opener);
  drop_keyring_files(compartment, opener);
  return {};
}

Result<void> CharterDraft::renew(const std::string& compartment, CompartmentKeys& keys, bool hybrid, Random& random) {
  TRY_ASSIGN(Compartment * found, find(compartment));
  TRY(keys.renew(random, hybrid));
  found->recipient = keys.recipient();
  found->hybrid = keys.hybrid();
  for (const std::string& opener : found->openers) TRY(add_keyring_file(compartment, opener, keys, random));
  return {};
}

Result<void> CharterDraft::close(const std::string& compartment) {
  TRY_ASSIGN(Compartment * found, find(compartment));
  found->is_closed = true;
  return {};
}

Result<Compartment*> CharterDraft::find(const std::string& name) {
  const auto found = std::ranges::find(charter_.compartments, name, &Compartment::name);
  if (found != charter_.compartments.end()) return &*found;
  return Error(Code::invalid, "the archive has no compartment \"" + name + "\"");
}

void CharterDraft::drop_keyring_files(std::string_view compartment, std::string_view opener) {
  while (const LoggedObject* file = find_keyring_file(charter_, compartment, opener)) {
    const ObjectName name = file->name;
    files_.erase(name);
    std::erase_if(charter_.objects, [&](const LoggedObject& object) { return object.name == name; });
  }
}

Result<void> CharterDraft::add_keyring_file(const std::string& compartment, const std::string& opener,
                                            const CompartmentKeys& keys, Random& random) {
  const std::string recipient = charter_.recipient_of(opener);
  if (recipient.empty()) return Error(Code::invalid, "nobody in the charter is called " + opener);
  TRY_ASSIGN(const Bytes file, seal_compartment_keys(keys, recipient, random));
  drop_keyring_files(compartment, opener);
  const ObjectName name = keyring_name(charter_.version, compartment, opener);
  charter_.objects.push_back({name, sha256(file)});
  files_[name] = file;
  return {};
}

/// With two people two must sign.
void CharterDraft::keep_threshold_possible() {
  if (charter_.custodians.size() > 1 || charter_.trustees) {
    charter_.rules.charter = std::max(charter_.rules.charter, 2u);
  }
}

}  // namespace muniment
