#include "archive/remembered_head.h"

#include "ledger/log.h"
#include "note/note.h"
#include "tlog/checkpoint.h"

namespace muniment {
namespace {

/// What a head shows. Whether its signature counts is asked by who goes on with it.
Result<tlog::TreeHead> shown_by(ByteView note) {
  TRY_ASSIGN(const Note parsed, parse_note(as_text(note)));
  TRY_ASSIGN(const tlog::Checkpoint checkpoint, tlog::parse_checkpoint(parsed.text));
  return checkpoint.head;
}

}  // namespace

Result<void> RememberedHead::remember(ByteView head) {
  TRY(make_folders(fs_, parent_of(path_)));
  return replace_durably(fs_, path_, head);
}

Result<std::optional<Bytes>> RememberedHead::read() {
  TRY_ASSIGN(const auto head, inner_.read());
  const auto last = read_file(fs_, path_, kCheckpointBytesMax);
  if (!last && last.error().code() != Code::not_found) return last.error();
  if (last) {
    const auto before = shown_by(*last);
    if (!before) return before.error().in(path_);
    const auto now = head ? shown_by(*head) : Result<tlog::TreeHead>(tlog::TreeHead{});
    if (!now) return now.error();
    if (*now == *before) return head;
    if (now->size <= before->size) {
      return Error(Code::forged,
                   "the head of this home has gone back in time: it shows " + std::to_string(now->size) + " entries" +
                       (now->size == before->size ? " that are others" : "") + ", and this machine has seen it with " +
                       std::to_string(before->size) +
                       ". Whoever runs the service has put an older one back, or it was restored from a "
                       "backup. Nothing was done. Compare with a mirror (muniment mirror audit); if it is "
                       "the service's, recover from a mirror into another place");
    }
  }
  if (head) TRY(remember(*head));
  return head;
}

Result<void> RememberedHead::compare_and_swap(const std::optional<Bytes>& expected, ByteView desired) {
  TRY(inner_.compare_and_swap(expected, desired));
  // Where this fails the older one stays remembered, which still is none that a true service can go behind.
  return remember(desired);
}

}  // namespace muniment
