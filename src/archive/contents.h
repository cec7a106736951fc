// The contents of a deposit: JSON Lines whose exact bytes are the leaves of a commitment tree.
// Spec: docs/formats.md "Contents".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/return_phrase.h"
#include "bag/bag.h"
#include "base/random.h"
#include "crypto/sha256.h"

namespace muniment {

inline constexpr std::uint64_t kContentsFloorBytes = 16 * 1024;
inline constexpr std::uint64_t kContentsPlainBytesMax = kContentsFloorBytes + (16ull << 20);

/// What is known of an item of the source, beside its bytes.
struct ItemFacts {
  std::string path;  // true bytes, relative to what was given
  std::int64_t modified_ns = 0;
  std::uint32_t mode = 0;
  std::uint32_t owner = 0;
  std::uint32_t group = 0;
  std::vector<std::string> defects;     // sentences: what was odd when it was taken
  std::vector<std::string> marks = {};  // "code" or "code: detail": see "Marks"
};

struct DepositFacts {
  Sha256 archive;
  std::string compartment;
  std::string bag;  // the base folder in the tar
  std::int64_t sealed_s = 0;
  std::string tool;  // "muniment 0.1.0"
};

/// The commitment to a set of lines: SHA-256("muniment/tree/v1\n" count "\n" hex-root "\n"), so that the count of files
/// is committed as well as the files.
Sha256 contents_tree(std::uint64_t count, const Sha256& root);

/// A line of an older deposit, byte for byte, with the proof that it was a leaf of that deposit's tree: the older entry
/// in the log dates what it says. Spec: docs/formats.md "Withdrawal of files".
struct KeptLine {
  std::uint64_t item = 0;  // of the deposit that keeps it
  Sha256 deposit;          // the older one's id
  std::string line;
  std::uint64_t leaf = 0;    // its index there
  std::uint64_t leaves = 0;  // how many there were
  Sha256 root;               // of the older tree
  std::vector<Sha256> proof;
};

/// What one of the two deposits of a testimony says of it. Spec: docs/formats.md "Testimonies".
struct TestimonyRecord {
  std::string part;  // kNamesPart or kAccountPart
  std::string link;  // 32 hexadecimal digits: the same in both deposits, and nowhere else
  std::vector<std::pair<std::string, std::string>> answers;  // by the keys of kTestimonyKeys, in their order
  std::optional<PhraseVerifier> phrase;                      // of the part with the names only
  bool operator==(const TestimonyRecord&) const = default;
};
inline constexpr const char* kNamesPart = "names";
inline constexpr const char* kAccountPart = "account";
inline constexpr std::array<const char*, 7> kTestimonyKeys = {
    "deponent", "place", "date", "interviewer", "language", "conditionsGoverningAccess", "risks"};

/// A package of a capture app among the files, as their names and digests show it.
struct ContentsPackage {
  std::string format;  // "proofmode", "tella", "save"
  std::string folder;  // the true path
  std::vector<std::string> defects;
};

class ContentsWriter {
 public:
  explicit ContentsWriter(Random& random) : random_(random) {}

  void add_file(const bag::PayloadFile& file, const ItemFacts& facts);
  void add_link(const ItemFacts& facts, std::string_view target);
  void add_empty_folder(const ItemFacts& facts);
  /// Something that was seen and not taken: "socket", "vanished before it could be read" …
  void add_left_out(std::string_view path, std::string_view reason);

  /// A file of an older deposit, by its two lines there, which parse_contents has taken: what they say, with salts of
  /// its own and its place in the new bag.
  void add_survivor(const bag::PayloadFile& file, std::string_view old_content, std::string_view old_context);
  /// A link, an empty folder or what was left out, likewise.
  void add_survivor(std::string_view old_line);
  /// Keeps a line of an older deposit about the item that was added last; its `item` is set.
  void add_kept(const KeptLine& kept);
  void add_package(const ContentsPackage& package);
  /// Once. Its answers are UTF-8.
  void add_testimony(const TestimonyRecord& record);

  std::uint64_t items() const { return items_; }
  std::uint64_t size_bytes() const { return lines_.size(); }

  struct Finished {
    Bytes bytes;  // padded
    Sha256 tree;
  };
  Finished finish(const DepositFacts& facts);

 private:
  std::string next_salt();

  Random& random_;
  Bytes salts_;  // random bytes for the lines to come: asking for a few at a time costs more than writing a line
  std::string lines_;
  std::uint64_t items_ = 0;
};

/// A payload file as the contents state it.
struct ContentsFile {
  std::string name;  // in the bag: "data/…"
  std::string path;  // true bytes
  std::uint64_t size_bytes = 0;
  std::uint64_t offset_bytes = 0;
  Sha256 digest;
  std::string media_type;
  std::int64_t modified_ns = 0;
  std::vector<std::string> defects;
  std::vector<std::string> marks;
  std::uint64_t item = 0;
  std::uint64_t content_leaf = 0;  // where its lines stand among the leaves
  std::uint64_t context_leaf = 0;
};

struct ContentsOther {
  std::string kind;  // "link", "folder", "left-out"
  std::string path;
  std::string detail;  // the link's target, or why it was left out
  std::uint64_t item = 0;
  std::uint64_t leaf = 0;
};

struct Contents {
  DepositFacts facts;
  std::vector<ContentsFile> files;  // in the order of the bag
  std::vector<ContentsOther> others;
  std::vector<KeptLine> kept;  // of older deposits; each says of its item what the item's own lines say
  std::optional<TestimonyRecord> testimony;
  std::vector<ContentsPackage> packages;
  Sha256 tree;
};

/// The lines that are leaves: all but padding. Views of `text`.
std::vector<std::string_view> contents_leaves(std::string_view text);

/// Parses padded contents. Refuses what is ambiguous: a key given twice, two items of one path or one name, a content
/// line without its context line, a kept line that says something else than its item. Unknown keys and unknown kinds
/// are passed over, but count as leaves. Errors: `corrupt`, `limit` above kContentsPlainBytesMax.
Result<Contents> parse_contents(ByteView bytes);

/// A media type by the ending of a name; "application/octet-stream" when it is not known.
std::string media_type_of(std::string_view path);

}  // namespace muniment
