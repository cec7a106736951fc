// What was deposited before, held against what is given now: for a custodian who gives a folder again.
// Spec: docs/formats.md "Catalogue".
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "archive/catalogue.h"
#include "archive/home.h"
#include "archive/view.h"

namespace muniment {

/// How many items, of which kinds.
struct ItemCount {
  std::uint64_t files = 0;
  std::uint64_t others = 0;  // links and empty folders
};

/// Of one given path: what was passed over since it was deposited before.
struct GivenAgain {
  std::string path;
  ItemCount here;  // in deposits that are here
  struct Removed {
    std::uint64_t index = 0;  // of the deposit, in the log
    std::uint64_t removal = 0;
    ItemCount count;
  };
  std::vector<Removed> removed;  // in deposits that were withdrawn, by their entries

  bool empty() const { return here.files + here.others == 0 && removed.empty(); }
};

struct KnownReport {
  std::vector<GivenAgain> paths;
  std::string trouble;  // why the catalogue could not be used or written; empty when there was none
};

struct KnownOptions {
  bool again = false;  // everything is taken
  std::uint64_t items_max = kCatalogueItemsMax;
};

class KnownItems {
 public:
  /// The catalogue of this custodian for what is sealed for `compartment`. All references outlive this.
  KnownItems(const Doors& doors, Home& home, const ArchiveView& view, std::string compartment,
             const HolderKeys& custodian, KnownOptions options = {});

  /// The next given path, and the same as an absolute one.
  void begin(const std::string& path, const std::string& absolute);
  /// For SealHooks: whether an item is not yet in the archive; an item that was taken whole; a deposit that was placed.
  bool is_wanted(const SourceItem& item);
  void note_whole(const SourceItem& item, const FileInfo& info);
  void note_placed(const Sha256& deposit);
  /// Nothing more of the given path comes.
  void end();

  /// All that was placed is in the log: from now on it is known. What cannot be written is told, and no error.
  KnownReport finish();

 private:
  enum class Standing { unasked, here, removed, not_here };
  struct PackageFolder {
    std::string path;
    bool is_known = false;
  };

  void open();
  Result<Catalogue> read();
  Result<void> save();
  const std::string& absolute_of(const SourceItem& item);
  ItemTag tag_of(const SourceItem& item, const FileInfo& info);
  Standing standing_of(std::uint32_t deposit);
  bool is_here(const LoggedDeposit& deposit);
  bool is_known_package(const SourceItem& item);
  bool knows_all_files_beside(const SourceItem& item);
  void count_removed(std::uint32_t deposit, SourceItem::Kind kind);

  Doors doors_;
  Home& home_;
  const ArchiveView& view_;
  std::string compartment_;
  const HolderKeys& custodian_;
  KnownOptions options_;

  std::optional<Catalogue> catalogue_;  // once a path was given
  bool must_replace_ = false;           // what is on the disk cannot be used
  std::vector<Standing> standings_;     // of its deposits
  std::vector<DepositedItems> placed_;
  KnownReport report_;
  // Of the path under way:
  std::string given_;
  std::string root_;                     // absolute
  std::size_t recorded_size_ = 0;        // of the name under which it is recorded
  std::int64_t settled_ns_ = 0;          // what was changed after this may change again unseen
  std::string absolute_;                 // of the item under way
  std::vector<PackageFolder> packages_;  // on the way to it
  std::vector<ItemTag> pending_;         // whole, for the deposit under way
  ItemCount here_;
  std::map<std::uint64_t, GivenAgain::Removed> removed_;  // by entry
};

}  // namespace muniment
