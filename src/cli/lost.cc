// What to revoke when a person's keys, a mirror, a device or the home itself is in other hands, and what was under way.
// By what lies at the home, or at a copy: nothing is done.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "archive/describe.h"
#include "archive/home.h"
#include "archive/proposal.h"
#include "archive/reach.h"
#include "archive/withdrawal.h"
#include "base/encoding.h"
#include "cli/chores.h"
#include "cli/commands.h"
#include "mirror/registry.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kCardDigitsMin = 4;

struct Step {
  std::string what;
  std::string command;  // empty where it is done by other means
};

struct Plan {
  std::string kind;  // "custodian", "partner", "retired", "cosigner", "mirror", "home", "card"
  std::vector<std::string> loses;
  std::vector<Step> steps;
  std::vector<std::string> under_way;
};

class Planner {
 public:
  Planner(const LostArguments& arguments, Context& context) : arguments_(arguments), context_(context) {}
  Result<Plan> make();
  const ArchiveView& view() const { return *view_; }

 private:
  Result<void> look();
  void plan_holder(const PersonsReach& reach);
  void plan_cosigner();
  void plan_mirror(const KnownMirror& mirror);
  void plan_home();
  void plan_card(const Issued& card);
  void renew_tokens(const std::vector<std::string>& addresses);
  void replace_cards(const std::string& why, const std::function<bool(const Issued&)>& is_meant);
  void add_proposals(const std::function<bool(const Proposal&)>& is_meant);
  void step(std::string what, std::string command = "") {
    plan_.steps.push_back({std::move(what), std::move(command)});
  }
  bool is_good(const Issued& issued) const;
  std::string archive() const { return printable(arguments_.archive, 500); }
  Error unknown() const;

  const LostArguments& arguments_;
  Context& context_;
  std::unique_ptr<Place> place_;
  std::optional<ArchiveView> view_;
  bool is_home_ = false;
  std::vector<KnownMirror> mirrors_;
  std::vector<Issued> issued_;
  std::vector<Proposal> proposals_;
  Plan plan_;
};

Result<void> Planner::look() {
  TRY_ASSIGN(const auto pin, parse_pin(arguments_.id));
  TRY_ASSIGN(place_, open_place(context_, arguments_.archive));
  TRY_ASSIGN(view_, view_archive(place_->store(), pin));
  TRY_ASSIGN(is_home_, is_home(*place_, view_->charter));
  const auto root = place_->own_root();
  if (!root) return {};
  TRY_ASSIGN(mirrors_, read_mirrors(context_.doors.fs, *root));
  TRY_ASSIGN(issued_, read_issued(context_.doors.fs, *root));
  TRY_ASSIGN(proposals_, list_proposals(context_.doors.fs, *root, *view_));
  return {};
}

bool Planner::is_good(const Issued& issued) const {
  const auto expires_s = parse_date(issued.expires);
  return expires_s && *expires_s > context_.doors.clock.now_s();
}

/// At a mirror its own token file says what it knows: a token that was on a lost device is taken out there.
void Planner::renew_tokens(const std::vector<std::string>& addresses) {
  for (const std::string& address : addresses)
    step("Whoever keeps " + printable(address, 500) +
         " takes the token for sending that was on it out of the token file there, puts a new one in, and starts the "
         "server again.");
}

void Planner::replace_cards(const std::string& why, const std::function<bool(const Issued&)>& is_meant) {
  for (const Issued& issued : issued_) {
    if (!is_good(issued) || !is_meant(issued)) continue;
    if (issued.kind == "card") {
      step("The card " + issued.id + " (\"" + printable(issued.about, 60) + "\", good until " + issued.expires + ") " +
               why + ": make a new one, and tell all who have the old one not to use it.",
           "muniment card " + archive() + " --compartment " + printable(issued.about, 60) + " --key KEYFILE -o FILE");
    } else {
      step("The list of mirrors " + issued.id + " (good until " + issued.expires + ") " + why + ": make a new one.",
           "muniment mirror lists " + archive() + " --addresses FILE --key KEYFILE -o FOLDER");
    }
  }
}

void Planner::add_proposals(const std::function<bool(const Proposal&)>& is_meant) {
  for (const Proposal& proposal : proposals_) {
    if (!is_meant(proposal)) continue;
    std::string text = "Proposal " + proposal.id + ":";
    for (const std::string& sentence : describe(proposal, *view_)) text += " " + sentence;
    if (!proposal.signers.custodians.empty()) text += " Signed by " + proposal.signers.text() + ".";
    plan_.under_way.push_back(text);
  }
}

void Planner::plan_holder(const PersonsReach& reach) {
  const std::string name = printable(arguments_.name, 80);
  plan_.kind = reach.is_custodian ? "custodian" : reach.is_partner ? "partner" : "retired";
  plan_.loses.push_back("What the keys of " + name + " give in full: muniment exposure " + archive() + " --custodian " +
                        name);
  const Charter& charter = view_->charter;
  if (reach.is_custodian && charter.custodians.size() == 1) {
    step(charter.trustees ? "There is no other custodian: the trustees make one, at any copy."
                          : "There is no other custodian, and there are no trustees. While the key is yours as well, "
                            "make another custodian with it.",
         charter.trustees ? "muniment charter succeed COPY --custodian NEW-KEYFILE"
                          : "muniment charter add-custodian " + archive() + " --holder FILE --key KEYFILE");
  } else if (reach.is_custodian || reach.is_partner) {
    step("Take " + name + " out of the charter.",
         "muniment charter retire " + archive() + " " + name + " --key KEYFILE");
  }
  for (const CompartmentReach& compartment : reach.compartments) {
    if (!compartment.has_newest_keys) continue;
    step("What is sealed for \"" + compartment.name + "\" from now on must not open to it: new keys.",
         "muniment compartment renew " + archive() + " " + compartment.name + " --key KEYFILE" +
             (charter.trustees ? " --trustees" : ""));
  }
  replace_cards("is sealed to keys that it opens, or is signed by it", [&](const Issued& issued) {
    const auto opens = [&](const CompartmentReach& compartment) {
      return compartment.has_newest_keys && compartment.name == issued.about;
    };
    return issued.by == arguments_.name || std::ranges::any_of(reach.compartments, opens);
  });
  if (reach.is_custodian)
    step("If the machine of the home was taken as well: its own plan.", "muniment lost " + archive() + " home");
  plan_.under_way.emplace_back(
      "What is sealed already stays readable with this key and any copy: that cannot be called back.");
  add_proposals([&](const Proposal& proposal) {
    const auto has = [&](const std::vector<std::string>& names) {
      return std::ranges::find(names, arguments_.name) != names.end();
    };
    return has(proposal.signers.custodians) || has(proposal.missing);
  });
  for (const LoggedOrder& order : view_->orders) {
    const auto& signers = order.signers.custodians;
    if (order.order.kind != OrderKind::remove || std::ranges::find(signers, arguments_.name) == signers.end()) continue;
    const bool is_open = std::ranges::any_of(view_->deposits, [&](const LoggedDeposit& deposit) {
      return deposit.removal && deposit.removal->index == order.index;
    });
    if (is_open)
      plan_.under_way.push_back("Removal " + order.order.number + " (entry " + std::to_string(order.index) +
                                ") has this signature. If it was forced: muniment veto " + archive() + " " +
                                order.order.number + " --key KEYFILE");
  }
}

void Planner::plan_cosigner() {
  plan_.kind = "cosigner";
  plan_.loses.emplace_back(
      "It can say under a forked log that it follows what was seen before. It reads and removes nothing.");
  step("Take it out of the cosigners, and see that the quorum still holds without it.",
       "muniment charter cosigners " + archive() + " --policy FILE --key KEYFILE");
}

void Planner::plan_mirror(const KnownMirror& mirror) {
  const std::string where = printable(mirror.where, 500);
  plan_.kind = "mirror";
  plan_.loses.push_back(where + " showed " + counted(mirror.size, "entry", "entries") + " of the log" +
                        (mirror.seen.empty() ? std::string() : " when last seen, " + mirror.seen) +
                        ". What it holds is sealed: it waits for a key. What was sent to it and not fetched may be "
                        "there alone.");
  step("Whoever keeps other mirrors takes the tokens for reading that it used out of their token files.");
  step("The tokens for sending and reading that it knew are in other hands: use them nowhere else.");
  const auto names_it = [&](const Issued& issued) {
    if (issued.kind == "list") return true;  // of lists the home keeps no address
    return std::ranges::find(issued.addresses, mirror.where) != issued.addresses.end();
  };
  replace_cards("names it, or may", names_it);
  step("Fetch what was sent to the other mirrors.",
       "muniment mirror fetch-incoming " + archive() + " --from OTHERS --token-file FILE");
  step("Make sure that enough good copies are left.", "muniment mirror audit " + archive());
  std::uint64_t held_elsewhere = 0;
  for (const KnownMirror& other : mirrors_) {
    if (other.where != mirror.where) held_elsewhere = std::max(held_elsewhere, other.held);
  }
  const auto alone = std::ranges::count_if(view_->deposits, [&](const LoggedDeposit& deposit) {
    return deposit.index >= held_elsewhere && !deposit.removal;
  });
  if (alone > 0)
    plan_.under_way.push_back(counted(static_cast<std::uint64_t>(alone), "deposit is", "deposits are") +
                              " on no other mirror that is known: muniment mirror push " + archive() + " FOLDER");
}

void Planner::plan_home() {
  plan_.kind = "home";
  const Charter& charter = view_->charter;
  plan_.loses.push_back("The log key, sealed to each custodian; where copies are (" +
                        counted(mirrors_.size(), "address", "addresses") +
                        "); every file of tokens and credentials beside it.");
  step(
      "Whoever has the machine and one custodian's key can write into the log. End the log key at the last entry that "
      "is yours.",
      charter.trustees ? "muniment charter succeed COPY --custodian NEW-KEYFILE    (or, with a custodian's key left: "
                         "muniment charter revoke-log-key)"
                       : "muniment charter revoke-log-key " + archive() + " --after ENTRY --key KEYFILE");
  step("Rebuild the home from the copies.", "muniment recover --from COPY -o NEW --id \"" + id_words(view_->id) + "\"");
  for (const KnownMirror& mirror : mirrors_) {
    if (is_remote(mirror.where))
      step("Whoever keeps " + printable(mirror.where, 500) +
           " changes its tokens, or its credentials, and hears that its address is known.");
  }
  replace_cards("lies on it or can be told from it", [](const Issued&) { return true; });
  add_proposals([](const Proposal&) { return true; });
  for (const char* folder : {"incoming", "staging"}) {
    const auto names = place_->store().list(ObjectName(folder));
    if (names && !names->empty())
      plan_.under_way.push_back(std::string(folder) + "/ had " + counted(names->size(), "folder", "folders") +
                                " when this was asked: they may exist nowhere else.");
  }
  std::uint64_t held = 0;
  for (const KnownMirror& mirror : mirrors_) held = std::max(held, mirror.held);
  const auto alone = std::ranges::count_if(
      view_->deposits, [&](const LoggedDeposit& deposit) { return deposit.index >= held && !deposit.removal; });
  if (alone > 0)
    plan_.under_way.push_back(counted(static_cast<std::uint64_t>(alone), "deposit was", "deposits were") +
                              " on this machine only, as far as is known here.");
}

void Planner::plan_card(const Issued& card) {
  plan_.kind = "card";
  plan_.loses.emplace_back(
      "A device with a card opens nothing that it sealed. It shows what was sealed and not sent yet, and originals "
      "that "
      "were not deleted.");
  renew_tokens(card.addresses);
  replace_cards("is on the device", [&](const Issued& issued) { return issued.id == card.id; });
  const auto shares_a_token = [&](const Issued& issued) {
    return issued.kind == "card" && issued.id != card.id &&
           std::ranges::any_of(issued.addresses, [&](const auto& each) {
             return std::ranges::find(card.addresses, each) != card.addresses.end();
           });
  };
  replace_cards("may have the same tokens", shares_a_token);
  plan_.under_way.emplace_back(
      "What it had sent in part lies in incoming/ of the mirrors, without a receipt: muniment recover --salvage opens "
      "the beginning.");
}

Error Planner::unknown() const {
  std::string known = "home";
  for (const Holder& custodian : view_->charter.custodians) known += ", " + custodian.pseudonym();
  for (const Partner& partner : view_->charter.partners) known += ", " + partner.pseudonym;
  for (const tlog::PolicyWitness& witness : view_->charter.policy.witnesses) known += ", " + witness.name;
  for (const KnownMirror& mirror : mirrors_) known += ", " + printable(mirror.where, 200);
  for (const Issued& issued : issued_) {
    if (issued.kind == "card" && is_good(issued)) known += ", card " + issued.id;
  }
  return {Code::not_found, "nobody and nothing here is called " + printable(arguments_.name, 80) +
                               ". Known are: " + known +
                               (is_home_ ? "" : ". This is a copy: the home knows mirrors, cards and proposals")};
}

Result<Plan> Planner::make() {
  TRY(look());
  const std::string& name = arguments_.name;
  const auto is_cosigner = [&](const tlog::PolicyWitness& witness) { return witness.name == name; };
  std::vector<const KnownMirror*> mirrors;
  for (const KnownMirror& mirror : mirrors_) {
    if (mirror.where.find(name) != std::string::npos) mirrors.push_back(&mirror);
  }
  const auto card = std::ranges::find_if(issued_, [&](const Issued& issued) {
    return issued.kind == "card" && name.size() >= kCardDigitsMin && issued.id.starts_with(name);
  });
  if (name == "home") {
    plan_home();
  } else if (const auto reach = find_reach(*view_, name)) {
    plan_holder(*reach);
  } else if (std::ranges::any_of(view_->charter.policy.witnesses, is_cosigner)) {
    plan_cosigner();
  } else if (card != issued_.end()) {
    plan_card(*card);
  } else if (mirrors.size() == 1) {
    plan_mirror(*mirrors.front());
  } else if (mirrors.size() > 1) {
    return Error(Code::invalid, std::to_string(mirrors.size()) + " mirrors that are known here have " +
                                    printable(name, 80) + " in their address: give more of it");
  } else {
    return unknown();
  }
  return std::move(plan_);
}

}  // namespace

void note_issued(Context& context, const std::string& archive, const Charter& charter, Issued issued) {
  const bool is_bucket_without_folder = is_remote(archive) && !context.state_folder;
  if (is_bucket_without_folder || archive.starts_with("http")) return;
  issued.made = to_date(context.doors.clock.now_s());
  const auto noted = [&]() -> Result<void> {
    TRY_ASSIGN(const auto place, open_place(context, archive));
    TRY_ASSIGN(const bool at_home, is_home(*place, charter));
    if (!at_home) return {};
    TRY_ASSIGN(const std::string root, place->own_root());
    const PrivateFiles only_for_me;
    return remember_issued(context.doors.fs, root, issued, issued.made);
  }();
  if (!noted)
    context.output.note("What was given out could not be noted, so nobody is reminded of it: " +
                        noted.error().sentence());
}

Status run_lost(const LostArguments& arguments, Context& context) {
  Planner planner(arguments, context);
  const auto plan = planner.make();
  if (!plan) return fail(context, plan.error());
  Output& out = context.output;
  out.line("Lost: " + printable(arguments.name, 200) + " (" + plan->kind + "). Nothing has been done: this is a plan.");
  for (const std::string& sentence : plan->loses) out.line(sentence);
  out.line("");
  out.line("At once:");
  Json steps = Json::array();
  std::size_t number = 0;
  for (const Step& step : plan->steps) {
    out.line("  " + std::to_string(++number) + ". " + step.what);
    if (!step.command.empty()) out.line("       " + step.command);
    steps.push_back({{"what", step.what}, {"command", step.command.empty() ? Json() : Json(step.command)}});
  }
  if (!plan->under_way.empty()) {
    out.line("");
    out.line("Under way:");
    for (const std::string& sentence : plan->under_way) out.line("  - " + sentence);
  }
  out.document({{"archive", planner.view().id.hex()},
                {"lost", printable(arguments.name, 200)},
                {"kind", plan->kind},
                {"loses", plan->loses},
                {"steps", steps},
                {"underWay", plan->under_way}});
  return Status::done;
}

}  // namespace muniment::cli
