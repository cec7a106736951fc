#include "archive/charter.h"

#include <algorithm>

#include "age/hybrid.h"
#include "base/encoding.h"

namespace muniment {
namespace {

std::string render_trustees(const Trustees& trustees) {
  std::string text = "trustees " + std::to_string(trustees.threshold) + " of " + std::to_string(trustees.count) +
                     " set " + std::to_string(trustees.set) + " " + trustees.recipient + " " + trustees.key.text() +
                     "\n";
  for (const ShareCommitment& share : trustees.shares) {
    text += "share " + std::to_string(share.number) + " " + to_hex(share.salt) + " " + share.digest.hex() + "\n";
  }
  return text;
}

std::string render_rules(const Rules& rules) {
  return "threshold accept 1\nthreshold charter " + std::to_string(rules.charter) + "\nthreshold reseal " +
         std::to_string(rules.reseal) + "\nthreshold remove " + std::to_string(rules.remove) + "\nhold " +
         std::to_string(rules.hold_days) + " days\nlimit remove " + std::to_string(rules.removals_per_week) +
         " a week\n";
}

}  // namespace

Result<void> check_pseudonym(std::string_view pseudonym) {
  const bool allowed = !pseudonym.empty() && pseudonym.size() <= 40 &&
                       std::all_of(pseudonym.begin(), pseudonym.end(),
                                   [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (!allowed || pseudonym.front() == '-') {
    return Error(Code::invalid,
                 "a name here has 1 to 40 of the characters a-z, 0-9 and -, and does not start with -: " +
                     printable(pseudonym, 60));
  }
  return {};
}

ObjectName keyring_name(std::uint64_t version, std::string_view compartment, std::string_view opener) {
  return ObjectName("keyring/" + std::to_string(version) + "/" + std::string(compartment) + "/" + std::string(opener) +
                    ".age");
}

std::optional<KeyringName> parse_keyring_name(const ObjectName& name) {
  constexpr std::string_view kSuffix = ".age";
  const auto parts = split(name.text(), '/');
  if (parts.size() != 4 || parts[0] != "keyring" || !parts[3].ends_with(kSuffix)) return std::nullopt;
  const auto version = parse_decimal(parts[1], kCharterVersionMax);
  const std::string_view opener = parts[3].substr(0, parts[3].size() - kSuffix.size());
  if (!version || *version == 0 || !check_pseudonym(parts[2]) || !check_pseudonym(opener)) return std::nullopt;
  return KeyringName{*version, std::string(parts[2]), std::string(opener)};
}

std::vector<VerifierKey> Charter::custodian_keys() const {
  std::vector<VerifierKey> keys;
  keys.reserve(custodians.size());
  for (const Holder& holder : custodians) keys.push_back(holder.key);
  return keys;
}

const Compartment* Charter::find_compartment(std::string_view name) const {
  const auto found = std::ranges::find(compartments, name, &Compartment::name);
  return found == compartments.end() ? nullptr : &*found;
}

const Holder* Charter::find_custodian(std::string_view pseudonym) const {
  const auto found = std::ranges::find(custodians, pseudonym, &Holder::pseudonym);
  return found == custodians.end() ? nullptr : &*found;
}

std::string Charter::recipient_of(std::string_view name) const {
  if (name == kTrustees) return trustees ? trustees->recipient : std::string();
  if (const Holder* holder = find_custodian(name)) return holder->recipient;
  const auto partner = std::ranges::find(partners, name, &Partner::pseudonym);
  return partner == partners.end() ? std::string() : partner->recipient;
}

std::vector<std::string> Charter::weak_openers_of(const Compartment& compartment) const {
  std::vector<std::string> weak;
  if (compartment.hybrid.empty()) return weak;
  for (const std::string& opener : compartment.openers) {
    if (!age::is_hybrid_recipient(recipient_of(opener))) weak.push_back(opener);
  }
  return weak;
}

std::string render_charter(const Charter& charter) {
  std::string text(kCharterTitle);
  if (charter.version > 1) text += "\narchive " + charter.archive.hex();
  text += "\nversion " + std::to_string(charter.version);
  if (charter.version > 1) text += "\nprevious " + charter.previous.hex();
  text += "\norigin " + charter.origin + "\nhome " + charter.home + "\n";
  for (const Holder& holder : charter.custodians) {
    text += "custodian " + holder.pseudonym() + " " + holder.recipient + " " + holder.key.text() + "\n";
  }
  for (const Partner& partner : charter.partners)
    text += "partner " + partner.pseudonym + " " + partner.recipient + "\n";
  if (charter.trustees) text += render_trustees(*charter.trustees);
  text += render_rules(charter.rules);
  for (const LogKey& log : charter.log_keys)
    text += "log " + log.key.text() + " from " + std::to_string(log.from) + "\n";
  text += tlog::render_policy(charter.policy);
  for (const Compartment& compartment : charter.compartments) {
    text += "compartment " + compartment.name + (compartment.is_closed ? " closed " : " open ") +
            compartment.recipient + " " + (compartment.hybrid.empty() ? std::string(kNoHybrid) : compartment.hybrid);
    for (const std::string& opener : compartment.openers) text += " " + opener;
    text += "\n";
  }
  for (const LoggedObject& object : charter.objects) text += render_object_line(object) + "\n";
  return text;
}

}  // namespace muniment
