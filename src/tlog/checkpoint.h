// Checkpoints (C2SP tlog-checkpoint v1.0.0): the text of the note that a log signs.
#pragma once

#include <string>
#include <string_view>

#include "note/note.h"
#include "tlog/tree.h"

namespace muniment::tlog {

struct Checkpoint {
  std::string origin;
  TreeHead head;
  bool operator==(const Checkpoint&) const = default;
};

/// The text of a checkpoint's note. Extension lines are accepted and passed over, as the standard has it.
/// Errors: `corrupt`.
Result<Checkpoint> parse_checkpoint(std::string_view note_text);

/// Origin, size and root: three lines.
std::string render_checkpoint(const Checkpoint& checkpoint);

}  // namespace muniment::tlog
