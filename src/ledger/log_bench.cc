// The log at size, on the disk that TMPDIR names: appending, checking every entry, rebuilding every tile, proving.
#include "ledger/log.h"

#include <benchmark/benchmark.h>

#include <map>
#include <string>

#include "base/posix_fs.h"
#include "ledger/log_testing.h"
#include "testing/fixed_random.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

constexpr std::int64_t kBatch = 20'000;
constexpr std::int64_t kLarge = 1'000'000;
constexpr std::size_t kEntryBytes = 540;  // as a receipt has

std::vector<Bytes> receipts(std::uint64_t first, std::int64_t count) {
  std::vector<Bytes> entries;
  entries.reserve(static_cast<std::size_t>(count));
  for (std::uint64_t i = first; i < first + static_cast<std::uint64_t>(count); ++i) {
    Bytes entry = entry_of("muniment/deposit/v1\nnumber " + std::to_string(i) + "\n");
    entry.resize(kEntryBytes, 'x');
    entries.push_back(std::move(entry));
  }
  return entries;
}

/// A log in a folder of its own, and what must live as long.
struct DiskLog {
  TemporaryFolder folder;
  FixedRandom random;
  LogHome home{posix_fs(), random, folder.path() + "/archive"};
  tlog::TreeHead head;

  DiskLog() { MUNIMENT_CHECK(make_folders(posix_fs(), folder.path() + "/archive/home").has_value()); }

  /// As an appender leaves it, and many times as quickly: one sync for a thousand tiles.
  Result<void> fill(std::int64_t size) {
    tlog::Frontier frontier;
    home.store.put_in_groups({});
    TileBuilder builder([&](const tlog::TileId& tile, ByteView bytes) {  //
      return home.store.put(ObjectName(tile.path()), bytes);
    });
    for (std::int64_t done = 0; done < size; done += kBatch) {
      for (const Bytes& entry : receipts(frontier.size(), kBatch)) {
        TRY(builder.append(entry));
        frontier.append(tlog::leaf_hash(entry));
      }
    }
    TRY(builder.finish());
    head = frontier.head();
    const SignerKey* const signers[] = {&home.signer};
    const std::string note = sign_note(tlog::render_checkpoint({kTestOrigin, head}), signers);
    TRY(home.head.compare_and_swap(std::nullopt, as_view(note)));
    return home.store.replace(ObjectName("checkpoint"), as_view(note));
  }
};

/// Made once for all that reads it; gone with the process.
DiskLog& log_of(std::int64_t size) {
  static std::map<std::int64_t, DiskLog> logs;
  DiskLog& log = logs[size];
  if (log.head.size == 0) MUNIMENT_CHECK(log.fill(size).has_value());
  return log;
}

void append_all(benchmark::State& state) {
  const std::vector<Bytes> entries = receipts(0, state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    {
      DiskLog log;
      state.ResumeTiming();
      MUNIMENT_CHECK(log.home.appender.append(entries).has_value());
      state.PauseTiming();
    }
    state.ResumeTiming();
  }
}

/// What a deposit costs at the end of a log of this size.
void append_one(benchmark::State& state) {
  DiskLog& log = log_of(state.range(0));
  for (auto _ : state) {
    const auto grown = log.home.appender.append(receipts(log.head.size, 1));
    MUNIMENT_CHECK(grown.has_value());
    log.head = grown->head;
  }
}

void check(benchmark::State& state) {
  DiskLog& log = log_of(state.range(0));
  const EntryVisitor nothing = [](std::uint64_t, ByteView) { return Result<void>(); };
  for (auto _ : state) MUNIMENT_CHECK(replay(log.home.store, log.head, nothing).has_value());
}

/// Every tile from the entries, held against what lies there.
void rebuild(benchmark::State& state) {
  DiskLog& log = log_of(state.range(0));
  for (auto _ : state) {
    TileBuilder builder([&](const tlog::TileId& tile, ByteView bytes) -> Result<void> {
      TRY_ASSIGN(const Bytes stored, log.home.store.get(ObjectName(tile.path()), tlog::kBundleBytesMax));
      MUNIMENT_CHECK(equal(stored, bytes));
      return {};
    });
    MUNIMENT_CHECK(replay(log.home.store, log.head, [&](std::uint64_t, ByteView entry) {
                     return builder.append(entry);
                   }).has_value());
    MUNIMENT_CHECK(builder.finish().has_value());
  }
}

/// Of entries all over the log, with the tiles in the memory of the system.
void prove(benchmark::State& state) {
  DiskLog& log = log_of(state.range(0));
  TileReader reader(log.home.store, log.head.size);
  std::uint64_t index = 0;
  for (auto _ : state) {
    index = (index + 7'919 * tlog::kTileWidth + 1) % log.head.size;
    MUNIMENT_CHECK(tlog::inclusion_proof(index, log.head.size, reader.source()).has_value());
  }
}

BENCHMARK(append_all)->Name("append 20,000 entries")->Arg(kBatch)->UseRealTime();
BENCHMARK(check)->Name("check 20,000 entries")->Arg(kBatch)->UseRealTime();
BENCHMARK(check)->Name("check 1,000,000 entries")->Arg(kLarge)->UseRealTime();
BENCHMARK(rebuild)->Name("rebuild the tiles of 20,000 entries")->Arg(kBatch)->UseRealTime();
BENCHMARK(rebuild)->Name("rebuild the tiles of 1,000,000 entries")->Arg(kLarge)->UseRealTime();
BENCHMARK(prove)->Name("prove one of 20,000 entries")->Arg(kBatch)->UseRealTime();
BENCHMARK(prove)->Name("prove one of 1,000,000 entries")->Arg(kLarge)->UseRealTime();
// Last, since they change the logs.
BENCHMARK(append_one)->Name("append one to 20,000 entries")->Arg(kBatch)->UseRealTime();
BENCHMARK(append_one)->Name("append one to 1,000,000 entries")->Arg(kLarge)->UseRealTime();

}  // namespace
}  // namespace muniment
