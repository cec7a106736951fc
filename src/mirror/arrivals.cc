#include "mirror/arrivals.h"

#include "archive/sealed_deposit.h"
#include "base/encoding.h"
#include "store/folder_store.h"

namespace muniment {
namespace {

/// What one arrival came to: `refused` says why it cannot be taken.
struct Taken {
  bool is_here = false;
  bool is_unfinished = false;
  std::string refused;
  Sha256 id;
  std::optional<FoundReceipt> logged;  // where the log names it
};

/// Nobody needs the arrival any more.
bool has_landed(const std::optional<Landing>& landing) {
  return landing && landing->is_vouched && (landing->is_held || landing->is_removed);
}

Result<Taken> fetch(const std::string& name, Store& mirror, FolderStore& home, const ArchiveView& view,
                    const std::function<void(std::uint64_t)>& on_bytes) {
  std::optional<Error> gone;
  const DepositSource there = [&](const std::string& file, std::uint64_t bytes_max) -> Result<Bytes> {
    TRY_ASSIGN(const ObjectName object, ObjectName::parse("incoming/" + name + "/" + file));
    auto bytes = mirror.get(object, bytes_max);
    if (!bytes && bytes.error().code() == Code::unavailable) gone = bytes.error();
    return bytes;
  };
  Taken taken;
  const auto found = read_receipt(there, name);
  if (gone) return *gone;
  if (!found) {
    taken.is_unfinished = found.error().code() == Code::not_found;
    taken.refused = taken.is_unfinished ? "" : found.error().sentence();
    return taken;
  }
  taken.id = found->id;
  const std::string target = "incoming/" + found->id.hex() + "/";
  if (found->receipt.archive != view.id) {
    taken.refused = "was sealed for another archive, " + id_words(found->receipt.archive);
    return taken;
  }
  if (view.deposit(found->id) != nullptr) taken.logged = *found;
  taken.is_here = taken.logged || home.size(ObjectName(target + "receipt")).has_value();
  if (taken.is_here) return taken;

  std::optional<Error> own_trouble;
  const DepositSource source = [&](const std::string& file, std::uint64_t bytes_max) -> Result<Bytes> {
    const auto present = home.get(ObjectName(target + file), bytes_max);  // by an earlier run
    return present ? *present : there(file, bytes_max);
  };
  const auto put = [&](const std::string& file, ByteView bytes) -> Result<void> {
    auto written = home.put(ObjectName(target + file), bytes);
    if (!written) own_trouble = written.error();
    if (on_bytes) on_bytes(bytes.size());
    return written;
  };
  const auto copied = visit_deposit(source, found->receipt, put);
  if (own_trouble) return *own_trouble;
  if (gone) return *gone;
  if (!copied) {
    taken.refused = copied.error().sentence();
    return taken;
  }
  TRY(home.flush());
  TRY(home.put(ObjectName(target + "receipt"), as_view(found->text)));
  TRY(home.flush());
  return taken;
}

}  // namespace

Result<FetchedArrivals> fetch_arrivals(const Doors& doors, Store& mirror, const std::string& root,
                                       const ArchiveView& view, const std::function<void(std::uint64_t)>& on_bytes) {
  TRY_ASSIGN(const auto names, mirror.list(ObjectName("incoming")));
  FolderStore home(doors.fs, root, doors.random);
  FetchedArrivals all;
  for (const std::string& name : names) {
    TRY_ASSIGN(Taken taken, fetch(name, mirror, home, view, on_bytes));
    if (!taken.refused.empty()) {
      all.refused.push_back({printable(name, 200), taken.refused});
    } else if (taken.is_unfinished) {
      ++all.unfinished;
    } else if (taken.is_here) {
      ++all.here;
      if (taken.logged && taken.id.hex() == name) all.logged.push_back({name, std::move(*taken.logged)});
    } else {
      all.fetched.push_back(taken.id);
    }
  }
  return all;
}

Result<std::uint64_t> clear_arrivals(Store& bucket, const std::vector<Outgoing>& logged, const Sha256& archive) {
  if (logged.empty()) return std::uint64_t{0};
  TRY_ASSIGN(const auto landings, look_for(logged, bucket, archive));
  std::uint64_t cleared = 0;
  for (std::size_t i = 0; i < landings.size(); ++i) {
    if (!has_landed(landings[i])) continue;
    for (const std::string& object : names_in_deposit(logged[i].found.receipt))
      TRY(bucket.remove(ObjectName("incoming/" + logged[i].folder + "/" + object)));
    ++cleared;
  }
  return cleared;
}

Result<std::uint64_t> clear_arrivals(Fs& fs, Store& copy, const std::string& root, const Sha256& archive) {
  const std::string incoming = join(root, "incoming");
  TRY_ASSIGN(const bool present, exists(fs, incoming));
  if (!present) return std::uint64_t{0};
  TRY_ASSIGN(const Outbox arrived, read_outbox(fs, incoming, archive, {}));
  if (arrived.deposits.empty()) return std::uint64_t{0};
  TRY_ASSIGN(const auto landings, look_for(arrived.deposits, copy, archive));
  std::uint64_t cleared = 0;
  for (std::size_t i = 0; i < landings.size(); ++i) {
    if (!has_landed(landings[i])) continue;
    TRY(empty_out(fs, arrived.deposits[i]));
    ++cleared;
  }
  return cleared;
}

}  // namespace muniment
