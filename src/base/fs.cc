#include "base/fs.h"

#include <algorithm>

namespace muniment {

std::string_view name_of(FileType type) {
  switch (type) {
    case FileType::file: return "file";
    case FileType::folder: return "folder";
    case FileType::link: return "link";
    case FileType::fifo: return "FIFO";
    case FileType::socket: return "socket";
    case FileType::device: return "device";
  }
  panic(__FILE__, __LINE__, "unknown file type");
}

std::string join(std::string_view folder, std::string_view name) {
  if (folder.empty() || folder == ".") return std::string(name);
  std::string path(folder);
  if (path.back() != '/') path += '/';
  return path.append(name);
}

namespace {

std::string_view without_edge_slashes(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return path;
}

}  // namespace

std::string parent_of(std::string_view path) {
  path = without_edge_slashes(path);
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(without_edge_slashes(path.substr(0, slash + 1)));
}

std::string name_in(std::string_view path) {
  path = without_edge_slashes(path);
  return std::string(path.substr(path.rfind('/') + 1));
}

bool lies_in(std::string_view path, std::string_view folder) {
  return path == folder || folder == "/" || (path.starts_with(folder) && path[folder.size()] == '/');
}

Result<bool> exists(Fs& fs, const std::string& path) {
  const auto info = fs.info(path);
  if (info) return true;
  if (info.error().code() == Code::not_found) return false;
  return info.error();
}

Result<Bytes> read_file(Fs& fs, const std::string& path, std::uint64_t bytes_max) {
  TRY_ASSIGN(const auto file, fs.open(path));
  TRY_ASSIGN(const FileInfo info, file->info());
  const Error too_large(Code::limit, path + ": larger than the " + std::to_string(bytes_max) + " bytes allowed here");
  if (info.size_bytes > bytes_max) return too_large;
  // One byte more than announced, so that a file that grows meanwhile is seen.
  Bytes bytes(static_cast<std::size_t>(info.size_bytes) + 1);
  std::size_t filled = 0;
  for (;;) {
    TRY_ASSIGN(const std::size_t count, file->read(MutableBytes(bytes).subspan(filled)));
    filled += count;
    if (filled > bytes_max) return too_large;
    if (filled < bytes.size()) break;  // the end
    bytes.resize(bytes.size() * 2);
  }
  bytes.resize(filled);
  return bytes;
}

Result<void> write_new(Fs& fs, const std::string& path, ByteView bytes) {
  TRY_ASSIGN(const auto file, fs.create(path));
  TRY(file->write(bytes));
  return file->sync();
}

namespace {

/// The bytes in a new file beside `path`, synced, ready to be renamed.
Result<void> write_beside(Fs& fs, const std::string& fresh, ByteView bytes) {
  auto written = write_new(fs, fresh, bytes);
  if (!written && written.error().code() != Code::conflict) {
    static_cast<void>(fs.remove(fresh).has_value());  // gives the space back when the disk is full
  }
  return written;
}

}  // namespace

Result<void> replace_durably(Fs& fs, const std::string& path, ByteView bytes) {
  const std::string fresh = path + ".new";
  // Left by an earlier run that was cut off before its rename: never reported, never named by anything.
  if (auto removed = fs.remove(fresh); !removed && removed.error().code() != Code::not_found) return removed.error();
  TRY(write_beside(fs, fresh, bytes));
  TRY(fs.rename(fresh, path));
  return fs.sync_folder(parent_of(path));
}

Result<void> create_durably(Fs& fs, const std::string& path, ByteView bytes) {
  // Beside a file of a person's own choosing nothing is ours to remove: a free name is taken.
  constexpr int kTriesMax = 100;
  std::string fresh = path + ".new";
  auto written = write_beside(fs, fresh, bytes);
  for (int i = 1; i < kTriesMax && !written && written.error().code() == Code::conflict; ++i) {
    fresh = path + ".new" + std::to_string(i);
    written = write_beside(fs, fresh, bytes);
  }
  if (!written) return written;
  if (auto renamed = fs.rename_new(fresh, path); !renamed) {
    static_cast<void>(fs.remove(fresh).has_value());
    return renamed;
  }
  return fs.sync_folder(parent_of(path));
}

Result<void> make_folders(Fs& fs, const std::string& path) {
  std::vector<std::string> missing;
  for (std::string folder = path;; folder = parent_of(folder)) {
    TRY_ASSIGN(const bool present, exists(fs, folder));
    if (present) {
      // It may be the work of a run that was cut off before it synced the name. Above what we may read,
      // nothing of ours was made.
      const auto synced = fs.sync_folder(parent_of(folder));
      if (!synced && synced.error().code() != Code::denied) return synced;
      break;
    }
    missing.push_back(folder);
  }
  std::reverse(missing.begin(), missing.end());
  for (const std::string& folder : missing) {
    const auto made = fs.make_folder(folder);
    if (!made && made.error().code() != Code::conflict) return made;  // another writer may have been faster
    TRY(fs.sync_folder(parent_of(folder)));
  }
  return {};
}

Result<void> remove_tree(Fs& fs, const std::string& path) {
  // Depth first without recursion: a folder is put back under its children and removed after them.
  std::vector<std::pair<std::string, bool>> pending{{path, false}};
  while (!pending.empty()) {
    const auto [item, emptied] = pending.back();
    pending.pop_back();
    TRY_ASSIGN(const FileInfo info, fs.info(item));
    if (info.type != FileType::folder || emptied) {
      TRY(fs.remove(item));
      continue;
    }
    pending.emplace_back(item, true);
    TRY_ASSIGN(const auto names, fs.list(item));
    for (const std::string& name : names) pending.emplace_back(join(item, name), false);
  }
  return {};
}

}  // namespace muniment
