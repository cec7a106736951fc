#include "mirror/copy.h"

#include <optional>

namespace muniment {
namespace {

constexpr std::uint64_t kLooseObjectBytesMax = 64ull << 20;

class Copier {
 public:
  Copier(const std::vector<Store*>& sources, const SignedHead& head, Store& target, const CopyHooks& hooks)
      : sources_(sources), head_(head), target_(target), hooks_(hooks) {}

  Result<void> copy_log();
  Result<void> copy_entry(const EntryObjects& entry);
  Result<void> publish() { return target_.replace(ObjectName("checkpoint"), as_view(head_.note)); }
  CopyResult take() && { return std::move(result_); }

 private:
  Result<void> copy_bundle(std::uint64_t index);
  std::optional<Bytes> find_bundle(std::uint64_t index, std::uint64_t width, const ObjectName& name);
  bool bundle_is_right(Store& tiles, ByteView bundle, std::uint64_t index, std::uint64_t width);
  Result<std::optional<Bytes>> copy_object(const LoggedObject& object, std::optional<std::uint64_t> size_bytes,
                                           std::uint64_t bytes_max);
  std::optional<Bytes> fetch(const LoggedObject& object, std::uint64_t bytes_max);
  Result<void> put_checked(const ObjectName& name, ByteView bytes);

  const std::vector<Store*>& sources_;
  const SignedHead& head_;
  Store& target_;
  const CopyHooks& hooks_;
  CopyResult result_;
};

/// Bytes that are known to be right take the place of whatever is there.
Result<void> Copier::put_checked(const ObjectName& name, ByteView bytes) {
  auto put = target_.put(name, bytes);
  if (!put && put.error().code() == Code::conflict) put = target_.replace(name, bytes);
  if (!put) return put;
  ++result_.objects_copied;
  result_.bytes_copied += bytes.size();
  if (hooks_.on_bytes) hooks_.on_bytes(bytes.size());
  return {};
}

/// True when every entry of the bundle is proved to be at its place in the head's tree by the tiles of one source.
bool Copier::bundle_is_right(Store& tiles, ByteView bundle, std::uint64_t index, std::uint64_t width) {
  const auto entries = tlog::parse_bundle(bundle, width);
  if (!entries) return false;
  TileReader reader(tiles, head_.head.size);
  for (std::uint64_t i = 0; i < width; ++i) {
    const std::uint64_t leaf = index * tlog::kTileWidth + i;
    const auto proof = tlog::inclusion_proof(leaf, head_.head.size, reader.source());
    if (!proof || !tlog::verify_inclusion(tlog::leaf_hash((*entries)[i]), leaf, *proof, head_.head)) return false;
  }
  return true;
}

std::optional<Bytes> Copier::find_bundle(std::uint64_t index, std::uint64_t width, const ObjectName& name) {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    auto bundle = read_bundle(*sources_[i], index, head_.head.size);
    if (!bundle) {
      // A copy that shows an older state does not have the newest bundle: that is no fault of its own.
      if (bundle.error().code() != Code::not_found)
        result_.bad.push_back({i, {name.text(), bundle.error().sentence()}});
      continue;
    }
    for (Store* tiles : sources_) {
      if (bundle_is_right(*tiles, *bundle, index, width)) return std::move(*bundle);
    }
    result_.bad.push_back({i, {name.text(), "has been altered or cut"}});
  }
  return std::nullopt;
}

Result<void> Copier::copy_bundle(std::uint64_t index) {
  const std::uint64_t width = std::min(tlog::kTileWidth, head_.head.size - index * tlog::kTileWidth);
  const ObjectName name(tlog::TileId{tlog::TileId::kEntries, index, width}.path());
  auto bundle = find_bundle(index, width, name);
  if (!bundle) {
    return Error(Code::corrupt, "no copy has good entries from " + std::to_string(index * tlog::kTileWidth) + " on (" +
                                    name.text() + "): without them the log cannot be followed any further");
  }
  return put_checked(name, *bundle);
}

Result<void> Copier::copy_log() {
  // One source whose entries lead to the head by themselves is the usual case, and needs none of its tiles.
  for (Store* source : sources_) {
    TileBuilder builder(
        [&](const tlog::TileId& tile, ByteView bytes) { return put_checked(ObjectName(tile.path()), bytes); });
    const auto counted = [](std::uint64_t, ByteView) { return Result<void>(); };
    if (!replay(*source, head_.head, counted)) continue;
    TRY(replay(*source, head_.head, [&](std::uint64_t, ByteView entry) { return builder.append(entry); }));
    return builder.finish();
  }
  for (std::uint64_t index = 0; index * tlog::kTileWidth < head_.head.size; ++index) TRY(copy_bundle(index));
  TileBuilder builder(
      [&](const tlog::TileId& tile, ByteView bytes) { return put_checked(ObjectName(tile.path()), bytes); });
  TRY(replay(target_, head_.head, [&](std::uint64_t, ByteView entry) { return builder.append(entry); }));
  return builder.finish();
}

std::optional<Bytes> Copier::fetch(const LoggedObject& object, std::uint64_t bytes_max) {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    auto bytes = sources_[i]->get(object.name, bytes_max);
    if (bytes && sha256(*bytes) == object.digest) return std::move(*bytes);
    std::string what = bytes ? "has been altered or cut" : bytes.error().sentence();
    if (!bytes && bytes.error().code() == Code::not_found) what = "is missing";
    if (!bytes && bytes.error().code() == Code::limit) what = "is longer than it was";
    result_.bad.push_back({i, {object.name.text(), what}});
  }
  result_.lost.push_back({object.name.text(), "no copy has a good one"});
  return std::nullopt;
}

/// The object's bytes where they were fetched. `size_bytes` is what a present object is held against.
Result<std::optional<Bytes>> Copier::copy_object(const LoggedObject& object, std::optional<std::uint64_t> size_bytes,
                                                 std::uint64_t bytes_max) {
  const auto present = target_.size(object.name);
  if (present && (!size_bytes || *present == *size_bytes)) {
    ++result_.objects_present;
    return std::optional<Bytes>{};
  }
  auto bytes = fetch(object, bytes_max);
  if (bytes) TRY(put_checked(object.name, *bytes));
  return bytes;
}

Result<void> Copier::copy_entry(const EntryObjects& entry) {
  if (!entry.receipt) {
    for (const LoggedObject& object : entry.objects) TRY(copy_object(object, {}, kLooseObjectBytesMax));
    if (entry.own) TRY(put_checked(entry.own->name, as_view(entry.own_text)));
    return {};
  }
  const Receipt& receipt = *entry.receipt;
  const std::string folder = deposit_folder(entry.deposit) + "/";
  TRY(copy_object({ObjectName(folder + "header-0"), receipt.header}, {}, kHeaderBytesMax));
  TRY(copy_object({ObjectName(folder + "contents-0.age"), receipt.sealed_contents}, {}, kContentsBytesMax));
  const LoggedObject sums_object{ObjectName(folder + "SHA256SUMS"), receipt.sums};
  const std::uint64_t sums_bytes = receipt.parts * kSumsLineBytes;
  TRY_ASSIGN(auto sums, copy_object(sums_object, sums_bytes, sums_bytes));
  if (!sums) {
    auto present = target_.get(sums_object.name, sums_bytes);
    if (present && sha256(*present) == receipt.sums) sums = std::move(*present);
  }
  if (!sums) return {};  // named in `lost` already
  TRY_ASSIGN(const auto parts, parse_sums(as_text(*sums), receipt.parts));
  for (std::uint64_t i = 0; i < receipt.parts; ++i) {
    TRY(copy_object({ObjectName(folder + part_name(i)), parts[i]}, part_size(receipt, i), part_size(receipt, i)));
  }
  // The receipt is the entry itself, and comes last: a folder with a receipt is as whole as it gets.
  const auto present = target_.size(entry.own->name);
  if (present && *present == entry.own_text.size()) {
    ++result_.objects_present;
    return {};
  }
  return put_checked(entry.own->name, as_view(entry.own_text));
}

}  // namespace

Result<CopyResult> copy_archive(const std::vector<Store*>& sources, const FoundCharter& charter, const SignedHead& head,
                                Store& target, const CopyHooks& hooks) {
  Copier copier(sources, head, target, hooks);
  TRY(copier.copy_log());
  // From here on the target's own entries are the ones to go by: they have been held against the head.
  TRY_ASSIGN(const ArchiveView view, view_at(target, charter, head));
  TRY(visit_objects(target, view, [&](const EntryObjects& entry) { return copier.copy_entry(entry); }));
  TRY(copier.publish());
  return std::move(copier).take();
}

}  // namespace muniment
