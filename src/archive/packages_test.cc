// Packages of capture apps: known by their names, and held against what they say of themselves.
#include "archive/packages.h"

#include <gtest/gtest.h>

namespace muniment {
namespace {

using Texts = std::vector<std::string>;

const Sha256 kMedia = sha256(as_view("an invented picture"));
const std::string kPackageDigest = kMedia.hex();

PackageBook::File file(const std::string& name, std::string_view text, bool lacks_camera = false) {
  return {.name = name,
          .digest = sha256(as_view(text)).hex(),
          .size_bytes = text.size(),
          .lacks_camera = lacks_camera,
          .claim = read_claim(name, text)};
}
PackageBook::Found only(const PackageBook& book) {
  const auto found = book.finish();
  EXPECT_EQ(found.size(), 1u);
  return found.empty() ? PackageBook::Found{} : found.front();
}

TEST(Packages, AreKnownByTheirNames) {
  EXPECT_EQ(recognise_package({"a.jpg", kPackageDigest + ".proof.csv"}), PackageKind::proofmode);
  EXPECT_EQ(recognise_package({"HowToVerifyProofData.txt"}), PackageKind::proofmode);
  EXPECT_EQ(recognise_package({"a.jpg", "a.jpg.meta.json"}), PackageKind::save);
  EXPECT_EQ(recognise_package({"0f3a.JPG", "0f3a.csv"}), PackageKind::tella);
  EXPECT_EQ(recognise_package({"a.jpg", "b.csv", ".meta.json", "proof.csv"}), PackageKind::none);
  EXPECT_EQ(recognise_package({}), PackageKind::none);
}

TEST(Packages, OfProofModeMissTheSignaturesThatAreNotThere) {
  const std::string h = kPackageDigest;
  EXPECT_EQ(proofmode_defects({"a.jpg", h + ".asc", h + ".proof.csv", h + ".proof.csv.asc"}), Texts{});
  EXPECT_EQ(proofmode_defects({"a.jpg", h + ".proof.csv", h + ".proof.json"}),
            (Texts{"missing-signature: " + h + ".asc", "missing-signature: " + h + ".proof.csv.asc",
                   "missing-signature: " + h + ".proof.json.asc"}));
}

TEST(Packages, OfProofModeAreHeldAgainstTheirMediaByDigest) {
  const std::string csv = "File Path,Proof Generated,\n/storage/a.jpg,2024-01-31T12:34:56.000Z,\n";
  PackageBook whole;
  whole.add("case", file("renamed.jpg", "an invented picture"));
  for (const char* ending : {".asc", ".proof.csv", ".proof.csv.asc"})
    whole.add("case", file(kPackageDigest + ending, csv));
  const auto found = only(whole);
  EXPECT_EQ(found.kind, PackageKind::proofmode);
  EXPECT_EQ(found.folder, "case");
  EXPECT_EQ(found.files, 3u);
  EXPECT_EQ(found.defects, Texts{});
  PackageBook altered;
  altered.add("case", file("renamed.jpg", "another picture"));
  for (const char* ending : {".asc", ".proof.csv", ".proof.csv.asc"})
    altered.add("case", file(kPackageDigest + ending, csv));
  EXPECT_EQ(only(altered).defects, Texts{"hash-mismatch: " + kPackageDigest + ".proof.csv"});
}

TEST(Packages, OfProofModeHaveWhatTheirTablesAreKnownFor) {
  const std::string row = "/storage/emulated/0/a.jpg,2024-01-31T12:34:56.000Z,\n";
  const auto claim = read_claim(kPackageDigest + ".proof.csv", "File Path,Proof Generated,\n" + row + row);
  EXPECT_EQ(claim.digest, kPackageDigest);
  ASSERT_EQ(claim.marks.size(), 3u);
  EXPECT_TRUE(claim.marks[0].starts_with("tz-not-utc"));
  EXPECT_TRUE(claim.marks[1].starts_with("path-leak"));
  EXPECT_TRUE(claim.marks[2].starts_with("appended-duplicates"));
}

TEST(Packages, OfTellaAreHeldAgainstTheirMediaByName) {
  const std::string csv =
      "File hash,File path,File name,Timestamp\n" + kPackageDigest + ",/private/a.jpg,a.jpg,1706704496000\n";
  PackageBook good, altered, stripped;
  good.add("case", file("0f3a.jpg", "an invented picture"));
  good.add("case", file("0f3a.csv", csv));
  EXPECT_EQ(only(good).kind, PackageKind::tella);
  EXPECT_EQ(only(good).defects, Texts{});
  altered.add("case", file("0f3a.jpg", "another picture"));
  altered.add("case", file("0f3a.csv", csv));
  EXPECT_EQ(only(altered).defects, Texts{"hash-mismatch: 0f3a.jpg"});
  stripped.add("case", file("0f3a.jpg", "an invented picture", /*lacks_camera=*/true));
  stripped.add("case", file("0f3a.csv", csv));
  EXPECT_EQ(only(stripped).defects, Texts{"re-encoded: 0f3a.jpg"});
  EXPECT_EQ(read_claim("a.csv", "some,other,table\n").kind, PackageKind::none);
}

TEST(Packages, OfSaveAreHeldAgainstHashAndLength) {
  const auto meta = [](const std::string& hash, std::size_t length) {
    return R"({"author":"invented","contentLength":)" + std::to_string(length) + R"(,"hash":")" + hash + R"("})";
  };
  PackageBook good, altered, shorter;
  good.add("case", file("a.jpg", "an invented picture"));
  good.add("case", file("a.jpg.meta.json", meta(kPackageDigest, 19)));
  EXPECT_EQ(only(good).defects, Texts{});
  altered.add("case", file("a.jpg", "an invented pictura"));
  altered.add("case", file("a.jpg.meta.json", meta(kPackageDigest, 19)));
  EXPECT_EQ(only(altered).defects, Texts{"hash-mismatch: a.jpg"});
  shorter.add("case", file("a.jpg", "an invented picture"));
  shorter.add("case", file("a.jpg.meta.json", meta("", 20)));
  EXPECT_EQ(only(shorter).defects, Texts{"size-mismatch: a.jpg"});
  EXPECT_EQ(read_claim("a.meta.json", "{not json").kind, PackageKind::save);
}

TEST(Packages, AreHeldAgainstTheirOwnFolderOnly) {
  const std::string csv = "File hash,File path,File name,\n" + kPackageDigest + ",/a,a,\n";
  PackageBook book;
  book.add("one", file("0f3a.jpg", "an invented picture"));
  book.add("two", file("0f3a.csv", csv));
  EXPECT_EQ(only(book).defects, Texts{"hash-mismatch: 0f3a.csv"});
}

TEST(Packages, AreNoneAmongOrdinaryFiles) {
  PackageBook book;
  book.add("case", file("a.jpg", "x"));
  EXPECT_TRUE(book.finish().empty());
}

}  // namespace
}  // namespace muniment
