// What the control port of tor says: lines, and the three answers and one event that are read closer. All of it is
// somebody else's word. Spec: Tor's control-spec.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace muniment {

/// One line of an answer or event.
struct ControlLine {
  unsigned status = 0;   // 250 is done, 650 an event, 5xx a refusal
  bool is_last = false;  // "250 …", and not "250-…"
  std::string text;      // what stands behind
};

/// `line` has no line end. Data blocks ("250+…") are asked for by nobody and are no lines. Errors: `corrupt`.
Result<ControlLine> parse_control_line(std::string_view line);

/// A whole answer: lines of one status.
struct ControlReply {
  unsigned status = 0;
  std::vector<std::string> lines;

  bool is_done() const { return status == 250; }
};

/// The value behind `NAME=` among the words of a line, also where it is quoted. Errors: `not_found`, `corrupt` for a
/// quotation that does not end, or that hides control characters.
Result<std::string> value_in(std::string_view line, std::string_view name);

/// Of an answer to PROTOCOLINFO: the file of the cookie. Errors: `corrupt`, `unsupported` where tor does not take
/// SAFECOOKIE.
Result<std::string> cookie_path_in(const ControlReply& reply);

/// Of an answer to AUTHCHALLENGE.
struct CookieChallenge {
  Bytes server_hash;   // 32 bytes
  Bytes server_nonce;  // 32 bytes
};
/// Errors: `corrupt`.
Result<CookieChallenge> parse_cookie_challenge(const ControlReply& reply);

/// "HS_DESC RECEIVED address NO_AUTH directory …": what became of a descriptor.
struct DescriptorEvent {
  std::string action;     // "UPLOAD", "UPLOADED", "REQUESTED", "RECEIVED", "FAILED" and others
  std::string address;    // of the onion
  bool is_fetch = false;  // and not about an upload
  std::string directory;  // "$fingerprint~name"; empty where none is named
  std::string reason;     // of FAILED: "NOT_FOUND" and others; empty where none is given
};
/// Nothing for other events.
std::optional<DescriptorEvent> parse_descriptor_event(std::string_view text);

}  // namespace muniment
