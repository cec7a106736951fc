// Fills the log of a new archive with receipts of deposits that exist nowhere else, vouched for by its custodian, so
// that a log of tens of thousands is there in a second: write_deposits ARCHIVE KEYFILE PASSPHRASE-FILE COUNT
#include <cstdio>
#include <string>
#include <vector>

#include "archive/home.h"
#include "archive/view.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/posix_fs.h"
#include "crypto/random.h"

namespace muniment {
namespace {

Result<SecretBytes> read_passphrase(Fs& fs, const std::string& path) {
  TRY_ASSIGN(const Bytes file, read_file(fs, path, 4096));
  const std::string_view text = as_text(file);
  return SecretBytes::copy_of(as_view(text.substr(0, text.find('\n'))));
}

/// One part of the smallest size; digests of anything.
Receipt make_receipt(const Sha256& archive, std::uint64_t number) {
  const auto digest = [&](std::string_view of) { return sha256(as_view(std::string(of) + std::to_string(number))); };
  return {.archive = archive,
          .contents = digest("contents"),
          .tree = digest("tree"),
          .bytes = 65'536 + 2 * 16,
          .parts = 1,
          .sums = digest("sums"),
          .header = digest("header"),
          .sealed_contents = digest("sealed contents")};
}

Result<void> write(const std::string& archive, const std::string& key_file, const std::string& passphrase_file,
                   std::uint64_t count) {
  const Doors doors{.fs = posix_fs(), .random = system_random(), .clock = system_clock()};
  FolderPlace place(doors, archive);
  TRY_ASSIGN(const FoundCharter charter, read_charter(place.store(), std::nullopt));
  TRY_ASSIGN(SecretBytes passphrase, read_passphrase(doors.fs, passphrase_file));
  TRY_ASSIGN(const HolderKeys holder, read_key_file(doors.fs, key_file, std::move(passphrase)));
  TRY_ASSIGN(const auto home, Home::open(doors, place, charter.charter, holder));
  TRY_ASSIGN(const ArchiveView view, view_archive(home->store(), std::nullopt));
  const tlog::TreeHead old = view.head.head;
  TileReader tiles(home->store(), old.size);
  TRY_ASSIGN(tlog::Frontier frontier, tlog::Frontier::resume(old.size, tiles.source()));
  std::vector<Bytes> entries;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string receipt = render_receipt(make_receipt(charter.id, i));
    entries.emplace_back(receipt.begin(), receipt.end());
    frontier.append(tlog::leaf_hash(entries.back()));
  }
  const std::string accept = make_accept(charter.id, old.size, frontier.head(), holder.signer());
  entries.emplace_back(accept.begin(), accept.end());
  TRY(home->appender().append(entries, old));
  return {};
}

}  // namespace
}  // namespace muniment

int main(int argc, char** argv) {
  using namespace muniment;
  const auto count = argc == 5 ? parse_decimal(argv[4], 10'000'000) : Result<std::uint64_t>(std::uint64_t{0});
  if (argc != 5 || !count) {
    std::fputs("usage: write_deposits ARCHIVE KEYFILE PASSPHRASE-FILE COUNT\n", stderr);
    return 2;
  }
  const auto written = write(argv[1], argv[2], argv[3], *count);
  if (!written) std::fprintf(stderr, "%s\n", written.error().sentence().c_str());
  return written ? 0 : 1;
}
