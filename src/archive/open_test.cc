// Opening against everything that a depositor, a mirror or a disk can do to a deposit.
#include "archive/open.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "base/encoding.h"
#include "base/posix_fs.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

class Opening : public ::testing::Test {
 protected:
  Forgery honest(const std::string& said = "he was beaten") {
    return forge(random, {{"a.txt", bytes_of(said)}, {"b.txt", bytes_of("more")}});
  }
  /// Seals a forgery, whose receipt fits, and opens it.
  Result<Opened> open(const Forgery& forgery) {
    const std::string folder = "d" + std::to_string(count_++);
    const Receipt receipt = write_forgery(doors, folder, forgery, key.recipient());
    return open_all(source_in_folder(fs, folder), receipt, key);
  }
  std::string sentence_of(const Forgery& forgery) {
    const auto opened = open(forgery);
    EXPECT_TRUE(fails_with(opened, Code::forged));
    return opened ? "" : opened.error().sentence();
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  age::X25519Identity key = age::X25519Identity::make(random);

 private:
  int count_ = 0;
};

TEST_F(Opening, OfAnHonestDepositGivesItsFiles) {
  const auto opened = open(honest());
  ASSERT_TRUE(opened) << opened.error().sentence();
  EXPECT_EQ(opened->files.at("a.txt"), bytes_of("he was beaten"));
  EXPECT_EQ(opened->files.size(), 2u);
}

TEST_F(Opening, IsDeniedToAnotherKey) {
  const Receipt receipt = write_forgery(doors, "d", honest(), key.recipient());
  const auto stranger = age::X25519Identity::make(random);
  EXPECT_CODE(open_all(source_in_folder(fs, "d"), receipt, stranger), Code::denied);
  EXPECT_CODE(open_contents(source_in_folder(fs, "d"), receipt, first_seal(receipt), stranger), Code::denied);
}

/// format-review 2 and P5: one set of parts, two headers, two stories. Whatever the second header makes of the parts
/// (finding one that fits is the depositor's work, and possible), it is not what the receipt's contents state.
TEST_F(Opening, OfTwoHeadersForOnePartIsRefusedUnderBoth) {
  const Forgery told = honest();
  const Forgery hidden = honest("nothing happened");
  // The receipt has the contents of one story and the parts of the other.
  Forgery swapped = told;
  swapped.tar = hidden.tar;
  EXPECT_NE(sentence_of(swapped).find("a.txt"), std::string::npos);
  swapped = hidden;
  swapped.tar = told.tar;
  EXPECT_NE(sentence_of(swapped).find("a.txt"), std::string::npos);
}

TEST_F(Opening, OfTwoStoriesOfOneLengthIsRefusedByTheDigest) {
  Forgery swapped = honest("he was beaten");
  swapped.tar = honest("it was nobody").tar;
  EXPECT_EQ(sentence_of(swapped), "data/a.txt is not what the contents state");
}

/// A second header whose key is another one: without the depositor's preparation no part opens under it.
TEST_F(Opening, WithAHeaderThatUnwrapsToAnotherKeyIsRefused) {
  Receipt receipt = write_forgery(doors, "d", honest(), key.recipient());
  const auto recipient = key.recipient();
  const age::Recipient* const recipients[] = {&recipient};
  const auto second = age::seal_header(recipients, random);
  fs.seed("d/header-0", second->bytes);
  EXPECT_CODE(open_all(source_in_folder(fs, "d"), receipt, key), Code::corrupt) << "not the receipt's header";
  receipt.header = sha256(second->bytes);
  EXPECT_CODE(open_all(source_in_folder(fs, "d"), receipt, key), Code::forged) << "a receipt made to fit it";
}

TEST_F(Opening, WithPartsOfAnotherDepositUnderAReceiptMadeToFitIsRefused) {
  Receipt receipt = write_forgery(doors, "d", honest(), key.recipient());
  const Receipt other = write_forgery(doors, "other", honest(), key.recipient());
  for (const char* name : {"part-0000000", "SHA256SUMS"})
    fs.seed(join("d", name), *read_file(fs, join("other", name), kPartBytes));
  receipt.sums = other.sums;
  EXPECT_CODE(open_all(source_in_folder(fs, "d"), receipt, key), Code::forged);
}

TEST_F(Opening, WithContentsOfAnotherDepositIsRefused) {
  Receipt receipt = write_forgery(doors, "d", honest(), key.recipient());
  const Receipt other = write_forgery(doors, "other", honest(), key.recipient());
  fs.seed("d/contents-0.age", *read_file(fs, "other/contents-0.age", kContentsBytesMax));
  receipt.sealed_contents = other.sealed_contents;
  EXPECT_CODE(open_contents(source_in_folder(fs, "d"), receipt, first_seal(receipt), key), Code::forged)
      << "not the receipt's contents";
  receipt.contents = other.contents;
  EXPECT_CODE(open_contents(source_in_folder(fs, "d"), receipt, first_seal(receipt), key), Code::forged)
      << "nor its tree";
  receipt.tree = other.tree;
  EXPECT_CODE(open_all(source_in_folder(fs, "d"), receipt, key), Code::forged) << "nor the bag's";
}

/// Padding is no leaf of the tree, so only the digest of all bytes tells.
TEST_F(Opening, OfTheSameLinesPaddedOtherwiseIsRefused) {
  const Forgery forgery = honest();
  Forgery padded = forgery;
  padded.contents.insert(padded.contents.end() - 1, 100, ' ');
  Receipt receipt = write_forgery(doors, "d", padded, key.recipient());
  ASSERT_TRUE(open_contents(source_in_folder(fs, "d"), receipt, first_seal(receipt), key))
      << "a contents file is what its receipt says";
  EXPECT_CODE(open_all(source_in_folder(fs, "d"), receipt, key), Code::forged) << "the one in the bag is another";
  receipt.contents = sha256(forgery.contents);
  const auto opened = open_contents(source_in_folder(fs, "d"), receipt, first_seal(receipt), key);
  ASSERT_TRUE(fails_with(opened, Code::forged));
  EXPECT_EQ(opened.error().sentence(), "the contents are not those of the receipt");
}

/// format-review P4 at the door: the count stands in the receipt's tree.
TEST_F(Opening, WithATreeOfAnotherCountIsRefused) {
  Forgery forgery = honest();
  const auto lines = split_lines(as_text(forgery.contents), 100);
  tlog::Frontier frontier;
  for (const std::string_view line : *lines) {
    if (line.front() == '{') frontier.append(tlog::leaf_hash(as_view(line)));
  }
  ASSERT_EQ(forgery.tree, contents_tree(frontier.size(), frontier.root()));
  forgery.tree = contents_tree(frontier.size() - 1, frontier.root());
  EXPECT_EQ(sentence_of(forgery), "the contents are not the tree of the receipt");
}

TEST_F(Opening, OfAFileThatTheContentsDoNotNameIsRefused) {
  Forgery forgery = honest();
  const Forgery more =
      forge(random, {{"a.txt", bytes_of("he was beaten")}, {"b.txt", bytes_of("more")}, {"c.txt", {}}});
  forgery.tar = more.tar;
  EXPECT_EQ(sentence_of(forgery), "the bag holds data/c.txt, which its contents do not name");
}

TEST_F(Opening, OfContentsThatTheBagDoesNotHoldIsRefused) {
  Forgery forgery = forge(random, {{"a.txt", bytes_of("x")}, {"b.txt", bytes_of("y")}});
  forgery.tar = forge(random, {{"a.txt", bytes_of("x")}}).tar;
  EXPECT_EQ(sentence_of(forgery), "the contents name data/b.txt, which the bag does not hold");
}

TEST_F(Opening, OfAFileInAnotherPlaceOrOfAnotherSizeIsRefused) {
  Forgery forgery = forge(random, {{"a.txt", bytes_of("x")}, {"b.txt", bytes_of("x")}});
  forgery.tar = forge(random, {{"b.txt", bytes_of("x")}, {"a.txt", bytes_of("x")}}).tar;
  EXPECT_EQ(sentence_of(forgery), "data/b.txt is not of the size or at the place that the contents state");
  forgery.tar = forge(random, {{"a.txt", bytes_of("xx")}, {"b.txt", bytes_of("x")}}).tar;
  EXPECT_EQ(sentence_of(forgery), "data/a.txt is not of the size or at the place that the contents state");
}

TEST_F(Opening, OfAnotherBaseFolderOrOtherContentsInTheBagIsRefused) {
  const std::vector<ForgedFile> files = {{"a.txt", bytes_of("x")}};
  Forgery forgery = forge(random, files, "bag-1");
  forgery.tar = forge(random, files, "bag-2").tar;
  EXPECT_EQ(sentence_of(forgery), "the bag is not the one that the contents name");
  forgery.tar = forge(random, files, "bag-1").tar;  // the same files, other salts
  EXPECT_EQ(sentence_of(forgery), "the contents in the bag are not those beside it");
}

TEST_F(Opening, OfPaddingThatIsNotZeroIsRefused) {
  Forgery forgery = honest();
  forgery.tar.back() = 1;
  EXPECT_CODE(open(forgery), Code::corrupt);
  forgery = honest();
  forgery.tar[forgery.tar.size() - 5000] = 1;
  EXPECT_CODE(open(forgery), Code::corrupt);
  // A second archive hidden behind the end of the first.
  forgery = honest();
  append(forgery.tar, honest("hidden").tar);
  EXPECT_CODE(open(forgery), Code::corrupt);
}

TEST_F(Opening, OfATarOrContentsThatAreCutIsRefused) {
  Forgery forgery = honest();
  forgery.tar.resize(1024);
  EXPECT_CODE(open(forgery), Code::corrupt);
  forgery.tar.clear();
  EXPECT_CODE(open(forgery), Code::corrupt);
  forgery = honest();
  forgery.contents.resize(100);
  EXPECT_CODE(open(forgery), Code::corrupt);
}

TEST_F(Opening, OfContentsOfAnotherArchiveIsRefused) {
  Forgery forgery = honest();
  forgery.archive.bytes[0] = 1;
  EXPECT_EQ(sentence_of(forgery), "the contents are of another archive");
}

TEST_F(Opening, WithBytesBehindTheHeaderIsRefused) {
  Receipt receipt = write_forgery(doors, "d", honest(), key.recipient());
  Bytes header = *read_file(fs, "d/header-0", kHeaderBytesMax);
  header.push_back(0);
  fs.seed("d/header-0", header);
  receipt.header = sha256(header);
  EXPECT_CODE(open_contents(source_in_folder(fs, "d"), receipt, first_seal(receipt), key), Code::corrupt);
}

TEST_F(Opening, ReadsNoPartForTheContentsAlone) {
  const Receipt receipt = write_forgery(doors, "d", honest(), key.recipient());
  ASSERT_TRUE(fs.remove("d/part-0000000"));
  const auto contents = open_contents(source_in_folder(fs, "d"), receipt, first_seal(receipt), key);
  ASSERT_TRUE(contents);
  EXPECT_EQ(contents->files.size(), 2u);
  EXPECT_CODE(open_all(source_in_folder(fs, "d"), receipt, key), Code::corrupt);
}

/// Any bit of any object: refused, and never with the handler believing that all is well.
TEST_F(Opening, OfADepositWithAnyBitFlippedIsRefused) {
  const Receipt receipt = write_forgery(doors, "d", honest(), key.recipient());
  for (const char* name : {"header-0", "contents-0.age", "SHA256SUMS", "part-0000000"}) {
    const std::string path = join("d", name);
    const auto size = static_cast<std::size_t>(fs.info(path)->size_bytes);
    for (std::size_t i = 0; i < size; i += 1 + size / 60) {
      fs.corrupt(path, i);
      EXPECT_CODE(open_all(source_in_folder(fs, "d"), receipt, key), Code::corrupt) << name << " " << i;
      fs.corrupt(path, i);
    }
  }
  EXPECT_TRUE(open_all(source_in_folder(fs, "d"), receipt, key));
}

/// The same with a receipt made to fit, as a thief of the log key could: age itself refuses.
TEST_F(Opening, OfAFlippedBitUnderAReceiptMadeToFitIsForged) {
  const Receipt whole = write_forgery(doors, "d", honest(), key.recipient());
  for (std::size_t i = 0; i < 65552; i += 1111) {
    Receipt receipt = whole;
    fs.corrupt("d/part-0000000", i);
    const std::string sums = render_sums({sha256(*read_file(fs, "d/part-0000000", kPartBytes))});
    fs.seed("d/SHA256SUMS", as_view(sums));
    receipt.sums = sha256(as_view(sums));
    EXPECT_CODE(open_all(source_in_folder(fs, "d"), receipt, key), Code::forged) << i;
    fs.corrupt("d/part-0000000", i);
  }
}

TEST_F(Opening, PassesOnTheErrorOfTheHandler) {
  class Full final : public FileHandler {
    Result<void> begin_file(const ContentsFile&) override { return {}; }
    Result<void> data(ByteView) override { return Error(Code::io, "No space left on device"); }
    Result<void> end_file(const ContentsFile&) override { return {}; }
  } full;
  const Receipt receipt = write_forgery(doors, "d", honest(), key.recipient());
  EXPECT_CODE(open_deposit(source_in_folder(fs, "d"), receipt, first_seal(receipt), key, full), Code::io);
}

TEST(OpenByThread, GivesTheSameAndFindsTheSame) {
  const TemporaryFolder folder;
  FixedRandom random;
  FixedClock clock;
  const Doors doors{posix_fs(), random, clock, Worker::Mode::by_thread};
  const age::X25519Identity key = age::X25519Identity::make(random);
  const Bytes large = noise(3 * kPartBytes);
  const std::string given = join(folder.path(), "large");
  ASSERT_TRUE(write_new(posix_fs(), given, large));
  const auto sealed = seal_into(doors, given, folder.path(), {{}, "evidence", key.recipient().text()});
  ASSERT_TRUE(sealed) << sealed.error().sentence();
  const SealedDeposit& deposit = sealed->deposits.at(0);
  const DepositSource source = source_in_folder(posix_fs(), deposit.folder);
  const auto open = [&](CollectingHandler& handler) {
    return open_deposit(source, deposit.receipt, first_seal(deposit.receipt), key, handler, Worker::Mode::by_thread);
  };
  CollectingHandler whole;
  ASSERT_TRUE(open(whole));
  EXPECT_EQ(whole.files.at("large"), large);
  for (const std::uint64_t part : {std::uint64_t{0}, std::uint64_t{2}, deposit.receipt.parts - 1}) {
    const std::string path = join(deposit.folder, part_name(part));
    Bytes bytes = *read_file(posix_fs(), path, kPartBytes);
    bytes[100] ^= 1;
    ASSERT_TRUE(replace_durably(posix_fs(), path, bytes));
    CollectingHandler handler;
    EXPECT_CODE(open(handler), Code::corrupt);
    bytes[100] ^= 1;
    ASSERT_TRUE(replace_durably(posix_fs(), path, bytes));
  }
}

}  // namespace
}  // namespace muniment
