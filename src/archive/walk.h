// Walks over what a person gives: files and folders, in the order of their bytes, one at a time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "archive/packages.h"
#include "base/fs.h"

namespace muniment {

struct SourceItem {
  enum class Kind { file, link, empty_folder, left_out };
  Kind kind = Kind::file;
  std::string fs_path;    // for the file system
  std::string true_path;  // for the record: starts with the name of what was given
  FileInfo info;
  std::string reason;                       // for left_out: why, as a sentence's end
  PackageKind package = PackageKind::none;  // of the folder that it lies in
};

/// The name under which a given path is recorded: the last one in it, or "files" for "." and "/".
std::string recorded_name(const std::string& path);

/// Why something could not be looked at or read, as SourceItem::reason says it.
std::string why_unread(const Error& error);

/// Holds the names of the folders on the way to the current item and nothing more.
class SourceWalk {
 public:
  /// `path` exists.
  SourceWalk(Fs& fs, const std::string& path);

  /// The next item, or nothing at the end. What cannot be looked at is an item of kind left_out, not an error.
  std::optional<SourceItem> next();

 private:
  struct Folder {
    std::string fs_path;
    std::string true_path;
    std::vector<std::string> names;
    std::size_t next = 0;
    PackageKind package = PackageKind::none;
  };

  std::optional<SourceItem> visit(std::string fs_path, std::string true_path);

  Fs& fs_;
  std::optional<SourceItem> first_;  // what was given, when it is not a folder with something in it
  std::vector<Folder> folders_;
};

}  // namespace muniment
