#include "archive/exposure.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "age/armor.h"
#include "age/bech32.h"
#include "base/encoding.h"
#include "base/residue.h"
#include "base/words.h"

namespace muniment {
namespace {

constexpr std::uint64_t kHistoryBytesMax = 16 << 20;
constexpr std::uint64_t kMirrorsBytesMax = 16 << 20;
constexpr std::size_t kStagingNameSize = 16;
constexpr std::uint64_t kCatalogueItemBytes = 20;

// SLIP-0039: a share has 20 words or 33. Ten of them may stand on one page; more in a row are the list itself.
constexpr std::size_t kShareWordsMin = 20;
constexpr std::size_t kShareWordsMax = 330;
constexpr std::size_t kShareWordsDifferentMin = 15;  // "true, true, true …" is none

/// A card as a page.
bool is_card_page(std::string_view start) {
  return start.starts_with("<!DOCTYPE html>") &&
         start.find("<meta name=\"generator\" content=\"muniment card\">") != std::string_view::npos;
}

/// One that may send: its card has addresses.
bool is_sending_page(std::string_view start) {
  return is_card_page(start) && start.find("<pre id=\"card\" hidden>muniment/card/v2\n") != std::string_view::npos;
}

/// Sealed deposits in one file, by the front of a tar and the age header behind it.
bool is_carried(std::string_view start) {
  constexpr std::size_t kBlockBytes = 512;
  return start.substr(0, start.find('\0')).ends_with("/header-0") && start.size() > kBlockBytes &&
         start.substr(kBlockBytes).starts_with("age-encryption.org/v1\n");
}

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

/// True when a line of the text is a secret key of age or of ours: its checksum holds, so it is no example.
bool has_open_key(std::string_view text) {
  for (std::string_view line : split(text, '\n')) {
    constexpr std::string_view kSigningKey = "# signing key: ";
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with(kSigningKey)) line.remove_prefix(kSigningKey.size());
    if (!line.starts_with("AGE-SECRET-KEY-") && !line.starts_with("MUNIMENT-ED25519-")) continue;
    if (age::parse_bech32(line)) return true;
  }
  return false;
}

/// An age file, armoured or not, that a passphrase opens.
bool is_under_passphrase(std::string_view text) {
  constexpr std::string_view kStart = "age-encryption.org/v1\n-> scrypt ";
  if (text.starts_with(kStart)) return true;
  if (!age::is_armored(as_view(text))) return false;
  constexpr std::string_view kBegin = "-----BEGIN AGE ENCRYPTED FILE-----";
  std::string_view body = text.substr(std::min(text.size(), text.find(kBegin) + kBegin.size()));
  body.remove_prefix(std::min(body.size(), body.find_first_not_of("\r\n")));
  constexpr std::size_t kFullLine = 64;
  const auto bytes = from_base64(body.substr(0, kFullLine));
  return bytes && as_text(*bytes).starts_with(kStart);
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Words of the list in a row, whatever numbers, lines and marks stand between them.
class WordsInARow {
 public:
  void add(std::uint16_t word) {
    ++count_;
    different_.insert(word);
  }
  void end() { *this = {}; }
  bool look_like_a_share() const {
    return count_ >= kShareWordsMin && count_ <= kShareWordsMax && different_.size() >= kShareWordsDifferentMin;
  }

 private:
  std::size_t count_ = 0;
  std::set<std::uint16_t> different_;
};

bool has_share(std::string_view text) {
  WordsInARow words;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_letter(text[at])) {
      ++at;
      continue;
    }
    std::string word;
    for (; at < text.size() && is_letter(text[at]); ++at) word += static_cast<char>(text[at] | 0x20);
    if (const auto index = find_word(word)) {
      words.add(*index);
      continue;
    }
    if (words.look_like_a_share()) return true;
    words.end();
  }
  return words.look_like_a_share();
}

bool is_history(std::string_view name) {
  return name.ends_with("_history") || name == ".history" || name == "fish_history";
}

/// 16 hexadecimal digits: a writer's folder in staging/, and what is in the middle of a catalogue's name.
bool is_sixteen_digits(std::string_view name) { return name.size() == kStagingNameSize && from_hex(name).has_value(); }

/// "catalogue-0123456789abcdef.age"
bool is_catalogue_name(std::string_view name) {
  constexpr std::string_view kStart = "catalogue-", kEnd = ".age";
  if (!name.starts_with(kStart) || !name.ends_with(kEnd)) return false;
  name.remove_prefix(kStart.size());
  name.remove_suffix(std::min(name.size(), kEnd.size()));
  return is_sixteen_digits(name);
}

}  // namespace

std::string_view name_of(Exposed kind) {
  switch (kind) {
    case Exposed::open_key: return "open key";
    case Exposed::opened_evidence: return "opened evidence";
    case Exposed::private_memory: return "private memory";
    case Exposed::locked_key: return "locked key";
    case Exposed::share: return "share";
    case Exposed::swap: return "swap";
    case Exposed::core_dumps: return "core dumps";
    case Exposed::home: return "home";
    case Exposed::archive: return "archive";
    case Exposed::invitation: return "invitation";
    case Exposed::sending_card: return "sending card";
    case Exposed::sealed: return "sealed";
    case Exposed::unfinished: return "unfinished";
    case Exposed::watched: return "watched record";
    case Exposed::catalogue: return "catalogue";
    case Exposed::history: return "history";
    case Exposed::card: return "card";
  }
  panic(__FILE__, __LINE__, "unknown kind of exposure");
}

std::optional<Exposed> classify_file(std::string_view start) {
  if (has_open_key(start)) return Exposed::open_key;
  if (first_line(start).find("\"format\":\"muniment/contents/v1\"") != std::string_view::npos)
    return Exposed::opened_evidence;
  if (is_under_passphrase(start)) return Exposed::locked_key;
  if (first_line(start) == "muniment/deposit/v1") return Exposed::sealed;
  if (is_carried(start)) return Exposed::sealed;
  if (first_line(start) == "muniment/card/v2" || is_sending_page(start)) return Exposed::sending_card;
  if (first_line(start) == "muniment/invitation/v1") return Exposed::invitation;
  if (first_line(start) == "muniment/watched/v1") return Exposed::watched;
  if (first_line(start) == "muniment/card/v1" || is_card_page(start)) return Exposed::card;
  if (start.find('\0') == std::string_view::npos && has_share(start)) return Exposed::share;
  return std::nullopt;
}

namespace {

class Search {
 public:
  Search(Fs& fs, ExposureLimits limits, const std::function<void(std::uint64_t)>& on_bytes)
      : fs_(fs), limits_(limits), on_bytes_(on_bytes) {}

  Result<void> look_at(const std::vector<std::string>& roots) {
    for (const std::string& root : roots) roots_.insert(root);
    for (const std::string& root : roots_) {
      TRY_ASSIGN(const FileInfo info, fs_.info(root));
      if (info.type == FileType::file) {
        look_at_file(root);
        continue;
      }
      TRY_ASSIGN(const FileSystem system, fs_.file_system(root));
      TRY(fs_.list(root));
      // A folder for one person alone, such as /run/user/1000, is full of others like it.
      root_ = root;
      names_ = 0;
      system_ = system;
      is_public_memory_ = system.in_memory && (info.mode & 077u) != 0;
      pending_.push_back({.path = root, .depth = 0});
      while (!pending_.empty()) {
        const Folder folder = std::move(pending_.back());
        pending_.pop_back();
        look_into(folder);
      }
    }
    return {};
  }

  void look_at_system() {
    for (const std::string& area : swap_in_the_clear(fs_)) add(Exposed::swap, area);
    const std::string pattern(first_line(text_of("/proc/sys/kernel/core_pattern")));
    // core(5): a program after '|', or a file. One without a folder lands beside what crashed, if limits let it.
    const bool is_kept = (pattern.starts_with('|') && !pattern.ends_with("/false") && !pattern.ends_with("/true")) ||
                         pattern.starts_with('/');
    if (is_kept) add(Exposed::core_dumps, pattern);
  }

  ExposureReport finish() && {
    for (const auto& [what, count] : found_) report_.found.push_back({what.first, what.second, count});
    return std::move(report_);
  }

 private:
  struct Folder {
    std::string path;
    std::size_t depth = 0;
  };

  void add(Exposed kind, const std::string& path, std::uint64_t count = 1) { found_[{kind, path}] += count; }

  /// What a file begins with; empty when it cannot be read. Valid until the next call.
  std::string_view text_of(const std::string& path) {
    const auto file = fs_.open(path);
    const auto size = file ? (*file)->read(start_.expose_mut()) : Result<std::size_t>(file.error());
    if (!size && size.error().code() != Code::not_found) report_.unreadable.push_back(path);
    if (size && on_bytes_) on_bytes_(*size);
    return size ? start_.expose_text().substr(0, *size) : std::string_view();
  }

  std::uint64_t lines_of(const std::string& path, std::uint64_t bytes_max, std::string_view with) {
    auto bytes = read_file(fs_, path, bytes_max);
    if (!bytes) {
      if (bytes.error().code() != Code::not_found) report_.unreadable.push_back(path);
      return 0;
    }
    const auto lines = split(as_text(*bytes), '\n');
    const auto count = std::ranges::count_if(
        lines, [&](std::string_view line) { return !line.empty() && line.find(with) != std::string_view::npos; });
    wipe(*bytes);
    return static_cast<std::uint64_t>(count);
  }

  /// Its size is all that it says without the key.
  void look_at_catalogue(const std::string& path) {
    const auto info = fs_.info(path);
    if (info && info->type == FileType::file) add(Exposed::catalogue, path, info->size_bytes / kCatalogueItemBytes);
  }

  void look_at_file(const std::string& path) {
    ++report_.files;
    if (is_catalogue_name(name_in(path))) look_at_catalogue(path);
    if (is_history(name_in(path))) {
      const std::uint64_t lines = lines_of(path, kHistoryBytesMax, "muniment");
      if (lines > 0) add(Exposed::history, path, lines);
    }
    const auto kind = classify_file(text_of(path));
    if (!kind) return;
    std::string where = path;
    if (*kind == Exposed::opened_evidence) {  // <bag>/metadata/contents.jsonl
      where = parent_of(path);
      if (name_in(where) == "metadata") where = parent_of(where);
    }
    if (*kind == Exposed::sealed && name_in(path) == "receipt") where = parent_of(parent_of(path));
    add(*kind, where);
  }

  /// An archive's own folders are looked at as one; true when the folder is one.
  bool look_at_archive(const std::string& path, const std::vector<std::string>& names) {
    if (!std::ranges::binary_search(names, "charter")) return false;
    if (first_line(text_of(join(path, "charter/1"))) != "muniment/charter/v1") return false;
    const auto home = fs_.list(join(path, "home"));
    const bool has_log_key =
        home && std::ranges::any_of(*home, [](const std::string& name) { return name.starts_with("log-key-"); });
    if (has_log_key)
      add(Exposed::home, path, lines_of(join(path, "home/mirrors"), kMirrorsBytesMax, "where"));
    else
      add(Exposed::archive, path);
    for (const std::string& name : home ? *home : std::vector<std::string>{}) {
      if (is_catalogue_name(name)) look_at_catalogue(join(join(path, "home"), name));
    }
    return true;
  }

  /// What `staging` holds of writers that are gone, or at work: which of them is not told without touching their locks.
  void look_at_staging(const std::string& path, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      const auto lock = is_sixteen_digits(name) ? exists(fs_, join(join(path, name), "lock")) : Result<bool>(false);
      if (lock && *lock) add(Exposed::unfinished, path);
    }
  }

  std::uint64_t files_in(const std::string& path) {
    std::uint64_t files = 0;
    std::vector<std::string> waiting{path};
    while (!waiting.empty() && files < limits_.names_max) {
      const std::string folder = std::move(waiting.back());
      waiting.pop_back();
      const auto names = fs_.list(folder);
      for (const std::string& name : names ? *names : std::vector<std::string>{}) {
        const auto info = fs_.info(join(folder, name));
        if (info && info->type == FileType::file) ++files;
        if (info && info->type == FileType::folder) waiting.push_back(join(folder, name));
      }
    }
    return files;
  }

  void look_into(const Folder& folder) {
    const auto names = fs_.list(folder.path);
    if (!names) {
      report_.unreadable.push_back(folder.path);
      return;
    }
    const bool is_archive = look_at_archive(folder.path, *names);
    if (name_in(folder.path) == "staging") look_at_staging(folder.path, *names);
    for (const std::string& name : *names) {
      if (++names_ > limits_.names_max) {
        report_.not_reached.push_back(root_);
        pending_.clear();
        return;
      }
      // What is sealed in an archive is no news; keys that somebody has put beside it are.
      constexpr std::array<std::string_view, 4> kSealed = {"charter", "deposits", "keyring", "tile"};
      if (is_archive && (name == "home" || std::ranges::find(kSealed, name) != kSealed.end())) continue;
      look_at_name(folder, join(folder.path, name));
    }
  }

  void look_at_name(const Folder& folder, const std::string& path) {
    const auto info = fs_.info(path);
    if (!info) {
      if (info.error().code() != Code::not_found) report_.unreadable.push_back(path);
      return;
    }
    if (info->type == FileType::file) look_at_file(path);
    if (info->type != FileType::folder || roots_.contains(path)) return;
    const auto system = fs_.file_system(path);
    if (!system || system->number != system_.number) return;
    if (name_in(path) == ".muniment-opening") {
      const std::uint64_t files = files_in(path);
      if (files > 0) add(Exposed::opened_evidence, path, files);
      return;
    }
    if (is_public_memory_ && folder.depth == 0 && (info->mode & 077u) == 0) {
      const std::uint64_t files = files_in(path);
      if (files > 0) add(Exposed::private_memory, path, files);
    }
    if (folder.depth + 1 >= limits_.depth_max) {
      report_.not_reached.push_back(path);
      return;
    }
    pending_.push_back({.path = path, .depth = folder.depth + 1});
  }

  Fs& fs_;
  ExposureLimits limits_;
  const std::function<void(std::uint64_t)>& on_bytes_;
  std::set<std::string> roots_;
  // Of the root that is looked through:
  std::string root_;
  FileSystem system_;
  bool is_public_memory_ = false;
  std::vector<Folder> pending_;
  std::uint64_t names_ = 0;

  SecretBytes start_{kExposureStartBytes};  // it may be a key
  std::map<std::pair<Exposed, std::string>, std::uint64_t> found_;
  ExposureReport report_;
};

}  // namespace

Result<ExposureReport> look_for_exposure(Fs& fs, const std::vector<std::string>& roots, ExposureLimits limits,
                                         const std::function<void(std::uint64_t)>& on_bytes) {
  Search search(fs, limits, on_bytes);
  TRY(search.look_at(roots));
  search.look_at_system();
  return std::move(search).finish();
}

}  // namespace muniment
