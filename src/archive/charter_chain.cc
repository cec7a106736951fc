#include "archive/charter_chain.h"

#include <algorithm>

#include "archive/authority.h"
#include "archive/charter_reader.h"
#include "base/encoding.h"

namespace muniment {
namespace {

/// How many entries the store's first bundle may have, as far as it shows: by its listing, or, where a store lists
/// nothing, by its checkpoint, which nobody has checked yet. Asking for each of 256 widths would take minutes from
/// afar.
std::vector<std::uint64_t> shown_widths(Store& store) {
  std::vector<std::uint64_t> widths{tlog::kTileWidth};
  if (const auto names = store.list(ObjectName("tile/entries/000.p"))) {
    for (const std::string& name : *names) {
      const auto width = parse_decimal(name, tlog::kTileWidth - 1);
      if (width && *width > 0) widths.push_back(*width);
    }
    return widths;
  }
  const auto checkpoint = store.get(ObjectName("checkpoint"), kCheckpointBytesMax);
  const auto note = checkpoint ? parse_note(as_text(*checkpoint)) : Result<Note>(checkpoint.error());
  const auto shown = note ? tlog::parse_checkpoint(note->text) : Result<tlog::Checkpoint>(note.error());
  if (shown && shown->head.size > 0 && shown->head.size < tlog::kTileWidth) widths.push_back(shown->head.size);
  return widths;
}

/// The first entry of a bundle.
Result<ByteView> first_entry(ByteView bundle) {
  ByteReader reader(bundle);
  TRY_ASSIGN(const std::uint16_t size, reader.u16());
  return reader.take(size);
}

Result<Bytes> first_charter_bytes(Store& store, const std::optional<IdPin>& pin) {
  auto bytes = store.get(charter_name(1), kCharterBytesMax);
  const bool is_pinned = bytes && (!pin || pin->check(sha256(*bytes)));
  if (is_pinned || !pin || (!bytes && bytes.error().code() == Code::unavailable)) return bytes;
  // With a pin, a lost or altered charter/1 is found again in the log, whose entry 0 it is.
  for (const std::uint64_t width : shown_widths(store)) {
    const tlog::TileId id{tlog::TileId::kEntries, 0, width};
    const auto bundle = store.get(ObjectName(id.path()), tlog::kBundleBytesMax);
    const auto entry = bundle ? first_entry(*bundle) : Result<ByteView>(bundle.error());
    if (entry && pin->check(sha256(*entry))) return Bytes(entry->begin(), entry->end());
  }
  return bytes;
}

}  // namespace

ObjectName charter_name(std::uint64_t version) { return ObjectName("charter/" + std::to_string(version)); }

Result<FoundCharter> FoundCharter::start(std::string_view note) {
  FoundCharter found{.id = sha256(as_view(note)), .note = std::string(note), .charter = {}, .versions = {}};
  TRY_ASSIGN(found.charter, parse_charter(note));
  if (found.charter.version != 1) return Error(Code::corrupt, "charter/1 says that it is of a later version");
  found.versions.push_back({found.note, found.charter, found.id});
  return found;
}

Result<void> FoundCharter::follow(std::string_view bytes) {
  TRY_ASSIGN(Charter next, parse_charter(bytes));
  TRY_ASSIGN(const Note parsed, parse_note(bytes, {.bytes_max = kCharterBytesMax, .signatures_max = 64}));
  TRY(check_succession(id, charter, versions.back().digest, next, parsed));
  charter = std::move(next);
  versions.push_back({std::string(bytes), charter, sha256(as_view(bytes))});
  return {};
}

Result<void> FoundCharter::follow(const FoundCharter& other) {
  const std::size_t common = std::min(versions.size(), other.versions.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (versions[i].digest == other.versions[i].digest) continue;
    return Error(Code::forged, "there are two different charters of version " + std::to_string(i + 1) +
                                   ", both signed by the people of the archive: the first one that was logged counts");
  }
  for (std::size_t i = common; i < other.versions.size(); ++i) TRY(follow(other.versions[i].note));
  return {};
}

Result<FoundCharter> read_charter(Store& store, const std::optional<IdPin>& pin) {
  const auto bytes = first_charter_bytes(store, pin);
  if (!bytes && bytes.error().code() == Code::not_found)
    return Error(Code::not_found, "there is no archive at " + store.where() + " (it has no charter/1)");
  if (!bytes) return bytes.error();
  if (pin) TRY(pin->check(sha256(*bytes)));
  TRY_ASSIGN(FoundCharter found, FoundCharter::start(as_text(*bytes)));
  for (;;) {
    const auto next = store.get(charter_name(found.charter.version + 1), kCharterBytesMax);
    if (!next || !found.follow(as_text(*next))) return found;
  }
}

}  // namespace muniment
