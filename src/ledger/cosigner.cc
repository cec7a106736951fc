#include "ledger/cosigner.h"

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::size_t kProofLinesMax = 63;  // tlog-witness: "up to 63"
constexpr std::string_view kOld = "old ";

WitnessAnswer refuse(unsigned status, const std::string& why) { return {status, why + "\n"}; }

}  // namespace

std::string render_add_checkpoint(const AddCheckpoint& request) {
  std::string body = std::string(kOld) + std::to_string(request.old_size) + "\n";
  for (const Sha256& hash : request.proof) body += to_base64(hash.bytes) + "\n";
  return body + "\n" + request.checkpoint;
}

Result<AddCheckpoint> parse_add_checkpoint(std::string_view body) {
  if (body.size() > kAddCheckpointBytesMax) return Error(Code::limit, "the request is too long");
  const std::size_t blank = body.find("\n\n");
  if (blank == body.npos) return Error(Code::corrupt, "the request has no blank line before the checkpoint");
  TRY_ASSIGN(const auto lines, split_lines(body.substr(0, blank + 1), kProofLinesMax + 1));
  AddCheckpoint request;
  if (!lines[0].starts_with(kOld)) return Error(Code::corrupt, "the request does not start with an old size");
  TRY_ASSIGN(request.old_size, parse_decimal(lines[0].substr(kOld.size()), UINT64_MAX >> 1));
  for (std::size_t i = 1; i < lines.size(); ++i) {
    TRY_ASSIGN(const Bytes bytes, from_base64(lines[i]));
    Sha256 hash;
    if (bytes.size() != hash.bytes.size()) return Error(Code::corrupt, "a line of the proof is no SHA-256");
    std::ranges::copy(bytes, hash.bytes.begin());
    request.proof.push_back(hash);
  }
  request.checkpoint = body.substr(blank + 2);
  return request;
}

Result<std::optional<SignedHead>> Cosigner::last() {
  TRY_ASSIGN(const auto note, state_.read());
  if (!note) return std::optional<SignedHead>{};
  // Its key may have been retired since: the tree counts all the same. What this cosigner signed binds it.
  const auto parsed = parse_note(as_text(*note));
  if (!parsed) return Error(Code::corrupt, "what this cosigner keeps of its last head is damaged");
  const auto own = find_cosignatures(*parsed, std::vector{signer_.verifier()});
  const auto checkpoint = tlog::parse_checkpoint(parsed->text);
  if (!checkpoint || !own || own->empty() || checkpoint->origin != log_.origin)
    return Error(Code::corrupt, "what this cosigner keeps of its last head is not what it has signed");
  return std::optional(SignedHead{std::string(as_text(*note)), checkpoint->head});
}

std::optional<WitnessAnswer> Cosigner::refusal(const AddCheckpoint& request, const SignedHead& next,
                                               const std::optional<SignedHead>& last) {
  if (request.old_size > next.head.size) return refuse(400, "the old size is larger than the checkpoint's");
  const std::uint64_t known = last ? last->head.size : 0;
  if (request.old_size != known) return WitnessAnswer{409, std::to_string(known) + "\n"};
  if (known == 0) {
    if (!request.proof.empty()) return refuse(422, "there is a proof from an empty tree");
    return std::nullopt;
  }
  if (next.head.size == known) {
    if (request.proof.empty() && next.head.root == last->head.root) return std::nullopt;
    return refuse(422, "another tree of the same size was cosigned: the log is forked");
  }
  const auto consistent = tlog::verify_consistency(last->head, next.head, request.proof);
  if (consistent) return std::nullopt;
  return refuse(422, "the tree does not continue the one that was cosigned: " + consistent.error().sentence());
}

WitnessAnswer Cosigner::add_checkpoint(const AddCheckpoint& request) {
  const auto note = parse_note(request.checkpoint);
  const auto checkpoint = note ? tlog::parse_checkpoint(note->text) : Result<tlog::Checkpoint>(note.error());
  if (!checkpoint) return refuse(400, checkpoint.error().sentence());
  if (checkpoint->origin != log_.origin) return refuse(404, "this cosigner does not know that log");
  const auto next = verify_head(request.checkpoint, log_);
  if (!next) return refuse(403, next.error().sentence());
  const auto before = last();
  if (!before) return refuse(500, before.error().sentence());
  if (const auto refused = refusal(request, *next, *before)) return *refused;
  if (const auto stands = check_(next->head, *before ? (*before)->head.size : 0); !stands)
    return refuse(403, stands.error().sentence());

  const std::int64_t now_s = clock_.now_s();
  if (now_s <= 0) return refuse(500, "this cosigner's clock is not set");
  const std::string line = signer_.cosign(note->text, static_cast<std::uint64_t>(now_s));
  const std::string kept = next->note + line;
  const auto expected = *before ? std::optional(Bytes((*before)->note.begin(), (*before)->note.end())) : std::nullopt;
  // Durable before said, and one step: of two requests at once the other finds another size.
  const auto swapped = state_.compare_and_swap(expected, as_view(kept));
  if (swapped) return {200, line};
  if (swapped.error().code() != Code::conflict) return refuse(500, swapped.error().sentence());
  const auto now = last();
  if (!now) return refuse(500, now.error().sentence());
  return {409, std::to_string(*now ? (*now)->head.size : 0) + "\n"};
}

}  // namespace muniment
