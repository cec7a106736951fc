// What a bag costs beside the hashing of its files: names and tar, by files of no bytes and by one large file.
#include "bag/bag.h"

#include <benchmark/benchmark.h>

#include "bag/names.h"

namespace muniment::bag {
namespace {

constexpr std::size_t kPieceBytes = 1 << 20;

const ByteSink kNothing = [](ByteView bytes) -> Result<void> {
  benchmark::DoNotOptimize(bytes.data());
  return {};
};

std::string path_of(std::int64_t number) {
  return "evidence/" + std::to_string(number % 100) + "/note-" + std::to_string(number) + ".txt";
}

void frame_empty_files(benchmark::State& state) {
  for (auto _ : state) {
    BagWriter bag(kNothing, "bag", 0);
    MUNIMENT_CHECK(bag.begin().has_value());
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      MUNIMENT_CHECK(bag.begin_file(path_of(i), 0, 0).has_value());
      MUNIMENT_CHECK(bag.end_file().has_value());
    }
    MUNIMENT_CHECK(bag.finish({}, {}, 0).has_value());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void name_files(benchmark::State& state) {
  for (auto _ : state) {
    NameTable names;
    for (std::int64_t i = 0; i < state.range(0); ++i) benchmark::DoNotOptimize(names.add(path_of(i)));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

/// The hash is in it: a bag without one is none.
void frame_large_file(benchmark::State& state) {
  const Bytes piece(kPieceBytes, 1);
  const auto size = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    BagWriter bag(kNothing, "bag", 0);
    MUNIMENT_CHECK(bag.begin().has_value());
    MUNIMENT_CHECK(bag.begin_file("film.bin", size, 0).has_value());
    for (std::size_t done = 0; done < size; done += piece.size()) MUNIMENT_CHECK(bag.write(piece).has_value());
    MUNIMENT_CHECK(bag.end_file().has_value());
    MUNIMENT_CHECK(bag.finish({}, {}, 0).has_value());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

BENCHMARK(frame_large_file)->Name("bag: hash and frame 16 MiB")->Arg(16 << 20);
BENCHMARK(frame_empty_files)->Name("bag: frame 5,000 empty files")->Arg(5000);
BENCHMARK(name_files)->Name("bag: name 5,000 files")->Arg(5000);

}  // namespace
}  // namespace muniment::bag
