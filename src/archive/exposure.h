// What a seizure of this machine would give today: looked for among the files that are there. Nothing is written, no
// link is followed. Spec: docs/cli.md "muniment exposure".
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"

namespace muniment {

/// In the order of harm, worst first.
enum class Exposed {
  open_key,         // a secret key that no passphrase protects
  opened_evidence,  // what came out of a sealed deposit
  private_memory,   // a folder in memory for its owner alone: opened evidence has no mark, and may be this
  locked_key,       // under a passphrase, which is all that protects it
  share,            // words in a row, as on a share of a key
  swap,             // memory that is written to a disk in the clear
  core_dumps,       // a system that keeps the memory of programs that crash
  home,             // of an archive: the sealed log key, and the list of copies
  archive,          // sealed, with its keyring
  invitation,       // for a mirror, with a token by which it pulls
  sending_card,     // a card with addresses of mirrors, and tokens by which it sends there
  sealed,           // deposits that are not in an archive
  unfinished,       // what a run that was cut off has left in staging/
  watched,          // what a watched folder gave is known by salted hashes: that a file at hand was sealed can be told
  catalogue,        // of what a custodian deposited from here: sealed, and as long as there are files
  history,          // a shell's, with lines that name muniment
  card,
};

/// "open key", "swap": for --json.
std::string_view name_of(Exposed kind);

struct Exposure {
  Exposed kind = Exposed::card;
  std::string path;         // a file or a folder; for swap and core dumps what the system calls it
  std::uint64_t count = 1;  // of what is in it: files, deposits, lines, copies that a home knows, items of a catalogue
};

/// How much of a file is looked at.
inline constexpr std::size_t kExposureStartBytes = std::size_t{16} << 10;

/// What a file gives away by its first kExposureStartBytes, if anything. Never `home`, `archive`, `catalogue` and what
/// is not a file.
std::optional<Exposed> classify_file(std::string_view start);

struct ExposureLimits {
  std::uint64_t names_max = 500'000;  // below a root
  std::size_t depth_max = 32;         // of folders below a root
};

struct ExposureReport {
  std::vector<Exposure> found;           // worst first, then by path
  std::uint64_t files = 0;               // that were looked at
  std::vector<std::string> unreadable;   // files and folders
  std::vector<std::string> not_reached;  // roots of too many names, folders too deep
};

/// Looks through the folders, below each as far as its own file system goes, and at what the system says of swap and
/// core dumps. Errors: those of Fs for a root that cannot be looked at at all.
/// `on_bytes` is told of what was read.
Result<ExposureReport> look_for_exposure(Fs& fs, const std::vector<std::string>& roots, ExposureLimits limits = {},
                                         const std::function<void(std::uint64_t)>& on_bytes = {});

}  // namespace muniment
