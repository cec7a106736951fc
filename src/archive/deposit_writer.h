// Writes one deposit into a folder: bag → age → parts, each source byte once. Spec: docs/formats.md "Deposit".
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "archive/seal.h"

namespace muniment {

/// Cuts the sealed payload into parts and hashes them.
class PartWriter {
 public:
  PartWriter(Fs& fs, std::string folder) : fs_(fs), folder_(std::move(folder)) {}
  Result<void> write(ByteView sealed);
  /// Syncs the last part.
  Result<void> finish();
  const std::vector<Sha256>& parts() const { return parts_; }
  std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  Result<void> end_part();

  Fs& fs_;
  std::string folder_;
  std::unique_ptr<OutputFile> file_;
  Sha256Hasher hasher_;
  std::uint64_t part_bytes_ = 0;
  std::uint64_t size_bytes_ = 0;
  std::vector<Sha256> parts_;
};

class DepositWriter {
 public:
  /// `folder` is new and empty. The header is written first, so that what a cut leaves can be salvaged.
  static Result<std::unique_ptr<DepositWriter>> begin(const Doors& doors, const std::string& folder,
                                                      const SealTarget& target);
  DepositWriter(const DepositWriter&) = delete;
  DepositWriter& operator=(const DepositWriter&) = delete;

  /// Takes one item of the source. What cannot be read goes into the contents and into `report`, not into the error,
  /// which is of writing only.
  Result<void> add(const SourceItem& item, SealReport& report, const SealHooks& hooks);

  bool empty() const { return contents_.items() == 0; }
  std::uint64_t files() const { return files_; }
  /// True when an item of `item_bytes` more belongs into the next deposit.
  bool is_full(std::uint64_t item_bytes, const SealLimits& limits) const;

  /// Contents, sums and last of all the receipt; everything synced.
  Result<SealedDeposit> finish();

 private:
  DepositWriter(const Doors& doors, std::string folder, SealTarget target, std::string base, Secret<32> payload_key);
  Result<void> add_file(const SourceItem& item, SealReport& report, const SealHooks& hooks);
  Result<std::uint64_t> copy_bytes(InputFile& input, std::uint64_t size_bytes, std::string& defect,
                                   const SealHooks& hooks);
  void leave_out(const SourceItem& item, const std::string& reason, SealReport& report);

  Doors doors_;
  std::string folder_;
  SealTarget target_;
  std::string base_;
  std::int64_t now_s_;
  PartWriter parts_;
  age::StreamSealer sealer_;
  bag::BagWriter bag_;
  bag::NameTable names_;
  ContentsWriter contents_;
  Bytes buffer_;
  Bytes header_;
  std::uint64_t files_ = 0;
  std::uint64_t source_bytes_ = 0;
};

/// "muniment 0.1.0": what made a deposit.
std::string tool_name();

}  // namespace muniment
