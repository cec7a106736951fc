#include "note/cosignature.h"

#include <algorithm>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::size_t kTimeBytes = 8;
constexpr std::uint64_t kTimeMax = UINT64_MAX >> 1;  // "MUST NOT be greater than 2^63 - 1"

std::string signed_text(std::string_view checkpoint_text, std::uint64_t time_s) {
  return "cosignature/v1\ntime " + std::to_string(time_s) + "\n" + std::string(checkpoint_text);
}

/// The time in a payload "time (8, big-endian), signature (64)", if it is one.
std::optional<std::uint64_t> time_in(ByteView payload) {
  if (payload.size() != kTimeBytes + std::tuple_size_v<Ed25519Signature>) return std::nullopt;
  std::uint64_t time_s = 0;
  for (const std::uint8_t byte : payload.first(kTimeBytes)) time_s = time_s << 8 | byte;
  return time_s <= kTimeMax ? std::optional(time_s) : std::nullopt;
}

}  // namespace

std::array<std::uint8_t, 4> CosignerKey::id() const { return note_key_id(name, kCosignatureEd25519, key); }
std::string CosignerKey::text() const { return render_note_key(name, kCosignatureEd25519, key); }

Result<CosignerKey> parse_cosigner_key(std::string_view text) {
  TRY_ASSIGN(NamedKey parsed, parse_note_key(text, kCosignatureEd25519));
  return CosignerKey{std::move(parsed.name), parsed.key};
}

CosignerSigner::CosignerSigner(std::string name, Secret<32> seed)
    : key_{.name = std::move(name), .key = ed25519_public(seed)}, seed_(std::move(seed)) {
  MUNIMENT_CHECK(check_key_name(key_.name).has_value());
}

std::string CosignerSigner::cosign(std::string_view checkpoint_text, std::uint64_t time_s) const {
  MUNIMENT_CHECK(time_s > 0 && time_s <= kTimeMax);
  Bytes payload;
  for (std::size_t i = kTimeBytes; i-- > 0;) payload.push_back(static_cast<std::uint8_t>(time_s >> (8 * i)));
  append(payload, ed25519_sign(seed_, as_view(signed_text(checkpoint_text, time_s))));
  return render_signature({key_.name, key_.id(), std::move(payload)});
}

Result<std::vector<Cosignature>> find_cosignatures(const Note& note, std::span<const CosignerKey> keys) {
  std::vector<std::optional<std::uint64_t>> newest(keys.size());
  for (const NoteSignature& signature : note.signatures) {
    bool is_known = false;
    bool is_good = false;
    for (std::size_t i = 0; i < keys.size() && !is_good; ++i) {
      if (keys[i].name != signature.name || keys[i].id() != signature.key_id) continue;
      is_known = true;
      const ByteView payload = signature.payload;
      const auto time_s = time_in(payload);
      is_good =
          time_s && ed25519_verify(keys[i].key, as_view(signed_text(note.text, *time_s)), payload.subspan(kTimeBytes))
                        .has_value();
      if (is_good && *time_s > 0) newest[i] = std::max(newest[i].value_or(0), *time_s);
    }
    if (is_known && !is_good) {
      return Error(Code::forged, "the cosignature of " + printable(signature.name) + " does not verify");
    }
  }
  std::vector<Cosignature> found;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (newest[i]) found.push_back({i, *newest[i]});
  }
  return found;
}

Result<std::string> add_cosignatures(std::string_view note, std::string_view other, std::span<const CosignerKey> keys) {
  TRY_ASSIGN(const Note ours, parse_note(note));
  const auto theirs = parse_note(other);
  if (!theirs || theirs->text != ours.text) return std::string(note);
  std::string merged(note);
  for (const NoteSignature& signature : theirs->signatures) {
    const Note one{.text = ours.text, .signatures = {signature}};
    for (const CosignerKey& key : keys) {
      const auto offered = find_cosignatures(one, {&key, 1});
      if (!offered || offered->empty()) continue;
      TRY_ASSIGN(const Note now, parse_note(merged));
      TRY_ASSIGN(const auto known, find_cosignatures(now, {&key, 1}));
      if (!known.empty() && known[0].time_s >= offered->at(0).time_s) continue;
      merged = now.text + "\n";
      for (const NoteSignature& kept : now.signatures) {
        const auto older = find_cosignatures({.text = now.text, .signatures = {kept}}, {&key, 1});
        if (!older || older->empty()) merged += render_signature(kept);
      }
      merged += render_signature(signature);
    }
  }
  return merged;
}

}  // namespace muniment
