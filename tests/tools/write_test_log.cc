// Writes what the Go judge (tests/go/judge.go) compares with a second implementation: write_test_log FOLDER.
//
//   key                  the log's verifier key
//   checkpoints/<size>   the signed checkpoint of that size
//   inclusion/<size>     lines of an index and the base64 hashes of its proof, separated by spaces
//   consistency/<size>   likewise, of an old size
//   log/tile/…           tiles and entry bundles of the last size
//
// Entry i of the log is ASCII "leaf <i>".
#include <algorithm>
#include <bit>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "note/note.h"
#include "tlog/checkpoint.h"
#include "tlog/proof.h"
#include "tlog/tile.h"

namespace muniment {
namespace {

constexpr std::uint64_t kEverySizeUpTo = 600;
constexpr std::uint64_t kLastSize = 65537;  // one more than 256 full tiles: three levels
constexpr const char* kOrigin = "judge.muniment.example";

/// The log in memory: one row of hashes for each level of tiles.
class TestLog {
 public:
  void append(const std::string& entry) {
    entries_.push_back(entry);
    const Sha256 leaf = tlog::leaf_hash(as_view(entry));
    frontier_.append(leaf);
    levels_[0].push_back(leaf);
    for (std::size_t level = 0; levels_[level].size() % tlog::kTileWidth == 0; ++level) {
      if (level + 1 == levels_.size()) levels_.emplace_back();
      levels_[level + 1].push_back(tlog::fold(std::span(levels_[level]).last(tlog::kTileWidth)));
    }
  }

  tlog::TreeHead head() const { return frontier_.head(); }

  /// Every node is read from its tile, so that the places in tiles are judged as well.
  tlog::NodeSource nodes() const {
    return [this](unsigned height, std::uint64_t index) -> Result<Sha256> {
      const tlog::NodePlace place = tlog::place_of(height, index);
      const std::span<const Sha256> row = levels_.at(place.level);
      return tlog::fold(row.subspan(place.tile * tlog::kTileWidth + place.first, place.count));
    };
  }

  Result<Bytes> bytes_of(const tlog::TileId& id) const {
    const std::uint64_t first = id.index * tlog::kTileWidth;
    if (id.level != tlog::TileId::kEntries) {
      return tlog::render_tile(std::span(levels_.at(id.level)).subspan(first, id.width));
    }
    Bytes bundle;
    for (std::uint64_t i = first; i < first + id.width; ++i) TRY(tlog::append_entry(bundle, as_view(entries_.at(i))));
    return bundle;
  }

 private:
  std::vector<std::string> entries_;
  tlog::Frontier frontier_;
  std::vector<std::vector<Sha256>> levels_{1};
};

Result<void> write(const std::filesystem::path& path, std::string_view text) {
  std::error_code ignored;  // a folder that could not be made shows when the file is written
  std::filesystem::create_directories(path.parent_path(), ignored);
  std::ofstream file(path, std::ios::binary);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) return Error(Code::io, "cannot write " + path.string());
  return {};
}

std::string proof_line(std::uint64_t number, const tlog::Proof& proof) {
  std::string line = std::to_string(number);
  for (const Sha256& hash : proof) line += " " + to_base64(hash.view());
  return line + "\n";
}

Result<void> write_size(const std::filesystem::path& folder, const TestLog& log, const SignerKey& signer) {
  const tlog::TreeHead head = log.head();
  const std::uint64_t size = head.size;
  const std::string name = std::to_string(size);
  const SignerKey* signers[] = {&signer};
  TRY(write(folder / "checkpoints" / name, sign_note(tlog::render_checkpoint({kOrigin, head}), signers)));

  std::mt19937_64 random(size);  // the same choice in every run
  std::string lines;
  for (const std::uint64_t index : std::set{std::uint64_t{0}, size / 2, size - 1, random() % size, random() % size}) {
    TRY_ASSIGN(const tlog::Proof proof, tlog::inclusion_proof(index, size, log.nodes()));
    lines += proof_line(index, proof);
  }
  TRY(write(folder / "inclusion" / name, lines));

  lines.clear();
  const std::uint64_t some = 1 + random() % size;
  const std::uint64_t other = 1 + random() % size;
  for (const std::uint64_t old_size :
       std::set{std::uint64_t{1}, (size + 1) / 2, std::bit_floor(size), some, other, size}) {
    TRY_ASSIGN(const tlog::Proof proof, tlog::consistency_proof(old_size, size, log.nodes()));
    lines += proof_line(old_size, proof);
  }
  return write(folder / "consistency" / name, lines);
}

Result<void> write_log(const std::filesystem::path& folder) {
  Secret<32> seed;
  std::ranges::fill(seed.expose_mut(), std::uint8_t{0x11});
  const SignerKey signer(kOrigin, std::move(seed));
  TRY(write(folder / "key", signer.verifier().text() + "\n"));

  TestLog log;
  for (std::uint64_t size = 1; size <= kLastSize; ++size) {
    log.append("leaf " + std::to_string(size - 1));
    if (size <= kEverySizeUpTo || size == kLastSize) TRY(write_size(folder, log, signer));
  }
  for (const tlog::TileId& id : tlog::new_tiles(0, kLastSize)) {
    TRY_ASSIGN(const Bytes bytes, log.bytes_of(id));
    TRY(write(folder / "log" / id.path(), as_text(bytes)));
  }
  return {};
}

}  // namespace
}  // namespace muniment

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: write_test_log FOLDER\n", stderr);
    return 2;
  }
  if (const auto written = muniment::write_log(argv[1]); !written) {
    std::fprintf(stderr, "%s\n", written.error().sentence().c_str());
    return 1;
  }
  return 0;
}
