#include "mirror/cosign.h"

#include <algorithm>

#include "base/encoding.h"

namespace muniment {
namespace {

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

/// A checkpoint before cosignatures were added to it, and after.
struct UpdatedCheckpoint {
  std::string before;
  std::string after;
};

/// Adds what notes show under the very head of `store`. Errors: `conflict` where it shows another one by now: it must
/// not go back to this one.
Result<UpdatedCheckpoint> update_checkpoint(Store& store, const SignedHead& head, std::span<const CosignerKey> keys,
                                            const std::vector<std::string>& notes) {
  // Whoever deposits in a home has this lock.
  std::unique_ptr<FileLock> lock;
  if (store.size(ObjectName("home/place"))) {
    TRY_ASSIGN(lock, store.lock(ObjectName("home/lock")));
  }
  TRY_ASSIGN(const Bytes shown, store.get(ObjectName("checkpoint"), kCheckpointBytesMax));
  UpdatedCheckpoint updated{std::string(as_text(shown)), std::string(as_text(shown))};
  TRY_ASSIGN(const Note now, parse_note(updated.before));
  TRY_ASSIGN(const Note then, parse_note(head.note));
  if (now.text != then.text)
    return Error(Code::conflict, store.where() + " shows another head by now: no cosignature was added. Run it again");
  for (const std::string& other : notes) {
    TRY_ASSIGN(updated.after, add_cosignatures(updated.after, other, keys));
  }
  if (updated.after != updated.before) TRY(store.replace(ObjectName("checkpoint"), as_view(updated.after)));
  return updated;
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
  Cosigner cosigner(state, view.charter.log(), signer, clock, [&](const tlog::TreeHead& head, std::uint64_t from) {
    return check_entries(view, head, std::max(from, looked_at));
  });
  TRY_ASSIGN(const auto last, cosigner.last());
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
  TRY(update_checkpoint(copy, view.head, {&key, 1}, {view.head.note + answer.body}));
  return answer.body;
}

WitnessAnswer answer_add_checkpoint(Store& copy, const IdPin& pin, HeadStore& state, const CosignerSigner& signer,
                                    Clock& clock, std::string_view body) {
  const auto request = parse_add_checkpoint(body);
  if (!request) return {400, request.error().sentence() + "\n"};
  const auto view = view_archive(copy, pin);
  if (!view) return {500, view.error().sentence() + "\n"};
  Cosigner cosigner(state, view->charter.log(), signer, clock,
                    [&](const tlog::TreeHead& head, std::uint64_t from) { return check_entries(*view, head, from); });
  return cosigner.add_checkpoint(*request);
}

Result<std::string> ask_cosigner(HttpClient& client, const std::string& address, Store& store, const SignedHead& head) {
  constexpr std::size_t kAnswerBytesMax = 64 * 1024;
  TileReader tiles(store, head.head.size);
  std::uint64_t old_size = 0;
  // Once to learn what it cosigned last, once from there, and once more for who was overtaken between the two.
  for (int tries = 0; tries < 3; ++tries) {
    TRY_ASSIGN(const auto proof, tlog::consistency_proof(old_size, head.head.size, tiles.source()));
    const std::string body = render_add_checkpoint({old_size, proof, head.note});
    HttpRequest request;
    request.method = "POST";
    request.url = address + (address.ends_with('/') ? "" : "/") + "add-checkpoint";
    request.body = as_view(body);
    request.body_bytes_max = kAnswerBytesMax;
    TRY_ASSIGN(const HttpResponse answer, client.exchange(request));
    const std::string said(as_text(answer.body));
    if (answer.status == 200) return head.note + said;
    if (answer.status == 404 || answer.status == 405)
      return Error(Code::unsupported, "no cosigner of this archive answers at " + printable(address, 200));
    if (answer.status != 409) {
      return error_of({answer.status, printable(said, 400)}).in(printable(address, 200));
    }
    const auto size = parse_decimal(said.substr(0, said.find('\n')), UINT64_MAX >> 1);
    if (!size || *size > head.head.size) {
      return Error(Code::conflict, "the cosigner at " + printable(address, 200) +
                                       " has seen a longer log than this copy: bring the copy up to date first");
    }
    old_size = *size;
  }
  return Error(Code::unavailable,
               "the cosigner at " + printable(address, 200) + " answers with another size each time");
}

Result<std::size_t> collect_cosignatures(Store& store, const SignedHead& head, const tlog::Policy& policy,
                                         const std::vector<Store*>& others) {
  std::vector<std::string> notes;
  for (Store* other : others) {
    const auto shown = other->get(ObjectName("checkpoint"), kCheckpointBytesMax);
    if (shown) notes.emplace_back(as_text(*shown));
  }
  return add_to_checkpoint(store, head, policy, notes);
}

Result<std::size_t> add_to_checkpoint(Store& store, const SignedHead& head, const tlog::Policy& policy,
                                      const std::vector<std::string>& notes) {
  const auto keys = policy.keys();
  TRY_ASSIGN(const UpdatedCheckpoint updated, update_checkpoint(store, head, keys, notes));
  const auto times = [&](const std::string& of) -> Result<std::vector<Cosignature>> {
    TRY_ASSIGN(const Note parsed, parse_note(of));
    return find_cosignatures(parsed, keys);
  };
  TRY_ASSIGN(const auto before, times(updated.before));
  TRY_ASSIGN(const auto after, times(updated.after));
  std::size_t fresh = 0;
  for (const Cosignature& each : after) {
    const auto old = std::ranges::find(before, each.cosigner, &Cosignature::cosigner);
    fresh += old == before.end() || old->time_s < each.time_s ? 1u : 0u;
  }
  return fresh;
}

}  // namespace muniment
