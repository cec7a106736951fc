#include "mirror/cosign.h"

#include <algorithm>

namespace muniment {
namespace {

/// From which entry on the cosigner has yet to look.
std::uint64_t first_new(const std::optional<SignedHead>& last, std::uint64_t looked_at) {
  return std::max(last ? last->head.size : 0, looked_at);
}

Result<void> check_entries(const ArchiveView& view, const tlog::TreeHead& head, std::uint64_t from) {
  if (head != view.head.head) return Error(Code::conflict, "the head is not the one that was looked at");
  for (std::uint64_t index = from; index < head.size; ++index) {
    if (view.is_vouched_for(index)) continue;
    return Error(Code::denied, "entry " + std::to_string(index) +
                                   " is vouched for by nobody of the archive: whoever has the log key can write such a "
                                   "one. Nothing was cosigned. If the custodians tell you that it is theirs, go on "
                                   "behind it with --past " +
                                   std::to_string(index + 1));
  }
  return {};
}

Error error_of(const WitnessAnswer& answer) {
  std::string why = answer.body;
  while (why.ends_with('\n')) why.pop_back();
  if (answer.status == 409) return {Code::conflict, "another run cosigned meanwhile, a tree of " + why + " entries"};
  if (answer.status == 403) return {Code::denied, why};
  if (answer.status == 500) return {Code::io, why};
  return {Code::forged,
          why + ". Nothing was cosigned: keep this copy as it is, it is evidence, and tell the custodians"};
}

}  // namespace

Result<HeadQuorum> find_quorum(const SignedHead& head, const tlog::Policy& policy) {
  HeadQuorum quorum;
  quorum.is_asked_for = !policy.quorum.empty();
  TRY_ASSIGN(const Note note, parse_note(head.note));
  TRY_ASSIGN(const auto cosignatures, find_cosignatures(note, policy.keys()));
  for (std::size_t i = 0; i < policy.witnesses.size(); ++i) {
    const auto found = std::ranges::find(cosignatures, i, &Cosignature::cosigner);
    if (found == cosignatures.end()) {
      quorum.missing.push_back(policy.witnesses[i].name);
    } else {
      quorum.cosigned.push_back({policy.witnesses[i].name, found->time_s});
    }
  }
  quorum.as_of = policy.quorum_time(cosignatures);
  return quorum;
}

Result<std::string> cosign_copy(Store& copy, const ArchiveView& view, HeadStore& state, const CosignerSigner& signer,
                                Clock& clock, std::uint64_t looked_at) {
  std::uint64_t from = looked_at;
  Cosigner cosigner(state, view.charter.log(), signer, clock,
                    [&](const tlog::TreeHead& head) { return check_entries(view, head, from); });
  TRY_ASSIGN(const auto last, cosigner.last());
  from = first_new(last, looked_at);
  const std::uint64_t old_size = last ? last->head.size : 0;
  const std::uint64_t size = view.head.head.size;
  if (old_size > size) {
    return Error(Code::forged, "this copy shows " + std::to_string(size) + " entries, and " + std::to_string(old_size) +
                                   " were cosigned: it goes back in time. Nothing was cosigned");
  }
  TileReader tiles(copy, size);
  TRY_ASSIGN(const auto proof, tlog::consistency_proof(old_size, size, tiles.source()));
  const WitnessAnswer answer = cosigner.add_checkpoint({old_size, proof, view.head.note});
  if (answer.status != 200) return error_of(answer);
  const CosignerKey& key = signer.verifier();
  TRY_ASSIGN(const std::string note, add_cosignatures(view.head.note, view.head.note + answer.body, {&key, 1}));
  TRY(copy.replace(ObjectName("checkpoint"), as_view(note)));
  return answer.body;
}

Result<std::size_t> collect_cosignatures(Store& store, const SignedHead& head, const tlog::Policy& policy,
                                         const std::vector<Store*>& others) {
  const auto keys = policy.keys();
  std::string note = head.note;
  const auto times = [&](const std::string& of) -> Result<std::vector<Cosignature>> {
    TRY_ASSIGN(const Note parsed, parse_note(of));
    return find_cosignatures(parsed, keys);
  };
  TRY_ASSIGN(const auto before, times(note));
  for (Store* other : others) {
    const auto shown = other->get(ObjectName("checkpoint"), kCheckpointBytesMax);
    if (!shown) continue;
    TRY_ASSIGN(note, add_cosignatures(note, as_text(*shown), keys));
  }
  if (note == head.note) return std::size_t{0};
  TRY(store.replace(ObjectName("checkpoint"), as_view(note)));
  TRY_ASSIGN(const auto after, times(note));
  std::size_t fresh = 0;
  for (const Cosignature& each : after) {
    const auto old = std::ranges::find(before, each.cosigner, &Cosignature::cosigner);
    fresh += old == before.end() || old->time_s < each.time_s ? 1u : 0u;
  }
  return fresh;
}

}  // namespace muniment
