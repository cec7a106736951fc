// For tests and fuzz targets: trees and proofs as RFC 6962 section 2.1 words them, recursive and slow, so that they
// can be held against the text line by line. D[n] is a span of leaf hashes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tlog/proof.h"

namespace muniment::tlog::slow {

using Leaves = std::vector<Sha256>;
using LeafSpan = std::span<const Sha256>;

/// The leaves of the log whose entry i is ASCII "leaf <i>".
inline Leaves make_leaves(std::size_t count) {
  Leaves leaves;
  for (std::size_t i = 0; i < count; ++i) leaves.push_back(leaf_hash(as_view("leaf " + std::to_string(i))));
  return leaves;
}

// NOLINTBEGIN(misc-no-recursion): the definitions are recursive, and the depth is the height of the tree.

/// "Let k be the largest power of two smaller than n (i.e., k < n <= 2k)."
inline std::size_t k_of(std::size_t n) {
  std::size_t k = 1;
  while (2 * k < n) k *= 2;
  return k;
}

/// MTH(D[n]).
inline Sha256 root(LeafSpan d) {
  if (d.empty()) return empty_root();
  if (d.size() == 1) return d[0];
  const std::size_t k = k_of(d.size());
  return node_hash(root(d.first(k)), root(d.subspan(k)));
}

inline Proof operator+(Proof proof, const Sha256& hash) {
  proof.push_back(hash);
  return proof;
}

/// PATH(m, D[n]).
inline Proof path(std::size_t m, LeafSpan d) {
  if (d.size() == 1) return {};
  const std::size_t k = k_of(d.size());
  if (m < k) return path(m, d.first(k)) + root(d.subspan(k));
  return path(m - k, d.subspan(k)) + root(d.first(k));
}

/// SUBPROOF(m, D[n], b).
inline Proof subproof(std::size_t m, LeafSpan d, bool b) {
  if (m == d.size()) return b ? Proof{} : Proof{root(d)};
  const std::size_t k = k_of(d.size());
  if (m <= k) return subproof(m, d.first(k), b) + root(d.subspan(k));
  return subproof(m - k, d.subspan(k), false) + root(d.first(k));
}

// NOLINTEND(misc-no-recursion)

/// PROOF(m, D[n]), which the RFC defines for 0 < m.
inline Proof consistency(std::size_t m, LeafSpan d) { return m == 0 ? Proof{} : subproof(m, d, true); }

/// The head of the tree of the first `size` leaves.
inline TreeHead head(LeafSpan leaves, std::size_t size) { return {size, root(leaves.first(size))}; }

/// The complete subtrees of `leaves`, which must outlive the source. Says `not_found` for any other.
inline NodeSource nodes_of(LeafSpan leaves) {
  return [leaves](unsigned height, std::uint64_t index) -> Result<Sha256> {
    const std::uint64_t complete = height < 64 ? leaves.size() >> height : 0;
    if (index >= complete) return Error(Code::not_found, "no such complete subtree");
    return root(leaves.subspan(index << height, std::size_t{1} << height));
  };
}

}  // namespace muniment::tlog::slow
