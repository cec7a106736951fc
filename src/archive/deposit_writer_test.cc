// One deposit, byte by byte: what is written in which order, and what its size tells.
#include "archive/deposit_writer.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "archive/version.h"
#include "bag/padme.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class Writer : public ::testing::Test {
 protected:
  /// A deposit of one file in a new folder.
  SealedDeposit write_file(const std::string& folder, std::size_t size) {
    fs.seed("source", Bytes(size, 0x5a));
    MUNIMENT_CHECK(fs.make_folder(folder));
    const auto writer = DepositWriter::begin(doors, folder, target);
    SealReport report;
    MUNIMENT_CHECK((*writer)->add({*SourceWalk(fs, "source").next()}, report, {}));
    auto deposit = (*writer)->finish();
    MUNIMENT_CHECK(deposit && report.not_whole.empty());
    return std::move(*deposit);
  }

  /// The tar inside, padding included.
  Bytes tar_of(const SealedDeposit& deposit) {
    const Bytes header = *read_file(fs, join(deposit.folder, "header-0"), kHeaderBytesMax);
    const age::Identity* const identities[] = {&key};
    const auto opened = age::open_header(header, identities);
    Bytes tar;
    age::StreamOpener opener(opened->payload_key, [&](ByteView plain) -> Result<void> {
      append(tar, plain);
      return {};
    });
    for (std::uint64_t i = 0; i < deposit.receipt.parts; ++i)
      MUNIMENT_CHECK(opener.write(*read_file(fs, join(deposit.folder, part_name(i)), kPartBytes)));
    MUNIMENT_CHECK(opener.finish());
    return tar;
  }

  /// The size of the tar before it was padded: to the last byte that is not zero, in blocks, and two closing blocks.
  static std::uint64_t unpadded(const Bytes& tar) {
    std::uint64_t last = tar.size();
    while (last > 0 && tar[last - 1] == 0) --last;
    return (last + 511) / 512 * 512 + 1024;
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  age::X25519Identity key = age::X25519Identity::make(random);
  SealTarget target{.archive = {}, .compartment = "evidence", .recipient = key.recipient().text()};
};

TEST_F(Writer, NamesTheVersionOfTheProgram) { EXPECT_EQ(tool_name(), "muniment " + std::string(kVersion)); }

TEST_F(Writer, WritesFiveKindsOfObjectAndAReceiptThatFits) {
  const SealedDeposit deposit = write_file("d", 10);
  EXPECT_EQ(*fs.list("d"),
            (std::vector<std::string>{"SHA256SUMS", "contents-0.age", "header-0", "part-0000000", "receipt"}));
  EXPECT_EQ(deposit.receipt.sums, sha256(*read_file(fs, "d/SHA256SUMS", 1000)));
  EXPECT_EQ(deposit.receipt.bytes, 65536u + 16);
  EXPECT_EQ(deposit_id(as_text(*read_file(fs, "d/receipt", 1000))), deposit.id);
}

/// Sizes around the first STREAM chunk and around a whole part, in steps of a tar block.
TEST_F(Writer, HasNoEmptyLastPartAtAnySizeOfTheTar) {
  const std::uint64_t overhead = unpadded(tar_of(write_file("measure", 512))) - 512;
  int number = 0;
  for (const std::uint64_t boundary : {std::uint64_t{64} << 10, std::uint64_t{16} << 20}) {
    for (const std::int64_t step : {-1024, -512, 0, 512, 1024}) {
      const std::uint64_t wanted = boundary + static_cast<std::uint64_t>(step);
      const std::string folder = "d" + std::to_string(number++);
      const SealedDeposit deposit = write_file(folder, wanted - overhead);
      const Bytes tar = tar_of(deposit);
      ASSERT_EQ(unpadded(tar), wanted) << "the test does not meet the boundary";
      EXPECT_EQ(tar.size(), bag::padme(wanted, 65536));
      EXPECT_EQ(deposit.receipt.bytes, age::sealed_size(tar.size()));
      EXPECT_EQ(deposit.receipt.parts, (deposit.receipt.bytes + kPartBytes - 1) / kPartBytes);
      EXPECT_EQ(deposit.receipt.parts, wanted <= 16u << 20 ? 1u : 2u) << wanted;
      for (std::uint64_t i = 0; i < deposit.receipt.parts; ++i)
        EXPECT_EQ(fs.info(join(folder, part_name(i)))->size_bytes, part_size(deposit.receipt, i));
      EXPECT_CODE(fs.info(join(folder, part_name(deposit.receipt.parts))), Code::not_found);
      EXPECT_TRUE(open_folder(fs, folder, key)) << wanted;
      MUNIMENT_CHECK(remove_tree(fs, folder));
    }
  }
}

TEST_F(Writer, HidesSmallSizesBehindOneSize) {
  std::uint64_t bytes = 0;
  for (const std::size_t size : {0u, 1u, 1000u, 20'000u}) {
    const SealedDeposit deposit = write_file("d" + std::to_string(size), size);
    if (bytes == 0) bytes = deposit.receipt.bytes;
    EXPECT_EQ(deposit.receipt.bytes, bytes);
  }
}

/// design "Crash and raid": the header is there before the first part, the receipt is the last of all.
TEST_F(Writer, WritesTheHeaderFirstAndTheReceiptLast) {
  fs.seed("source", noise(200'000));
  fs.seed_folder("d");
  for (std::uint64_t cut = 1;; ++cut) {
    MemoryFs disk = fs;
    disk.cut_power_at(disk.operations() + cut);
    const auto finished = [&]() -> Result<void> {
      TRY_ASSIGN(const auto writer, DepositWriter::begin({disk, random, clock}, "d", target));
      SealReport report;
      TRY(writer->add({*SourceWalk(fs, "source").next()}, report, {}));
      TRY(writer->finish());
      return {};
    }();
    for (const Unsynced unsynced : kEveryUnsynced) {
      MemoryFs after = disk;
      after.reboot(unsynced);
      const auto has = [&](const char* name) {
        const auto info = after.info(join("d", name));
        return info && info->size_bytes > 0;
      };
      EXPECT_TRUE(open_folder(after, "d", key) || !read_receipt(after, "d")) << cut << ": a receipt before the rest";
      const bool reordered = unsynced == Unsynced::lost || unsynced == Unsynced::last_name;
      EXPECT_TRUE(has("header-0") || !has("part-0000000") || reordered) << cut;
    }
    if (finished) break;
    ASSERT_LT(cut, 100u);
  }
}

/// A file of any announced size without the disk that it would take: its bytes are zeros.
class SparseFs final : public ForwardingFs {
 public:
  SparseFs(Fs& fs, std::uint64_t size) : ForwardingFs(fs), size_(size) {}

  Result<FileInfo> info(const std::string& path) override {
    if (path != "huge") return ForwardingFs::info(path);
    return FileInfo{.type = FileType::file, .size_bytes = size_};
  }
  Result<std::unique_ptr<InputFile>> open(const std::string& path) override {
    if (path != "huge") return ForwardingFs::open(path);
    return std::unique_ptr<InputFile>(std::make_unique<Zeros>(size_));
  }

 private:
  class Zeros final : public InputFile {
   public:
    explicit Zeros(std::uint64_t size) : size_(size), left_(size) {}
    Result<std::size_t> read(MutableBytes buffer) override {
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, buffer.size()));
      std::ranges::fill(buffer.first(count), std::uint8_t{0});
      left_ -= count;
      return count;
    }
    Result<FileInfo> info() override { return FileInfo{.type = FileType::file, .size_bytes = size_}; }

   private:
    std::uint64_t size_;
    std::uint64_t left_;
  };

  std::uint64_t size_;
};

/// Over 8 GiB the size field of a tar header is full: base 256, and a pax record. The first part shows both, so the
/// run ends after it, on a disk that is full.
TEST_F(Writer, AnnouncesAFileOverEightGigabytesInBothForms) {
  constexpr std::uint64_t kSize = (std::uint64_t{8} << 30) + 12345;
  SparseFs sparse(fs, kSize);
  const Doors huge_doors{sparse, random, clock};
  fs.seed_folder("d");
  const auto writer = DepositWriter::begin(huge_doors, "d", target);
  fs.limit_bytes(kPartBytes + 100'000);
  SealReport report;
  const auto added = (*writer)->add({*SourceWalk(sparse, "huge").next()}, report, {});
  ASSERT_TRUE(fails_with(added, Code::io)) << "the disk was full";
  EXPECT_NE(added.error().sentence().find("No space left"), std::string::npos);

  const Bytes header = *read_file(fs, "d/header-0", kHeaderBytesMax);
  const age::Identity* const identities[] = {&key};
  Bytes tar;
  const auto opened = age::open_header(header, identities);
  age::StreamOpener opener(opened->payload_key, [&](ByteView plain) -> Result<void> {
    append(tar, plain);
    return {};
  });
  ASSERT_TRUE(opener.write(*read_file(fs, "d/part-0000000", kPartBytes)));
  const std::string_view text = as_text(tar);
  EXPECT_NE(text.find(" size=" + std::to_string(kSize) + "\n"), std::string_view::npos) << "the pax record";
  const std::size_t name = text.find("/data/huge", text.find(" size=") + 10);
  ASSERT_NE(name, std::string_view::npos);
  const std::size_t block = name / 512 * 512;
  EXPECT_EQ(tar[block + 124], 0x80) << "the mark of base 256";
  std::uint64_t size = 0;
  for (std::size_t i = block + 128; i < block + 136; ++i) size = size << 8 | tar[i];
  EXPECT_EQ(size, kSize);
}

TEST_F(Writer, IsFullByBytesItemsAndContents) {
  fs.seed_folder("d");
  fs.seed("source", noise(100));
  const auto writer = DepositWriter::begin(doors, "d", target);
  EXPECT_FALSE((*writer)->is_full(UINT64_MAX, {})) << "one file is never too large for an empty deposit";
  SealReport report;
  ASSERT_TRUE((*writer)->add({*SourceWalk(fs, "source").next()}, report, {}));
  EXPECT_FALSE((*writer)->is_full(900, {.split_bytes = 1000}));
  EXPECT_TRUE((*writer)->is_full(901, {.split_bytes = 1000}));
  EXPECT_TRUE((*writer)->is_full(0, {.split_items = 1}));
  EXPECT_FALSE((*writer)->is_full(0, {.split_items = 2}));
  EXPECT_TRUE((*writer)->is_full(0, {.split_contents_bytes = 10}));
}

TEST_F(Writer, SaysHowMuchOfTheSourceItHasRead) {
  fs.seed_folder("d");
  fs.seed("source", noise(3'000'000));
  const auto writer = DepositWriter::begin(doors, "d", target);
  std::uint64_t told = 0;
  SealReport report;
  const SealHooks hooks{.place = {}, .on_bytes = [&](std::uint64_t bytes) { told += bytes; }};
  ASSERT_TRUE((*writer)->add({*SourceWalk(fs, "source").next()}, report, hooks));
  EXPECT_EQ(told, 3'000'000u);
}

}  // namespace
}  // namespace muniment
