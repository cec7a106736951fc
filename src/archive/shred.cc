#include "archive/shred.h"

#include <algorithm>
#include <set>

#include "archive/sealed_deposit.h"
#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::size_t kCompareBytes = 1 << 20;
constexpr std::uint32_t kWritable = 0222;

}  // namespace

Result<void> check_lasts(Fs& fs, const std::string& output) {
  TRY_ASSIGN(const FileSystem system, fs.file_system(output));
  if (!system.in_memory) return {};
  return Error(Code::invalid, printable(output) +
                                  " lies in memory and is gone with the power: what is sealed there cannot stand in "
                                  "for originals. Name a folder on a disk");
}

void Shredder::note(const TakenItem& taken) {
  const std::string& path = taken.item.fs_path;
  if (!taken.lacking.empty()) return leave(path, taken.lacking);
  note(path, taken.digest);
}

void Shredder::note(const std::string& path, const Sha256& digest) {
  const auto identity = eraser_.identify(path);
  if (!identity) return leave(path, "was changed after it was read: " + identity.error().sentence());
  noted_.push_back({path, digest, *identity});
}

void Shredder::leave_noted(const std::string& why) {
  for (const Noted& noted : noted_) leave(noted.path, why);
  noted_.clear();
}

Result<void> Shredder::remove_originals(std::span<const SealedDeposit> deposits) {
  const std::vector<Noted> all = std::exchange(noted_, {});
  if (all.empty()) return {};
  for (const SealedDeposit& deposit : deposits) {
    if (const auto good = read_back(deposit); !good)
      return good.error().in("the sealed copy in " + printable(deposit.folder) +
                             " did not come back from its disk as it was written; no original of it was removed. Seal "
                             "again, onto another disk");
  }
  std::set<std::string> folders;
  for (const Noted& noted : all) {
    if (const auto removed = remove_one(noted); !removed) {
      leave(noted.path, removed.error().sentence());
      continue;
    }
    report_.removed.push_back(noted.path);
    ++report_.removed_files;
    report_.removed_bytes += noted.identity.size_bytes;
    folders.insert(parent_of(noted.path));
  }
  for (const std::string& folder : folders) {
    if (const auto synced = doors_.fs.sync_folder(folder); !synced) leave(folder, synced.error().sentence());
  }
  return {};
}

Result<void> Shredder::read_back(const SealedDeposit& deposit) {
  const DepositSource stored = source_in_folder(doors_.fs, deposit.folder);
  const DepositSource source = [&](const std::string& name, std::uint64_t bytes_max) -> Result<Bytes> {
    TRY_ASSIGN(const bool dropped, eraser_.drop_cache(join(deposit.folder, name)));
    report_.from_disk = report_.from_disk && dropped;
    return stored(name, bytes_max);
  };
  // The receipt is the one in memory: it was made of what was sealed, and not of what is on the disk.
  TRY(get_checked(source, "receipt", deposit.id, kReceiptBytesMax));
  return visit_deposit(source, deposit.receipt, [](const std::string&, ByteView) { return Result<void>(); });
}

Result<void> Shredder::remove_one(const Noted& noted) {
  if (noted.identity.links > 1)
    return Error(Code::conflict, "has " + std::to_string(noted.identity.links) +
                                     " names (hard links): it would still be there under the others");
  if ((noted.identity.mode & kWritable) == 0) return Error(Code::denied, "is read-only");
  auto original = eraser_.open(noted.path);
  if (!original && original.error().code() == Code::conflict)
    return Error(Code::conflict, "is in use by another program");
  if (!original) return original.error().in("could not be removed");
  TRY(check_unchanged(**original, noted));
  if (const auto overwritten = (*original)->overwrite(doors_.random); !overwritten)
    return Error(overwritten.error().code(),
                 "is perhaps overwritten in part, and could not be removed: " + overwritten.error().sentence());
  TRY_ASSIGN(const FileIdentity named, eraser_.identify(noted.path));
  if (named.device != noted.identity.device || named.number != noted.identity.number)
    return Error(Code::conflict, "was replaced while it was removed");
  if (const auto removed = doors_.fs.remove(noted.path); !removed)
    return removed.error().in("is empty now, and its name could not be removed");
  return {};
}

Result<void> Shredder::check_unchanged(OpenOriginal& original, const Noted& noted) {
  const Error changed(Code::conflict, "was changed after it was read");
  TRY_ASSIGN(const FileIdentity before, original.identity());
  if (before != noted.identity) return changed;
  // Some file systems count time in steps of two seconds: what is destroyed is compared, and not only its time.
  Sha256Hasher hasher;
  Bytes buffer(std::clamp<std::uint64_t>(before.size_bytes, 1, kCompareBytes));
  while (true) {
    TRY_ASSIGN(const std::size_t count, original.read(buffer));
    if (count == 0) break;
    hasher.update(ByteView(buffer).first(count));
  }
  if (hasher.finish() != noted.digest) return changed;
  TRY_ASSIGN(const FileIdentity after, original.identity());
  return after == before ? Result<void>() : changed;
}

void Shredder::remove_if_empty(const std::string& folder) {
  const auto names = doors_.fs.list(folder);
  if (!names && names.error().code() != Code::not_found) leave(folder, names.error().sentence());
  if (!names || !names->empty()) return;
  if (const auto removed = doors_.fs.remove(folder); !removed) {
    leave(folder, removed.error().sentence());
    return;
  }
  report_.removed.push_back(folder);
  if (const auto synced = doors_.fs.sync_folder(parent_of(folder)); !synced) leave(folder, synced.error().sentence());
}

void Shredder::remove_emptied_folders(const std::string& path) {
  std::vector<std::string> ahead{path};
  std::vector<std::string> folders;  // each before those in it
  while (!ahead.empty()) {
    const std::string folder = std::move(ahead.back());
    ahead.pop_back();
    const auto info = doors_.fs.info(folder);
    if (info && info->type != FileType::folder) continue;  // a link is not followed
    const auto names = doors_.fs.list(folder);
    if (!names && names.error().code() != Code::not_found) leave(folder, names.error().sentence());
    if (!names) continue;
    folders.push_back(folder);
    for (const std::string& name : *names) {
      const auto child = doors_.fs.info(join(folder, name));
      if (child && child->type == FileType::folder) ahead.push_back(join(folder, name));
    }
  }
  std::ranges::reverse(folders);
  for (const std::string& folder : folders) {
    const std::string name = name_in(folder);
    const bool has_no_name = name.empty() || name == "." || name == "..";
    if (!has_no_name) remove_if_empty(folder);
  }
}

}  // namespace muniment
