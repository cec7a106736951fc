#include "bag/validate.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "bag/tag_files.h"
#include "base/encoding.h"
#include "crypto/digest.h"

namespace muniment::bag {
namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;
constexpr std::string_view kFetch = "fetch.txt";

struct Manifest {
  std::string file;       // "manifest-sha256.txt"
  std::string algorithm;  // "sha256"
  bool is_payload = true;
};

/// What a manifest says of a file.
struct Listing {
  std::size_t manifest = 0;
  std::string digest;
};

bool is_payload(std::string_view path) { return path.starts_with(kPayloadFolder); }

/// "manifest-sha256.txt" and "tagmanifest-sha256.txt", in the base folder only.
std::optional<Manifest> parse_manifest_name(std::string_view file) {
  std::string_view rest = file;
  const bool is_tag = rest.starts_with("tag");
  if (is_tag) rest.remove_prefix(3);
  if (!rest.starts_with("manifest-") || !rest.ends_with(".txt")) return std::nullopt;
  rest.remove_prefix(9);
  rest.remove_suffix(std::min<std::size_t>(rest.size(), 4));
  if (rest.find('/') != std::string_view::npos) return std::nullopt;
  std::string algorithm;
  for (const char c : rest) {
    // RFC 8493 section 2.4: the common name in lower case, without what is not a letter or digit.
    if (c >= 'A' && c <= 'Z') algorithm += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) algorithm += c;
  }
  return Manifest{.file = std::string(file), .algorithm = algorithm, .is_payload = !is_tag};
}

/// One run over one bag. Each step adds its problems and goes on, so that a person sees all of them at once.
class Validator {
 public:
  Validator(Fs& fs, const std::string& folder, ValidateLimits limits) : fs_(fs), folder_(folder), limits_(limits) {}

  Result<BagReport> run() {
    TRY(walk());
    TRY_ASSIGN(const bool can_read_tags, read_declaration());
    if (can_read_tags) {
      TRY(read_manifests());
      TRY(read_fetch());
      TRY(read_info());
      check_listings();
      TRY(check_files());
    }
    return std::move(report_);
  }

 private:
  void problem(std::string sentence);
  void warn(std::string sentence);
  Result<void> walk();
  Result<void> see(const std::string& path, std::vector<std::string>& pending);
  Result<std::optional<Bytes>> read_tag_bytes(const std::string& path);
  Result<std::optional<std::string>> read_tag_file(const std::string& path);
  Result<bool> read_declaration();
  Result<void> read_manifests();
  void take_manifest(std::size_t manifest, std::string_view text);
  void take_line(std::size_t manifest, const ManifestLine& line);
  Result<void> read_fetch();
  void take_fetch(const FetchLine& line);
  Result<void> read_info();
  void check_oxum(const std::string& stated);
  void check_listings();
  void check_listed_file(const std::string& path);
  void check_tag_manifest(std::size_t manifest);
  bool lists(std::size_t manifest, const std::string& path) const;
  Result<void> check_files();
  Result<void> check_digests(const std::string& path, const std::vector<Listing>& listings);

  Fs& fs_;
  const std::string& folder_;
  ValidateLimits limits_;
  BagReport report_;
  BagDeclaration declaration_;
  std::map<std::string, std::uint64_t> files_;  // sizes of the regular files by path; links are never followed
  bool has_payload_folder_ = false;
  std::vector<Manifest> manifests_;
  std::map<std::string, std::vector<Listing>> listed_;  // by path; one Listing for each manifest at the most
  std::map<std::string, std::string> fetchable_;        // address by path
};

void Validator::problem(std::string sentence) {
  if (report_.problems.size() < limits_.problems_max) {
    report_.problems.push_back(std::move(sentence));
  } else if (report_.problems.size() == limits_.problems_max) {
    report_.problems.emplace_back("There are more problems than are listed here.");
  }
}

void Validator::warn(std::string sentence) {
  if (report_.warnings.size() < limits_.problems_max) {
    report_.warnings.push_back(std::move(sentence));
  } else if (report_.warnings.size() == limits_.problems_max) {
    report_.warnings.emplace_back("There are more warnings than are listed here.");
  }
}

/// Everything below the base folder, so that later steps need not ask the file system about paths from the bag.
Result<void> Validator::walk() {
  std::vector<std::string> pending{""};
  while (!pending.empty()) {
    const std::string folder = pending.back();
    pending.pop_back();
    TRY_ASSIGN(const auto names, fs_.list(join(folder_, folder)));
    for (const std::string& name : names) TRY(see(join(folder, name), pending));
  }
  if (!has_payload_folder_) problem("The bag has no folder data.");
  return {};
}

Result<void> Validator::see(const std::string& path, std::vector<std::string>& pending) {
  // A link is seen as such and not followed: it may lead anywhere, and a copy of the bag would not hold its target.
  TRY_ASSIGN(const FileInfo info, fs_.info(join(folder_, path)));
  if (info.type == FileType::folder) {
    has_payload_folder_ = has_payload_folder_ || path == "data";
    pending.push_back(path);
    return {};
  }
  if (info.type != FileType::file) {
    std::string sentence = printable(path) + " is a " + std::string(name_of(info.type)) + "; a bag holds files only.";
    if (is_payload(path)) {
      problem(std::move(sentence));
    } else {
      warn(std::move(sentence));
    }
    return {};
  }
  files_.emplace(path, info.size_bytes);
  if (is_payload(path)) {
    ++report_.files;
    report_.bytes += info.size_bytes;
  }
  return {};
}

/// Nothing when the file is not there or, with a problem, when it is too large.
Result<std::optional<Bytes>> Validator::read_tag_bytes(const std::string& path) {
  if (!files_.contains(path)) return std::optional<Bytes>();
  auto bytes = read_file(fs_, join(folder_, path), limits_.tag_file_bytes_max);
  if (bytes) return std::optional<Bytes>(std::move(bytes).value());
  if (bytes.error().code() != Code::limit) return bytes.error();
  problem(printable(path) + " is too large to be read as a tag file.");
  return std::optional<Bytes>();
}

Result<std::optional<std::string>> Validator::read_tag_file(const std::string& path) {
  TRY_ASSIGN(const auto bytes, read_tag_bytes(path));
  if (!bytes) return std::optional<std::string>();
  auto text = decode_text(*bytes, declaration_.encoding);
  if (text) return std::optional<std::string>(std::move(text).value());
  problem(printable(path) + ": " + text.error().sentence() + ".");
  return std::optional<std::string>();
}

/// False when the other tag files cannot be read because of it.
Result<bool> Validator::read_declaration() {
  if (!files_.contains("bagit.txt")) problem("The bag has no bagit.txt.");
  TRY_ASSIGN(const auto bytes, read_tag_bytes("bagit.txt"));
  if (!bytes) return false;
  auto declaration = parse_declaration(*bytes);
  if (!declaration) {
    problem("bagit.txt: " + declaration.error().sentence() + ".");
    return false;
  }
  declaration_ = std::move(declaration).value();
  report_.version = declaration_.version;
  return true;
}

Result<void> Validator::read_manifests() {
  for (const auto& [path, size_bytes] : files_) {
    if (auto manifest = parse_manifest_name(path)) manifests_.push_back(std::move(*manifest));
  }
  bool has_payload_manifest = false;
  bool has_strong_manifest = false;
  for (std::size_t i = 0; i < manifests_.size(); ++i) {
    const Manifest& manifest = manifests_[i];
    has_payload_manifest = has_payload_manifest || manifest.is_payload;
    has_strong_manifest = has_strong_manifest || (manifest.is_payload && manifest.algorithm.starts_with("sha") &&
                                                  manifest.algorithm != "sha1");
    TRY_ASSIGN(const auto text, read_tag_file(manifest.file));
    // Read even when its algorithm is not known: then it still says which files there should be.
    if (text) take_manifest(i, *text);
    if (!Digester::open(manifest.algorithm))
      problem(printable(manifest.file) + " cannot be checked: its digest algorithm is not known here.");
  }
  if (!has_payload_manifest) problem("The bag has no payload manifest.");
  if (has_payload_manifest && !has_strong_manifest)
    warn("The payload manifests use MD5 or SHA-1 only: they show accidents, not tampering.");
  return {};
}

void Validator::take_manifest(std::size_t manifest, std::string_view text) {
  const std::string where = printable(manifests_[manifest].file) + " line ";
  std::uint64_t number = 0;
  while (const auto line = next_line(text)) {
    ++number;
    const auto parsed = parse_manifest_line(*line, declaration_.rules);
    if (!parsed) {
      problem(where + std::to_string(number) + ": " + parsed.error().sentence() + ".");
      continue;
    }
    if (parsed->odd) warn(where + std::to_string(number) + " has an unusual form: " + printable(*line) + ".");
    take_line(manifest, *parsed);
  }
}

void Validator::take_line(std::size_t manifest, const ManifestLine& line) {
  const Manifest& from = manifests_[manifest];
  if (is_payload(line.path) != from.is_payload) {
    problem(printable(from.file) + " may not list " + printable(line.path) + ".");
    return;
  }
  std::vector<Listing>& listings = listed_[line.path];
  // Manifests are read one after the other, so an earlier line of this one is the last listing.
  if (listings.empty() || listings.back().manifest != manifest) {
    listings.push_back({manifest, line.digest});
    return;
  }
  const bool agrees = listings.back().digest == line.digest;
  std::string sentence =
      printable(from.file) + " lists " + printable(line.path) + " twice" + (agrees ? "." : ", with different digests.");
  // "Every payload manifest MUST list every payload file name exactly once" came with version 1.0.
  agrees&& declaration_.rules == BagRules::draft ? warn(std::move(sentence)) : problem(std::move(sentence));
}

Result<void> Validator::read_fetch() {
  TRY_ASSIGN(const auto text, read_tag_file(std::string(kFetch)));
  if (!text) return {};
  std::string_view rest = *text;
  std::uint64_t number = 0;
  while (const auto line = next_line(rest)) {
    ++number;
    const auto parsed = parse_fetch_line(*line, declaration_.rules);
    if (parsed) {
      take_fetch(*parsed);
    } else {
      problem("fetch.txt line " + std::to_string(number) + ": " + parsed.error().sentence() + ".");
    }
  }
  return {};
}

void Validator::take_fetch(const FetchLine& line) {
  if (!is_payload(line.path)) {
    problem("fetch.txt may not list " + printable(line.path) + ".");
    return;
  }
  fetchable_[line.path] = line.url;  // told to people; nothing is ever fetched
  if (!listed_.contains(line.path)) problem("fetch.txt lists " + printable(line.path) + ", but no manifest does.");
  const auto file = files_.find(line.path);
  if (file == files_.end()) return;
  warn("fetch.txt lists " + printable(line.path) + ", which is there already.");
  if (line.size_bytes && *line.size_bytes != file->second)
    problem(printable(line.path) + " does not have the length that fetch.txt gives.");
}

Result<void> Validator::read_info() {
  TRY_ASSIGN(const auto text, read_tag_file("bag-info.txt"));
  if (!text) return {};
  const auto fields = parse_bag_info(*text, declaration_.rules);
  if (!fields) {
    problem("bag-info.txt: " + fields.error().sentence() + ".");
    return {};
  }
  std::uint64_t stated = 0;
  // The only field that says something about the bag's files; the others are for people.
  for (const auto& [label, value] : *fields) {
    if (label != "Payload-Oxum") continue;
    ++stated;
    check_oxum(value);
  }
  if (stated > 1) problem("bag-info.txt gives Payload-Oxum more than once.");
  return {};
}

void Validator::check_oxum(const std::string& stated) {
  const std::string found = std::to_string(report_.bytes) + "." + std::to_string(report_.files);
  if (stated != found)
    problem("bag-info.txt says that the payload is " + printable(stated, 80) + " (bytes.files), but it is " + found +
            ".");
}

/// That the manifests list all that they have to.
void Validator::check_listings() {
  for (const auto& [path, size_bytes] : files_) {
    if (is_payload(path)) check_listed_file(path);
  }
  if (declaration_.rules == BagRules::draft) return;
  for (std::size_t i = 0; i < manifests_.size(); ++i) {
    if (!manifests_[i].is_payload) check_tag_manifest(i);
  }
}

bool Validator::lists(std::size_t manifest, const std::string& path) const {
  const auto found = listed_.find(path);
  if (found == listed_.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(),
                     [&](const Listing& listing) { return listing.manifest == manifest; });
}

/// In the drafts one manifest is enough; RFC 8493 section 3 wants each payload file in every payload manifest.
void Validator::check_listed_file(const std::string& path) {
  if (!listed_.contains(path)) {
    problem(printable(path) + " is in no manifest.");
    return;
  }
  if (declaration_.rules == BagRules::draft) return;
  for (std::size_t i = 0; i < manifests_.size(); ++i) {
    if (manifests_[i].is_payload && !lists(i, path))
      problem(printable(path) + " is not in " + printable(manifests_[i].file) + ".");
  }
}

/// "Each tag manifest MUST list every payload manifest. Each tag manifest MUST NOT list any tag manifests".
void Validator::check_tag_manifest(std::size_t manifest) {
  const std::string name = printable(manifests_[manifest].file);
  for (const Manifest& other : manifests_) {
    const bool is_listed = lists(manifest, other.file);
    if (other.is_payload && !is_listed) problem(name + " does not list " + printable(other.file) + ".");
    if (!other.is_payload && is_listed) problem(name + " may not list " + printable(other.file) + ".");
  }
}

/// That what is listed is there and has the digests that are listed.
Result<void> Validator::check_files() {
  for (const auto& [path, listings] : listed_) {
    if (files_.contains(path)) {
      TRY(check_digests(path, listings));
    } else if (const auto fetch = fetchable_.find(path); fetch != fetchable_.end()) {
      problem(printable(path) + " is not here; fetch.txt says to get it from " + printable(fetch->second) + ".");
    } else {
      problem(printable(path) + " is missing.");
    }
  }
  return {};
}

Result<void> Validator::check_digests(const std::string& path, const std::vector<Listing>& listings) {
  // One reading for all manifests: a payload may be larger than any cache.
  std::vector<std::pair<const Listing*, Digester>> checks;
  for (const Listing& listing : listings) {
    auto digester = Digester::open(manifests_[listing.manifest].algorithm);
    if (digester) checks.emplace_back(&listing, std::move(digester).value());  // else it is a problem already
  }
  TRY_ASSIGN(const auto file, fs_.open(join(folder_, path)));
  Bytes buffer(kBufferBytes);
  for (;;) {
    TRY_ASSIGN(const std::size_t count, file->read(buffer));
    if (count == 0) break;
    for (auto& [listing, digester] : checks) digester.update(ByteView(buffer).first(count));
  }
  for (auto& [listing, digester] : checks) {
    if (digester.finish_hex() != listing->digest)
      problem(printable(path) + " does not match " + printable(manifests_[listing->manifest].file) + ".");
  }
  return {};
}

}  // namespace

Result<BagReport> validate_bag(Fs& fs, const std::string& folder, ValidateLimits limits) {
  return Validator(fs, folder, limits).run();
}

Result<bool> looks_like_bag(Fs& fs, const std::string& folder) { return exists(fs, join(folder, "bagit.txt")); }

}  // namespace muniment::bag
