#include "tlog/checkpoint.h"

#include <algorithm>

#include "base/encoding.h"

namespace muniment::tlog {
namespace {

/// Cuts a line and its LF off the front.
Result<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == text.npos) return Error(Code::corrupt, "the checkpoint ends inside its three lines");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

Result<Checkpoint> parse_checkpoint(std::string_view note_text) {
  std::string_view rest = note_text;
  TRY_ASSIGN(const std::string_view origin, take_line(rest));
  TRY_ASSIGN(const std::string_view size, take_line(rest));
  TRY_ASSIGN(const std::string_view root, take_line(rest));
  if (origin.empty()) return Error(Code::corrupt, "the checkpoint has no origin");
  // "Extension lines, if any, MUST be non-empty."
  if (!rest.empty() && (!rest.ends_with('\n') || rest.starts_with('\n') || rest.find("\n\n") != rest.npos)) {
    return Error(Code::corrupt, "an extension line of the checkpoint is empty or cut off");
  }

  const auto count = parse_decimal(size);
  if (!count) return Error(Code::corrupt, "the checkpoint's size is not a decimal number below 2^64");
  Checkpoint checkpoint{.origin = std::string(origin), .head = {.size = *count, .root = {}}};
  const auto hash = from_base64(root);
  if (!hash || hash->size() != checkpoint.head.root.bytes.size()) {
    return Error(Code::corrupt, "the checkpoint's root is not a SHA-256 digest in base64");
  }
  std::ranges::copy(*hash, checkpoint.head.root.bytes.begin());
  return checkpoint;
}

std::string render_checkpoint(const Checkpoint& checkpoint) {
  MUNIMENT_CHECK(!checkpoint.origin.empty() && checkpoint.origin.find('\n') == std::string::npos);
  return checkpoint.origin + "\n" + std::to_string(checkpoint.head.size) + "\n" +
         to_base64(checkpoint.head.root.view()) + "\n";
}

}  // namespace muniment::tlog
