#include "archive/packages.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/encoding.h"
#include "base/fs.h"
#include "crypto/sha256.h"

namespace muniment {
namespace {

constexpr std::size_t kProofDigestDigits = 64;
constexpr std::size_t kDefectsMax = 20;
constexpr std::string_view kProofModeRecipe = "HowToVerifyProofData.txt";
constexpr std::string_view kSaveEnding = ".meta.json";
constexpr std::string_view kTellaHeader = "File hash,File path,File name,";
constexpr std::array<std::string_view, 10> kMediaEndings = {".jpg", ".jpeg", ".png", ".mp4", ".mov",
                                                            ".3gp", ".m4a",  ".aac", ".mp3", ".wav"};

/// The digest at the start of a ProofMode name, "<64 digits>.proof.csv"; empty for other names.
std::string_view proof_digest(std::string_view name) {
  if (name.size() <= kProofDigestDigits || name[kProofDigestDigits] != '.') return {};
  const std::string_view digest = name.substr(0, kProofDigestDigits);
  return parse_sha256(digest) ? digest : std::string_view();
}

bool is_proof(std::string_view name) {
  return !proof_digest(name).empty() && (name.ends_with(".proof.csv") || name.ends_with(".proof.json"));
}

std::string_view package_stem_of(std::string_view name) { return name.substr(0, name.rfind('.')); }

bool is_media(std::string_view name) {
  const std::string lower = lower_ascii(name);
  return std::ranges::any_of(kMediaEndings, [&](std::string_view ending) { return lower.ends_with(ending); });
}

bool has_tella_pair(const std::vector<std::string>& names) {
  std::set<std::string_view> tables;
  for (const std::string& name : names) {
    if (name.ends_with(".csv")) tables.insert(package_stem_of(name));
  }
  return !tables.empty() && std::ranges::any_of(names, [&](const std::string& name) {
    return is_media(name) && tables.contains(package_stem_of(name));
  });
}

PackageClaim read_proof(std::string_view name, std::string_view start) {
  PackageClaim claim{.kind = PackageKind::proofmode,
                     .about = {},
                     .digest = std::string(proof_digest(name)),
                     .size_bytes = {},
                     .marks = {}};
  if (start.find("Z") != std::string_view::npos && start.find("Proof Generated") != std::string_view::npos)
    claim.marks.emplace_back("tz-not-utc: its times end in Z and are the phone's local time");
  if (start.find("File Path") != std::string_view::npos)
    claim.marks.emplace_back("path-leak: it has a path of the phone");
  const auto rows = std::ranges::count(start, '\n') + (start.empty() || start.ends_with('\n') ? 0 : 1);
  if (name.ends_with(".csv") && rows > 2) claim.marks.emplace_back("appended-duplicates: it has more than one row");
  return claim;
}

PackageClaim read_tella(std::string_view name, std::string_view start) {
  const auto lines = split(start, '\n');
  PackageClaim claim{.kind = PackageKind::tella,
                     .about = std::string(package_stem_of(name)),
                     .digest = {},
                     .size_bytes = {},
                     .marks = {"unsigned-metadata"}};
  if (lines.size() > 1) {
    const std::string_view digest = lines[1].substr(0, lines[1].find(','));
    if (parse_sha256(digest)) claim.digest = digest;
  }
  claim.marks.emplace_back("path-leak: it has a path of the phone");
  return claim;
}

PackageClaim read_save(std::string_view name, std::string_view start) {
  PackageClaim claim{.kind = PackageKind::save,
                     .about = std::string(name.substr(0, name.size() - kSaveEnding.size())),
                     .digest = {},
                     .size_bytes = {},
                     .marks = {"unsigned-metadata"}};
  const auto json = nlohmann::json::parse(start, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return claim;
  if (const auto hash = json.find("hash"); hash != json.end() && hash->is_string()) {
    const std::string digest = hash->get<std::string>();
    if (parse_sha256(digest)) claim.digest = digest;
  }
  if (const auto size = json.find("contentLength"); size != json.end() && size->is_number_unsigned())
    claim.size_bytes = size->get<std::uint64_t>();
  return claim;
}

}  // namespace

std::string_view name_of(PackageKind kind) {
  switch (kind) {
    case PackageKind::none: break;
    case PackageKind::proofmode: return "proofmode";
    case PackageKind::tella: return "tella";
    case PackageKind::save: return "save";
  }
  return "none";
}

PackageKind recognise_package(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (name == kProofModeRecipe || is_proof(name)) return PackageKind::proofmode;
    if (name.size() > kSaveEnding.size() && name.ends_with(kSaveEnding)) return PackageKind::save;
  }
  return has_tella_pair(names) ? PackageKind::tella : PackageKind::none;
}

std::vector<std::string> proofmode_defects(const std::vector<std::string>& names) {
  const std::set<std::string> present(names.begin(), names.end());
  std::set<std::string> digests;
  for (const std::string& name : names) {
    if (is_proof(name)) digests.emplace(proof_digest(name));
  }
  std::vector<std::string> defects;
  const auto miss = [&](const std::string& name) {
    if (!present.contains(name) && defects.size() < kDefectsMax) defects.push_back("missing-signature: " + name);
  };
  for (const std::string& digest : digests) {
    miss(digest + ".asc");
    for (const char* proof : {".proof.csv", ".proof.json"}) {
      if (present.contains(digest + proof)) miss(digest + proof + ".asc");
    }
  }
  return defects;
}

PackageClaim read_claim(std::string_view name, std::string_view start) {
  if (is_proof(name)) return read_proof(name, start);
  if (name == kProofModeRecipe || !proof_digest(name).empty())
    return {.kind = PackageKind::proofmode, .about = {}, .digest = {}, .size_bytes = {}, .marks = {}};
  if (name.ends_with(".csv") && start.starts_with(kTellaHeader)) return read_tella(name, start);
  if (name.size() > kSaveEnding.size() && name.ends_with(kSaveEnding)) return read_save(name, start);
  return {};
}

void PackageBook::add(std::string_view folder, File file) {
  has_claims_ = has_claims_ || file.claim.kind != PackageKind::none;
  folders_[std::string(folder)].push_back(std::move(file));
}

namespace {

/// Whether `file` speaks of `other`: by its digest, or by its name.
bool speaks_of(const PackageBook::File& file, const PackageBook::File& other) {
  if (&other == &file) return false;
  if (file.claim.kind == PackageKind::proofmode) return other.digest == file.claim.digest;
  const std::string_view name = file.claim.kind == PackageKind::tella ? package_stem_of(other.name) : other.name;
  return name == file.claim.about && other.claim.kind == PackageKind::none;
}

/// What is wrong with what `file` says of another one.
std::vector<std::string> defects_of(const PackageBook::File& file, const std::vector<PackageBook::File>& files) {
  const PackageClaim& claim = file.claim;
  if (claim.digest.empty() && claim.about.empty()) return {};
  const auto other = std::ranges::find_if(files, [&](const auto& each) { return speaks_of(file, each); });
  if (other == files.end()) return {"hash-mismatch: " + file.name};
  std::vector<std::string> defects;
  if (!claim.digest.empty() && other->digest != claim.digest) defects.push_back("hash-mismatch: " + other->name);
  if (claim.size_bytes.value_or(other->size_bytes) != other->size_bytes)
    defects.push_back("size-mismatch: " + other->name);
  // Tella encodes imported pictures anew unless it is told to keep what the camera left.
  if (claim.kind == PackageKind::tella && other->lacks_camera) defects.push_back("re-encoded: " + other->name);
  return defects;
}

}  // namespace

std::vector<PackageBook::Found> PackageBook::finish() const {
  std::vector<Found> found;
  if (!has_claims_) return found;
  for (const auto& [folder, files] : folders_) {
    std::map<PackageKind, Found> here;
    std::vector<std::string> names;
    for (const File& file : files) {
      names.push_back(file.name);
      if (file.claim.kind == PackageKind::none) continue;
      Found& package = here[file.claim.kind];
      package.kind = file.claim.kind;
      package.folder = folder;
      ++package.files;
      for (std::string& defect : defects_of(file, files)) package.defects.push_back(std::move(defect));
    }
    for (auto& [kind, package] : here) {
      if (kind == PackageKind::proofmode) {
        for (std::string& defect : proofmode_defects(names)) package.defects.push_back(std::move(defect));
      }
      if (package.defects.size() > kDefectsMax) package.defects.resize(kDefectsMax);
      found.push_back(std::move(package));
    }
  }
  return found;
}

}  // namespace muniment
