#include "archive/carried.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "archive/receipt.h"
#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::size_t kCarriedReadBytes = 1 << 20;
constexpr std::size_t kFolderBytesMax = 100;
constexpr std::size_t kFoldersMax = 10'000;
constexpr std::string_view kPartPrefix = "part-";
constexpr std::size_t kPartDigits = 7;
constexpr std::string_view kAgeFirstLine = "age-encryption.org/v1\n";

bool is_folder_character(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-'; }

/// The most that an object of this name can have; nothing for a name that none has.
std::optional<std::uint64_t> size_max_of(std::string_view name) {
  if (name == "receipt") return kReceiptBytesMax;
  if (name == "header-0") return kHeaderBytesMax;
  if (name == "contents-0.age") return kContentsBytesMax;
  if (name == "SHA256SUMS") return kPartsMax * kSumsLineBytes;
  const bool is_part = name.starts_with(kPartPrefix) && name.size() == kPartPrefix.size() + kPartDigits &&
                       std::ranges::all_of(name.substr(kPartPrefix.size()), is_digit);
  return is_part ? std::optional(kPartBytes) : std::nullopt;
}

/// Learns whether the first entry is the age header of a deposit, and stops.
class FirstEntry final : public bag::TarHandler {
 public:
  Result<void> begin_file(const bag::TarEntry& entry) override {
    const auto object = parse_carried_entry(entry);
    if (!object || object->name != "header-0") return Error(Code::corrupt, "not a header");
    return {};
  }
  Result<void> data(ByteView bytes) override {
    const std::size_t missing = kAgeFirstLine.size() - start_.size();
    start_ += as_text(bytes.first(std::min(bytes.size(), missing)));
    if (start_.size() < kAgeFirstLine.size()) return {};
    is_age_ = start_ == kAgeFirstLine;
    return Error(Code::limit, "enough was read");
  }
  Result<void> end_file() override { return Error(Code::corrupt, "too short"); }
  bool is_age() const { return is_age_; }

 private:
  std::string start_;
  bool is_age_ = false;
};

class Unpacker final : public bag::TarHandler {
 public:
  Unpacker(Fs& fs, const std::string& target) : fs_(fs), target_(target) {}

  Result<void> begin_file(const bag::TarEntry& entry) override {
    TRY_ASSIGN(const CarriedObject object, parse_carried_entry(entry));
    const std::string folder = join(target_, object.folder);
    if (std::ranges::find(unpacked_.folders, object.folder) == unpacked_.folders.end()) {
      if (unpacked_.folders.size() == kFoldersMax) return Error(Code::limit, "it holds too many deposits");
      TRY(own(fs_.make_folder(folder)));
      unpacked_.folders.push_back(object.folder);
    }
    auto created = fs_.create(join(folder, object.name));
    if (!created && created.error().code() == Code::conflict) {
      return Error(Code::corrupt, "it holds " + entry.name + " twice");
    }
    if (!created) return own(created.error());
    file_ = std::move(*created);
    return {};
  }
  Result<void> data(ByteView bytes) override { return own(file_->write(bytes)); }
  Result<void> end_file() override {
    file_.reset();
    return {};
  }

  /// Of writing, not of the tar.
  const std::optional<Error>& own_trouble() const { return own_trouble_; }
  Unpacked& unpacked() { return unpacked_; }

 private:
  Result<void> own(Result<void> result) {
    if (!result) own_trouble_ = result.error();
    return result;
  }

  Fs& fs_;
  const std::string& target_;
  std::unique_ptr<OutputFile> file_;
  std::optional<Error> own_trouble_;
  Unpacked unpacked_;
};

}  // namespace

Result<CarriedObject> parse_carried_entry(const bag::TarEntry& entry) {
  const std::size_t slash = entry.name.find('/');
  CarriedObject object{.folder = entry.name.substr(0, slash), .name = {}};
  if (slash != std::string::npos) object.name = entry.name.substr(slash + 1);
  const auto size_max = size_max_of(object.name);
  const bool is_folder = !object.folder.empty() && object.folder.size() <= kFolderBytesMax &&
                         object.folder.front() != '-' && std::ranges::all_of(object.folder, is_folder_character);
  if (!is_folder || !size_max) {
    return Error(Code::corrupt, "it holds " + printable(entry.name, 100) + ", which is no object of a sealed deposit");
  }
  if (entry.size_bytes > *size_max)
    return Error(Code::limit, printable(entry.name, 200) + " is larger than any object of that name");
  return object;
}

bool is_carried_file(Fs& fs, const std::string& path) {
  const auto input = fs.open(path);
  if (!input) return false;
  // A pax header is no part of what the page makes: the first file's front is one block.
  Bytes buffer(2 * bag::kTarBlockBytes);
  std::size_t used = 0;
  while (used < buffer.size()) {
    const auto count = (*input)->read(MutableBytes(buffer).subspan(used));
    if (!count) return false;
    if (*count == 0) break;
    used += *count;
  }
  FirstEntry first;
  bag::TarReader reader(first);
  static_cast<void>(reader.write(ByteView(buffer).first(used)).has_value());  // it stops at what it looked for
  return first.is_age();
}

Result<Unpacked> unpack_carried(Fs& fs, const std::string& path, const std::string& target) {
  TRY_ASSIGN(const auto input, fs.open(path));
  Unpacker unpacker(fs, target);
  bag::TarReader reader(unpacker);
  Bytes buffer(kCarriedReadBytes);
  Result<void> taken;
  while (taken) {
    TRY_ASSIGN(const std::size_t count, input->read(buffer));
    taken = count == 0 ? reader.finish() : reader.write(ByteView(buffer).first(count));
    if (count == 0) break;
  }
  if (unpacker.own_trouble()) return *unpacker.own_trouble();
  if (!taken) unpacker.unpacked().trouble = taken.error().sentence();
  return std::move(unpacker.unpacked());
}

}  // namespace muniment
