// The ends of the way of the data: reading what is in the system's memory, writing to the disk that TMPDIR names.
#include "base/posix_fs.h"

#include <benchmark/benchmark.h>

#include "testing/temporary_folder.h"

namespace muniment {
namespace {

constexpr std::size_t kPieceBytes = 1 << 20;
constexpr std::size_t kPartBytes = 16 << 20;
constexpr std::size_t kSmallBytes = 8 << 10;

void count_bytes(benchmark::State& state, std::size_t bytes_each) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes_each));
}

void read(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/file";
  MUNIMENT_CHECK(write_new(posix_fs(), path, Bytes(size, 1)).has_value());
  Bytes buffer(std::min(size, kPieceBytes));
  for (auto _ : state) {
    const auto file = posix_fs().open(path);
    MUNIMENT_CHECK(file.has_value());
    std::size_t done = 0;
    while (done < size) done += *(*file)->read(buffer);
    benchmark::DoNotOptimize(buffer.data());
  }
  count_bytes(state, size);
}

/// One file, made durable before the next one.
void write(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/file";
  const Bytes bytes(size, 1);
  for (auto _ : state) {
    MUNIMENT_CHECK(write_new(posix_fs(), path, bytes).has_value());
    state.PauseTiming();
    MUNIMENT_CHECK(posix_fs().remove(path).has_value());
    state.ResumeTiming();
  }
  count_bytes(state, size);
}

BENCHMARK(read)->Name("read 16 MiB in pieces of 1 MiB")->Arg(kPartBytes)->UseRealTime();
BENCHMARK(read)->Name("open and read a file of 8 KiB")->Arg(kSmallBytes)->UseRealTime();
BENCHMARK(write)->Name("write and sync a part of 16 MiB")->Arg(kPartBytes)->UseRealTime();
BENCHMARK(write)->Name("write and sync a file of 8 KiB")->Arg(kSmallBytes)->UseRealTime();

}  // namespace
}  // namespace muniment
