// Writes one deposit into a folder: bag → age → parts, each source byte once. Spec: docs/formats.md "Deposit".
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "age/file.h"
#include "archive/card.h"
#include "archive/charter.h"
#include "archive/contents.h"
#include "archive/doors.h"
#include "archive/marks.h"
#include "archive/part_writer.h"
#include "archive/read_ahead.h"
#include "archive/receipt.h"
#include "bag/names.h"
#include "base/relay.h"

namespace muniment {

/// What a deposit is sealed for.
struct SealTarget {
  Sha256 archive;
  std::string compartment;
  std::string recipient;                                    // "age1…"
  std::optional<TestimonyRecord> testimony = std::nullopt;  // that every deposit of this run is of
};

/// What is sealed for a compartment is sealed to its hybrid recipient where it has one and libcrypto has ML-KEM.
SealTarget target_for(const Sha256& archive, const Compartment& compartment);
SealTarget target_for(const Card& card);

struct SealLimits {
  std::uint64_t split_bytes = 1ull << 30;  // a new deposit starts above this, unless a single file is larger
  std::uint64_t split_items = 5000;
  std::uint64_t split_contents_bytes = 4ull << 20;  // very long paths: opening holds them several times
};

/// A finished deposit in a folder of its own, synced.
struct SealedDeposit {
  Sha256 id;
  Receipt receipt;
  std::string folder;
  std::uint64_t files = 0;
  std::uint64_t source_bytes = 0;
};

/// What was given, and whether all of it was taken.
struct SealReport {
  std::vector<SealedDeposit> deposits;
  std::vector<std::string> not_whole;  // one sentence each: left out, unreadable, changed while it was read
  std::uint64_t links = 0;             // recorded, not followed
};

/// What became of one item of the source. A link is recorded, and not taken.
struct TakenItem {
  const SourceItem& item;
  Sha256 digest;        // of a file's bytes in the deposit
  std::string lacking;  // why it is not there whole; empty when it is
};

struct SealHooks {
  /// Takes a finished deposit away from its staging folder and updates `folder`. An error ends the run.
  std::function<Result<void>(SealedDeposit& deposit)> place;
  /// Bytes of the source read since the last call; may be empty.
  std::function<void(std::uint64_t bytes)> on_bytes;
  /// Called for each file, link and item that was left out, before its deposit is placed; may be empty.
  std::function<void(const TakenItem& taken)> on_taken = {};
  /// Whether an item is to be sealed: of what is not, nothing is recorded. Empty: all are.
  std::function<bool(const SourceItem& item)> is_wanted = {};
  /// Called for each file without a defect, link and empty folder, before its deposit is placed, with what the file
  /// system said of it before it was read; may be empty.
  std::function<void(const SourceItem& item, const FileInfo& info)> on_whole = {};
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
  Result<void> add(const ReadItem& read, SealReport& report, const SealHooks& hooks);

  /// A file whose data comes piece by piece from elsewhere; its contents lines are the caller's to write.
  Result<void> begin_file(const std::string& true_path, std::uint64_t size_bytes, std::int64_t modified_s);
  Result<void> write(ByteView data);
  Result<bag::PayloadFile> end_file();
  ContentsWriter& contents() { return contents_; }

  bool empty() const { return contents_.items() == 0; }
  std::uint64_t files() const { return files_; }
  /// True when an item of `item_bytes` more belongs into the next deposit.
  bool is_full(std::uint64_t item_bytes, const SealLimits& limits) const;

  /// Contents, sums and last of all the receipt; everything synced.
  Result<SealedDeposit> finish();

 private:
  DepositWriter(const Doors& doors, std::string folder, SealTarget target, std::string base, Secret<32> payload_key);
  Result<void> add_file(const SourceItem& item, SealReport& report, const SealHooks& hooks);
  Result<void> add_whole(const SourceItem& item, const WholeFile& file, SealReport& report, const SealHooks& hooks);
  void record(const SourceItem& item, const FileInfo& info, const bag::PayloadFile& written, FileLook& look,
              std::string defect, SealReport& report, const SealHooks& hooks);
  Result<std::uint64_t> copy_bytes(InputFile& input, std::uint64_t size_bytes, std::string& defect, FileLook& look,
                                   const SealHooks& hooks);
  MarkTimes mark_times() const;
  Result<void> add_note_of_no_files();
  Result<void> add_placeholder();
  void leave_out(const SourceItem& item, const std::string& reason, SealReport& report, const SealHooks& hooks);

  Doors doors_;
  std::string folder_;
  SealTarget target_;
  std::string base_;
  std::int64_t now_s_;
  PartWriter parts_;
  age::StreamSealer sealer_;
  Relay to_sealer_;  // reading and hashing go on while its thread seals
  bag::BagWriter bag_;
  bag::NameTable names_;
  ContentsWriter contents_;
  PackageBook packages_;
  Bytes buffer_;
  Bytes header_;
  std::uint64_t files_ = 0;
  std::uint64_t source_bytes_ = 0;
};

/// "Case/a was left out: vanished before it could be read"
std::string left_out_sentence(const SourceItem& item, const std::string& reason);

/// "muniment 0.1.0": what made a deposit.
std::string tool_name();

}  // namespace muniment
