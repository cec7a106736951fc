#include "archive/dealing.h"

#include <algorithm>

#include "crypto/random.h"

namespace muniment {
namespace {

constexpr std::string_view kHybridRecipient = "age1pq1";

}  // namespace

Result<Deal> deal_secret(unsigned threshold, unsigned count, std::uint64_t set, bool hybrid, Random& random) {
  const Secret<32> secret = random_secret<32>(random);
  TRY_ASSIGN(TrusteesKeys keys, TrusteesKeys::derive(secret, hybrid));
  TRY_ASSIGN(std::vector<Share> shares, deal(secret, threshold, count, random));
  Trustees trustees{.threshold = threshold,
                    .count = count,
                    .set = set,
                    .recipient = keys.recipient(),
                    .key = keys.signer().verifier(),
                    .shares = {}};
  for (const Share& share : shares) trustees.shares.push_back(commit_share(share, random));
  return Deal{std::move(trustees), std::move(keys), std::move(shares)};
}

Result<TrusteesKeys> combine_trustees(std::span<const Share> shares, const Charter& charter) {
  if (!charter.trustees) return Error(Code::denied, "the archive has no trustees");
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (find_commitment(shares[i], charter)) continue;
    return Error(Code::denied, "share " + std::to_string(i + 1) + " of those given is none of set " +
                                   std::to_string(charter.trustees->set) +
                                   ", which is in force: it was replaced, or is of another archive");
  }
  TRY_ASSIGN(const SecretBytes secret, combine_shares(shares, {}, /*iteration_exponent_max=*/0));
  if (secret.size() != 32) return Error(Code::corrupt, "the shares are not of a trustees' secret");
  const bool hybrid = charter.trustees->recipient.starts_with(kHybridRecipient);
  TRY_ASSIGN(TrusteesKeys keys, TrusteesKeys::derive(Secret<32>::copy_of(secret.expose().first<32>()), hybrid));
  TRY(keys.check(charter));
  return keys;
}

std::optional<unsigned> find_commitment(const Share& share, const Charter& charter) {
  if (!charter.trustees) return std::nullopt;
  for (const ShareCommitment& commitment : charter.trustees->shares) {
    if (commitment.matches(share)) return commitment.number;
  }
  return std::nullopt;
}

}  // namespace muniment
