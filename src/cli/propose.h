// How a command changes the charter: in the home, as a proposal that is carried out when enough people have signed.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "archive/charter_draft.h"
#include "archive/proposal.h"
#include "archive/trustees.h"
#include "cli/context.h"

namespace muniment::cli {

/// What every command that changes the charter is told.
struct ChangeArguments {
  std::string archive;
  std::optional<std::string> id;
  std::string key_file;
  bool trustees = false;  // ask for their shares and sign in their name as well
};

/// The home of an archive, with everything that an earlier run left finished, and the person at work.
struct AtHome {
  std::unique_ptr<Place> place;
  std::string own_root;  // of the place
  IdPin pin;
  ArchiveView view;
  HolderKeys holder;
  std::optional<TrusteesKeys> trustees;

  Store& store() const { return place->store(); }
  /// The compartment's keys, opened by the person at work or by the trustees, whoever opens it.
  Result<std::unique_ptr<CompartmentKeys>> open(const std::string& compartment) const;
};

/// Errors: those of Home::open; `denied` where the trustees are asked for and too few shares are given.
Result<AtHome> enter_home(Context& context, const ChangeArguments& arguments);

/// A change of the charter on the way to be signed.
struct Change {
  CharterDraft draft;
  std::optional<Secret<32>> log_seed;  // of the log key that it brings
};

/// A fresh log key from the next entry on.
void add_fresh_log_key(Change& change, const ArchiveView& view, Random& random);

/// What became of a proposal.
struct Outcome {
  Proposal proposal;
  std::vector<std::string> does;  // in sentences
  bool carried_out = false;
  std::vector<std::string> replaced;  // proposals that were dropped, since this one brings the same keyring file
};

/// Signs the change, keeps it as a proposal with its keyring files and log key, and carries it out when that is enough.
/// Errors: `invalid` when nothing changes, those of writing and of carry_out.
Result<Outcome> propose(Context& context, const AtHome& home, Change change);

/// Carries out what enough people have signed. Whoever cannot open the log key, since the new charter retires that
/// person or is the first to name one, leaves it to another: `outcome` says so. Errors: those of carry_out but
/// `denied`.
Result<void> carry_out_if_signed(Context& context, Place& place, const IdPin& pin, const HolderKeys& holder,
                                 Outcome& outcome);

/// The parts of propose(): the note, signed, and the keyring files, put into the store.
Result<std::string> sign_change(const Change& change, const std::vector<const SignerKey*>& signers);
Result<void> put_files(Store& store, const Charter& in_force, const Change& change);

/// Says what a proposal does, who signed, and what is to be done next. `arguments.archive` is named in the commands.
void print_outcome(Context& context, const std::string& archive, const Outcome& outcome,
                   const std::vector<std::string>& remarks = {});
nlohmann::ordered_json json_of(const Outcome& outcome);

/// The whole of a command that changes the charter: enter, change, propose, print.
Status run_change(Context& context, const ChangeArguments& arguments,
                  const std::function<Result<void>(const AtHome&, Change&)>& make,
                  const std::vector<std::string>& remarks = {});

}  // namespace muniment::cli
