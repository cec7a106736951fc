#include "bag/bag.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "bag/padme.h"
#include "bag/tar_testing.h"
#include "base/encoding.h"

namespace muniment::bag {
namespace {

using namespace std::string_literals;

constexpr std::int64_t kNow = 1'767'225'600;
constexpr std::uint64_t kFloor = 64 * 1024;

/// What a PayloadHandler was told.
class PayloadCollector final : public PayloadHandler {
 public:
  Result<void> begin_file(const PayloadFile& file) override {
    files.push_back(file);
    datas.emplace_back();
    return {};
  }
  Result<void> data(ByteView bytes) override {
    append(datas.back(), bytes);
    return {};
  }
  Result<void> end_file(const PayloadFile& file) override {
    files.back() = file;
    return {};
  }

  std::vector<PayloadFile> files;
  std::vector<Bytes> datas;
};

struct MadeBag {
  Bytes tar;
  std::vector<PayloadFile> files;
};

Result<MadeBag> make_bag(const std::vector<TarFile>& payload, std::uint64_t floor_bytes = kFloor) {
  MadeBag made;
  BagWriter writer(
      [&made](ByteView bytes) -> Result<void> {
        append(made.tar, bytes);
        return {};
      },
      "deposit", kNow);
  TRY(writer.begin());
  for (const TarFile& file : payload) {
    TRY(writer.begin_file(file.name, file.data.size(), file.modified_s));
    TRY(writer.write(file.data));
    TRY_ASSIGN(PayloadFile done, writer.end_file());
    made.files.push_back(std::move(done));
  }
  TRY_ASSIGN(const std::uint64_t size,
             writer.finish({.fields = {{"Bagging-Date", "2026-01-01"}}}, to_bytes("{\"salt\":1}\n"), floor_bytes));
  MUNIMENT_CHECK(size == made.tar.size() && size == writer.size_bytes());
  return made;
}

Result<PayloadCollector> read_bag(ByteView tar, std::size_t piece_bytes = 1000) {
  PayloadCollector collector;
  BagReader reader(collector);
  TRY(feed(reader, tar, piece_bytes));
  return collector;
}

const std::vector<TarFile> kTwoFiles = {{"a.txt", to_bytes("hello"), 5}, {"\u0439/b", {}, -1}};

TEST(BagWriter, WritesTheFilesOfABagInTheirOrder) {
  const auto made = make_bag(kTwoFiles);
  ASSERT_TRUE(made) << made.error().sentence();
  const auto files = read_tar(made->tar, 4096);
  ASSERT_TRUE(files);
  const std::string hello = sha256(as_view("hello")).hex();
  const std::string nothing = sha256({}).hex();
  const std::string bagit = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
  const std::string manifest = hello + "  data/a.txt\n" + nothing + "  data/\u0439/b\n";
  const std::string info = "Bagging-Date: 2026-01-01\nPayload-Oxum: 5.2\n";
  const std::string contents = "{\"salt\":1}\n";
  const std::string tag_manifest = sha256(as_view(bagit)).hex() + "  bagit.txt\n" + sha256(as_view(manifest)).hex() +
                                   "  manifest-sha256.txt\n" + sha256(as_view(info)).hex() + "  bag-info.txt\n" +
                                   sha256(as_view(contents)).hex() + "  metadata/contents.jsonl\n";
  const std::vector<TarFile> expected = {{"deposit/bagit.txt", to_bytes(bagit), kNow},
                                         {"deposit/data/a.txt", to_bytes("hello"), 5},
                                         {"deposit/data/\u0439/b", {}, -1},
                                         {"deposit/manifest-sha256.txt", to_bytes(manifest), kNow},
                                         {"deposit/bag-info.txt", to_bytes(info), kNow},
                                         {"deposit/metadata/contents.jsonl", to_bytes(contents), kNow},
                                         {"deposit/tagmanifest-sha256.txt", to_bytes(tag_manifest), kNow}};
  EXPECT_EQ(*files, expected);
}

TEST(BagWriter, SaysWhatItWroteOfEachFile) {
  const auto made = make_bag(kTwoFiles);
  ASSERT_TRUE(made);
  ASSERT_EQ(made->files.size(), 2u);
  EXPECT_EQ(made->files[0].path, "data/a.txt");
  EXPECT_EQ(made->files[0].size_bytes, 5u);
  EXPECT_EQ(made->files[0].digest, sha256(as_view("hello")));
  EXPECT_EQ(as_text(ByteView(made->tar).subspan(made->files[0].offset_bytes, 5)), "hello");
  EXPECT_EQ(made->files[1].path, "data/\u0439/b");
}

TEST(BagWriter, AFileThatWasHashedBeforeIsWrittenTheSame) {
  const auto made = make_bag(kTwoFiles);
  ASSERT_TRUE(made);
  Bytes tar;
  BagWriter writer(
      [&tar](ByteView bytes) -> Result<void> {
        append(tar, bytes);
        return {};
      },
      "deposit", kNow);
  ASSERT_TRUE(writer.begin());
  for (std::size_t i = 0; i < kTwoFiles.size(); ++i) {
    const auto& [name, data, modified_s] = kTwoFiles[i];
    const auto added = writer.add_file(name, modified_s, data, sha256(data));
    ASSERT_TRUE(added);
    EXPECT_EQ(added->digest, made->files[i].digest);
    EXPECT_EQ(added->offset_bytes, made->files[i].offset_bytes);
    EXPECT_EQ(added->size_bytes, made->files[i].size_bytes);
  }
  ASSERT_TRUE(writer.finish({.fields = {{"Bagging-Date", "2026-01-01"}}}, to_bytes("{\"salt\":1}\n"), kFloor));
  EXPECT_EQ(tar, made->tar);
}

TEST(BagWriter, PadsToPadme) {
  EXPECT_EQ(make_bag(kTwoFiles)->tar.size(), kFloor);
  EXPECT_EQ(make_bag(kTwoFiles, 512)->tar.size() % 512, 0u);
  const auto larger = make_bag({{"a", Bytes(100'000), 0}});
  ASSERT_TRUE(larger);
  EXPECT_EQ(larger->tar.size(), padme(larger->tar.size(), 0));
  EXPECT_EQ(larger->tar.size() % 2048, 0u);
}

/// The size that a bag of one file of this size has without padding.
std::uint64_t unpadded_size(std::uint64_t data_bytes) {
  // Seven headers, six tag files that each fit a block, two closing blocks, and the data.
  return 6 * 512 + 5 * 512 + (data_bytes + 511) / 512 * 512 + 1024;
}

TEST(BagWriter, PadsNothingAtTheSizesOfPartsAndFloor) {
  for (const std::uint64_t size : {std::uint64_t{64} << 10, std::uint64_t{16} << 20}) {
    const std::uint64_t data_bytes = size - unpadded_size(0);
    ASSERT_EQ(unpadded_size(data_bytes), size);
    EXPECT_EQ(make_bag({{"a", Bytes(data_bytes - 512), 0}})->tar.size(), size);
    const auto exact = make_bag({{"a", Bytes(data_bytes), 0}});
    EXPECT_EQ(exact->tar.size(), size);
    const auto above = make_bag({{"a", Bytes(data_bytes + 1), 0}});
    EXPECT_EQ(above->tar.size(), padme(size + 512, 0));
    EXPECT_GT(above->tar.size(), size);
    EXPECT_TRUE(read_bag(exact->tar, 1 << 20));
    EXPECT_TRUE(read_bag(above->tar, 1 << 20));
  }
}

TEST(BagWriter, RefusesWhatCannotBeABag) {
  const ByteSink nowhere = [](ByteView) -> Result<void> { return {}; };
  EXPECT_EQ(BagWriter(nowhere, "a/b", 0).begin().error().code(), Code::invalid);
  EXPECT_EQ(BagWriter(nowhere, "", 0).begin().error().code(), Code::invalid);

  BagWriter empty(nowhere, "deposit", 0);
  ASSERT_TRUE(empty.begin());
  EXPECT_EQ(empty.finish({}, {}, kFloor).error().code(), Code::invalid);
  EXPECT_EQ(empty.begin_file("../a", 0, 0).error().code(), Code::invalid);
  EXPECT_EQ(empty.begin_file("", 0, 0).error().code(), Code::invalid);
  std::string deep = "d";
  while (deep.size() <= 4096) deep += "/d";
  EXPECT_EQ(empty.begin_file(deep, 0, 0).error().code(), Code::limit);
}

TEST(BagWriter, RefusesInfoThatWouldNotBeOneLine) {
  for (const auto& [label, value] : std::vector<std::pair<std::string, std::string>>{{"A", "b\nPayload-Oxum: 0.0"},
                                                                                     {"A\n", "b"},
                                                                                     {"A:", "b"},
                                                                                     {"", "b"},
                                                                                     {" A", "b"},
                                                                                     {"A", "\xff"},
                                                                                     {"A", "\r"},
                                                                                     {"A ", "b"},
                                                                                     {"Payload-Oxum", "1.1"}}) {
    BagWriter writer([](ByteView) -> Result<void> { return {}; }, "deposit", 0);
    ASSERT_TRUE(writer.begin());
    ASSERT_TRUE(writer.begin_file("a", 0, 0));
    ASSERT_TRUE(writer.end_file());
    EXPECT_EQ(writer.finish({.fields = {{label, value}}}, {}, kFloor).error().code(), Code::invalid) << label;
  }
}

TEST(BagReader, ReadsWhatTheWriterWrote) {
  const auto made = make_bag(kTwoFiles);
  ASSERT_TRUE(made);
  PayloadCollector collector;
  BagReader reader(collector);
  ASSERT_TRUE(reader.write(made->tar));
  ASSERT_TRUE(reader.finish());
  EXPECT_EQ(reader.base(), "deposit");
  EXPECT_EQ(as_text(reader.contents()), "{\"salt\":1}\n");
  EXPECT_EQ(reader.tar_bytes(), made->tar.size());
  ASSERT_EQ(collector.files.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(collector.files[i].path, made->files[i].path);
    EXPECT_EQ(collector.files[i].size_bytes, made->files[i].size_bytes);
    EXPECT_EQ(collector.files[i].offset_bytes, made->files[i].offset_bytes);
    EXPECT_EQ(collector.files[i].digest, made->files[i].digest);
    EXPECT_EQ(collector.datas[i], kTwoFiles[i].data);
  }
}

/// A bag as plain files, to be changed and put into a tar again.
std::vector<TarFile> files_of_bag() { return read_tar(make_bag(kTwoFiles)->tar, 4096).value(); }

TarFile& file_of(std::vector<TarFile>& files, const std::string& path) {
  for (TarFile& file : files) {
    if (file.name == "deposit/" + path) return file;
  }
  MUNIMENT_CHECK(false);
  return files.front();
}

void expect_corrupt(const std::vector<TarFile>& files, std::string_view reason) {
  const auto tar = make_tar(files);
  ASSERT_TRUE(tar);
  const auto read = read_bag(*tar);
  ASSERT_FALSE(read) << "accepted; expected: " << reason;
  EXPECT_EQ(read.error().code(), Code::corrupt);
  EXPECT_NE(read.error().sentence().find(reason), std::string::npos) << read.error().sentence();
}

void set_text(std::vector<TarFile>& files, const std::string& path, const std::string& text) {
  file_of(files, path).data = to_bytes(text);
}

std::string text_of(std::vector<TarFile>& files, const std::string& path) {
  return std::string(as_text(file_of(files, path).data));
}

/// Makes the tag manifest right again, so that only what a test changed is wrong.
void relist_tags(std::vector<TarFile>& files) {
  std::string manifest;
  for (const std::string path : {"bagit.txt", "manifest-sha256.txt", "bag-info.txt", "metadata/contents.jsonl"})
    manifest += sha256(file_of(files, path).data).hex() + "  " + path + "\n";
  set_text(files, "tagmanifest-sha256.txt", manifest);
}

TEST(BagReader, RefusesChangedFiles) {
  for (const std::string path : {"data/a.txt", "manifest-sha256.txt", "bag-info.txt", "metadata/contents.jsonl"}) {
    auto files = files_of_bag();
    file_of(files, path).data[0] ^= 1;
    const auto tar = make_tar(files);
    ASSERT_TRUE(tar);
    EXPECT_EQ(read_bag(*tar).error().code(), Code::corrupt) << path;
  }
  auto files = files_of_bag();
  file_of(files, "data/a.txt").data[0] ^= 1;
  expect_corrupt(files, "data/a.txt does not match manifest-sha256.txt");
  files = files_of_bag();
  file_of(files, "metadata/contents.jsonl").data[0] ^= 1;
  expect_corrupt(files, "metadata/contents.jsonl does not match tagmanifest-sha256.txt");
}

TEST(BagReader, RefusesMissingAndSuperfluousFiles) {
  for (std::size_t missing = 0; missing < files_of_bag().size(); ++missing) {
    auto files = files_of_bag();
    files.erase(files.begin() + static_cast<std::ptrdiff_t>(missing));
    const auto tar = make_tar(files);
    ASSERT_TRUE(tar);
    EXPECT_EQ(read_bag(*tar).error().code(), Code::corrupt) << missing;
  }
  auto files = files_of_bag();
  files.push_back({"deposit/data/extra", {}, 0});
  expect_corrupt(files, "data/extra is not in manifest-sha256.txt");
  files.back().name = "deposit/notes.txt";
  expect_corrupt(files, "no place in it: notes.txt");
  files.back().name = "deposit/data/a.txt";
  expect_corrupt(files, "data/a.txt twice");
  files.back().name = "deposit/bagit.txt";
  expect_corrupt(files, "bagit.txt twice");
  files.back().name = "other/data/extra";
  expect_corrupt(files, "two base folders");
  files.back().name = "beside";
  expect_corrupt(files, "beside the folder");
}

TEST(BagReader, RefusesManifestsThatAreNotTheListOfTheFiles) {
  const std::string manifest = [] {
    auto files = files_of_bag();
    return text_of(files, "manifest-sha256.txt");
  }();
  const std::string first = manifest.substr(0, manifest.find('\n') + 1);
  const std::pair<std::string, std::string> changes[] = {{first, "is not in manifest"},
                                                         {manifest + first, "lists it twice"},
                                                         {manifest + first + first, "not a list"},
                                                         {first + first, "lists it twice"},
                                                         {manifest.substr(0, manifest.size() - 1), "not a list"},
                                                         {"x\n" + first, "without a path"},
                                                         {std::string(64, 'A') + manifest.substr(64), "does not match"},
                                                         {"  data/a.txt\n" + first, "does not match"}};
  for (const auto& [text, reason] : changes) {
    auto files = files_of_bag();
    set_text(files, "manifest-sha256.txt", text);
    relist_tags(files);
    expect_corrupt(files, reason);
  }
}

TEST(BagReader, RefusesAWrongOxumOrDeclaration) {
  for (const char* oxum :
       {"Payload-Oxum: 5.3\n", "Payload-Oxum: 6.2\n", "", "Payload-Oxum: 5.2", "xPayload-Oxum: 5.2\n"}) {
    auto files = files_of_bag();
    set_text(files, "bag-info.txt", oxum);
    relist_tags(files);
    expect_corrupt(files, "Payload-Oxum");
  }
  auto files = files_of_bag();
  set_text(files, "bagit.txt", "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n");
  relist_tags(files);
  expect_corrupt(files, "BagIt 1.0");
  files = files_of_bag();
  relist_tags(files);
  EXPECT_TRUE(read_bag(*make_tar(files)));
}

TEST(BagReader, RefusesPaddingThatIsNotZero) {
  auto made = make_bag(kTwoFiles);
  ASSERT_TRUE(made);
  made->tar.back() = 1;
  const auto read = read_bag(made->tar);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), Code::corrupt);
}

TEST(BagReader, KeepsToTheLimitOfTagFiles) {
  const auto made = make_bag(kTwoFiles);
  ASSERT_TRUE(made);
  PayloadCollector collector;
  BagReader reader(collector, {.tag_file_bytes_max = 100, .tar = {}});
  EXPECT_EQ(reader.write(made->tar).error().code(), Code::limit);
}

TEST(BagReader, HandsOnTheErrorsOfTheHandler) {
  class Refuser final : public PayloadHandler {
   public:
    Result<void> begin_file(const PayloadFile&) override { return Error(Code::io, "disk full"); }
    Result<void> data(ByteView) override { return {}; }
    Result<void> end_file(const PayloadFile&) override { return {}; }
  } handler;
  const auto made = make_bag(kTwoFiles);
  ASSERT_TRUE(made);
  BagReader reader(handler);
  EXPECT_EQ(reader.write(made->tar).error().code(), Code::io);
}

RC_GTEST_PROP(Bag, NoFlippedBitGoesUnnoticed, ()) {
  static const Bytes tar = make_bag(kTwoFiles, 512)->tar;
  const auto position = *rc::gen::inRange<std::size_t>(0, tar.size());
  const auto bit = *rc::gen::inRange(0, 8);
  Bytes changed = tar;
  changed[position] = static_cast<std::uint8_t>(changed[position] ^ (1 << bit));
  const auto read = read_bag(changed);
  // The name of the base folder and times are in no digest of the bag; the deposit's digests hold them.
  if (read) {
    const auto files = read_tar(changed, 4096);
    RC_ASSERT(files.has_value());
    RC_ASSERT(*files != read_tar(tar, 4096).value());
  } else {
    RC_ASSERT(read.error().code() == Code::corrupt);
  }
}

}  // namespace
}  // namespace muniment::bag
