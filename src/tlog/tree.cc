#include "tlog/tree.h"

#include <algorithm>
#include <array>
#include <bit>

namespace muniment::tlog {
namespace {

// "0x00" and "0x01" keep a leaf from passing for a node (RFC 6962 section 2.1).
constexpr std::uint8_t kLeafPrefix[] = {0x00};
constexpr std::uint8_t kNodePrefix = 0x01;

/// A million entries are two million hashes: one hasher for each thread spares an allocation each time.
Sha256Hasher& hasher() {
  thread_local Sha256Hasher hasher;
  return hasher;
}

}  // namespace

Sha256 leaf_hash(ByteView entry) {
  hasher().update(kLeafPrefix);
  hasher().update(entry);
  return hasher().finish();
}

Sha256 node_hash(const Sha256& left, const Sha256& right) {
  std::array<std::uint8_t, 1 + 2 * 32> node{};
  node[0] = kNodePrefix;
  std::ranges::copy(left.bytes, node.begin() + 1);
  std::ranges::copy(right.bytes, node.begin() + 1 + 32);
  // One piece: a call into libcrypto costs more than copying 64 bytes.
  hasher().update(node);
  return hasher().finish();
}

Sha256 empty_root() { return sha256({}); }

Result<Frontier> Frontier::resume(std::uint64_t size, const NodeSource& nodes) {
  Frontier frontier;
  frontier.size_ = size;
  std::uint64_t start = 0;
  for (unsigned height = 64; height-- > 0;) {
    if ((size >> height) % 2 == 0) continue;
    TRY_ASSIGN(const Sha256 subtree, nodes(height, start >> height));
    frontier.edge_.push_back(subtree);
    start += std::uint64_t{1} << height;
  }
  return frontier;
}

void Frontier::append(const Sha256& leaf) {
  Sha256 hash = leaf;
  // Each set bit at the low end is a complete subtree of the same height as the new one: they become one.
  for (std::uint64_t size = size_; size % 2 == 1; size /= 2) {
    hash = node_hash(edge_.back(), hash);
    edge_.pop_back();
  }
  edge_.push_back(hash);
  ++size_;
}

Sha256 Frontier::root() const {
  if (edge_.empty()) return empty_root();
  // MTH splits the largest subtree off at the left, so the smallest ones at the right are joined first.
  Sha256 hash = edge_.back();
  for (std::size_t i = edge_.size() - 1; i > 0; --i) hash = node_hash(edge_[i - 1], hash);
  return hash;
}

Result<Sha256> root_of(std::uint64_t size, const NodeSource& nodes) { return range_root({0, size}, nodes); }

Result<Sha256> range_root(LeafRange range, const NodeSource& nodes) {
  std::uint64_t left = range.end - range.start;
  if (left == 0) return empty_root();
  // Each set bit of the count is a complete subtree, the smallest at the right end.
  auto height = static_cast<unsigned>(std::countr_zero(left));
  TRY_ASSIGN(Sha256 hash, nodes(height, (range.end >> height) - 1));
  for (left &= left - 1; left != 0; left &= left - 1) {
    height = static_cast<unsigned>(std::countr_zero(left));
    TRY_ASSIGN(const Sha256 sibling, nodes(height, (range.end >> height) - 1));
    hash = node_hash(sibling, hash);
  }
  return hash;
}

}  // namespace muniment::tlog
