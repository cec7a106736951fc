#include "archive/place.h"

#include <algorithm>
#include <array>
#include <utility>

#include "archive/receipt.h"
#include "base/encoding.h"
#include "crypto/sha256.h"

namespace muniment {
namespace {

constexpr const char* kBucketLock = "home/lock";
constexpr std::size_t kWriterBytes = 16;
constexpr std::uint64_t kWriterFileBytesMax = 64;

/// Both are let go of when this is destroyed; what could not be, the next run with the same folder takes over.
class BucketLock final : public FileLock {
 public:
  BucketLock(Store& store, std::unique_ptr<FileLock> own) : store_(store), own_(std::move(own)) {}
  BucketLock(const BucketLock&) = delete;
  BucketLock& operator=(const BucketLock&) = delete;
  ~BucketLock() override { static_cast<void>(store_.remove(ObjectName(kBucketLock)).has_value()); }

 private:
  Store& store_;
  std::unique_ptr<FileLock> own_;
};

/// Which bucket: not how it is reached.
std::string identity_of(const S3Address& address) {
  return "bucket " + address.host + "/" + address.bucket + (address.prefix.empty() ? "" : "/" + address.prefix);
}

}  // namespace

Result<void> FolderPlace::place_folder(const std::string& folder, const std::string& name) {
  const std::string target = join(store_.root(), name);
  TRY(make_folders(fs_, parent_of(target)));
  TRY(fs_.rename_new(folder, target));
  return fs_.sync_folder(parent_of(target));
}

BucketPlace::BucketPlace(const Doors& doors, std::unique_ptr<S3Bucket> bucket, std::unique_ptr<S3Bucket> for_head,
                         std::optional<std::string> state)
    : doors_(doors),
      identity_(identity_of(bucket->address())),
      store_(std::make_unique<S3Store>(std::move(bucket)), kTileCacheBytes),
      for_head_(std::move(for_head)),
      head_(*for_head_, ObjectName("home/head"), doors_.random),
      own_root_(std::move(state)) {
  // One folder of --state may serve several homes.
  constexpr std::size_t kDigits = 16;
  if (!own_root_) return;
  own_root_ = join(*own_root_, sha256(as_view(identity_)).hex().substr(0, kDigits));
  remembered_.emplace(head_, doors_.fs, join(*own_root_, "home/last-head"));
}

Result<std::string> BucketPlace::own_root() const {
  if (own_root_) return *own_root_;
  return Error(Code::invalid,
               "whoever works at a home in a bucket needs a folder of their own on this machine, in which deposits are "
               "sealed, and for what is nobody else's: give --state FOLDER, the same each time");
}

/// The name by which runs with this folder know each other.
Result<std::string> BucketPlace::writer() {
  TRY_ASSIGN(const std::string own, own_root());
  const std::string path = join(own, "home/writer");
  const auto present = read_file(doors_.fs, path, kWriterFileBytesMax);
  if (present) return std::string(as_text(*present));
  if (present.error().code() != Code::not_found) return present.error();
  std::array<std::uint8_t, kWriterBytes> number{};
  doors_.random.fill(number);
  std::string text = "writer " + to_hex(number) + "\n";
  TRY(replace_durably(doors_.fs, path, as_view(text)));
  TRY(doors_.fs.sync_folder(join(own, "home")));
  return text;
}

Result<std::unique_ptr<FileLock>> BucketPlace::lock() {
  TRY_ASSIGN(const std::string own, own_root());
  TRY(make_folders(doors_.fs, join(own, "home")));
  TRY_ASSIGN(auto own_lock, doors_.fs.lock(join(own, "home/lock")));
  TRY_ASSIGN(const std::string text, writer());
  const auto locked = store_.put(ObjectName(kBucketLock), as_view(text));
  if (!locked && locked.error().code() == Code::conflict) {
    return Error(Code::conflict,
                 "another writer is at work at " + store_.where() +
                     ", or was cut off there and has not come back. Nothing was done. Run it again; if that writer is "
                     "gone for good, remove the object home/lock with the service's own tools");
  }
  if (!locked) return locked.error();
  return std::unique_ptr<FileLock>(std::make_unique<BucketLock>(store_, std::move(own_lock)));
}

Result<void> BucketPlace::place_folder(const std::string& folder, const std::string& name) {
  TRY_ASSIGN(auto files, doors_.fs.list(folder));
  // As everywhere the receipt comes last: a deposit that has one is whole.
  std::ranges::sort(files, {}, [](const std::string& file) { return std::pair(file == "receipt", file); });
  for (const std::string& file : files) {
    TRY_ASSIGN(const ObjectName object, ObjectName::parse(name + "/" + file));
    TRY_ASSIGN(const Bytes bytes, read_file(doors_.fs, join(folder, file), kContentsBytesMax));
    TRY(store_.put(object, bytes));
  }
  TRY(store_.flush());
  return remove_tree(doors_.fs, folder);
}

}  // namespace muniment
