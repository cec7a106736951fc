// Packages in which capture apps hand over media with proofs: ProofMode, Tella, Save. Spec: docs/formats.md "Marks".
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/sha256.h"

namespace muniment {

enum class PackageKind { none, proofmode, tella, save };

/// "proofmode", "tella", "save".
std::string_view name_of(PackageKind kind);

/// What a folder with these names is, by the names alone: its files stay together in one deposit.
PackageKind recognise_package(const std::vector<std::string>& names);

/// Of a ProofMode package, what its names say: "missing-signature: …". Empty where nothing is missing.
std::vector<std::string> proofmode_defects(const std::vector<std::string>& names);

/// What a file of a package says of another one, or of itself.
struct PackageClaim {
  PackageKind kind = PackageKind::none;
  std::string about;                        // the other file's name; empty where it is known by its digest
  std::string digest;                       // lower-case hexadecimal; empty where it says nothing
  std::optional<std::uint64_t> size_bytes;  // likewise
  std::vector<std::string> marks;           // of the file itself
};

/// `start` is the start of a file, all of it up to 64 KiB. kind is none for what is no part of a package.
PackageClaim read_claim(std::string_view name, std::string_view start);

/// Files of one deposit, and at the end what is true of the packages among them.
class PackageBook {
 public:
  struct Found {
    PackageKind kind = PackageKind::none;
    std::string folder;
    std::uint64_t files = 0;
    std::vector<std::string> defects;
  };

  /// What is known of one file of the deposit.
  struct File {
    std::string name;
    std::string digest;  // lower-case hexadecimal
    std::uint64_t size_bytes = 0;
    bool lacks_camera = false;  // a photograph or film without what a camera leaves in it
    PackageClaim claim;
  };

  void add(std::string_view folder, File file);
  std::vector<Found> finish() const;

 private:
  std::map<std::string, std::vector<File>> folders_;
  bool has_claims_ = false;
};

}  // namespace muniment
