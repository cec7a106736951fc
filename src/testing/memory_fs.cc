#include "testing/memory_fs.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::size_t kWorkingFolder = 0;
constexpr std::size_t kRoot = 1;
constexpr std::size_t kNameBytesMax = 255;  // NAME_MAX
constexpr int kLinksMax = 40;               // as Linux: more is a loop

bool is_absolute(std::string_view path) { return path.starts_with('/'); }

/// The names of a path from first to last, without empty ones and ".".
std::vector<std::string> names_of(std::string_view path) {
  std::vector<std::string> names;
  for (const std::string_view name : split(path, '/')) {
    if (!name.empty() && name != ".") names.emplace_back(name);
  }
  return names;
}

/// Puts the names of a path on top of a stack, so that its first name comes off first.
void push_names(std::vector<std::string>& stack, std::string_view path) {
  std::vector<std::string> names = names_of(path);
  std::move(names.rbegin(), names.rend(), std::back_inserter(stack));
}

/// One text for all spellings of a path.
std::string normal(std::string_view path) {
  std::string text = is_absolute(path) ? "/" : "";
  for (const std::string& name : names_of(path)) text = join(text, name);
  return text;
}

}  // namespace

Error MemoryFs::Act::failed(Code code, std::string_view cause) const {
  return {code, "cannot " + std::string(doing) + " " + printable(path) + ": " + std::string(cause)};
}

class MemoryFs::Input final : public InputFile {
 public:
  Input(MemoryFs& fs, NodeId node, const std::string& path) : fs_(fs), node_(node), path_(path), boot_(fs.boot_) {}

  Result<std::size_t> read(MutableBytes buffer) override {
    TRY(fs_.check_power({"read", path_}, boot_));
    if (const auto hook = fs_.hooks_.find(normal(path_)); hook != fs_.hooks_.end()) {
      const ReadHook call = hook->second;  // a copy: the call may replace itself
      TRY(call(offset_));
    }
    const Bytes& contents = fs_.nodes_[node_].contents;
    const std::size_t start = std::min(offset_, contents.size());  // it may have shrunk
    const std::size_t count = std::min(buffer.size(), contents.size() - start);
    const ByteView taken = ByteView(contents).subspan(start, count);
    std::copy(taken.begin(), taken.end(), buffer.begin());
    offset_ = start + count;
    return count;
  }

  Result<FileInfo> info() override {
    TRY(fs_.check_power({"look at", path_}, boot_));
    return fs_.info_of(node_);
  }

 private:
  MemoryFs& fs_;
  NodeId node_;
  std::string path_;
  std::uint64_t boot_;
  std::size_t offset_ = 0;
};

class MemoryFs::Output final : public OutputFile {
 public:
  Output(MemoryFs& fs, NodeId node, const std::string& path) : fs_(fs), node_(node), path_(path), boot_(fs.boot_) {}

  Result<void> write(ByteView bytes) override {
    const Act act{"write", path_};
    TRY(fs_.check_power(act, boot_));
    Node& node = fs_.nodes_[node_];
    if (const auto begun = fs_.begin(act); !begun) {
      if (!fs_.power_) append(node.contents, bytes.first(bytes.size() / 2));
      return begun;
    }
    fs_.touch(node);
    const std::uint64_t used = fs_.bytes_max_ == UINT64_MAX ? 0 : fs_.used_bytes();
    const std::uint64_t room = fs_.bytes_max_ - std::min(fs_.bytes_max_, used);
    append(node.contents, bytes.first(std::min<std::uint64_t>(room, bytes.size())));
    if (room < bytes.size()) return act.failed(Code::io, "No space left on device");
    return {};
  }

  Result<void> sync() override {
    const Act act{"sync", path_};
    TRY(fs_.check_power(act, boot_));
    TRY(fs_.begin(act));
    fs_.nodes_[node_].synced_bytes = fs_.nodes_[node_].contents.size();
    return {};
  }

 private:
  MemoryFs& fs_;
  NodeId node_;
  std::string path_;
  std::uint64_t boot_;
};

class MemoryFs::Lock final : public FileLock {
 public:
  Lock(MemoryFs& fs, NodeId node) : fs_(fs), node_(node), boot_(fs.boot_) { fs.nodes_[node].locked = true; }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  ~Lock() override {
    if (boot_ == fs_.boot_) fs_.nodes_[node_].locked = false;
  }

 private:
  MemoryFs& fs_;
  NodeId node_;
  std::uint64_t boot_;
};

MemoryFs::MemoryFs() {
  static std::atomic<std::uint64_t> disks = 0;
  disk_ = ++disks;
  MUNIMENT_CHECK(make_node(FileType::folder) == kWorkingFolder);
  MUNIMENT_CHECK(make_node(FileType::folder) == kRoot);
}

// Preparing and looking behind the curtain.

MemoryFs::Node& MemoryFs::seed_node(const std::string& path, FileType type) {
  const std::vector<std::string> names = names_of(path);
  NodeId at = is_absolute(path) ? kRoot : kWorkingFolder;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const FileType wanted = i + 1 == names.size() ? type : FileType::folder;
    const auto found = nodes_[at].names.find(names[i]);
    const NodeId id = found != nodes_[at].names.end() ? found->second : make_node(wanted);
    MUNIMENT_CHECK(nodes_[id].type == wanted);
    nodes_[at].names[names[i]] = id;
    nodes_[at].durable_names[names[i]] = id;
    nodes_[at].changed.erase(names[i]);
    at = id;
  }
  return nodes_[at];
}

void MemoryFs::seed(const std::string& path, ByteView bytes) {
  Node& node = seed_node(path, FileType::file);
  node.contents.assign(bytes.begin(), bytes.end());
  node.synced_bytes = bytes.size();
  touch(node);
}

void MemoryFs::seed_folder(const std::string& path) { seed_node(path, FileType::folder); }

void MemoryFs::seed_link(const std::string& path, const std::string& target) {
  seed_node(path, FileType::link).target = target;
}

void MemoryFs::seed_special(const std::string& path, FileType type) { seed_node(path, type); }

void MemoryFs::seed_mode(const std::string& path, std::uint32_t mode) {
  const auto id = locate_present({"look at", path});
  MUNIMENT_CHECK(id.has_value());
  nodes_[*id].mode = mode;
  nodes_[*id].changed_ns = next_time();
}

void MemoryFs::seed_mount(const std::string& path, bool in_memory) {
  seed_node(path, FileType::folder).mounted = FileSystem{.number = ++mounts_, .in_memory = in_memory};
}

MemoryFs::Node& MemoryFs::present_file(const std::string& path) {
  // By names only: decay does not wait for the power to come back.
  NodeId at = is_absolute(path) ? kRoot : kWorkingFolder;
  for (const std::string& name : names_of(path)) {
    const auto found = nodes_[at].names.find(name);
    MUNIMENT_CHECK(found != nodes_[at].names.end());
    at = found->second;
  }
  MUNIMENT_CHECK(nodes_[at].type == FileType::file);
  return nodes_[at];
}

void MemoryFs::corrupt(const std::string& path, std::size_t offset) {
  Bytes& contents = present_file(path).contents;
  MUNIMENT_CHECK(offset < contents.size());
  contents[offset] ^= 1;
}

void MemoryFs::truncate(const std::string& path, std::size_t size) {
  Node& node = present_file(path);
  MUNIMENT_CHECK(size <= node.contents.size());
  node.contents.resize(size);
  node.synced_bytes = std::min(node.synced_bytes, size);
}

void MemoryFs::fail_at(std::uint64_t n, Code code, std::string sentence) {
  fail_at_ = n;
  failure_ = Error(code, std::move(sentence));
}

void MemoryFs::on_read(const std::string& path, ReadHook hook) { hooks_[normal(path)] = std::move(hook); }

std::map<std::string, Bytes> MemoryFs::files() const {
  std::map<std::string, Bytes> found;
  std::vector<std::pair<std::string, NodeId>> pending{{"", kWorkingFolder}, {"/", kRoot}};
  while (!pending.empty()) {
    const auto [path, id] = pending.back();
    pending.pop_back();
    if (nodes_[id].type == FileType::file) found[path] = nodes_[id].contents;
    for (const auto& [name, child] : nodes_[id].names) pending.emplace_back(join(path, name), child);
  }
  return found;
}

std::uint64_t MemoryFs::used_bytes() const {
  std::uint64_t used = 0;
  for (const auto& [path, contents] : files()) used += contents.size();
  return used;
}

void MemoryFs::reboot(Unsynced unsynced) {
  std::uint64_t newest = 0;
  for (const Node& node : nodes_) {
    for (const auto& [name, operation] : node.changed) newest = std::max(newest, operation);
  }
  const bool all_names = unsynced != Unsynced::lost && unsynced != Unsynced::last_name;
  for (Node& node : nodes_) {
    for (const auto& [name, operation] : node.changed) {
      if (!all_names && (unsynced == Unsynced::lost || operation != newest)) continue;
      const auto current = node.names.find(name);
      if (current == node.names.end()) {
        node.durable_names.erase(name);
      } else {
        node.durable_names[name] = current->second;
      }
    }
    node.names = node.durable_names;
    node.changed.clear();
    if (unsynced == Unsynced::torn) node.synced_bytes += (node.contents.size() - node.synced_bytes) / 2;
    if (unsynced == Unsynced::kept) node.synced_bytes = node.contents.size();
    node.contents.resize(node.synced_bytes);
    node.locked = false;
  }
  ++boot_;
  power_ = true;
  cut_at_ = UINT64_MAX;
}

// What every operation goes through.

Result<void> MemoryFs::check_power(const Act& act, std::uint64_t boot) const {
  if (!power_ || boot != boot_) return act.failed(Code::io, "the power is off");
  return {};
}

Result<void> MemoryFs::begin(const Act& act) {
  TRY(check_power(act, boot_));
  ++operations_;
  if (operations_ == cut_at_) power_ = false;
  if (operations_ == fail_at_) return *failure_;
  return check_power(act, boot_);
}

/// The newest mount on the way to a place.
FileSystem MemoryFs::system_of(const std::vector<NodeId>& trail) const {
  FileSystem system{.syncs_whole = true};
  for (const NodeId id : trail) system = nodes_[id].mounted.value_or(system);
  return system;
}

Result<MemoryFs::Place> MemoryFs::locate(const Act& act, LastLink last) const {
  TRY(check_power(act, boot_));
  const Error missing = act.failed(Code::not_found, "No such file or directory");
  if (act.path.empty()) return missing;
  std::vector<NodeId> trail{is_absolute(act.path) ? kRoot : kWorkingFolder};
  std::vector<std::string> ahead;
  push_names(ahead, act.path);
  int links = 0;
  while (!ahead.empty()) {
    const std::string name = std::move(ahead.back());
    ahead.pop_back();
    if (name == "..") {
      if (trail.size() > 1) trail.pop_back();
      continue;
    }
    if (name.size() > kNameBytesMax) return act.failed(Code::io, "File name too long");
    const NodeId folder = trail.back();
    const auto found = nodes_[folder].names.find(name);
    if (found == nodes_[folder].names.end()) {
      if (!ahead.empty()) return missing;
      return Place{folder, name, std::nullopt, system_of(trail)};
    }
    const Node& node = nodes_[found->second];
    if (node.type == FileType::link && (!ahead.empty() || last == LastLink::follow)) {
      if (++links > kLinksMax) return act.failed(Code::io, "Too many levels of symbolic links");
      if (is_absolute(node.target)) trail.assign(1, kRoot);
      push_names(ahead, node.target);
      continue;
    }
    trail.push_back(found->second);
    if (ahead.empty()) return Place{folder, name, found->second, system_of(trail)};
    if (node.type != FileType::folder) return act.failed(Code::not_found, "Not a directory");
  }
  return Place{trail.back(), "", trail.back(), system_of(trail)};
}

Result<MemoryFs::NodeId> MemoryFs::locate_present(const Act& act, LastLink last) const {
  TRY_ASSIGN(const Place place, locate(act, last));
  if (!place.node) return act.failed(Code::not_found, "No such file or directory");
  return *place.node;
}

void MemoryFs::set_name(NodeId folder, const std::string& name, std::optional<NodeId> node) {
  Node& holder = nodes_[folder];
  if (node) {
    holder.names[name] = *node;
  } else {
    holder.names.erase(name);
  }
  holder.changed[name] = operations_;
  touch(holder);
  if (node) nodes_[*node].changed_ns = time_ns_;
}

Result<MemoryFs::NodeId> MemoryFs::add(const Act& act, FileType type) {
  TRY_ASSIGN(const Place place, locate(act));
  if (place.node) return act.failed(Code::conflict, "File exists");
  const NodeId id = make_node(type);
  set_name(place.folder, place.name, id);
  return id;
}

FileInfo MemoryFs::info_of(NodeId id) const {
  const Node& node = nodes_[id];
  constexpr std::uint32_t kFileMode = 0644, kFolderMode = 0755, kLinkMode = 0777, kSomebody = 1000;
  FileInfo info{.type = node.type,
                .modified_ns = node.modified_ns,
                .changed_ns = node.changed_ns,
                .inode = id,
                .owner = kSomebody,
                .group = kSomebody};
  info.size_bytes = node.type == FileType::link ? node.target.size() : node.contents.size();
  info.mode = node.mode                       ? *node.mode
              : node.type == FileType::link   ? kLinkMode
              : node.type == FileType::folder ? kFolderMode
                                              : kFileMode;
  return info;
}

MemoryFs::NodeId MemoryFs::make_node(FileType type) {
  Node& node = nodes_.emplace_back();
  node.type = type;
  touch(node);
  return nodes_.size() - 1;
}

std::int64_t MemoryFs::next_time() { return time_ns_ += 1'000'000; }

void MemoryFs::touch(Node& node) { node.modified_ns = node.changed_ns = next_time(); }

// The door itself.

Result<std::unique_ptr<InputFile>> MemoryFs::open(const std::string& path) {
  const Act act{"open", path};
  TRY_ASSIGN(const NodeId id, locate_present(act));
  if (nodes_[id].type != FileType::file)
    return act.failed(Code::io, "it is a " + std::string(name_of(nodes_[id].type)));
  return std::unique_ptr<InputFile>(std::make_unique<Input>(*this, id, path));
}

Result<std::unique_ptr<OutputFile>> MemoryFs::create(const std::string& path) {
  const Act act{"create", path};
  TRY(begin(act));
  TRY_ASSIGN(const NodeId id, add(act, FileType::file));
  return std::unique_ptr<OutputFile>(std::make_unique<Output>(*this, id, path));
}

Result<void> MemoryFs::make_folder(const std::string& path) {
  const Act act{"make folder", path};
  TRY(begin(act));
  const auto added = add(act, FileType::folder);
  if (!added) return added.error();
  return {};
}

/// True when `lower` is `upper` or lies below it.
bool MemoryFs::holds(NodeId upper, NodeId lower) const {
  std::vector<NodeId> pending{upper};
  while (!pending.empty()) {
    const NodeId id = pending.back();
    pending.pop_back();
    if (id == lower) return true;
    for (const auto& [name, child] : nodes_[id].names) pending.push_back(child);
  }
  return false;
}

/// The rules of rename(2) for a name that is taken.
Result<void> MemoryFs::check_replaceable(const Act& act, NodeId moved, NodeId replaced) const {
  const bool is_folder = nodes_[moved].type == FileType::folder;
  const bool onto_folder = nodes_[replaced].type == FileType::folder;
  if (onto_folder && !is_folder) return act.failed(Code::io, "Is a directory");
  if (is_folder && !onto_folder) return act.failed(Code::not_found, "Not a directory");
  if (!nodes_[replaced].names.empty()) return act.failed(Code::conflict, "Directory not empty");
  return {};
}

Result<void> MemoryFs::move(const std::string& from, const std::string& to, Replacing replacing) {
  const Act act{"rename to", to};
  TRY(begin(act));
  const Act leaving{"rename", from};
  TRY_ASSIGN(const NodeId moved, locate_present(leaving));
  TRY_ASSIGN(const Place source, locate(leaving));
  TRY_ASSIGN(const Place target, locate(act));
  if (target.node && replacing == Replacing::refused) return act.failed(Code::conflict, "File exists");
  if (source.name.empty() || target.name.empty()) return act.failed(Code::io, "Device or resource busy");
  if (target.node == moved) return {};
  if (holds(moved, target.folder)) return act.failed(Code::io, "Invalid argument");
  if (target.node) TRY(check_replaceable(act, moved, *target.node));
  set_name(source.folder, source.name, std::nullopt);
  set_name(target.folder, target.name, moved);
  return {};
}

Result<void> MemoryFs::rename(const std::string& from, const std::string& to) {
  return move(from, to, Replacing::allowed);
}

Result<void> MemoryFs::rename_new(const std::string& from, const std::string& to) {
  return move(from, to, Replacing::refused);
}

Result<void> MemoryFs::remove(const std::string& path) {
  const Act act{"remove", path};
  TRY(begin(act));
  TRY_ASSIGN(const Place place, locate(act));
  if (!place.node) return act.failed(Code::not_found, "No such file or directory");
  if (place.name.empty()) return act.failed(Code::io, "Device or resource busy");
  if (!nodes_[*place.node].names.empty()) return act.failed(Code::conflict, "Directory not empty");
  set_name(place.folder, place.name, std::nullopt);
  return {};
}

Result<void> MemoryFs::sync_folder(const std::string& path) {
  const Act act{"sync folder", path};
  TRY(begin(act));
  TRY_ASSIGN(const NodeId id, locate_present(act, LastLink::follow));
  if (nodes_[id].type != FileType::folder) return act.failed(Code::not_found, "Not a directory");
  nodes_[id].durable_names = nodes_[id].names;
  nodes_[id].changed.clear();
  return {};
}

Result<void> MemoryFs::sync_file_system(const std::string& path) {
  const Act act{"sync the file system of", path};
  TRY(begin(act));
  TRY_ASSIGN(const NodeId id, locate_present(act, LastLink::follow));
  if (nodes_[id].type != FileType::folder) return act.failed(Code::not_found, "Not a directory");
  for (Node& node : nodes_) {
    node.synced_bytes = node.contents.size();
    node.durable_names = node.names;
    node.changed.clear();
  }
  return {};
}

Result<FileInfo> MemoryFs::info(const std::string& path) {
  TRY_ASSIGN(const NodeId id, locate_present({"look at", path}));
  return info_of(id);
}

Result<std::vector<std::string>> MemoryFs::list(const std::string& path) {
  const Act act{"list", path};
  TRY_ASSIGN(const NodeId id, locate_present(act, LastLink::follow));
  if (nodes_[id].type != FileType::folder) return act.failed(Code::not_found, "Not a directory");
  std::vector<std::string> names;
  for (const auto& [name, child] : nodes_[id].names) names.push_back(name);
  return names;
}

Result<std::string> MemoryFs::read_link(const std::string& path) {
  const Act act{"read link", path};
  TRY_ASSIGN(const NodeId id, locate_present(act));
  if (nodes_[id].type != FileType::link) return act.failed(Code::io, "Invalid argument");
  return nodes_[id].target;
}

Result<std::unique_ptr<FileLock>> MemoryFs::lock(const std::string& path) {
  const Act act{"lock", path};
  TRY(begin(act));
  TRY_ASSIGN(const Place place, locate(act));
  NodeId id = 0;
  if (place.node) {
    id = *place.node;
  } else {
    TRY_ASSIGN(id, add(act, FileType::file));
  }
  if (nodes_[id].type != FileType::file)
    return act.failed(Code::io, "it is a " + std::string(name_of(nodes_[id].type)));
  if (nodes_[id].locked) return Error(Code::conflict, printable(path) + " is in use by another run of muniment");
  return std::unique_ptr<FileLock>(std::make_unique<Lock>(*this, id));
}

Result<std::string> MemoryFs::identity(const std::string& path) {
  TRY_ASSIGN(const NodeId id, locate_present({"look at", path}));
  return std::to_string(disk_) + "-" + std::to_string(id);
}

Result<FileSystem> MemoryFs::file_system(const std::string& path) {
  const Act act{"look at", path};
  TRY_ASSIGN(const Place place, locate(act, LastLink::follow));
  if (!place.node) return act.failed(Code::not_found, "No such file or directory");
  return place.system;
}

Result<void> MemoryFs::set_modified(const std::string& path, std::int64_t modified_ns) {
  const Act act{"set the time of", path};
  TRY(begin(act));
  TRY_ASSIGN(const NodeId id, locate_present(act));
  nodes_[id].modified_ns = modified_ns;
  nodes_[id].changed_ns = next_time();
  return {};
}

}  // namespace muniment
