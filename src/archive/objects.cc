#include "archive/objects.h"

#include <algorithm>
#include <unordered_map>

#include "store/audience.h"

namespace muniment {
namespace {

EntryObjects objects_of_deposit(std::uint64_t index, std::string_view text, const Receipt& receipt,
                                const LoggedDeposit& deposit) {
  EntryObjects entry;
  entry.index = index;
  entry.title = "deposit " + deposit.id.hex().substr(0, 16);
  entry.own_text = text;
  entry.receipt = receipt;
  entry.deposit = deposit.id;
  entry.is_removed = deposit.removal.has_value();
  const std::string folder = deposit_folder(deposit.id) + "/";
  entry.own = LoggedObject{ObjectName(folder + "receipt"), deposit.id};
  entry.objects = {{ObjectName(folder + "SHA256SUMS"), receipt.sums}};
  if (entry.is_removed) return entry;
  const auto add_seal = [&](std::uint64_t number, const Sha256& header, const Sha256& contents) {
    if (number < deposit.oldest_seal) return;
    entry.seals.push_back({ObjectName(folder + header_name(number)), header});
    entry.seals.push_back({ObjectName(folder + contents_name(number)), contents});
  };
  add_seal(0, receipt.header, receipt.sealed_contents);
  for (const Seal& seal : deposit.seals) add_seal(seal.number, seal.header, seal.contents);
  return entry;
}

/// What a charter names and no later one has let go.
EntryObjects objects_of_charter(std::uint64_t index, const CharterVersion& version, const ArchiveView& view) {
  EntryObjects entry;
  entry.index = index;
  entry.title = charter_name(version.charter.version).text();
  entry.own_text = version.note;
  entry.own = LoggedObject{charter_name(version.charter.version), version.digest};
  for (const LoggedObject& object : version.charter.objects) {
    const auto& kept = view.charter.objects;
    if (std::ranges::find(kept, object.name, &LoggedObject::name) != kept.end()) entry.objects.push_back(object);
  }
  return entry;
}

std::optional<EntryObjects> objects_of(std::uint64_t index, ByteView bytes, const ArchiveView& view) {
  const std::string_view text = as_text(bytes);
  const auto charter = std::ranges::find(view.charters, index, &LoggedCharter::index);
  if (charter != view.charters.end()) {
    return objects_of_charter(index, view.chain.versions[charter->version - 1], view);
  }
  if (is_receipt_text(text)) {
    const auto receipt = parse_receipt(text);
    const LoggedDeposit* deposit = receipt ? view.deposit(deposit_id(text)) : nullptr;
    if (deposit == nullptr || deposit->index != index) return std::nullopt;
    return objects_of_deposit(index, text, *receipt, *deposit);
  }
  const auto frame = parse_entry_frame(bytes);
  if (!frame || !frame->has_archive || frame->archive != view.id) return std::nullopt;
  if (frame->kind == "charter" && frame->version == "v1") return std::nullopt;  // one that does not count
  EntryObjects entry;
  entry.index = index;
  entry.title = frame->kind + " entry " + std::to_string(index);
  for (const LoggedObject& object : frame->objects) {
    if (is_reserved_path(object.name)) return std::nullopt;
    entry.objects.push_back(object);
  }
  return entry;
}

/// Takes away what a copy does not hold by agreement.
void keep_agreed(EntryObjects& entry, const AgreedPart& agreed, AgreedDeposits& deposits) {
  const auto opens = [](const LoggedObject& object) { return audience_of(object.name) == Audience::token_holders; };
  if (!agreed.with_seals) std::erase_if(entry.objects, opens);
  if (!entry.receipt) return;
  entry.is_held = deposits.holds(entry.index, entry.deposit, entry.receipt->bytes);
  if (!entry.is_held || !agreed.with_seals) entry.seals.clear();
}

}  // namespace

Result<void> visit_objects(Store& store, const ArchiveView& view, const AgreedPart* agreed,
                           const std::function<Result<void>(const EntryObjects&)>& visit) {
  AgreedDeposits deposits(agreed);
  // The first entry that names a path says what it holds: no object is ever overwritten.
  std::unordered_map<std::string, Sha256> named;
  return replay(store, view.head.head, [&](std::uint64_t index, ByteView bytes) -> Result<void> {
    auto entry = objects_of(index, bytes, view);
    if (!entry) return {};
    if (!entry->receipt) {
      std::erase_if(entry->objects, [&](const LoggedObject& object) {
        return named.try_emplace(object.name.text(), object.digest).first->second != object.digest;
      });
    }
    if (agreed != nullptr) keep_agreed(*entry, *agreed, deposits);
    return visit(*entry);
  });
}

}  // namespace muniment
