// For the tests of this room and of those above: a log's home on any disk, and what must be true of every log.
// Doubles come from testing/, which the test files include themselves.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "base/random.h"
#include "ledger/appender.h"
#include "store/folder_store.h"

namespace muniment {

inline constexpr const char* kTestOrigin = "0123456789abcdef0123456789abcdef.muniment";

/// A key of the test log; another byte is another key under the same name.
inline SignerKey log_key(std::uint8_t byte = 7) {
  Secret<32> seed;
  for (std::uint8_t& each : seed.expose_mut()) each = byte;
  return {kTestOrigin, std::move(seed)};
}

/// What a run of the program has of a log, made anew for each run. `root` is the archive's folder.
struct LogHome {
  LogHome(Fs& fs, Random& random, const std::string& root = "archive")
      : store(fs, root, random), head(fs, join(root, "home/head")) {}
  LogHome(const LogHome&) = delete;
  LogHome& operator=(const LogHome&) = delete;

  SignerKey signer = log_key();
  LogIdentity log{kTestOrigin, {{signer.verifier(), 0}}};
  FolderStore store;
  FolderHead head;
  Appender appender{store, head, log, signer};
};

inline Bytes entry_of(std::string_view text) {
  const ByteView bytes = as_view(text);
  return {bytes.begin(), bytes.end()};
}

/// "leaf 3", "leaf 4" …: the entries of tlog/slow_tree.h.
inline std::vector<Bytes> numbered_entries(std::uint64_t first, std::uint64_t count) {
  std::vector<Bytes> entries;
  for (std::uint64_t i = first; i < first + count; ++i) entries.push_back(entry_of("leaf " + std::to_string(i)));
  return entries;
}

struct WholeLog {
  SignedHead signed_head;
  std::vector<Bytes> entries;
  std::vector<Sha256> leaves;
};

/// A log read as a stranger reads it: the checkpoint's signature, all entries against its root, and every tile and
/// bundle against the bytes that the entries make. Errors: `corrupt` when any of it is not there or not right.
inline Result<WholeLog> read_whole_log(Store& store, const LogIdentity& log) {
  TRY_ASSIGN(SignedHead head, read_head(store, log));
  WholeLog whole{std::move(head), {}, {}};
  TRY(replay(store, whole.signed_head.head, [&](std::uint64_t index, ByteView entry) -> Result<void> {
    MUNIMENT_CHECK(index == whole.entries.size());
    whole.entries.emplace_back(entry.begin(), entry.end());
    whole.leaves.push_back(tlog::leaf_hash(entry));
    return {};
  }));
  TileBuilder builder([&](const tlog::TileId& tile, ByteView bytes) -> Result<void> {
    const auto stored = store.get(ObjectName(tile.path()), tlog::kBundleBytesMax);
    if (!stored || !equal(*stored, bytes)) return Error(Code::corrupt, tile.path() + " is not what the entries make");
    return {};
  });
  for (const Bytes& entry : whole.entries) TRY(builder.append(entry));
  TRY(builder.finish());
  return whole;
}

/// True when the log's first entries make exactly this head.
inline bool leads_through(const WholeLog& log, const tlog::TreeHead& head) {
  if (head.size > log.leaves.size()) return false;
  tlog::Frontier frontier;
  for (std::uint64_t i = 0; i < head.size; ++i) frontier.append(log.leaves[i]);
  return frontier.head() == head;
}

}  // namespace muniment
