// The folder of a volunteer's mirror as it is made: its own key, its tokens, its notice to the custodians, its
// settings. Spec: docs/formats.md "Folder of a mirror".
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "archive/doors.h"
#include "archive/key_file.h"
#include "mirror/mirror_settings.h"
#include "store/token_file.h"

namespace muniment {

struct NewMirror {
  MirrorSettings settings;
  const std::vector<Token>& tokens;  // by which it reads at others
  std::string agreed_part;           // a list that a custodian has signed; empty for all
  /// Its address, where that follows from its key; may be empty.
  std::function<std::string(const HolderKeys& keys)> address_of = {};
};

/// Durable on return; the settings come last, and until they are there no mirror is. What a run before has left is
/// made anew. Gives the settings as they were written.
Result<MirrorSettings> write_new_mirror(const Doors& doors, const MirrorFolder& folder, const NewMirror& mirror);

/// The mirror's own keys. Errors: those of read_key_file.
Result<HolderKeys> read_mirror_keys(Fs& fs, const MirrorFolder& folder);

}  // namespace muniment
