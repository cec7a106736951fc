#include "shares/commitment.h"

namespace muniment {
namespace {

Sha256 commitment_of(const Share& share, ByteView salt) {
  Sha256Hasher hasher;
  hasher.update(as_view("muniment/share/v1\n"));
  hasher.update(salt);
  hasher.update(words_of(share).text().expose());
  hasher.update(as_view("\n"));
  return hasher.finish();
}

}  // namespace

bool ShareCommitment::matches(const Share& share) const {
  return number == share.member_index + 1 && digest == commitment_of(share, salt);
}

ShareCommitment commit_share(const Share& share, Random& random) {
  ShareCommitment commitment;
  commitment.number = share.member_index + 1;
  random.fill(commitment.salt);
  commitment.digest = commitment_of(share, commitment.salt);
  return commitment;
}

}  // namespace muniment
