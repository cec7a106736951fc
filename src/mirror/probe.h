// A short look at a mirror over a network: whether it answers with what is ours, and if not, at which stage it ends.
// Spec: docs/formats.md "Looking at a mirror".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/log.h"
#include "store/http_client.h"

namespace muniment {

/// What a reader's way to a mirror came to.
enum class Reach {
  answers,     // with what is ours
  name,        // the name was not resolved
  proxy,       // the proxy was not reached
  connection,  // no connection
  tls,         // no TLS
  cut,         // the answer broke off
  refused,     // an answer that is no success
  foreign,     // an answer that is not this archive's
};

/// "answers", "name", "proxy", "connection", "tls", "cut", "refused", "foreign".
std::string_view name_of(Reach reach);

struct Probe {
  Reach reach = Reach::answers;
  std::uint64_t bytes = 0;  // that had come where it was cut
  std::optional<SignedHead> head;
  std::string sentence;
};

/// An object that the mirror should have, and how it begins: long enough for what cuts long answers to show.
struct Canary {
  std::string name;
  std::uint64_t size_bytes = 0;
  Bytes beginning;
};

inline constexpr std::size_t kCanaryBytes = 64 * 1024;

/// Asks for the checkpoint, and for the canary where there is one; each once, with the client's time-outs. The head is
/// held against the log's keys, and nothing else: whether it is the newest is for the caller to say.
/// A mirror that does not have the canary (404, 401) may hold a part, and answers.
Probe probe_mirror(HttpClient& client, const std::string& address, const LogIdentity& log,
                   const std::optional<Canary>& canary);

}  // namespace muniment
