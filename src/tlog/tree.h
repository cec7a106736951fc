// Merkle tree hashing (RFC 6962 section 2.1) and the right edge of a growing tree.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/bytes.h"
#include "crypto/sha256.h"

namespace muniment::tlog {

/// SHA-256(0x00 entry), SHA-256(0x01 left right), SHA-256("").
Sha256 leaf_hash(ByteView entry);
Sha256 node_hash(const Sha256& left, const Sha256& right);
Sha256 empty_root();

/// The hash of a complete subtree: 2^height leaves from index * 2^height. Given by a log or a test.
using NodeSource = std::function<Result<Sha256>(unsigned height, std::uint64_t index)>;

/// How many leaves a tree has, and its root: what a checkpoint states.
struct TreeHead {
  std::uint64_t size = 0;
  Sha256 root = empty_root();
  bool operator==(const TreeHead&) const = default;
};

/// A tree of which only the complete subtrees at the right edge are kept: 64 hashes at the most.
class Frontier {
 public:
  Frontier() = default;
  /// The right edge of a tree of `size`. Errors: those of `nodes`.
  static Result<Frontier> resume(std::uint64_t size, const NodeSource& nodes);

  void append(const Sha256& leaf);
  std::uint64_t size() const { return size_; }
  Sha256 root() const;
  TreeHead head() const { return {size_, root()}; }

 private:
  std::uint64_t size_ = 0;
  std::vector<Sha256> edge_;  // one for each set bit of size_, largest subtree first
};

/// The root of the tree of `size` leaves, from its complete subtrees. Errors: those of `nodes`.
Result<Sha256> root_of(std::uint64_t size, const NodeSource& nodes);

/// Leaves from `start` up to, not including, `end`.
struct LeafRange {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
};

/// The root over a range whose start is a multiple of a power of two that is not below its count, as every D[a:b]
/// of RFC 6962 section 2.1 is. Errors: those of `nodes`.
Result<Sha256> range_root(LeafRange range, const NodeSource& nodes);

}  // namespace muniment::tlog
