#include "archive/extract.h"

#include <set>

#include "base/encoding.h"

namespace muniment {
namespace {

bool climbs(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) return true;
  for (const std::string_view part : split(path, '/')) {
    if (part.empty() || part == "." || part == "..") return true;
  }
  return false;
}

}  // namespace

std::string safe_path(const ContentsFile& file) {
  constexpr std::string_view kPayload = "data/";
  return climbs(file.path) ? file.name.substr(kPayload.size()) : file.path;
}

FolderExtractor::FolderExtractor(const Doors& doors, std::string target, StagingFolder staging)
    : doors_(doors), target_(std::move(target)), staging_(std::move(staging)) {}

FolderExtractor::~FolderExtractor() { remove_staging_folder(doors_.fs, std::move(staging_)); }

Result<std::unique_ptr<FolderExtractor>> FolderExtractor::begin(const Doors& doors, std::string target) {
  TRY_ASSIGN(StagingFolder staging, make_staging_folder(doors.fs, target, doors.random));
  return std::unique_ptr<FolderExtractor>(new FolderExtractor(doors, std::move(target), std::move(staging)));
}

Result<void> FolderExtractor::begin_file(const ContentsFile& file) {
  const std::string staged = join(staging_.path, std::to_string(extracted_.size()));
  TRY_ASSIGN(output_, doors_.fs.create(staged));
  extracted_.push_back({.staged = staged, .path = join(target_, safe_path(file)), .modified_ns = file.modified_ns});
  return {};
}

Result<void> FolderExtractor::data(ByteView bytes) { return output_->write(bytes); }

Result<void> FolderExtractor::end_file(const ContentsFile& file) {
  TRY(output_->sync());
  output_.reset();
  return doors_.fs.set_modified(extracted_.back().staged, file.modified_ns);
}

/// Each file has a place of its own, and nothing is there yet. A true path is given once in the contents, but where it
/// climbs the name in the bag stands for it, and one path may be the folder of another.
Result<void> FolderExtractor::check_places() const {
  std::set<std::string> paths;
  for (const Extracted& file : extracted_) {
    if (!paths.insert(file.path).second) return Error(Code::conflict, "two files would be " + printable(file.path));
  }
  for (const Extracted& file : extracted_) {
    for (std::string folder = parent_of(file.path); folder != "." && folder != "/"; folder = parent_of(folder)) {
      if (paths.contains(folder)) return Error(Code::conflict, printable(folder) + " would be a file and a folder");
    }
    TRY_ASSIGN(const bool taken, exists(doors_.fs, file.path));
    if (taken) {
      return Error(Code::conflict,
                   printable(file.path) + " is there already. Nothing was written; open into another folder");
    }
  }
  return {};
}

Result<void> FolderExtractor::finish(const Contents& contents) {
  TRY(check_places());
  std::set<std::string> folders;
  for (const Extracted& file : extracted_) {
    const std::string folder = parent_of(file.path);
    if (!folders.insert(folder).second) continue;
    TRY(make_folders(doors_.fs, folder));
    TRY_ASSIGN(const FileInfo info, doors_.fs.info(folder));
    if (info.type == FileType::file) return Error(Code::conflict, printable(folder) + " is a file and in the way");
  }
  for (const Extracted& file : extracted_) TRY(doors_.fs.rename_new(file.staged, file.path));
  for (const ContentsOther& other : contents.others) {
    if (other.kind == "folder" && !climbs(other.path)) TRY(make_folders(doors_.fs, join(target_, other.path)));
  }
  for (const std::string& folder : folders) TRY(doors_.fs.sync_folder(folder));
  return {};
}

}  // namespace muniment
