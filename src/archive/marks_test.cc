// Marks: messengers, cameras, clocks and packages, as they are seen while a file goes by and while a folder is sealed.
#include "archive/marks.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

using Texts = std::vector<std::string>;

constexpr std::int64_t kNow_s = 1'767'225'600;  // 2026-01-01
constexpr std::int64_t kYear_s = 366 * 86'400;

Texts marks_of(std::string_view path, std::string_view bytes, std::int64_t modified_s = kNow_s,
               MarkTimes times = {kNow_s, {}}, std::size_t piece = 1 << 20) {
  FileLook look(path, modified_s * 1'000'000'000, times);
  for (std::size_t at = 0; at < bytes.size(); at += piece) look.update(as_view(bytes.substr(at, piece)));
  return look.finish();
}

std::string number(std::uint64_t value, unsigned count) {
  std::string bytes;
  for (unsigned i = 0; i < count; ++i) bytes += static_cast<char>(value >> 8 * (count - 1 - i));
  return bytes;
}
std::string box(const std::string& type, const std::string& body) { return number(8 + body.size(), 4) + type + body; }
std::string film(std::int64_t created_s) {
  const std::uint64_t created = created_s == 0 ? 0 : static_cast<std::uint64_t>(created_s + 2'082'844'800);
  return box("ftyp", "isom") + box("moov", box("mvhd", number(0, 4) + number(created, 4) + std::string(92, '\0')));
}
const std::string kStrippedPhoto = "\xff\xd8\xff\xe0" + std::string("\0\4\1\2", 4) + "\xff\xda";

/// A photograph with a camera's time, "2024:01:31 12:34:56".
std::string photo(const std::string& taken) {
  std::string tiff = "MM" + number(42, 2) + number(8, 4) + number(1, 2) + number(0x0132, 2) + number(2, 2) +
                     number(20, 4) + number(40, 4);
  tiff.resize(40);
  tiff += taken;
  tiff.resize(60);
  return "\xff\xd8\xff\xe1" + number(tiff.size() + 8, 2) + std::string("Exif\0\0", 6) + tiff + "\xff\xda";
}

TEST(Messenger, IsKnownByTheNamesItGives) {
  for (const char* name : {"IMG-20240131-WA0001.jpg", "VID-20240131-WA0012.mp4", "PTT-20240131-WA0003.opus",
                           "DOC-20240131-WA0003.pdf", "WhatsApp Image 2024-01-31 at 12.34.56.jpeg"})
    EXPECT_EQ(messenger_of(name), "WhatsApp") << name;
  for (const char* name :
       {"photo_2024-01-31_12-34-56.jpg", "video_2024-01-31_12-34-56 (2).mp4", "photo_12@31-01-2024_12-34-56.jpg"})
    EXPECT_EQ(messenger_of(name), "Telegram") << name;
  EXPECT_EQ(messenger_of("signal-2024-01-31-123456.jpg"), "Signal");
  EXPECT_EQ(messenger_of("viber_image_2024-01-31_12-34-56-789.jpg"), "Viber");
  EXPECT_EQ(messenger_of("IMG-0123456789abcdef0123456789abcdef-V.jpg"), "Viber");
  for (const char* name : {"IMG_20240131_123456.jpg", "photo.jpg", "signal.txt", "", "IMG-20240131-WA",
                           "Interview.docx", "WhatsApp notes.txt", "IMG-0123456789abcdef0123456789abcdeX-V.jpg"})
    EXPECT_EQ(messenger_of(name), "") << name;
}

TEST(Marks, SayWhereAPictureCameThroughAndThatItWasEncodedAnew) {
  EXPECT_EQ(marks_of("case/IMG-20240131-WA0001.jpg", kStrippedPhoto),
            (Texts{"no-camera-metadata", "messenger: WhatsApp", "re-encoded"}));
  EXPECT_EQ(marks_of("case/IMG-20240131-WA0001.jpg", photo("2026:01:01 00:00:00")), Texts{"messenger: WhatsApp"})
      << "sent as a document: what the camera left is there";
  EXPECT_EQ(marks_of("VID-20240131-WA0001.mp4", film(0)),
            (Texts{"no-camera-metadata", "messenger: WhatsApp", "re-encoded"}));
  EXPECT_EQ(marks_of("PTT-20240131-WA0001.opus", "OggS"), Texts{"messenger: WhatsApp"});
}

TEST(Marks, SayWhereACameraLeftNothing) {
  EXPECT_EQ(marks_of("case/a.jpg", kStrippedPhoto), Texts{"no-camera-metadata"});
  EXPECT_EQ(marks_of("case/a.mp4", film(0)), Texts{"no-camera-metadata"});
  EXPECT_EQ(marks_of("case/a.mp4", film(kNow_s)), Texts{});
  EXPECT_EQ(marks_of("case/a.txt", "words"), Texts{});
  EXPECT_EQ(marks_of("case/empty", ""), Texts{});
  EXPECT_EQ(marks_of("case/a.jpg", "\xff\xd8 is no picture"), Texts{}) << "what cannot be read is not called stripped";
}

TEST(Marks, NameClocksThatAreFarOff) {
  EXPECT_EQ(marks_of("a", "x", kNow_s + kYear_s), Texts{"clock-ahead: file 2027-01-02"});
  EXPECT_EQ(marks_of("a", "x", kNow_s + 86'400), Texts{}) << "zones differ";
  EXPECT_EQ(marks_of("a.jpg", photo("2031:05:06 00:00:00"), kNow_s),
            (Texts{"clock-ahead: camera 2031-05-06", "clock-behind: file 2026-01-01"}));
  EXPECT_EQ(marks_of("a.jpg", photo("2024:01:31 12:34:56"), 0), Texts{"clock-behind: file 1970-01-01"});
  EXPECT_EQ(marks_of("a.jpg", photo("1980:01:01 00:00:00"), kNow_s), Texts{"clock-behind: camera 1980-01-01"});
  EXPECT_EQ(marks_of("a.mp4", film(kNow_s + kYear_s), kNow_s + kYear_s),
            (Texts{"clock-ahead: file 2027-01-02", "clock-ahead: camera 2027-01-02"}));
  EXPECT_EQ(marks_of("a.jpg", photo("2024:13:99 99:99:99"), kNow_s), Texts{}) << "no time at all";
}

TEST(Marks, HoldACameraAgainstTheDayOnWhichATestimonyWasTold) {
  const MarkTimes told{kNow_s, kNow_s};
  EXPECT_EQ(marks_of("a.jpg", photo("2020:01:31 12:34:56"), kNow_s, told).size(), 1u);
  EXPECT_EQ(marks_of("a.jpg", photo("2025:12:31 12:34:56"), kNow_s, told), Texts{});
}

TEST(Marks, DoNotDependOnThePiecesInWhichAFileCame) {
  const std::string large = box("ftyp", "isom") + box("mdat", std::string(300'000, 'p')) + film(0).substr(12);
  EXPECT_EQ(marks_of("a.mp4", large, kNow_s, {kNow_s, {}}, 65'536), marks_of("a.mp4", large));
  EXPECT_EQ(marks_of("a.mp4", large), Texts{"no-camera-metadata"});
}

TEST(Marks, SayThatATimestampIsPending) {
  const std::string magic("\0OpenTimestamps\0\0Proof\0", 24);
  EXPECT_EQ(marks_of("a.ots", magic + "pending"), Texts{"pending-timestamp"});
  EXPECT_EQ(marks_of("a.ots", magic + "\x05\x88\x96\x0d\x73\xd7\x19\x01"), Texts{});
}

class SealedMarks : public ::testing::Test {
 protected:
  Result<SealReport> seal(SealLimits limits = {}) {
    return seal_into({fs, random, clock}, "case", "out", target, limits);
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock{kNow_s};
  age::X25519Identity key = age::X25519Identity::make(random);
  SealTarget target{.archive = {}, .compartment = "evidence", .recipient = key.recipient().text()};
};

TEST_F(SealedMarks, StandInTheContents) {
  fs.seed("case/IMG-20240131-WA0001.jpg", as_view(kStrippedPhoto));
  fs.seed("case/plain.txt", as_view("x"));
  fs.seed("case/a.jpg.meta.json", as_view("{\"contentLength\": 5}"));
  fs.seed("case/a.jpg", as_view("1234"));
  const auto report = seal();
  ASSERT_TRUE(report);
  const auto opened = open_folder(fs, report->deposits[0].folder, key);
  ASSERT_TRUE(opened);
  std::map<std::string, Texts> marks;
  for (const ContentsFile& file : opened->contents.files) marks[file.path] = file.marks;
  EXPECT_EQ(marks["case/IMG-20240131-WA0001.jpg"], (Texts{"no-camera-metadata", "messenger: WhatsApp", "re-encoded"}));
  EXPECT_EQ(marks["case/plain.txt"], Texts{});
  EXPECT_EQ(marks["case/a.jpg.meta.json"], (Texts{"save", "unsigned-metadata"}));
  ASSERT_EQ(opened->contents.packages.size(), 1u);
  EXPECT_EQ(opened->contents.packages[0].format, "save");
  EXPECT_EQ(opened->contents.packages[0].folder, "case");
  EXPECT_EQ(opened->contents.packages[0].defects, Texts{"size-mismatch: a.jpg"});
}

TEST_F(SealedMarks, KeepAPackageInOneDeposit) {
  const std::string digest = sha256(as_view("picture")).hex();
  for (const char* name : {"1.txt", "2.txt", "3.txt"}) fs.seed(std::string("case/a/") + name, as_view("x"));
  for (const std::string& name :
       {std::string("IMG.jpg"), digest + ".asc", digest + ".proof.csv", digest + ".proof.csv.asc"})
    fs.seed("case/b/" + name, as_view("picture"));
  const auto report = seal({.split_items = 5});
  ASSERT_TRUE(report);
  bool is_together = false;
  for (const SealedDeposit& deposit : report->deposits) {
    const auto opened = open_folder(fs, deposit.folder, key);
    ASSERT_TRUE(opened);
    is_together |=
        std::ranges::count_if(opened->files, [](const auto& file) { return file.first.starts_with("case/b/"); }) == 4;
  }
  EXPECT_TRUE(is_together);
  fs.seed("case/b/" + std::string("zz"), as_view("x"));
  for (int i = 0; i < 30; ++i) fs.seed("case/b/more" + std::to_string(i), as_view("x"));
  EXPECT_GT(seal({.split_items = 5})->deposits.size(), 3u) << "but no deposit grows without end";
}

TEST_F(SealedMarks, AreOfAClockThatIsYearsOffOnEveryFile) {
  clock.set(1'000'000'000);  // 2001: the sealing machine's own
  fs.seed("case/a", as_view("x"));
  const auto opened = open_folder(fs, seal()->deposits[0].folder, key);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->contents.files[0].marks, Texts{"clock-ahead: file 2026-01-01"});
}

}  // namespace
}  // namespace muniment
