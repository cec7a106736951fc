// Policies (C2SP tlog-policy, draft of 2026-06-22): which cosigners must have signed a checkpoint for it to count.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "note/cosignature.h"

namespace muniment::tlog {

struct PolicyLog {
  VerifierKey key;
  std::string url;  // may be empty
  bool operator==(const PolicyLog&) const = default;
};

struct PolicyWitness {
  std::string name;  // in the policy
  CosignerKey key;
  std::string url;  // may be empty
  bool operator==(const PolicyWitness&) const = default;
};

struct PolicyGroup {
  std::string name;
  std::size_t threshold = 1;
  std::vector<std::string> members;  // witnesses and groups defined before it
  bool operator==(const PolicyGroup&) const = default;
};

struct Policy {
  std::vector<PolicyLog> logs;
  std::vector<PolicyWitness> witnesses;
  std::vector<PolicyGroup> groups;
  std::string quorum;  // a witness or a group; empty for "none"
  bool operator==(const Policy&) const = default;

  std::vector<CosignerKey> keys() const;
  /// True when `signed_by`, by the witnesses' indices, is a quorum.
  bool is_met(const std::vector<bool>& signed_by) const;
  /// The time as of which a quorum has signed: the latest at which those who signed then or later are one. Nothing when
  /// all of them together are none; 0 for the quorum "none".
  std::optional<std::uint64_t> quorum_time(const std::vector<Cosignature>& cosignatures) const;
};

inline constexpr std::size_t kPolicyEntriesMax = 64;  // of each kind
inline constexpr std::size_t kPolicyBytesMax = 64 * 1024;

/// Witnesses, groups and quorum, one form for each policy.
std::string render_policy(const Policy& policy);

/// Errors: `corrupt`; the sentence names the line. `limit`, `unsupported` for keys that are not Ed25519.
Result<Policy> parse_policy(std::string_view text);

}  // namespace muniment::tlog
