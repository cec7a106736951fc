#include "archive/reach.h"

#include <algorithm>
#include <map>
#include <set>

namespace muniment {
namespace {

bool is_partner_of(const Charter& charter, const std::string& name) {
  return std::ranges::find(charter.partners, name, &Partner::pseudonym) != charter.partners.end();
}

bool is_opener_of(const Compartment& compartment, const std::string& name) {
  return std::ranges::find(compartment.openers, name) != compartment.openers.end();
}

bool have_same_keys(const Compartment& one, const Compartment& other) {
  return one.recipient == other.recipient && one.hybrid == other.hybrid;
}

std::vector<CompartmentReach> find_compartments(const ArchiveView& view, const std::string& name) {
  struct Seen {
    CompartmentReach reach;
    const Compartment* last_given = nullptr;
    const Compartment* newest = nullptr;
  };
  std::map<std::string, Seen> seen;
  for (const CharterVersion& version : view.chain.versions) {
    for (const Compartment& compartment : version.charter.compartments) {
      Seen& here = seen[compartment.name];
      here.newest = &compartment;
      if (!is_opener_of(compartment, name)) continue;
      here.reach.last_charter = version.charter.version;
      here.last_given = &compartment;
    }
  }
  std::vector<CompartmentReach> compartments;
  for (auto& [compartment, here] : seen) {
    here.reach.name = compartment;
    const Compartment* now = view.charter.find_compartment(compartment);
    here.reach.is_opener = now != nullptr && is_opener_of(*now, name);
    here.reach.has_newest_keys = here.last_given != nullptr && have_same_keys(*here.last_given, *here.newest);
    compartments.push_back(std::move(here.reach));
  }
  return compartments;
}

std::vector<Power> find_powers(const Charter& charter) {
  const Rules& rules = charter.rules;
  std::vector<Power> powers;
  const auto add = [&](Deed deed, unsigned people, bool trustees) {
    const bool needs_trustees = trustees && charter.trustees;
    const unsigned others = people - 1;
    powers.push_back({.deed = deed,
                      .others = needs_trustees ? std::max(others, charter.trustees->threshold) : others,
                      .needs_trustees = needs_trustees});
  };
  for (const Deed deed : {Deed::take_in, Deed::veto, Deed::hold, Deed::reseal}) add(deed, 1, false);
  add(Deed::remove, rules.remove, false);
  // Without trustees nobody may shorten a hold.
  if (charter.trustees) add(Deed::remove_sooner, rules.remove, true);
  add(Deed::drop_seals, rules.reseal, false);
  add(Deed::people, rules.charter, false);
  add(Deed::foundations, rules.charter, true);
  return powers;
}

}  // namespace

std::string_view name_of(Deed deed) {
  switch (deed) {
    case Deed::take_in: return "take in";
    case Deed::veto: return "veto";
    case Deed::hold: return "hold";
    case Deed::reseal: return "reseal";
    case Deed::remove: return "remove";
    case Deed::remove_sooner: return "remove sooner";
    case Deed::drop_seals: return "drop seals";
    case Deed::people: return "people";
    case Deed::foundations: return "foundations";
  }
  panic(__FILE__, __LINE__, "unknown kind of deed");
}

Result<PersonsReach> find_reach(const ArchiveView& view, const std::string& name) {
  std::set<std::string> known;
  for (const CharterVersion& version : view.chain.versions) {
    for (const Holder& holder : version.charter.custodians) known.insert(holder.pseudonym());
    for (const Partner& partner : version.charter.partners) known.insert(partner.pseudonym);
  }
  if (!known.contains(name)) {
    std::string names;
    for (const std::string& each : known) names += (names.empty() ? "" : ", ") + each;
    return Error(Code::not_found, "no charter of this archive names \"" + name + "\"; it has named: " + names);
  }
  PersonsReach reach;
  reach.is_custodian = view.charter.find_custodian(name) != nullptr;
  reach.is_partner = is_partner_of(view.charter, name);
  reach.compartments = find_compartments(view, name);
  if (reach.is_custodian) reach.powers = find_powers(view.charter);
  if (std::ranges::none_of(reach.compartments, [](const auto& each) { return each.last_charter.has_value(); })) {
    return reach;
  }
  reach.deposits = view.deposits;
  reach.reads_all_deposits = std::ranges::all_of(reach.compartments, &CompartmentReach::has_newest_keys);
  return reach;
}

}  // namespace muniment
