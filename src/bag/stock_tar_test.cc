// Our archives in the hands of stock tools: GNU tar, bsdtar, busybox tar, and sha256sum on what they extract.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>

#include "bag/bag.h"
#include "bag/names.h"
#include "bag/tar_testing.h"
#include "bag/validate.h"
#include "base/posix_fs.h"
#include "testing/temporary_folder.h"

namespace muniment::bag {
namespace {

using namespace std::string_literals;

/// True when the command, run by a shell, ends with status 0.
bool runs(const std::string& command) { return std::system(command.c_str()) == 0; }

Bytes read_all(const std::string& path) {
  auto bytes = read_file(posix_fs(), path, 64 << 20);
  return bytes ? std::move(bytes).value() : to_bytes("cannot be read: " + bytes.error().sentence());
}

struct Tool {
  std::string name;
  std::string command;
};

class StockTar : public testing::TestWithParam<Tool> {
 protected:
  void SetUp() override {
    if (!runs(GetParam().command + " --help >/dev/null 2>&1")) GTEST_SKIP() << GetParam().name << " is not installed";
  }

  /// Writes the archive and has the tool extract it to a new folder, with nothing on its standard error.
  void extract(ByteView tar, const std::string& folder) {
    const std::string archive = temporary_.path() + "/archive.tar";
    static_cast<void>(posix_fs().remove(archive));
    ASSERT_TRUE(write_new(posix_fs(), archive, tar));
    ASSERT_TRUE(posix_fs().make_folder(folder));
    const std::string errors = temporary_.path() + "/errors";
    EXPECT_TRUE(runs("LC_ALL=C.UTF-8 " + GetParam().command + " -xf " + archive + " -C " + folder + " 2>" + errors));
    EXPECT_EQ(as_text(read_all(errors)), "");
  }

  TemporaryFolder temporary_;
};

INSTANTIATE_TEST_SUITE_P(Tool, StockTar,
                         testing::Values(Tool{"gnu", "tar"}, Tool{"bsdtar", "bsdtar"}, Tool{"busybox", "busybox tar"}),
                         [](const auto& tool) { return tool.param.name; });

/// Names that break one tool or another when they are left as they are.
const std::vector<std::string> kHostileNames = {"line\nfeed.txt"s,
                                                "carriage\rreturn"s,
                                                "100%.jpg"s,
                                                "%0A"s,
                                                "back\\slash"s,
                                                "\\n"s,
                                                " leading"s,
                                                "trailing "s,
                                                "\u00a0nbsp\u3000"s,
                                                "\xff\xfe latin1 \xe9"s,
                                                "\u0438\u0306 apart"s,
                                                "\u0439 apart"s,
                                                "Case"s,
                                                "case"s,
                                                "escape\x1b[2J"s,
                                                "tab\there"s,
                                                "\u2028line separator"s,
                                                std::string(254, 'l') + "%"s,
                                                "next\u0085line\x7f"s};

/// Plain names that are hard for old tools.
const std::vector<std::string> kPlainNames = {"-rf",
                                              "--checkpoint-action=exec=false",
                                              std::string(255, 'n'),
                                              std::string(251, 'm') + ".txt",
                                              "\u65e5\u672c\u8a9e/\u0645\u0644\u0641.txt",
                                              "\u0439\u0439\u0439",
                                              "new\U0001fae8",
                                              "star*?[a]",
                                              "quote'\"$(false)",
                                              "~/tilde",
                                              "#hash",
                                              "deep/a/b/c/d/e/f"};

std::string path_of_3800_bytes() {
  std::string path;
  while (path.size() + 250 < kPathBytesMax) path += std::string(249, 'd') + "/";
  return path + std::string(kPathBytesMax - path.size(), 'f');
}

/// A bag of all these names, and what each path in it holds.
Bytes bag_of_names(std::map<std::string, std::string>& expected) {
  Bytes tar;
  BagWriter writer(
      [&tar](ByteView bytes) -> Result<void> {
        append(tar, bytes);
        return {};
      },
      "bag", 1'000'000'000);
  MUNIMENT_CHECK(writer.begin().has_value());
  NameTable names;
  const auto add = [&](const std::string& true_path) {
    const std::string path = names.add(true_path);
    const std::string text = "file " + std::to_string(expected.size());
    MUNIMENT_CHECK(writer.begin_file(path, text.size(), 1'000'000'000).has_value());
    MUNIMENT_CHECK(writer.write(as_view(text)).has_value());
    MUNIMENT_CHECK(writer.end_file().has_value());
    MUNIMENT_CHECK(expected.emplace("data/" + path, text).second);
  };
  for (const std::string& name : kHostileNames) add(name);
  for (const std::string& name : kHostileNames) add("folder " + name + "/" + name);
  for (const std::string& name : kPlainNames) add(name);
  add(path_of_3800_bytes());
  MUNIMENT_CHECK(writer.finish({}, as_view("{}\n"), 64 * 1024).has_value());
  return tar;
}

TEST_P(StockTar, ExtractsEveryNameAndSha256sumAgrees) {
  std::map<std::string, std::string> expected;
  const Bytes tar = bag_of_names(expected);
  ASSERT_EQ(kHostileNames.size(), 19u);
  const std::string folder = temporary_.path() + "/out";
  extract(tar, folder);
  for (const auto& [path, text] : expected) EXPECT_EQ(as_text(read_all(folder + "/bag/" + path)), text) << path;
  EXPECT_TRUE(runs("cd " + folder + "/bag && sha256sum --strict --quiet -c manifest-sha256.txt"));
  EXPECT_TRUE(runs("cd " + folder + "/bag && sha256sum --strict --quiet -c tagmanifest-sha256.txt"));
  // Nothing but the bag, and nothing but its files.
  const auto report = validate_bag(posix_fs(), folder + "/bag");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->problems, std::vector<std::string>{});
  EXPECT_EQ(report->files, expected.size());
  EXPECT_EQ(posix_fs().list(folder).value(), std::vector<std::string>{"bag"});
}

TEST_P(StockTar, ExtractsFilesOfEverySizeAroundABlock) {
  std::vector<TarFile> files;
  for (const std::size_t size : {0u, 1u, 511u, 512u, 513u, 1023u, 1024u, 1025u, 100'000u})
    files.push_back({"size-" + std::to_string(size), Bytes(size, 'x'), 1'000'000'000});
  const auto tar = make_tar(files);
  ASSERT_TRUE(tar);
  const std::string folder = temporary_.path() + "/out";
  extract(*tar, folder);
  for (const TarFile& file : files) EXPECT_EQ(read_all(folder + "/" + file.name), file.data) << file.name;
}

TEST_P(StockTar, ExtractsArchivesPaddedToTheSizesOfPartsAndFloor) {
  for (const std::size_t size : {64u << 10, 16u << 20}) {
    for (const int blocks : {-1, 0, 1}) {
      const std::size_t whole = size + static_cast<std::size_t>(512 + 512 * blocks) - 512;
      const Bytes data(20'000, 'x');
      const auto tar = make_tar({{"a", data, 0}}, whole - make_tar({{"a", data, 0}})->size());
      ASSERT_TRUE(tar);
      ASSERT_EQ(tar->size(), whole);
      const std::string folder = temporary_.path() + "/out-" + std::to_string(whole);
      extract(*tar, folder);
      EXPECT_EQ(read_all(folder + "/a"), data);
    }
  }
}

TEST_P(StockTar, ReadsTimesBeyondTheField) {
  const std::map<std::string, std::int64_t> times = {
      {"before", -86'400}, {"epoch", 0}, {"now", 1'767'225'600}, {"after", (std::int64_t{1} << 33) + 5}};
  std::vector<TarFile> files;
  for (const auto& [name, seconds] : times) files.push_back({name, {}, seconds});
  const auto tar = make_tar(files);
  ASSERT_TRUE(tar);
  const std::string archive = temporary_.path() + "/times.tar";
  ASSERT_TRUE(write_new(posix_fs(), archive, *tar));
  ASSERT_TRUE(runs(GetParam().command + " -xf " + archive + " -C " + temporary_.path() + " 2>/dev/null"));
  for (const auto& [name, seconds] : times) {
    // busybox takes path and size from a pax header and leaves the time, which is why the field holds a zero then.
    const bool in_field = name == "epoch" || name == "now";
    const std::int64_t expected = in_field || GetParam().name != "busybox" ? seconds : 0;
    const auto info = posix_fs().info(temporary_.path() + "/" + name);
    ASSERT_TRUE(info);
    EXPECT_EQ(info->modified_ns, expected * 1'000'000'000) << name;
  }
}

/// Lists, through a pipe and so without a byte on the disk, an archive of a file of zeros and one that follows it.
std::string list_after_zeros(const std::string& command, const std::string& output, std::uint64_t zero_bytes) {
  const auto close = [](std::FILE* pipe) { ::pclose(pipe); };
  const std::unique_ptr<std::FILE, decltype(close)> pipe(::popen((command + " -tvf - >" + output).c_str(), "w"), close);
  MUNIMENT_CHECK(pipe != nullptr);
  TarWriter writer([&pipe](ByteView bytes) -> Result<void> {
    if (std::fwrite(bytes.data(), 1, bytes.size(), pipe.get()) != bytes.size()) return Error(Code::io, "pipe closed");
    return {};
  });
  const Bytes zeros(1 << 20);
  bool written = writer.begin_file("bag/data/large", zero_bytes, 0).has_value();
  for (std::uint64_t left = zero_bytes; written && left > 0;) {
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(left, zeros.size()));
    written = writer.write(ByteView(zeros).first(piece)).has_value();
    left -= piece;
  }
  written = written && writer.end_file() && writer.begin_file("bag/data/following", 7, 0) &&
            writer.write(as_view("follows")) && writer.end_file() && writer.finish(writer.finished_size());
  return written ? "written" : "the tool closed the pipe";
}

TEST_P(StockTar, ReadsSizesBeyond8GiBAndFindsTheFileAfterThem) {
  const auto old_handler = std::signal(SIGPIPE, SIG_IGN);
  const std::string output = temporary_.path() + "/listing";
  const std::uint64_t size = (std::uint64_t{8} << 30) + 513;
  EXPECT_EQ(list_after_zeros(GetParam().command, output, size), "written");
  std::signal(SIGPIPE, old_handler);
  const Bytes bytes = read_all(output);
  const std::string_view listing = as_text(bytes);
  EXPECT_NE(listing.find(" " + std::to_string(size) + " "), std::string_view::npos) << listing;
  EXPECT_NE(listing.find("bag/data/large"), std::string_view::npos) << listing;
  EXPECT_NE(listing.find("bag/data/following"), std::string_view::npos) << listing;
}

/// From 1.35 on GNU tar leaves the device numbers of a regular file empty; 1.34 and we write zeros. The older form.
Bytes with_device_numbers(Bytes tar) {
  constexpr std::ptrdiff_t kChecksum = 148, kMajor = 329, kMinor = 337, kDigits = 7;
  if (tar.size() < 512 || tar[kMajor] != 0) return tar;
  for (const std::ptrdiff_t field : {kMajor, kMinor}) std::fill_n(tar.begin() + field, kDigits, std::uint8_t{'0'});
  const auto sum = std::stoul(std::string(as_text(tar).substr(kChecksum, 6)), nullptr, 8) + 2 * kDigits * '0';
  std::array<char, 8> digits{};
  std::snprintf(digits.data(), digits.size(), "%06lo", sum);
  std::copy_n(digits.begin(), 6, tar.begin() + kChecksum);
  return tar;
}

TEST(StockTarBytes, EqualThoseOfGnuTarWhereBothUseUstar) {
  TemporaryFolder temporary;
  const std::string file = temporary.path() + "/file name.txt";
  ASSERT_TRUE(write_new(posix_fs(), file, as_view("hello")));
  ASSERT_TRUE(posix_fs().set_modified(file, 1'234'567'890'000'000'000));
  const std::string command = "cd " + temporary.path() +
                              " && tar --format=ustar --owner=0 --group=0 --numeric-owner --mode=0644 -b 4 -cf " +
                              "gnu.tar 'file name.txt' 2>/dev/null";
  if (!runs(command)) GTEST_SKIP() << "GNU tar is not installed";
  const auto ours = make_tar({{"file name.txt", to_bytes("hello"), 1'234'567'890}});
  ASSERT_TRUE(ours);
  EXPECT_EQ(with_device_numbers(read_all(temporary.path() + "/gnu.tar")), *ours);
}

}  // namespace
}  // namespace muniment::bag
