// Hashing: long files, parts, and the small messages of which there are hundreds of thousands.
#include "crypto/sha256.h"

#include <benchmark/benchmark.h>

namespace muniment {
namespace {

void hash(benchmark::State& state) {
  const Bytes message(static_cast<std::size_t>(state.range(0)), 1);
  Sha256Hasher hasher;
  for (auto _ : state) {
    hasher.update(message);
    benchmark::DoNotOptimize(hasher.finish());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void hash_two(benchmark::State& state) {
  const Bytes message(static_cast<std::size_t>(state.range(0)), 1);
  Sha256Hasher a;
  Sha256Hasher b;
  for (auto _ : state) {
    Sha256Hasher::update_both(a, message, b, message);
    benchmark::DoNotOptimize(a.finish());
    benchmark::DoNotOptimize(b.finish());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0) * 2);
}

/// Streams of the same bytes, as many at once as are worth it on this processor.
void hash_many(benchmark::State& state) {
  const Bytes message(static_cast<std::size_t>(state.range(0)), 1);
  std::vector<Sha256Hasher> hashers(static_cast<std::size_t>(state.range(1)));
  for (auto _ : state) {
    std::vector<Sha256Hasher::Stream> streams;
    for (Sha256Hasher& hasher : hashers) streams.push_back({&hasher, message});
    Sha256Hasher::update_all(std::move(streams));
    for (Sha256Hasher& hasher : hashers) benchmark::DoNotOptimize(hasher.finish());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0) * state.range(1));
}

BENCHMARK(hash_many)->Name("SHA-256 of 16 times 1 MiB, together")->Args({1 << 20, 16});
BENCHMARK(hash_many)->Name("SHA-256 of 32 times 8 KiB, together")->Args({8 << 10, 32});
BENCHMARK(hash_two)->Name("SHA-256 of 16 MiB, twice, interleaved")->Arg(16 << 20);
BENCHMARK(hash)->Name("SHA-256 of 16 MiB")->Arg(16 << 20);
BENCHMARK(hash)->Name("SHA-256 of 8 KiB")->Arg(8 << 10);
BENCHMARK(hash)->Name("SHA-256 of 65 bytes, a node of a tree")->Arg(65);

}  // namespace
}  // namespace muniment
