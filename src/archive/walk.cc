#include "archive/walk.h"

namespace muniment {

std::string recorded_name(const std::string& path) {
  const std::string name = name_in(path);
  return name.empty() || name == "." || name == ".." ? "files" : name;
}

std::string why_unread(const Error& error) {
  return error.code() == Code::not_found ? "vanished before it could be read" : error.sentence();
}

SourceWalk::SourceWalk(Fs& fs, const std::string& path) : fs_(fs) { first_ = visit(path, recorded_name(path)); }

std::optional<SourceItem> SourceWalk::next() {
  if (first_) {
    auto item = std::move(first_);
    first_.reset();
    return item;
  }
  while (!folders_.empty()) {
    Folder& folder = folders_.back();
    if (folder.next == folder.names.size()) {
      folders_.pop_back();
      continue;
    }
    const std::string name = std::move(folder.names[folder.next++]);
    const PackageKind package = folder.package;
    // visit() may add a folder and so move this one: nothing of it is used afterwards.
    auto item = visit(join(folder.fs_path, name), folder.true_path + "/" + name);
    if (!item) continue;
    item->package = package;
    return item;
  }
  return std::nullopt;
}

/// The item itself, or nothing for a folder that now waits on the stack.
std::optional<SourceItem> SourceWalk::visit(std::string fs_path, std::string true_path) {
  SourceItem item{.kind = SourceItem::Kind::left_out,
                  .fs_path = std::move(fs_path),
                  .true_path = std::move(true_path),
                  .info = {},
                  .reason = {},
                  .package = PackageKind::none};
  const auto info = fs_.info(item.fs_path);
  if (!info) {
    item.reason = why_unread(info.error());
    return item;
  }
  item.info = *info;
  switch (info->type) {
    case FileType::file: item.kind = SourceItem::Kind::file; return item;
    case FileType::link: item.kind = SourceItem::Kind::link; return item;
    case FileType::folder: break;
    case FileType::fifo:
    case FileType::socket:
    case FileType::device: item.reason = "is a " + std::string(name_of(info->type)) + " and not a file"; return item;
  }
  auto names = fs_.list(item.fs_path);
  if (!names) {
    item.reason = names.error().sentence();
    return item;
  }
  if (names->empty()) {
    item.kind = SourceItem::Kind::empty_folder;
    return item;
  }
  const PackageKind package = recognise_package(*names);
  folders_.push_back({std::move(item.fs_path), std::move(item.true_path), std::move(*names), 0, package});
  return std::nullopt;
}

}  // namespace muniment
