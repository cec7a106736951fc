#include "archive/describe.h"

#include <algorithm>

namespace muniment {
namespace {

std::string person(const std::string& name) { return name == kTrustees ? "the trustees" : name; }

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

void describe_people(const Charter& now, const Charter& next, std::vector<std::string>& sentences) {
  for (const Holder& holder : next.custodians) {
    const Holder* before = now.find_custodian(holder.pseudonym());
    if (before == nullptr) sentences.push_back(holder.pseudonym() + " becomes a custodian: " + holder.key.text());
    if (before != nullptr && *before != holder)
      sentences.push_back(holder.pseudonym() + " gets other keys: " + holder.key.text());
  }
  for (const Holder& holder : now.custodians) {
    if (next.find_custodian(holder.pseudonym()) == nullptr)
      sentences.push_back(holder.pseudonym() + " is a custodian no more");
  }
  for (const Partner& partner : next.partners) {
    if (std::ranges::find(now.partners, partner) == now.partners.end())
      sentences.push_back(partner.pseudonym + " becomes a partner, who reads what is granted and signs nothing");
  }
  for (const Partner& partner : now.partners) {
    if (std::ranges::find(next.partners, partner.pseudonym, &Partner::pseudonym) == next.partners.end())
      sentences.push_back(partner.pseudonym + " is a partner no more");
  }
  if (now.trustees == next.trustees) return;
  if (!next.trustees) {
    sentences.emplace_back("there are no trustees any more");
    return;
  }
  sentences.push_back("the trustees are " + std::to_string(next.trustees->threshold) + " of " +
                      std::to_string(next.trustees->count) + ", with the shares of set " +
                      std::to_string(next.trustees->set) + "; older shares count no more");
}

void describe_rules(const Charter& now, const Charter& next, std::vector<std::string>& sentences) {
  const auto changed = [&](const std::string& what, std::uint64_t before, std::uint64_t after) {
    if (before == after) return;
    sentences.push_back(what + ": " + std::to_string(after) + " instead of " + std::to_string(before));
  };
  changed("people who must sign a charter", now.rules.charter, next.rules.charter);
  changed("people who must sign before older seals are dropped", now.rules.reseal, next.rules.reseal);
  changed("people who must sign a removal", now.rules.remove, next.rules.remove);
  changed("days between a removal and its destruction", now.rules.hold_days, next.rules.hold_days);
  changed("deposits that a copy destroys in a week at the most", now.rules.removals_per_week,
          next.rules.removals_per_week);
}

void describe_compartment(const Compartment* before, const Compartment& after, std::vector<std::string>& sentences) {
  const std::string name = "\"" + after.name + "\"";
  if (before == nullptr) {
    std::string openers;
    for (const std::string& opener : after.openers) openers += (openers.empty() ? "" : ", ") + person(opener);
    sentences.push_back("there is a new compartment " + name + ", opened by " + openers);
    return;
  }
  if (before->recipient != after.recipient || before->hybrid != after.hybrid) {
    sentences.push_back("what is sealed for " + name + " from now on is sealed to new keys: " + after.recipient);
  }
  if (!before->is_closed && after.is_closed) sentences.push_back("nothing new is sealed for " + name);
  if (before->is_closed && !after.is_closed) sentences.push_back(name + " is open again");
  for (const std::string& opener : after.openers) {
    if (!contains(before->openers, opener)) sentences.push_back(person(opener) + " can open " + name + ", all of it");
  }
  for (const std::string& opener : before->openers) {
    if (!contains(after.openers, opener))
      sentences.push_back(person(opener) + " gets no keys of " + name +
                          " any more; what was opened, or lies on copies with the old "
                          "keyring, can be read on");
  }
}

std::string deposits_text(const std::vector<Sha256>& deposits, const ArchiveView& view) {
  constexpr std::size_t kShown = 5;
  std::string text = std::to_string(deposits.size()) + (deposits.size() == 1 ? " deposit" : " deposits") + " (";
  for (std::size_t i = 0; i < std::min(deposits.size(), kShown); ++i) {
    const LoggedDeposit* deposit = view.deposit(deposits[i]);
    text += (i == 0 ? "" : ", ") + deposits[i].hex().substr(0, 16) +
            (deposit == nullptr ? " which is not in the log" : ", entry " + std::to_string(deposit->index));
  }
  return text + (deposits.size() > kShown ? " and others)" : ")");
}

}  // namespace

std::string describe_weakness(const Charter& charter, const Compartment& compartment) {
  const auto weak = charter.weak_openers_of(compartment);
  if (weak.empty()) return {};
  std::string names;
  for (const std::string& name : weak) names += (names.empty() ? "" : ", ") + person(name);
  return "\"" + compartment.name + "\" has a hybrid key, and " + names + (weak.size() == 1 ? " opens" : " open") +
         " it with a classic one: it is only as strong as its weakest opener, and what is sealed for it may be opened "
         "when large quantum computers exist";
}

std::vector<std::string> describe_step(const Charter& now, const Charter& next) {
  std::vector<std::string> sentences;
  describe_people(now, next, sentences);
  describe_rules(now, next, sentences);
  for (const Compartment& compartment : next.compartments) {
    const Compartment* before = now.find_compartment(compartment.name);
    describe_compartment(before, compartment, sentences);
    const auto weak_before = before == nullptr ? std::vector<std::string>() : now.weak_openers_of(*before);
    const std::string weakness = describe_weakness(next, compartment);
    if (!weakness.empty() && weak_before != next.weak_openers_of(compartment)) sentences.push_back(weakness);
  }
  for (const Compartment& compartment : now.compartments) {
    if (next.find_compartment(compartment.name) == nullptr)
      sentences.push_back("the compartment \"" + compartment.name + "\" is not named any more");
  }
  if (next.log_keys.size() > now.log_keys.size()) {
    const LogKey& fresh = next.log_keys.back();
    sentences.push_back("the log gets a new key, which counts from entry " + std::to_string(fresh.from) +
                        "; what the old one signs from there on is not ours");
  }
  if (next.policy != now.policy) {
    std::string names;
    for (const tlog::PolicyWitness& witness : next.policy.witnesses)
      names += (names.empty() ? "" : ", ") + witness.name;
    sentences.push_back(next.policy.quorum.empty() ? "nobody has to cosign the log"
                                                   : "a head of the log counts only when \"" + next.policy.quorum +
                                                         "\" has cosigned it; cosigners: " + names);
  }
  if (next.home != now.home) sentences.emplace_back("another place is the home of the archive, and appends to its log");
  for (const LoggedObject& object : next.objects) {
    const bool is_keyring = object.name.text().starts_with("keyring/");
    if (!is_keyring && std::ranges::find(now.objects, object.name, &LoggedObject::name) == now.objects.end())
      sentences.push_back("it names " + object.name.text());
  }
  return sentences;
}

std::vector<std::string> describe_order(const Order& order, const ArchiveView& view) {
  std::vector<std::string> sentences{"written on " + order.date + ", number " + order.number};
  const std::string them = order.deposits.size() == 1 ? "it" : "them";
  switch (order.kind) {
    case OrderKind::reseal: {
      const auto seals = seals_of(order);
      std::vector<Sha256> deposits;
      for (const NamedSeal& seal : seals ? *seals : std::vector<NamedSeal>{}) deposits.push_back(seal.deposit);
      sentences.push_back("new seals for " + deposits_text(deposits, view));
      sentences.emplace_back(order.drops_older
                                 ? "the older seals are dropped, and destroyed after the hold: whoever has no "
                                   "key of the new ones will not open them"
                                 : "the older seals are kept");
      break;
    }
    case OrderKind::remove:
      sentences.push_back("removes " + deposits_text(order.deposits, view) + ": nobody is given " + them +
                          " from now on");
      sentences.push_back("every copy destroys " + them + " after " + std::to_string(order.hold_days) +
                          " days, unless there is a veto or a legal hold");
      break;
    case OrderKind::veto: sentences.push_back("the removal " + order.removal + " is not carried out"); break;
    case OrderKind::hold:
      sentences.push_back("a legal hold on " + deposits_text(order.deposits, view) + ": no copy destroys " + them);
      break;
    case OrderKind::release:
      sentences.push_back("ends the legal hold on " + deposits_text(order.deposits, view));
      break;
    case OrderKind::mirrors:
      sentences.emplace_back("lists of mirrors were made, for those who need them; the older ones are superseded");
      break;
    case OrderKind::unseal:
      sentences.push_back("the trustees opened " + std::to_string(order.items) + " of the compartment \"" +
                          order.compartment + "\" with the shares of set " + std::to_string(order.set));
      break;
  }
  return sentences;
}

}  // namespace muniment
