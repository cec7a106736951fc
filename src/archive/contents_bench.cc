// The list of a deposit: 5,000 files, written and read.
#include "archive/contents.h"

#include <benchmark/benchmark.h>

#include "testing/fixed_random.h"

namespace muniment {
namespace {

constexpr std::uint64_t kFiles = 5000;

ContentsWriter::Finished write_list(Random& random) {
  ContentsWriter writer(random);
  for (std::uint64_t i = 0; i < kFiles; ++i) {
    const std::string name = "evidence/" + std::to_string(i % 100) + "/note-" + std::to_string(i) + ".txt";
    writer.add_file({.path = "data/" + name, .size_bytes = i, .offset_bytes = 512 * i, .digest = {}},
                    {.path = name, .modified_ns = 1, .mode = 0644, .owner = 1000, .group = 1000, .defects = {}});
  }
  return writer.finish({.archive = {}, .compartment = "evidence", .bag = "bag", .sealed_s = 0, .tool = "muniment"});
}

void write(benchmark::State& state) {
  FixedRandom random;
  for (auto _ : state) benchmark::DoNotOptimize(write_list(random));
}

void parse(benchmark::State& state) {
  FixedRandom random;
  const ContentsWriter::Finished list = write_list(random);
  for (auto _ : state) MUNIMENT_CHECK(parse_contents(list.bytes).has_value());
}

BENCHMARK(write)->Name("contents: write the lines of 5,000 files")->Unit(benchmark::kMillisecond);
BENCHMARK(parse)->Name("contents: read the lines of 5,000 files")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace muniment
