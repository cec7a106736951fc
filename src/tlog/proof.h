// Inclusion and consistency proofs: made as in RFC 6962 section 2.1, checked as in RFC 9162 sections 2.1.3.2
// and 2.1.4.2.
#pragma once

#include <span>
#include <vector>

#include "tlog/tree.h"

namespace muniment::tlog {

using Proof = std::vector<Sha256>;
inline constexpr std::size_t kProofHashesMax = 64;  // a tree of 2^64 leaves is 64 levels high

/// The path of leaf `index` in the tree of `size`, the leaf's sibling first.
/// Errors: `invalid` unless index < size; those of `nodes`.
Result<Proof> inclusion_proof(std::uint64_t index, std::uint64_t size, const NodeSource& nodes);

/// The proof that the tree of `old_size` is the start of that of `new_size`; empty when they are equal or old is 0.
/// Errors: `invalid` when old_size is larger; those of `nodes`.
Result<Proof> consistency_proof(std::uint64_t old_size, std::uint64_t new_size, const NodeSource& nodes);

/// Errors: `forged` with the reason, `invalid` unless index < head.size, `limit` for a path over kProofHashesMax.
Result<void> verify_inclusion(const Sha256& leaf, std::uint64_t index, std::span<const Sha256> path,
                              const TreeHead& head);

/// Errors: `forged` with the reason, `invalid` when the old head is the larger one, `limit`.
Result<void> verify_consistency(const TreeHead& old_head, const TreeHead& new_head, std::span<const Sha256> path);

}  // namespace muniment::tlog
