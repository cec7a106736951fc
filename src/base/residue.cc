#include "base/residue.h"

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::uint64_t kSystemFileBytesMax = 65536;

/// A line that the system says about itself; empty when it says nothing.
std::string system_text(Fs& fs, const std::string& path) {
  const auto bytes = read_file(fs, path, kSystemFileBytesMax);
  return bytes ? std::string(as_text(*bytes)) : "";
}

bool is_encrypted(Fs& fs, std::string_view device) {
  constexpr std::string_view kMapped = "/dev/dm-";
  if (!device.starts_with(kMapped)) return false;
  return system_text(fs, "/sys/block/" + name_in(device) + "/dm/uuid").starts_with("CRYPT-");
}

}  // namespace

Result<bool> stays_in_memory(Fs& fs, const std::string& path) {
  std::string at = path;
  for (;;) {
    const auto system = fs.file_system(at);
    if (system) return system->in_memory;
    if (system.error().code() != Code::not_found) return system.error();
    const std::string above = parent_of(at);
    // ".." below a folder that is not there could lead anywhere once it is.
    if (above == at || name_in(at) == "..") return false;
    at = above;
  }
}

// Linux Documentation/filesystems/proc.rst: a line of headings, then one line for each area, its name first.
std::vector<std::string> swap_in_the_clear(Fs& fs) {
  std::vector<std::string> found;
  const std::string text = system_text(fs, "/proc/swaps");
  for (const std::string_view line : split(text, '\n')) {
    const std::string_view name = line.substr(0, line.find_first_of(" \t"));
    if (!name.starts_with('/') || name.starts_with("/dev/zram") || is_encrypted(fs, name)) continue;
    found.emplace_back(name);
  }
  return found;
}

}  // namespace muniment
