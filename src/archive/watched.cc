#include "archive/watched.h"

#include <algorithm>

#include "base/encoding.h"
#include "crypto/kdf.h"

namespace muniment {
namespace {

constexpr std::string_view kWatchedTitle = "muniment/watched/v1";
constexpr std::string_view kSaltKey = "salt ";
constexpr std::size_t kTagsMax = 1'000'000;
constexpr std::uint64_t kWatchedBytesMax = 64 << 20;

template <std::size_t kSize>
Result<std::array<std::uint8_t, kSize>> parse_digits(std::string_view text) {
  TRY_ASSIGN(const Bytes bytes, from_hex(text));
  std::array<std::uint8_t, kSize> value{};
  if (bytes.size() != kSize) return Error(Code::corrupt, "not the digits of a record");
  std::ranges::copy(bytes, value.begin());
  return value;
}

}  // namespace

WatchedRecord::WatchedRecord(Random& random) { random.fill(salt_); }

Result<WatchedRecord> WatchedRecord::parse(std::string_view text) {
  TRY_ASSIGN(const auto lines, split_lines(text, kTagsMax + 2));
  if (lines.size() < 2 || lines[0] != kWatchedTitle || !lines[1].starts_with(kSaltKey))
    return Error(Code::corrupt, "this is no record of a watched folder");
  TRY_ASSIGN(const auto salt, parse_digits<32>(lines[1].substr(kSaltKey.size())));
  WatchedRecord record(salt);
  for (std::size_t i = 2; i < lines.size(); ++i) {
    TRY_ASSIGN(const WatchedTag tag, parse_digits<std::tuple_size_v<WatchedTag>>(lines[i]));
    if (!record.tags_.empty() && tag <= *record.tags_.rbegin())
      return Error(Code::corrupt, "the lines of a record of a watched folder are out of order");
    record.tags_.insert(record.tags_.end(), tag);
  }
  return record;
}

std::string WatchedRecord::render() const {
  std::string text = std::string(kWatchedTitle) + "\n" + std::string(kSaltKey) + to_hex(salt_) + "\n";
  for (const WatchedTag& tag : tags_) text += to_hex(tag) + "\n";
  return text;
}

WatchedTag WatchedRecord::tag_of(const std::string& path, const FileInfo& info) const {
  // A path holds no NUL, so that the three cannot run into each other.
  std::string message = path;
  message += '\0' + std::to_string(info.size_bytes) + '\0' + std::to_string(info.modified_ns);
  const Mac mac = hmac_sha256(salt_, as_view(message));
  WatchedTag tag{};
  std::copy_n(mac.begin(), tag.size(), tag.begin());
  return tag;
}

void WatchedRecord::add(const WatchedTag& tag) {
  if (tags_.size() < kTagsMax) tags_.insert(tag);
}

void WatchedRecord::keep_only(const std::set<WatchedTag>& tags) {
  std::erase_if(tags_, [&](const WatchedTag& tag) { return !tags.contains(tag); });
}

Result<WatchedFile> WatchedFile::open(Fs& fs, Random& random, const std::string& output) {
  const std::string folder = join(output, kWatchedFolder);
  const std::string path = join(folder, "record");
  TRY(make_folders(fs, folder));
  TRY_ASSIGN(auto lock, fs.lock(join(folder, "lock")));
  const auto text = read_file(fs, path, kWatchedBytesMax);
  if (text) {
    auto record = WatchedRecord::parse(as_text(*text));
    if (!record)
      return record.error().in(printable(path) + " (remove it, and what is still in the folder is sealed again)");
    return WatchedFile(fs, path, std::move(lock), std::move(*record));
  }
  if (text.error().code() != Code::not_found) return text.error();
  WatchedFile file(fs, path, std::move(lock), WatchedRecord(random));
  TRY(file.save());
  return file;
}

Result<void> WatchedFile::save() { return replace_durably(*fs_, path_, as_view(record_.render())); }

bool is_watched_folder(Fs& fs, const std::string& path) {
  if (name_in(path) != kWatchedFolder) return false;
  const auto file = fs.open(join(path, "record"));
  if (!file) return false;
  Bytes start(kWatchedTitle.size());
  const auto count = (*file)->read(start);
  return count && *count == start.size() && as_text(start) == kWatchedTitle;
}

}  // namespace muniment
