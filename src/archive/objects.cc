#include "archive/objects.h"

#include <unordered_map>

namespace muniment {
namespace {

EntryObjects objects_of_deposit(std::uint64_t index, std::string_view text, const Receipt& receipt) {
  EntryObjects entry{.index = index,
                     .title = {},
                     .objects = {},
                     .own = {},
                     .own_text = std::string(text),
                     .receipt = receipt,
                     .deposit = deposit_id(text)};
  const std::string folder = deposit_folder(entry.deposit) + "/";
  entry.title = "deposit " + entry.deposit.hex().substr(0, 16);
  entry.own = LoggedObject{ObjectName(folder + "receipt"), entry.deposit};
  entry.objects = {{ObjectName(folder + "SHA256SUMS"), receipt.sums},
                   {ObjectName(folder + "header-0"), receipt.header},
                   {ObjectName(folder + "contents-0.age"), receipt.sealed_contents}};
  return entry;
}

std::optional<EntryObjects> objects_of(std::uint64_t index, ByteView bytes, const ArchiveView& view) {
  const std::string_view text = as_text(bytes);
  if (index == 0) {
    EntryObjects entry{.index = 0,
                       .title = "charter/1",
                       .objects = view.charter.objects,
                       .own = {},
                       .own_text = std::string(text),
                       .receipt = {},
                       .deposit = {}};
    entry.own = LoggedObject{ObjectName("charter/1"), view.id};
    return entry;
  }
  const auto frame = parse_entry_frame(bytes);
  if (!frame || !frame->has_archive || frame->archive != view.id) return std::nullopt;
  if (frame->kind == "deposit" && frame->version == "v1") {
    const auto receipt = parse_receipt(text);
    if (!receipt) return std::nullopt;
    return objects_of_deposit(index, text, *receipt);
  }
  EntryObjects entry{.index = index,
                     .title = frame->kind + " entry " + std::to_string(index),
                     .objects = {},
                     .own = {},
                     .own_text = {},
                     .receipt = {},
                     .deposit = {}};
  for (const LoggedObject& object : frame->objects) {
    if (is_reserved_path(object.name)) return std::nullopt;
    entry.objects.push_back(object);
  }
  return entry;
}

}  // namespace

Result<void> visit_objects(Store& store, const ArchiveView& view,
                           const std::function<Result<void>(const EntryObjects&)>& visit) {
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
    return visit(*entry);
  });
}

}  // namespace muniment
