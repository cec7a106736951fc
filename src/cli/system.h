// What only the command line asks of the system: how much room a disk has, wiping, users, systemd.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace muniment::cli {

struct Disk {
  std::uint64_t used_bytes = 0;
  std::uint64_t free_bytes = 0;  // for who is not root; what is kept for root is neither free nor used
};
/// Of the file system in which `path` lies; nothing where it cannot be told.
std::optional<Disk> disk_of(const std::string& path);

/// Overwrites a file, syncs it, removes it, syncs its folder. A link is removed and not followed; what is not there is
/// done. Flash memory may keep the old bytes all the same. Errors: `io`, `denied`.
Result<void> wipe_file(const std::string& path);

/// Makes a user of the system who cannot log in, as the Debian package does; one that is there is left as it is. As
/// root, where systemd runs. Errors: `io`.
Result<void> make_system_user(const std::string& user, const std::string& home);

/// The folder at or above `path` that this user may not enter: nothing where all can be entered.
std::optional<std::string> closed_to(const std::string& user, const std::string& path);

/// Gives a folder and all below it to a user of the system. Links are given, not followed. Errors: `not_found` where
/// there is no such user, `denied`.
Result<void> give_tree(const std::string& path, const std::string& user);

/// The name of the user who runs this: as /etc/passwd has it, or the number.
std::string own_user();

/// True where systemd has started this system, and this may ask it for something.
bool may_ask_systemd();

/// Runs a program without a shell, with an environment that has nothing of ours. Errors: `io` with what it was.
Result<void> run_silently(std::vector<std::string> words);

}  // namespace muniment::cli
