// `muniment trustees rehearse|deal`: bringing shares together, and dealing anew.
#include <nlohmann/json.hpp>

#include "age/file.h"
#include "archive/proposal.h"
#include "archive/redeal.h"
#include "base/encoding.h"
#include "cli/commands.h"
#include "cli/propose.h"
#include "crypto/mlkem.h"
#include "mirror/registry.h"

namespace muniment::cli {
namespace {

/// Seals something to the trustees' public key and opens it with the keys at hand: the canary.
Result<void> try_canary(const TrusteesKeys& keys, const Charter& charter, Random& random) {
  constexpr std::string_view kCanary = "a canary, and nothing of the archive";
  TRY_ASSIGN(const auto recipient, age::parse_recipient(charter.trustees->recipient));
  const age::Recipient* const recipients[] = {recipient.get()};
  TRY_ASSIGN(const Bytes sealed, age::seal_bytes(as_view(kCanary), recipients, random));
  const Opener opener = keys.opener();
  const age::Identity* const identities[] = {&opener.identity};
  TRY_ASSIGN(const SecretBytes opened, age::open_bytes(sealed, identities));
  if (opened.expose_text() != kCanary) return Error(Code::corrupt, "the canary came back altered");
  return {};
}

Result<Charter> rehearse(const TrusteesArguments& arguments, Context& context) {
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  TRY_ASSIGN(const auto store, open_store(context, arguments.archive));
  TRY_ASSIGN(const FoundCharter charters, read_charter(*store, pin));
  TRY_ASSIGN(const TrusteesKeys keys, ask_trustees(context, charters.charter));
  TRY(try_canary(keys, charters.charter, context.doors.random));
  return charters.charter;
}

std::vector<std::string> addresses_of_copies(Context& context, const std::string& root) {
  std::vector<std::string> addresses;
  const auto mirrors = read_mirrors(context.doors.fs, root);
  for (const KnownMirror& mirror : mirrors ? *mirrors : std::vector<KnownMirror>{}) addresses.push_back(mirror.where);
  return addresses;
}

/// Old copies of the keyring still open to the old shares: at least not this one.
void remove_superseded(Store& store, const Charter& before, const Charter& after) {
  for (const ObjectName& name : superseded_keyring_files(before, after)) {
    static_cast<void>(store.remove(name).has_value());
  }
}

Result<Trustees> deal_anew(const DealArguments& arguments, Context& context) {
  Random& random = context.doors.random;
  TRY_ASSIGN(const Quorum quorum, parse_quorum(arguments.quorum));
  TRY(check_handout(arguments.handout));
  TRY_ASSIGN(const AtHome home, enter_home(context, {.archive = arguments.archive,
                                                     .id = arguments.id,
                                                     .key_file = arguments.key_file,
                                                     .trustees = false}));
  const Charter& before = home.view.charter;
  std::optional<TrusteesKeys> old;
  if (before.trustees) {
    TRY_ASSIGN(old, ask_trustees(context, before));
  }
  const std::uint64_t set = before.trustees ? before.trustees->set + 1 : 1;
  TRY_ASSIGN(const Deal deal, deal_secret(quorum.threshold, quorum.count, set, has_mlkem768(), random));
  TRY_ASSIGN(CharterDraft draft, draft_deal(home.store(), home.view.chain, deal, old ? &*old : nullptr, home.holder,
                                            has_mlkem768(), random));
  const Change change{.draft = std::move(draft), .log_seed = {}};
  // The old and the new trustees have one name and two keys: both sign.
  std::vector<const SignerKey*> signers{&home.holder.signer(), &deal.keys.signer()};
  if (old) signers.push_back(&old->signer());
  TRY_ASSIGN(const std::string note, sign_change(change, signers));
  // The shares first: a charter whose shares nobody has would lock everybody out.
  TRY(hand_out(context, deal,
               {.archive_words = id_words(home.view.id), .copies = addresses_of_copies(context, home.own_root)},
               arguments.handout));
  TRY(put_files(home.store(), before, change));
  TRY_ASSIGN(const Proposal proposal, read_proposal(note, home.view));
  TRY(carry_out(context.doors, *home.place, home.pin, proposal, home.holder));
  remove_superseded(home.store(), before, change.draft.charter());
  return deal.trustees;
}

}  // namespace

Status run_trustees_rehearse(const TrusteesArguments& arguments, Context& context) {
  const auto charter = rehearse(arguments, context);
  if (!charter) return fail(context, charter.error());
  Output& out = context.output;
  out.line("The shares fit: they are of set " + std::to_string(charter->trustees->set) +
           ", in force, and together they open what is sealed to the trustees. Only a canary was opened.");
  out.line("This machine has held the trustees' key for a moment: it was the riskiest hour of the year.");
  out.line("Next, in the home of the archive, deal anew:    muniment trustees deal ARCHIVE --trustees " +
           std::to_string(charter->trustees->threshold) + "of" + std::to_string(charter->trustees->count) +
           " --key KEYFILE");
  out.document({{"set", charter->trustees->set}, {"opened", "canary"}});
  return Status::done;
}

Status run_trustees_deal(const DealArguments& arguments, Context& context) {
  const auto trustees = deal_anew(arguments, context);
  if (!trustees) return fail(context, trustees.error());
  Output& out = context.output;
  out.line("Dealt: set " + std::to_string(trustees->set) + ", any " + std::to_string(trustees->threshold) + " of " +
           std::to_string(trustees->count) + ". Every such set was tried before the secret was wiped.");
  if (trustees->threshold == trustees->count)
    out.line("WARNING: all of them are needed. One who cannot be reached is the end: 3of5 is safer.");
  if (trustees->set > 1) {
    out.line("The shares of set " + std::to_string(trustees->set - 1) +
             " count no more: have them destroyed. Copies with the old keyring still open to them, as far as it was "
             "sealed before today: bring the mirrors up to date.");
  }
  out.line("Next:    muniment mirror push " + arguments.archive + " FOLDER, and each trustee    muniment share check");
  out.document({{"set", trustees->set}, {"needed", trustees->threshold}, {"shares", trustees->count}});
  return Status::done;
}

}  // namespace muniment::cli
