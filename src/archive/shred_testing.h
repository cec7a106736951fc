// Sealing with removal of the originals, as `muniment seal --shred` does it. For tests.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "archive/archive_testing.h"
#include "archive/seal.h"
#include "archive/shred.h"

namespace muniment {

/// Seals "case" into "field", two items in each deposit; calls `between` when one is sealed and placed, and removes
/// its originals.
inline Result<ShredReport> shred_case_into_field(const Doors& doors, Eraser& eraser, const std::string& recipient,
                                                 const std::function<void(SealedDeposit&)>& between) {
  Shredder shredder(doors, eraser);
  TRY_ASSIGN(StagingFolder staging, make_staging_folder(doors.fs, "field", doors.random));
  const SealHooks hooks{.place = [&](SealedDeposit& deposit) -> Result<void> {
                          TRY(place_sealed(doors.fs, deposit, "field"));
                          between(deposit);
                          return shredder.remove_originals({&deposit, 1});
                        },
                        .on_bytes = {},
                        .on_taken = [&](const TakenItem& taken) { shredder.note(taken); }};
  const SealTarget target{.archive = {}, .compartment = "evidence", .recipient = recipient};
  const auto sealed = seal_path(doors, "case", staging.path, target, hooks, {.split_items = 2});
  remove_staging_folder(doors.fs, std::move(staging));
  if (!sealed) return sealed.error();
  shredder.remove_emptied_folders("case");
  return shredder.report();
}

/// The files of all whole deposits in a folder; the others, and what is no deposit, are passed over.
inline std::map<std::string, Bytes> files_sealed_in(Fs& fs, const std::string& folder, const age::Identity& key) {
  std::map<std::string, Bytes> found;
  const auto names = fs.list(folder);
  if (!names) return found;
  for (const std::string& name : *names) {
    const auto opened = open_folder(fs, join(folder, name), key);
    if (opened) found.insert(opened->files.begin(), opened->files.end());
  }
  return found;
}

}  // namespace muniment
