#include "mirror/outbox.h"

#include <algorithm>
#include <tuple>

#include "archive/watched.h"
#include "base/encoding.h"

namespace muniment {
namespace {

/// Where in `first` a name stands; its size for none.
std::size_t place_in(const std::vector<std::string>& first, const std::string& name) {
  const auto found = std::ranges::find_if(first, [&](const std::string& start) { return name.starts_with(start); });
  return static_cast<std::size_t>(found - first.begin());
}

/// One object. False where the mirror takes no more.
bool send_object(Store& mirror, const ObjectName& name, ByteView bytes, Delivery& delivery) {
  const auto put = mirror.put(name, bytes);
  if (put) {
    ++delivery.objects;
    return true;
  }
  if (put.error().code() == Code::conflict) {  // an earlier run's, most likely; what it is worth, the log will tell
    ++delivery.unseen;
    return true;
  }
  delivery.stopped = put.error();
  return false;
}

bool holds_public_part(Store& mirror, const Outgoing& deposit) {
  const DepositSource source = source_in_store(mirror, deposit.found.id);
  const Receipt& receipt = deposit.found.receipt;
  if (!get_checked(source, "receipt", deposit.found.id, kReceiptBytesMax)) return false;
  if (!get_checked(source, "SHA256SUMS", receipt.sums, receipt.parts * kSumsLineBytes)) return false;
  for (std::uint64_t i = 0; i < receipt.parts; ++i) {
    const auto size = mirror.size(ObjectName(deposit_folder(deposit.found.id) + "/" + part_name(i)));
    if (!size || *size != part_size(receipt, i)) return false;
  }
  return true;
}

}  // namespace

std::vector<std::string> names_in_deposit(const Receipt& receipt) {
  std::vector<std::string> names;
  names.reserve(receipt.parts + 4);
  for (std::uint64_t i = 0; i < receipt.parts; ++i) names.push_back(part_name(i));
  names.insert(names.end(), {"SHA256SUMS", "header-0", "contents-0.age", "receipt"});
  return names;
}

Result<Outbox> read_outbox(Fs& fs, const std::string& folder, const Sha256& archive,
                           const std::vector<std::string>& first) {
  TRY_ASSIGN(const auto names, fs.list(folder));
  for (const std::string& start : first) {
    if (std::ranges::none_of(names, [&](const std::string& name) { return name.starts_with(start); }))
      return Error(Code::invalid, "nothing in " + folder + " begins with " + printable(start, 80));
  }
  Outbox outbox;
  for (const std::string& name : names) {
    const std::string path = join(folder, name);
    if (is_watched_folder(fs, path)) continue;
    if (!is_sealed_deposit(fs, path)) {
      outbox.refused.push_back({path, name == "staging" ? "was left by a run of muniment seal that was cut off, or is "
                                                          "still at work: it is not sent. Seal again"
                                                        : "is not a sealed deposit: it is not sent"});
      continue;
    }
    auto found = read_receipt(fs, path);
    if (!found) {
      outbox.refused.push_back({path, "is not sent: " + found.error().sentence()});
    } else if (found->receipt.archive != archive) {
      outbox.refused.push_back({path, "was sealed for another archive, " + id_words(found->receipt.archive) +
                                          ": it is sent with a card of that one"});
    } else {
      outbox.deposits.push_back({path, std::move(*found)});
    }
  }
  std::ranges::sort(outbox.deposits, {}, [&](const Outgoing& deposit) {
    return std::tuple(place_in(first, name_in(deposit.folder)), deposit.found.receipt.bytes, deposit.found.id);
  });
  return outbox;
}

Delivery deliver(Fs& fs, const std::vector<Outgoing>& deposits, Store& mirror,
                 const std::function<void(std::uint64_t)>& on_bytes) {
  Delivery delivery;
  for (const Outgoing& deposit : deposits) {
    const std::string target = "incoming/" + deposit.found.id.hex() + "/";
    const auto send = [&](const std::string& name, ByteView bytes) -> Result<void> {
      if (!send_object(mirror, ObjectName(target + name), bytes, delivery)) return *delivery.stopped;
      if (on_bytes) on_bytes(bytes.size());
      return {};
    };
    const auto sent = visit_deposit(source_in_folder(fs, deposit.folder), deposit.found.receipt, send);
    if (delivery.stopped) return delivery;
    if (!sent) {
      delivery.unreadable.push_back({deposit.folder, sent.error().sentence()});
      continue;
    }
    if (!send("receipt", as_view(deposit.found.text))) return delivery;
    delivery.whole.push_back(deposit.found.id);
  }
  return delivery;
}

Result<std::vector<std::optional<Landing>>> look_for(const std::vector<Outgoing>& deposits, Store& mirror,
                                                     const Sha256& archive) {
  TRY_ASSIGN(const ArchiveView view, view_archive(mirror, IdPin::of(archive)));
  std::vector<std::optional<Landing>> landings;
  for (const Outgoing& deposit : deposits) {
    std::optional<Landing> landing;
    if (const LoggedDeposit* logged = view.deposit(deposit.found.id)) {
      landing = Landing{.index = logged->index,
                        .is_vouched = view.is_accepted(*logged),
                        .is_removed = logged->removal.has_value(),
                        .is_held = holds_public_part(mirror, deposit)};
    }
    landings.push_back(landing);
  }
  return landings;
}

Result<void> empty_out(Fs& fs, const Outgoing& deposit) {
  // The receipt is the last one: by it a run that was cut off here is told from half a deposit.
  for (const std::string& name : names_in_deposit(deposit.found.receipt)) {
    if (name == "receipt") TRY(fs.sync_folder(deposit.folder));
    const auto removed = fs.remove(join(deposit.folder, name));
    if (!removed && removed.error().code() != Code::not_found) return removed;
  }
  static_cast<void>(fs.remove(deposit.folder).has_value());
  return fs.sync_folder(parent_of(deposit.folder));
}

}  // namespace muniment
