#include "archive/view.h"

#include <unordered_set>

#include "archive/entry.h"
#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::string_view kAcceptFirstLine = "muniment/accept/v1";

std::string accept_text(const Sha256& archive, const tlog::TreeHead& head) {
  return std::string(kAcceptFirstLine) + "\narchive " + archive.hex() + "\ntree " + std::to_string(head.size) + " " +
         head.root.hex() + "\n";
}

struct Sha256Hash {
  std::size_t operator()(const Sha256& digest) const {
    std::size_t value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i) value = (value << 8) | digest.bytes[i];
    return value;
  }
};

/// Reads the entries in order and knows what each means.
class Reader {
 public:
  explicit Reader(ArchiveView& view) : view_(view) {}

  Result<void> take(std::uint64_t index, ByteView entry) {
    if (index == 0) {
      if (as_text(entry) != view_.charter_note) return Error(Code::forged, "entry 0 is not this archive's charter");
    } else if (auto taken = take_later(index, entry); !taken) {
      // Whoever holds the log key can append anything; what means nothing is named and passed over.
      view_.objections.push_back("entry " + std::to_string(index) + " is not ours: " + taken.error().sentence());
    }
    frontier_.append(tlog::leaf_hash(entry));
    return {};
  }

 private:
  Result<void> take_later(std::uint64_t index, ByteView entry) {
    TRY_ASSIGN(const EntryFrame frame, parse_entry_frame(entry));
    if (!frame.has_archive || frame.archive != view_.id) return Error(Code::forged, "it names another archive");
    if (frame.version == "v1" && frame.kind == "deposit") return take_deposit(index, as_text(entry));
    if (frame.version == "v1" && frame.kind == "accept") return take_accept(index, as_text(entry));
    for (const LoggedObject& object : frame.objects) {
      if (is_reserved_path(object.name))
        return Error(Code::forged, "it names " + object.name.text() + ", which is not its to name");
    }
    view_.unknown.push_back({index, frame.kind + "/" + frame.version});
    return {};
  }

  Result<void> take_deposit(std::uint64_t index, std::string_view text) {
    TRY_ASSIGN(const Receipt receipt, parse_receipt(text));
    const Sha256 id = deposit_id(text);
    if (!seen_.insert(id).second) return Error(Code::corrupt, "the deposit " + id.hex() + " is logged a second time");
    view_.deposits.push_back({.index = index, .id = id, .bytes = receipt.bytes, .parts = receipt.parts});
    return {};
  }

  Result<void> take_accept(std::uint64_t index, std::string_view text) {
    TRY_ASSIGN(const Note note, parse_note(text));
    // It vouches for the tree in front of it and for no other: that tree's root is known at this point.
    if (note.text != accept_text(view_.id, frontier_.head()))
      return Error(Code::forged, "it vouches for other entries than those before it");
    TRY(verify_note(note, view_.charter.custodian_keys()));
    view_.accepted_size = index;
    return {};
  }

  ArchiveView& view_;
  tlog::Frontier frontier_;
  std::unordered_set<Sha256, Sha256Hash> seen_;
};

Result<Bytes> charter_bytes(Store& store, const std::optional<IdPin>& pin) {
  auto bytes = store.get(ObjectName("charter/1"), kCharterBytesMax);
  const bool is_pinned = bytes && (!pin || pin->check(sha256(*bytes)));
  if (is_pinned || !pin) return bytes;
  // With a pin, a lost or altered charter/1 is found again in the log, whose entry 0 it is.
  const auto bundle = read_bundle(store, 0, tlog::kTileWidth);
  for (std::uint64_t width = tlog::kTileWidth; width > 0; --width) {
    const auto partial =
        width == tlog::kTileWidth
            ? bundle
            : store.get(ObjectName(tlog::TileId{tlog::TileId::kEntries, 0, width}.path()), tlog::kBundleBytesMax);
    if (!partial) continue;
    ByteReader reader(*partial);
    const auto size = reader.u16();
    const auto entry = size ? reader.take(*size) : Result<ByteView>(size.error());
    if (entry && pin->check(sha256(*entry))) return Bytes(entry->begin(), entry->end());
  }
  return bytes;
}

}  // namespace

Result<LoggedDeposit> ArchiveView::find_deposit(std::string_view id_start) const {
  constexpr std::size_t kDigitsMin = 8;
  if (id_start.size() < kDigitsMin)
    return Error(Code::invalid, "give at least " + std::to_string(kDigitsMin) + " digits of the deposit's id");
  const LoggedDeposit* found = nullptr;
  for (const LoggedDeposit& deposit : deposits) {
    if (!deposit.id.hex().starts_with(id_start)) continue;
    if (found != nullptr)
      return Error(Code::invalid, "two deposits start with " + printable(id_start) + ": give more digits");
    found = &deposit;
  }
  if (found == nullptr) return Error(Code::not_found, "the archive's log names no deposit " + printable(id_start, 80));
  return *found;
}

Result<FoundCharter> read_charter(Store& store, const std::optional<IdPin>& pin) {
  auto bytes = charter_bytes(store, pin);
  if (!bytes && bytes.error().code() == Code::not_found)
    return Error(Code::not_found, "there is no archive at " + store.where() + " (it has no charter/1)");
  if (!bytes) return bytes.error();
  FoundCharter found{.id = sha256(*bytes), .note = std::string(as_text(*bytes)), .charter = {}};
  if (pin) TRY(pin->check(found.id));
  TRY_ASSIGN(found.charter, parse_charter(found.note));
  return found;
}

Result<ArchiveView> view_archive(Store& store, const std::optional<IdPin>& pin) {
  TRY_ASSIGN(FoundCharter charter, read_charter(store, pin));
  TRY_ASSIGN(SignedHead head, read_head(store, charter.charter.log()));
  return view_at(store, std::move(charter), std::move(head));
}

Result<ArchiveView> view_at(Store& store, FoundCharter charter, SignedHead head) {
  ArchiveView view;
  view.id = charter.id;
  view.charter_note = std::move(charter.note);
  view.charter = std::move(charter.charter);
  view.head = std::move(head);
  Reader reader(view);
  TRY(replay(store, view.head.head, [&](std::uint64_t index, ByteView entry) { return reader.take(index, entry); }));
  return view;
}

std::string make_accept(const Sha256& archive, const tlog::TreeHead& head, const SignerKey& custodian) {
  const SignerKey* const signers[] = {&custodian};
  return sign_note(accept_text(archive, head), signers);
}

}  // namespace muniment
