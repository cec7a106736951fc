#include "archive/redeal.h"

#include <algorithm>

namespace muniment {
namespace {

bool is_opened_by(const Compartment& compartment, std::string_view name) {
  return std::ranges::find(compartment.openers, name) != compartment.openers.end();
}

/// What the trustees opened is sealed to their new key.
Result<void> hand_over(Store& store, const Charter& before, const TrusteesKeys& old, bool hybrid, Random& random,
                       CharterDraft& draft) {
  for (const Compartment& compartment : before.compartments) {
    if (!is_opened_by(compartment, kTrustees)) continue;
    TRY_ASSIGN(const auto keys, open_compartment(store, before, compartment.name, old.opener()));
    const bool is_theirs_alone = compartment.openers.size() == 1;
    if (is_theirs_alone && !compartment.is_closed) {
      TRY(draft.renew(compartment.name, *keys, hybrid, random));
    } else {
      TRY(draft.grant(compartment.name, kTrustees, *keys, random));
    }
  }
  return {};
}

}  // namespace

Result<CharterDraft> draft_deal(Store& store, const FoundCharter& charters, const Deal& deal, const TrusteesKeys* old,
                                const HolderKeys& custodian, bool hybrid, Random& random) {
  CharterDraft draft = CharterDraft::after(charters);
  draft.set_trustees(deal.trustees);
  if (old != nullptr) {
    TRY(hand_over(store, charters.charter, *old, hybrid, random, draft));
    return draft;
  }
  TRY_ASSIGN(const auto keys, open_compartment(store, charters.charter, kEvidence, custodian.opener()));
  TRY(draft.grant(kEvidence, kTrustees, *keys, random));
  TRY(draft.add_compartment(kIdentities, {kTrustees}, hybrid, random));
  return draft;
}

std::vector<ObjectName> superseded_keyring_files(const Charter& before, const Charter& after) {
  std::vector<ObjectName> gone;
  for (const LoggedObject& object : before.objects) {
    const bool kept = std::ranges::find(after.objects, object.name, &LoggedObject::name) != after.objects.end();
    if (!kept && object.name.text().starts_with("keyring/")) gone.push_back(object.name);
  }
  return gone;
}

}  // namespace muniment
