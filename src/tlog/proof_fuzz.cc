// Proofs that the slow tree makes, altered as the input says: the verifiers accept exactly the unaltered ones.
// Input: tree size, entry (or old size), claimed entry, then edits of three bytes: what, where, with what.
#include "tlog/proof.h"

#include "tlog/slow_tree.h"

namespace muniment::tlog {
namespace {

constexpr std::size_t kLeaves = 64;
constexpr std::size_t kEditBytes = 3;

const slow::Leaves& leaves() {
  static const slow::Leaves kAll = slow::make_leaves(kLeaves);
  return kAll;
}

Proof edited(Proof proof, ByteView edits) {
  for (; edits.size() >= kEditBytes && proof.size() <= kProofHashesMax; edits = edits.subspan(kEditBytes)) {
    if (proof.empty() || edits[0] % 4 == 0) {
      proof.push_back(leaf_hash(edits.first(kEditBytes)));
      continue;
    }
    const auto at = proof.begin() + edits[1] % static_cast<std::ptrdiff_t>(proof.size());
    if (edits[0] % 4 == 1) at->bytes[edits[2] % 32] ^= edits[0];
    if (edits[0] % 4 == 2) proof.erase(at);
    if (edits[0] % 4 == 3) proof.insert(at, Sha256(*at));
  }
  return proof;
}

/// An accepted proof is the genuine one; a refused one is refused for the right reason.
void check_verdict(const Result<void>& verdict, bool genuine, const Proof& proof) {
  if (verdict) {
    MUNIMENT_CHECK(genuine);
    return;
  }
  MUNIMENT_CHECK(!genuine);
  MUNIMENT_CHECK(verdict.error().code() == (proof.size() > kProofHashesMax ? Code::limit : Code::forged));
}

void check_trees(ByteView input) {
  const std::size_t size = 1 + input[0] % kLeaves;
  const slow::LeafSpan tree = slow::LeafSpan(leaves()).first(size);
  const TreeHead head = slow::head(leaves(), size);
  const ByteView edits = input.subspan(3);

  const std::size_t index = input[1] % size;
  const std::size_t claimed = input[2] % size;
  const Proof path = slow::path(index, tree);
  MUNIMENT_CHECK(inclusion_proof(index, size, slow::nodes_of(tree)).value() == path);
  const Proof shown_path = edited(path, edits);
  check_verdict(verify_inclusion(tree[index], claimed, shown_path, head), claimed == index && shown_path == path,
                shown_path);

  const std::size_t old_size = input[1] % (size + 1);
  const Proof proof = slow::consistency(old_size, tree);
  MUNIMENT_CHECK(consistency_proof(old_size, size, slow::nodes_of(tree)).value() == proof);
  const Proof shown_proof = edited(proof, edits);
  check_verdict(verify_consistency(slow::head(leaves(), old_size), head, shown_proof), shown_proof == proof,
                shown_proof);
}

/// Sizes up to 2^64 - 1 end, and no path leads to a root that nobody has hashed.
void check_any_size(ByteView input) {
  ByteReader in(input);
  const auto a = in.u64();
  const auto b = in.u64();
  const auto hashes = in.u8();
  if (!a || !b || !hashes) return;
  const Proof path(*hashes % (kProofHashesMax + 2));
  const Sha256 unknown_root{.bytes = {1}};
  MUNIMENT_CHECK(!verify_inclusion({}, *a, path, {*b, unknown_root}));
  const TreeHead old_head{*a, Sha256{}};
  MUNIMENT_CHECK(!verify_consistency(old_head, {*b, unknown_root}, path));
}

}  // namespace
}  // namespace muniment::tlog

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const muniment::ByteView input(data, size);
  if (size < 3) return 0;
  muniment::tlog::check_trees(input);
  muniment::tlog::check_any_size(input);
  return 0;
}
