#include "store/folder_store.h"

#include <array>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::uint64_t kHeadBytesMax = 1 << 20;
constexpr std::size_t kGroupObjectsMax = 1000;
constexpr std::uint64_t kGroupBytesMax = 64 << 20;
constexpr std::int64_t kGroupNsMax = 1'000'000'000;
constexpr std::int64_t kSlowNs = kGroupNsMax / 4;
constexpr std::size_t kFoldersSyncedOneByOneMax = 16;
constexpr std::string_view kUnfinishedFolder = "staging/unfinished";
constexpr int kStagingTriesMax = 100;  // another run that ends may take the empty `staging` away under our feet

}  // namespace

Result<StagingFolder> make_staging_folder(Fs& fs, const std::string& root, Random& random, const std::string& name) {
  std::array<std::uint8_t, 8> own{};
  random.fill(own);
  StagingFolder folder{.path = join(join(root, name), to_hex(own)), .lock = nullptr};
  auto made = make_folders(fs, folder.path);
  for (int tries = 1; tries < kStagingTriesMax && !made && made.error().code() == Code::not_found; ++tries) {
    made = make_folders(fs, folder.path);
  }
  if (!made) return made.error();
  TRY_ASSIGN(folder.lock, fs.lock(join(folder.path, "lock")));
  return folder;
}

void remove_staging_folder(Fs& fs, StagingFolder folder) {
  static_cast<void>(remove_tree(fs, folder.path).has_value());
  static_cast<void>(fs.remove(parent_of(folder.path)).has_value());  // refused while another writer's folder is in it
}

FolderStore::~FolderStore() {
  if (!staging_.empty()) remove_staging_folder(fs_, {staging_, std::move(staging_lock_)});
}

Result<Bytes> FolderStore::get(const ObjectName& name, std::uint64_t bytes_max) {
  const std::string path = join(root_, name.text());
  TRY(settle_for(path));
  return read_file(fs_, path, bytes_max);
}

Result<std::unique_ptr<InputFile>> FolderStore::open(const ObjectName& name) {
  const std::string path = join(root_, name.text());
  TRY(settle_for(path));
  return fs_.open(path);
}

std::unique_ptr<Unfinished> FolderStore::unfinished(const ObjectName& name, std::uint64_t bytes_max) {
  return std::make_unique<UnfinishedFiles>(fs_, join(root_, kUnfinishedFolder), name.text(), bytes_max);
}

Result<void> FolderStore::drop_unfinished() {
  const std::string folder = join(root_, kUnfinishedFolder);
  TRY_ASSIGN(const bool is_there, exists(fs_, folder));
  if (!is_there) return {};
  TRY(remove_tree(fs_, folder));
  static_cast<void>(fs_.remove(parent_of(folder)).has_value());  // refused while a writer's folder is in it
  return {};
}

Result<std::uint64_t> FolderStore::size(const ObjectName& name) {
  const std::string path = join(root_, name.text());
  TRY(settle_for(path));
  TRY_ASSIGN(const FileInfo info, fs_.info(path));
  if (info.type != FileType::file) {
    return Error(Code::corrupt, path + " is a " + std::string(name_of(info.type)) + " and not a file");
  }
  return info.size_bytes;
}

Result<void> FolderStore::put(const ObjectName& name, ByteView bytes) {
  const std::string path = join(root_, name.text());
  const auto present = size(name);
  if (present) {
    const Error taken(Code::conflict, path + " is there already with other bytes, and objects are never overwritten");
    if (*present != bytes.size()) return taken;
    TRY_ASSIGN(const Bytes old, get(name, bytes.size()));
    if (!equal(old, bytes)) return taken;
    unsynced_folders_.insert(parent_of(path));  // an earlier run may have been cut off before it synced the name
    return {};
  }
  if (present.error().code() != Code::not_found) return present.error();
  TRY(make_parent(path));
  if (in_groups_) return keep_back(path, bytes);
  TRY_ASSIGN(const std::string staged, write_staged(bytes));
  TRY(fs_.rename_new(staged, path));
  unsynced_folders_.insert(parent_of(path));
  return {};
}

Result<void> FolderStore::replace(const ObjectName& name, ByteView bytes) {
  TRY(flush());
  const std::string path = join(root_, name.text());
  TRY(make_parent(path));
  TRY_ASSIGN(const std::string staged, write_staged(bytes));
  TRY(fs_.rename(staged, path));
  unsynced_folders_.insert(parent_of(path));
  return flush();
}

void FolderStore::put_in_groups(const std::function<std::int64_t()>& steady_ns) {
  steady_ns_ = steady_ns;
  // The folder may not be there yet: the nearest one above it that is.
  std::string at = root_;
  auto system = fs_.file_system(at);
  while (!system && system.error().code() == Code::not_found && parent_of(at) != at) {
    at = parent_of(at);
    system = fs_.file_system(at);
  }
  in_groups_ = system && system->syncs_whole;
}

Result<void> FolderStore::keep_back(const std::string& path, ByteView bytes) {
  TRY_ASSIGN(const std::string staged, make_staged_name());
  auto written = [&]() -> Result<void> {
    TRY_ASSIGN(const auto file, fs_.create(staged));
    return file->write(bytes);
  }();
  if (!written) {
    static_cast<void>(fs_.remove(staged).has_value());
    return written;
  }
  const std::int64_t now_ns = steady_ns_ ? steady_ns_() : 0;
  if (kept_back_.empty()) group_begun_ns_ = now_ns;
  // What comes slowly is worth more than a sync: nothing of it waits for what comes next.
  const bool is_slow = steady_ns_ && (!last_put_ns_ || now_ns - *last_put_ns_ >= kSlowNs);
  last_put_ns_ = now_ns;
  kept_back_.emplace(path, staged);
  kept_back_bytes_ += bytes.size();
  const bool is_full = kept_back_.size() >= kGroupObjectsMax || kept_back_bytes_ >= kGroupBytesMax;
  if (is_full || is_slow || now_ns - group_begun_ns_ >= kGroupNsMax) return settle();
  return {};
}

/// Gives what was kept back its names, once its bytes are durable.
Result<void> FolderStore::settle() {
  if (kept_back_.empty()) return {};
  TRY(fs_.sync_file_system(root_));
  for (const auto& [path, staged] : kept_back_) {
    const auto renamed = fs_.rename_new(staged, path);
    if (!renamed && renamed.error().code() == Code::conflict) {  // another writer was faster
      TRY_ASSIGN(const FileInfo info, fs_.info(staged));
      TRY_ASSIGN(const Bytes ours, read_file(fs_, staged, info.size_bytes));
      const auto theirs = read_file(fs_, path, info.size_bytes);
      if (!theirs || !equal(ours, *theirs)) return renamed;
    } else if (!renamed) {
      return renamed;
    }
    unsynced_folders_.insert(parent_of(path));
  }
  kept_back_.clear();
  kept_back_bytes_ = 0;
  return {};
}

Result<void> FolderStore::settle_for(const std::string& path) {
  if (!kept_back_.contains(path)) return {};
  return settle();
}

Result<void> FolderStore::flush() {
  TRY(settle());
  if (in_groups_ && unsynced_folders_.size() > kFoldersSyncedOneByOneMax) {
    TRY(fs_.sync_file_system(root_));
    unsynced_folders_.clear();
  }
  for (const std::string& folder : unsynced_folders_) TRY(fs_.sync_folder(folder));
  unsynced_folders_.clear();
  for (const std::string& folder : emptied_folders_) {
    const auto synced = fs_.sync_folder(folder);
    if (!synced && synced.error().code() != Code::not_found) return synced;  // gone with all its names, by another run
  }
  emptied_folders_.clear();
  return {};
}

Result<void> FolderStore::remove(const ObjectName& name) {
  TRY(settle());
  TRY(fs_.remove(join(root_, name.text())));
  for (std::string folder = parent_of(name.text()); folder != "."; folder = parent_of(folder)) {
    const std::string path = join(root_, folder);
    emptied_folders_.insert(path);
    if (!fs_.remove(path)) break;  // not empty: the rest is somebody's
    emptied_folders_.erase(path);
    unsynced_folders_.erase(path);
    known_folders_.erase(path);
  }
  return {};
}

Result<void> FolderStore::move(const ObjectName& from, const ObjectName& to, std::uint64_t bytes_max) {
  const std::string old_path = join(root_, from.text());
  const std::string path = join(root_, to.text());
  TRY(settle());
  TRY(make_parent(path));
  auto moved = fs_.rename_new(old_path, path);
  const bool is_taken = !moved && moved.error().code() == Code::conflict;
  if (!moved && !is_taken) return moved;
  if (is_taken) {
    TRY_ASSIGN(const Bytes there, get(to, bytes_max));
    TRY_ASSIGN(const Bytes here, get(from, bytes_max));
    if (!equal(there, here)) return moved;
  }
  TRY(fs_.sync_folder(parent_of(path)));
  // A power cut can leave one object under both names.
  if (is_taken) TRY(fs_.remove(old_path));
  return fs_.sync_folder(parent_of(old_path));
}

Result<std::unique_ptr<FileLock>> FolderStore::lock(const ObjectName& name) {
  const std::string path = join(root_, name.text());
  TRY(make_parent(path));
  return fs_.lock(path);
}

Result<std::vector<std::string>> FolderStore::list(const ObjectName& folder) {
  TRY(settle());
  auto names = fs_.list(join(root_, folder.text()));
  if (!names && names.error().code() == Code::not_found) return std::vector<std::string>{};
  return names;
}

Result<std::string> FolderStore::make_staged_name() {
  if (staging_.empty()) {
    TRY_ASSIGN(auto folder, make_staging_folder(fs_, root_, random_));
    staging_ = folder.path;
    staging_lock_ = std::move(folder.lock);
  }
  return join(staging_, std::to_string(staged_count_++));
}

Result<std::string> FolderStore::write_staged(ByteView bytes) {
  TRY_ASSIGN(std::string path, make_staged_name());
  if (auto written = write_new(fs_, path, bytes); !written) {
    static_cast<void>(fs_.remove(path).has_value());  // gives the space back at once when the disk is full
    return written.error();
  }
  return path;
}

Result<void> FolderStore::make_parent(const std::string& path) {
  const std::string folder = parent_of(path);
  if (known_folders_.contains(folder)) return {};
  if (in_groups_ && folder != root_) {
    // As make_folders() does, and the names are synced with the group. One that is there already may be the work of a
    // run that was cut off before it synced the name.
    TRY(make_parent(folder));
    const auto made = fs_.make_folder(folder);
    if (!made && made.error().code() != Code::conflict) return made;
    unsynced_folders_.insert(parent_of(folder));
  } else {
    TRY(make_folders(fs_, folder));
  }
  known_folders_.insert(folder);
  return {};
}

Result<std::optional<Bytes>> FolderHead::read() {
  auto bytes = read_file(fs_, path_, kHeadBytesMax);
  if (!bytes && bytes.error().code() == Code::not_found) return std::optional<Bytes>{};
  if (!bytes) return bytes.error();
  TRY(fs_.sync_folder(parent_of(path_)));  // an earlier run may have been cut off before it synced what is built on now
  return std::optional<Bytes>(std::move(*bytes));
}

Result<void> FolderHead::compare_and_swap(const std::optional<Bytes>& expected, ByteView desired) {
  TRY(make_folders(fs_, parent_of(path_)));
  TRY_ASSIGN(const auto lock, fs_.lock(path_ + ".lock"));
  TRY_ASSIGN(const auto current, read());
  const bool as_expected = current.has_value() == expected.has_value() && (!current || equal(*current, *expected));
  if (!as_expected) return Error(Code::conflict, "another writer has changed " + path_ + " meanwhile");
  return replace_durably(fs_, path_, desired);
}

}  // namespace muniment
