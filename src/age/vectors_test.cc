// age's own test files (C2SP/CCTV age/README.md): each must end as its header says, and must have released exactly the
// plaintext whose hash stands there, also where it ends in a failure.
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "age/armor.h"
#include "age/file.h"
#include "base/encoding.h"
#include "crypto/mlkem.h"
#include "crypto/sha256.h"

namespace muniment::age {
namespace {

constexpr std::size_t kVectorCount = 143;

std::filesystem::path vectors_folder() {
  const char* shared = std::getenv("MUNIMENT_SHARED");
  const bool given = shared != nullptr && *shared != '\0';
  return std::filesystem::path(given ? shared : MUNIMENT_SOURCE_FOLDER "/../shared") / "vectors" / "age";
}

std::vector<std::string> vector_names() {
  std::vector<std::string> names;
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator(vectors_folder(), absent)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

struct Vector {
  std::string expect;
  std::string payload;  // SHA-256 of all plaintext released
  std::vector<std::unique_ptr<Identity>> identities;
  bool needs_mlkem = true;  // every identity is of the hybrid kind
  bool armored = false;
  bool compressed = false;
  Bytes file;
};

Bytes inflated(ByteView compressed) {
  Bytes plain;
  std::array<std::uint8_t, 65536> buffer{};
  z_stream stream{};
  EXPECT_EQ(inflateInit(&stream), Z_OK);
  Bytes input(compressed.begin(), compressed.end());
  stream.next_in = input.data();
  stream.avail_in = static_cast<uInt>(input.size());
  int result = Z_OK;
  while (result == Z_OK) {
    stream.next_out = buffer.data();
    stream.avail_out = static_cast<uInt>(buffer.size());
    result = inflate(&stream, Z_NO_FLUSH);
    append(plain, ByteView(buffer).first(buffer.size() - stream.avail_out));
  }
  EXPECT_EQ(result, Z_STREAM_END);
  inflateEnd(&stream);
  return plain;
}

void take_field(Vector& vector, std::string_view key, std::string_view value) {
  if (key == "expect") {
    vector.expect = value;
  } else if (key == "payload") {
    vector.payload = value;
  } else if (key == "passphrase") {
    vector.identities.push_back(std::make_unique<ScryptIdentity>(SecretBytes::copy_of(as_view(value))));
    vector.needs_mlkem = false;
  } else if (key == "identity") {
    vector.needs_mlkem = vector.needs_mlkem && value.starts_with("AGE-SECRET-KEY-PQ-1");
    auto identity = parse_identity(value);
    ASSERT_TRUE(identity) << identity.error().sentence();
    vector.identities.push_back(std::move(*identity));
  } else if (key == "armored") {
    vector.armored = value == "yes";
  } else if (key == "compressed") {
    ASSERT_EQ(value, "zlib");
    vector.compressed = true;
  } else {
    ASSERT_TRUE(key == "file key" || key == "comment") << "a field that this test does not know: " << key;
  }
}

void read_vector(const std::string& name, Vector& vector) {
  std::ifstream stream(vectors_folder() / name, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const std::size_t end = text.find("\n\n");
  ASSERT_NE(end, std::string::npos);
  for (const std::string_view line : split(std::string_view(text).substr(0, end), '\n')) {
    const std::size_t colon = line.find(": ");
    ASSERT_NE(colon, std::string_view::npos) << line;
    take_field(vector, line.substr(0, colon), line.substr(colon + 2));
  }
  const ByteView body = as_view(text).subspan(end + 2);
  vector.file = vector.compressed ? inflated(body) : Bytes(body.begin(), body.end());
}

struct Outcome {
  std::string expect;
  std::string payload;  // empty when the header did not open
};

/// Our errors in the words of the test files.
std::string header_outcome(Code code) {
  if (code == Code::denied) return "no match";
  if (code == Code::forged) return "HMAC failure";
  const bool malformed = code == Code::corrupt || code == Code::limit || code == Code::unsupported;
  return malformed ? "header failure" : "an error of the wrong kind: " + std::string(name_of(code));
}

Outcome open_vector(const Vector& vector, const std::vector<const Identity*>& identities, std::size_t piece) {
  Bytes file = vector.file;
  if (vector.armored) {
    Result<Bytes> unarmored = parse_armor(as_text(vector.file));
    if (!unarmored) return {"armor failure", ""};
    file = std::move(*unarmored);
  }
  const auto header = open_header(file, identities);
  if (!header) return {header_outcome(header.error().code()), ""};

  Sha256Hasher released;
  StreamOpener opener(header->payload_key, [&released](ByteView plain) -> Result<void> {
    released.update(plain);
    return {};
  });
  ByteView left = ByteView(file).subspan(header->size_bytes);
  Result<void> result;
  for (; result && !left.empty(); left = left.subspan(std::min(piece, left.size()))) {
    result = opener.write(left.first(std::min(piece, left.size())));
  }
  if (result) result = opener.finish();
  return {result ? "success" : "payload failure", released.finish().hex()};
}

class AgeVector : public ::testing::TestWithParam<std::string> {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(AgeVector);

TEST_P(AgeVector, EndsAsExpected) {
  Vector vector;
  ASSERT_NO_FATAL_FAILURE(read_vector(GetParam(), vector));
  if (vector.needs_mlkem && !vector.identities.empty() && !has_mlkem768()) {
    GTEST_SKIP() << "the libcrypto of this system has no ML-KEM-768: it came with 3.5";
  }
  std::vector<const Identity*> identities;
  for (const auto& identity : vector.identities) identities.push_back(identity.get());
  for (const std::size_t piece : {SIZE_MAX, std::size_t{10007}}) {
    const Outcome outcome = open_vector(vector, identities, piece);
    EXPECT_EQ(outcome.expect, vector.expect);
    EXPECT_EQ(outcome.payload, vector.payload);
  }
  EXPECT_EQ(open_bytes(vector.file, identities).has_value(), vector.expect == "success");
}

INSTANTIATE_TEST_SUITE_P(Files, AgeVector, ::testing::ValuesIn(vector_names()),
                         [](const auto& name) { return name.param; });

TEST(AgeVectors, AreAllThere) {
  if (!std::filesystem::exists(vectors_folder())) GTEST_SKIP() << "no test files at " << vectors_folder();
  EXPECT_EQ(vector_names().size(), kVectorCount);
}

}  // namespace
}  // namespace muniment::age
