#include "cli/system.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/encoding.h"
#include "base/fs.h"
#include "base/posix_call.h"
#include "base/posix_fs.h"

namespace muniment::cli {
namespace {

constexpr const char* kPeople = "/etc/passwd";
constexpr std::uint64_t kPeopleBytesMax = 4 << 20;
constexpr const char* kUserFiles = "/etc/sysusers.d";

struct SystemUser {
  std::string name;
  std::uint64_t user = 0;
  std::uint64_t group = 0;
};

/// By the file itself: what else the system asks for names would have to be loaded into the program.
std::vector<SystemUser> read_users() {
  std::vector<SystemUser> users;
  const auto bytes = read_file(posix_fs(), kPeople, kPeopleBytesMax);
  if (!bytes) return users;
  for (const std::string_view line : split(as_text(*bytes), '\n')) {
    const auto fields = split(line, ':');
    if (fields.size() < 4) continue;
    const auto user = parse_decimal(fields[2], UINT32_MAX);
    const auto group = parse_decimal(fields[3], UINT32_MAX);
    if (user && group) users.push_back({std::string(fields[0]), *user, *group});
  }
  return users;
}

std::optional<SystemUser> find_user(const std::string& name) {
  for (SystemUser& user : read_users()) {
    if (user.name == name) return std::move(user);
  }
  return std::nullopt;
}

Result<void> overwrite(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return last_error("overwrite", path);
  struct stat info = {};
  TRY(done_or(::fstat(file.get(), &info), "overwrite", path));
  if (!S_ISREG(info.st_mode)) return {};
  constexpr std::array<std::uint8_t, 4096> kZeros{};
  const auto size = static_cast<std::uint64_t>(info.st_size);
  for (std::uint64_t done = 0; done < size; done += kZeros.size()) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(size - done, kZeros.size()));
    TRY(write_at(file, ByteView(kZeros).first(count), done, "overwrite", path));
  }
  return done_or(::fsync(file.get()), "sync", path);
}

}  // namespace

std::optional<Disk> disk_of(const std::string& path) {
  struct statvfs disk = {};
  std::string present = path;  // what is still to be made lies on the disk of what is above it
  while (::statvfs(present.c_str(), &disk) != 0) {
    if (errno != ENOENT || present == "/" || present == ".") return std::nullopt;
    present = parent_of(present);
  }
  if (disk.f_blocks == 0 || disk.f_bfree > disk.f_blocks) return std::nullopt;
  return Disk{.used_bytes = std::uint64_t{disk.f_blocks - disk.f_bfree} * disk.f_frsize,
              .free_bytes = std::uint64_t{disk.f_bavail} * disk.f_frsize};
}

Result<void> wipe_file(const std::string& path) {
  struct stat info = {};
  if (::lstat(path.c_str(), &info) != 0 && errno == ENOENT) return {};
  if (S_ISREG(info.st_mode)) TRY(overwrite(path));
  TRY(posix_fs().remove(path));
  return posix_fs().sync_folder(parent_of(path));
}

Result<void> make_system_user(const std::string& user, const std::string& home) {
  if (find_user(user)) return {};
  const std::string line = "u " + user + " - \"mirrors of archives\" " + home + " /usr/sbin/nologin\n";
  TRY(make_folders(posix_fs(), kUserFiles));
  const std::string file = join(kUserFiles, user + ".conf");
  TRY(replace_durably(posix_fs(), file, as_view(line)));
  return run_silently({"systemd-sysusers", file});
}

std::optional<std::string> closed_to(const std::string& user, const std::string& path) {
  constexpr std::uint32_t kEnterAsOther = 0001;
  const auto found = find_user(user);
  for (std::string folder = path;; folder = parent_of(folder)) {
    const auto info = posix_fs().info(folder);
    const bool is_own = info && found && info->owner == found->user;
    if (info && !is_own && (info->mode & kEnterAsOther) == 0) return folder;
    if (folder == "/" || folder == ".") return std::nullopt;
  }
}

Result<void> give_tree(const std::string& path, const std::string& user) {
  const auto found = find_user(user);
  if (!found)
    return Error(Code::not_found, "this system has no user " + printable(user) + ": adduser --system --group " + user);
  const auto give = [&](const std::string& name) {
    return ::lchown(name.c_str(), static_cast<uid_t>(found->user), static_cast<gid_t>(found->group)) == 0;
  };
  std::vector<std::string> names{path};
  while (!names.empty()) {
    const std::string name = std::move(names.back());
    names.pop_back();
    TRY_ASSIGN(const FileInfo info, posix_fs().info(name));
    if (info.type == FileType::folder) {
      TRY_ASSIGN(const auto below, posix_fs().list(name));
      for (const std::string& each : below) names.push_back(join(name, each));
    }
    if (!give(name)) return last_error("give away", name);
  }
  return {};
}

std::string own_user() {
  const std::uint64_t own = ::geteuid();
  const auto users = read_users();
  const auto found = std::ranges::find(users, own, &SystemUser::user);
  return found == users.end() ? std::to_string(own) : found->name;
}

bool may_ask_systemd() { return ::geteuid() == 0 && ::access("/run/systemd/system", F_OK) == 0; }

Result<void> run_silently(std::vector<std::string> words) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::string path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  std::array<char*, 2> environment{path.data(), nullptr};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int failed = ::posix_spawnp(&child, words[0].c_str(), &actions, nullptr, arguments.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
  if (failed != 0) return Error(Code::io, "cannot start " + printable(line));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return Error(Code::io, printable(line) + " failed");
}

}  // namespace muniment::cli
