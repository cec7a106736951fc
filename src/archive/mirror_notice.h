// What a volunteer's mirror tells the custodians, signed by its own key: that it has joined, or that it has left. It
// goes back by the way on which the invitation came. Spec: docs/formats.md "Notice of a mirror".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "archive/id.h"
#include "note/note.h"
#include "store/token_file.h"

namespace muniment {

struct MirrorNotice {
  Sha256 archive = {};
  bool has_left = false;
  std::string date;                        // "2026-11-26"
  std::string role;                        // "vault" or "public"
  std::string address;                     // where it is served; empty where it is not, or not known yet
  std::optional<std::uint64_t> bytes_max;  // of deposits that it holds; nothing: all
  SecretBytes read_token;                  // by which others are given what opens deposits; empty: none
  VerifierKey key;                         // its own
};

inline constexpr std::uint64_t kMirrorNoticeBytesMax = 16 * 1024;

/// Errors: `invalid` for what cannot stand in one. `notice.key` is taken from the signer.
Result<SecretBytes> make_mirror_notice(const MirrorNotice& notice, const SignerKey& mirror);

/// A notice about this archive that is signed by the key that it names. Whose key that is, the custodian knows.
/// Errors: `corrupt`, `forged`, `limit`.
Result<MirrorNotice> parse_mirror_notice(std::string_view text, const Sha256& archive);

}  // namespace muniment
