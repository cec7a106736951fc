// Sealing and opening of age's STREAM, from memory to memory.
#include "age/stream.h"

#include <benchmark/benchmark.h>

namespace muniment::age {
namespace {

constexpr std::size_t kPlainBytes = 16 << 20;
constexpr std::size_t kPieceBytes = 1 << 20;

ByteSink sink_into(Bytes& kept) {
  return [&kept](ByteView bytes) -> Result<void> {
    append(kept, bytes);
    return {};
  };
}

const ByteSink kNothing = [](ByteView bytes) -> Result<void> {
  benchmark::DoNotOptimize(bytes.data());
  return {};
};

void write_in_pieces(auto& stream, ByteView bytes) {
  while (!bytes.empty()) {
    const ByteView piece = bytes.first(std::min(bytes.size(), kPieceBytes));
    MUNIMENT_CHECK(stream.write(piece).has_value());
    bytes = bytes.subspan(piece.size());
  }
  MUNIMENT_CHECK(stream.finish().has_value());
}

void seal(benchmark::State& state) {
  const Bytes plain(kPlainBytes, 1);
  const Secret<32> key;
  for (auto _ : state) {
    StreamSealer sealer(key, kNothing);
    write_in_pieces(sealer, plain);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kPlainBytes));
}

void open(benchmark::State& state) {
  const Secret<32> key;
  Bytes sealed;
  StreamSealer sealer(key, sink_into(sealed));
  write_in_pieces(sealer, Bytes(kPlainBytes, 1));
  for (auto _ : state) {
    StreamOpener opener(key, kNothing);
    write_in_pieces(opener, sealed);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kPlainBytes));
}

BENCHMARK(seal)->Name("age: seal 16 MiB");
BENCHMARK(open)->Name("age: open 16 MiB");

}  // namespace
}  // namespace muniment::age
