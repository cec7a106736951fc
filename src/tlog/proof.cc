#include "tlog/proof.h"

#include <algorithm>
#include <bit>

namespace muniment::tlog {
namespace {

/// Where RFC 6962 section 2.1 splits a range of two leaves or more: after "the largest power of two smaller than n".
std::uint64_t split_of(LeafRange range) { return range.start + std::bit_floor(range.end - range.start - 1); }

/// Walks from a node to the root: whether the next hash of a path stands left of ours, and how many are due.
/// `position_` and `last_` go up together: our node, and the rightmost node of its level.
class Climb {
 public:
  Climb(std::uint64_t position, std::uint64_t last) : position_(position), last_(last) {}

  bool at_root() const { return last_ == 0; }
  bool sibling_is_left() const { return position_ % 2 == 1 || position_ == last_; }

  void step() {
    // A node without right sibling is promoted: the levels on which it stays alone have no hash in the path.
    const bool promoted = sibling_is_left();
    while (promoted && position_ % 2 == 0 && position_ != 0) shift();
    shift();
  }

  /// To the largest complete subtree that ends where our node ends.
  void skip_complete() {
    while (position_ % 2 == 1) shift();
  }

 private:
  void shift() {
    position_ /= 2;
    last_ /= 2;
  }

  std::uint64_t position_;
  std::uint64_t last_;
};

Error forged(const char* sentence) { return {Code::forged, sentence}; }

/// RFC 9162 section 2.1.4.2 from its step 2 on, for 0 < old size < new size.
Result<void> verify_growth(const TreeHead& old_head, const TreeHead& new_head, std::span<const Sha256> path) {
  if (path.empty()) return forged("the consistency path is empty although the tree has grown");
  // An old tree that is one complete subtree is not repeated in the path: its root is known already.
  Sha256 first = old_head.root;
  if (!std::has_single_bit(old_head.size)) {
    first = path.front();
    path = path.subspan(1);
  }

  Climb climb(old_head.size - 1, new_head.size - 1);
  climb.skip_complete();
  Sha256 old_hash = first;
  Sha256 new_hash = first;
  for (const Sha256& sibling : path) {
    if (climb.at_root()) return forged("the consistency path is too long for the tree");
    if (climb.sibling_is_left()) {
      old_hash = node_hash(sibling, old_hash);
      new_hash = node_hash(sibling, new_hash);
    } else {
      new_hash = node_hash(new_hash, sibling);  // what came after the old tree
    }
    climb.step();
  }
  if (!climb.at_root()) return forged("the consistency path is too short for the tree");
  if (old_hash != old_head.root) return forged("the consistency path leads to a different old root");
  if (new_hash != new_head.root) return forged("the consistency path leads to a different new root");
  return {};
}

}  // namespace

// PATH(m, D[n]) of RFC 6962 section 2.1.1 from the root down, so that the hashes come in reverse.
Result<Proof> inclusion_proof(std::uint64_t index, std::uint64_t size, const NodeSource& nodes) {
  if (index >= size) return Error(Code::invalid, "the entry's index is not inside the tree");
  Proof proof;
  LeafRange range{0, size};
  while (range.end - range.start > 1) {
    const std::uint64_t split = split_of(range);
    const bool in_left = index < split;
    const LeafRange left{range.start, split};
    const LeafRange right{split, range.end};
    TRY_ASSIGN(const Sha256 sibling, range_root(in_left ? right : left, nodes));
    proof.push_back(sibling);
    range = in_left ? left : right;
  }
  std::ranges::reverse(proof);
  return proof;
}

// PROOF(m, D[n]) of RFC 6962 section 2.1.2, likewise.
Result<Proof> consistency_proof(std::uint64_t old_size, std::uint64_t new_size, const NodeSource& nodes) {
  if (old_size > new_size) return Error(Code::invalid, "the old tree is larger than the new one");
  Proof proof;
  if (old_size == 0) return proof;
  LeafRange range{0, new_size};
  while (range.end != old_size) {
    const std::uint64_t split = split_of(range);
    const bool in_left = old_size <= split;
    const LeafRange left{range.start, split};
    const LeafRange right{split, range.end};
    TRY_ASSIGN(const Sha256 sibling, range_root(in_left ? right : left, nodes));
    proof.push_back(sibling);
    range = in_left ? left : right;
  }
  // The flag b of the RFC: a subtree that starts at 0 is the whole old tree, whose root the verifier has.
  if (range.start != 0) {
    TRY_ASSIGN(const Sha256 hash, range_root(range, nodes));
    proof.push_back(hash);
  }
  std::ranges::reverse(proof);
  return proof;
}

Result<void> verify_inclusion(const Sha256& leaf, std::uint64_t index, std::span<const Sha256> path,
                              const TreeHead& head) {
  if (index >= head.size) return Error(Code::invalid, "the entry's index is not inside the tree");
  if (path.size() > kProofHashesMax) return Error(Code::limit, "the inclusion path is longer than 64 hashes");

  Climb climb(index, head.size - 1);
  Sha256 hash = leaf;
  for (const Sha256& sibling : path) {
    if (climb.at_root()) return forged("the inclusion path is too long for the tree");
    hash = climb.sibling_is_left() ? node_hash(sibling, hash) : node_hash(hash, sibling);
    climb.step();
  }
  if (!climb.at_root()) return forged("the inclusion path is too short for the tree");
  if (hash != head.root) return forged("the inclusion path leads to a different root");
  return {};
}

Result<void> verify_consistency(const TreeHead& old_head, const TreeHead& new_head, std::span<const Sha256> path) {
  if (old_head.size > new_head.size) return Error(Code::invalid, "the old tree is larger than the new one");
  if (path.size() > kProofHashesMax) return Error(Code::limit, "the consistency path is longer than 64 hashes");
  if (old_head.size == 0 && old_head.root != empty_root()) return forged("the empty tree has a different root");
  if (old_head.size != 0 && old_head.size != new_head.size) return verify_growth(old_head, new_head, path);

  // Nothing to prove: "the witness protocol demands an empty proof" (tlog-witness), and so does RFC 9162.
  if (!path.empty()) return forged("a consistency path was given where none can be");
  if (old_head.size == new_head.size && old_head.root != new_head.root) {
    return forged("two trees of one size have different roots");
  }
  return {};
}

}  // namespace muniment::tlog
