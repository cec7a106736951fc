// The first byte chooses what the rest is: the tar of a bag; or a file in an otherwise right bag, to get past the
// digests: its manifest, its bag-info.txt, or its tag manifest.
#include <algorithm>
#include <map>

#include "bag/bag.h"
#include "bag/tar_testing.h"

namespace muniment::bag {
namespace {

class DigestChecker final : public PayloadHandler {
 public:
  Result<void> begin_file(const PayloadFile& file) override {
    MUNIMENT_CHECK(file.path.starts_with("data/"));
    data_.clear();
    return {};
  }
  Result<void> data(ByteView bytes) override {
    append(data_, bytes);
    return {};
  }
  Result<void> end_file(const PayloadFile& file) override {
    MUNIMENT_CHECK(data_.size() == file.size_bytes && sha256(data_) == file.digest);
    MUNIMENT_CHECK(found.emplace(file.path, file.digest.hex()).second);
    return {};
  }

  std::map<std::string, std::string> found;

 private:
  Bytes data_;
};

/// Accepted bags list every file that was found.
bool accepts(ByteView tar) {
  DigestChecker checker;
  BagReader reader(checker, {.tag_file_bytes_max = 1 << 20, .tar = {}});
  const auto read = feed(reader, tar, 4096);
  if (!read) {
    MUNIMENT_CHECK(read.error().code() == Code::corrupt || read.error().code() == Code::limit);
    return false;
  }
  MUNIMENT_CHECK(!reader.base().empty() && reader.tar_bytes() == tar.size());
  return true;
}

std::string line_of(const TarFile& file) {
  return sha256(file.data).hex() + "  " + file.name.substr(file.name.find('/') + 1) + "\n";
}

/// A bag of two files in which the text stands in the place that `choice` names.
void check_bag_with(int choice, std::string_view text) {
  TarFile one{.name = "b/data/one", .data = to_bytes("1"), .modified_s = 0};
  TarFile two{.name = "b/data/two", .data = {}, .modified_s = 0};
  TarFile bagit{"b/bagit.txt", to_bytes("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"), 0};
  TarFile manifest{"b/manifest-sha256.txt", to_bytes(line_of(one) + line_of(two)), 0};
  TarFile info{"b/bag-info.txt", to_bytes("Payload-Oxum: 1.2\n"), 0};
  const TarFile contents{"b/metadata/contents.jsonl", {}, 0};
  const TarFile right_manifest = manifest;
  if (choice == 1) manifest.data = to_bytes(text);
  if (choice == 2) info.data = to_bytes(text);
  TarFile tag_manifest{"b/tagmanifest-sha256.txt",
                       to_bytes(line_of(bagit) + line_of(manifest) + line_of(info) + line_of(contents)), 0};
  const TarFile right_tag_manifest = tag_manifest;
  if (choice == 3) tag_manifest.data = to_bytes(text);

  const auto tar = make_tar({bagit, one, two, manifest, info, contents, tag_manifest});
  MUNIMENT_CHECK(tar.has_value());
  if (!accepts(*tar)) return;
  // The lines in any order are all that is accepted.
  const auto sorted = [](Bytes bytes) {
    std::sort(bytes.begin(), bytes.end());
    return bytes;
  };
  MUNIMENT_CHECK(sorted(manifest.data) == sorted(right_manifest.data));
  MUNIMENT_CHECK(sorted(tag_manifest.data) == sorted(right_tag_manifest.data));
  MUNIMENT_CHECK(as_text(info.data).ends_with("Payload-Oxum: 1.2\n"));
}

}  // namespace
}  // namespace muniment::bag

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace muniment::bag;
  if (size == 0) return 0;
  const muniment::ByteView rest(data + 1, size - 1);
  if (data[0] % 4 == 0) {
    accepts(rest);
  } else {
    check_bag_with(data[0] % 4, muniment::as_text(rest));
  }
  return 0;
}
