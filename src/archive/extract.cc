#include "archive/extract.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr const char* kWorkplace = ".muniment-opening";
constexpr std::size_t kFilesSyncedOneByOneMax = 16;
constexpr std::size_t kNameBytesMax = 255;
constexpr std::size_t kPathBytesMax = 3800;

bool climbs(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) return true;
  for (const std::string_view part : split(path, '/')) {
    if (part.empty() || part == "." || part == "..") return true;
  }
  return false;
}

/// Whether a disk of ours can hold the path below some folder.
bool fits(std::string_view path) {
  const auto parts = split(path, '/');
  return !climbs(path) && path.size() <= kPathBytesMax &&
         std::ranges::all_of(parts, [](std::string_view part) { return part.size() <= kNameBytesMax; });
}

std::string name_in_bag(const ContentsFile& file) {
  constexpr std::string_view kPayload = "data/";
  return file.name.substr(kPayload.size());
}

}  // namespace

bool true_paths_fit(const Contents& contents) {
  std::set<std::string_view> paths;
  for (const ContentsFile& file : contents.files) {
    if (!fits(file.path)) return false;
    paths.insert(file.path);
  }
  for (const ContentsFile& file : contents.files) {
    for (std::string folder = parent_of(file.path); folder != "."; folder = parent_of(folder)) {
      if (paths.contains(folder)) return false;
    }
  }
  return true;
}

std::string safe_path(const ContentsFile& file, bool true_paths) { return true_paths ? file.path : name_in_bag(file); }

FolderExtractor::FolderExtractor(const Doors& doors, std::string target, StagingFolder staging)
    : doors_(doors), target_(std::move(target)), staging_(std::move(staging)) {
  to_disk_.emplace(doors.work, [this](ByteView bytes) { return output_->write(bytes); });
}

FolderExtractor::~FolderExtractor() {
  to_disk_.reset();  // nothing is written any more into what is removed
  remove_staging_folder(doors_.fs, std::move(staging_));
}

Result<std::unique_ptr<FolderExtractor>> FolderExtractor::begin(const Doors& doors, std::string target) {
  TRY_ASSIGN(StagingFolder staging, make_staging_folder(doors.fs, target, doors.random, kWorkplace));
  const auto system = doors.fs.file_system(staging.path);
  std::unique_ptr<FolderExtractor> extractor(new FolderExtractor(doors, std::move(target), std::move(staging)));
  extractor->syncs_whole_ = system && system->syncs_whole;
  return extractor;
}

Result<void> FolderExtractor::begin_file(const ContentsFile& file) {
  const std::string staged = join(staging_.path, std::to_string(extracted_.size()));
  extracted_.push_back({.staged = staged, .name = file.name, .modified_ns = file.modified_ns});
  return to_disk_->then([this, staged]() -> Result<void> {
    TRY_ASSIGN(output_, doors_.fs.create(staged));
    return {};
  });
}

Result<void> FolderExtractor::data(ByteView bytes) { return to_disk_->write(bytes); }

Result<void> FolderExtractor::end_file(const ContentsFile& file) {
  const bool waits = syncs_whole_ && extracted_.size() > kFilesSyncedOneByOneMax;
  if (waits) has_unsynced_ = true;
  return to_disk_->then([this, staged = extracted_.back().staged, waits, modified_ns = file.modified_ns] {
    return end_output(staged, waits, modified_ns);
  });
}

Result<void> FolderExtractor::end_output(const std::string& staged, bool waits, std::int64_t modified_ns) {
  if (!waits) TRY(output_->sync());
  output_.reset();
  return doors_.fs.set_modified(staged, modified_ns);
}

Result<void> FolderExtractor::finish(const Contents& contents) {
  TRY(to_disk_->finish());
  const bool true_paths = true_paths_fit(contents);
  std::map<std::string, std::string> places;  // by name in the bag
  for (const ContentsFile& file : contents.files) {
    const std::string path = join(target_, safe_path(file, true_paths));
    TRY_ASSIGN(const bool taken, exists(doors_.fs, path));
    if (taken) {
      return Error(Code::conflict,
                   printable(path) + " is there already. Nothing was written; open into another folder");
    }
    places.emplace(file.name, path);
  }
  if (has_unsynced_) TRY(doors_.fs.sync_file_system(staging_.path));
  std::set<std::string> folders;
  for (const auto& [name, path] : places) {
    const std::string folder = parent_of(path);
    if (!folders.insert(folder).second) continue;
    TRY(make_folders(doors_.fs, folder));
    TRY_ASSIGN(const FileInfo info, doors_.fs.info(folder));
    if (info.type == FileType::file) return Error(Code::conflict, printable(folder) + " is a file and in the way");
  }
  for (const Extracted& file : extracted_) TRY(doors_.fs.rename_new(file.staged, places.at(file.name)));
  for (const ContentsOther& other : contents.others) {
    if (other.kind != "folder" || !fits(other.path)) continue;
    // The contents keep it as well: an empty folder that cannot be made stops nobody.
    static_cast<void>(make_folders(doors_.fs, join(target_, other.path)).has_value());
  }
  for (const std::string& folder : folders) TRY(doors_.fs.sync_folder(folder));
  return {};
}

Result<std::vector<std::string>> find_unfinished_openings(Fs& fs, const std::string& target) {
  auto names = fs.list(join(target, kWorkplace));
  if (!names && names.error().code() == Code::not_found) return std::vector<std::string>{};
  if (!names) return names.error();
  for (std::string& name : *names) name = join(join(target, kWorkplace), name);
  return names;
}

}  // namespace muniment
