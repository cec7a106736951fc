// The vectors of SLIP-0039 (trezor/python-shamir-mnemonic, vectors.json): each is a list of shares that give a secret
// with the passphrase "TREZOR", or that must be refused.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "shares/shares_testing.h"
#include "shares/split.h"
#include "testing/expect_code.h"

namespace muniment {
namespace {

constexpr std::size_t kVectorCount = 45;

std::string vectors_file() {
  const char* shared = std::getenv("MUNIMENT_SHARED");
  const bool given = shared != nullptr && *shared != '\0';
  return std::string(given ? shared : MUNIMENT_SOURCE_FOLDER "/../shared") + "/vectors/slip39/vectors.json";
}

Result<SecretBytes> combine_texts(const nlohmann::json& texts) {
  std::vector<Share> shares;
  for (const auto& text : texts) {
    TRY_ASSIGN(Share share, parse_share(secret_text(text.get<std::string>())));
    shares.push_back(std::move(share));
  }
  return combine_shares(shares, as_view("TREZOR"));
}

/// What each refused vector is refused for, by the words of its description. The shares with duplicate indices differ.
Code wanted_code(const std::string& description) {
  const std::pair<std::string_view, Code> reasons[] = {
      {"invalid checksum", Code::corrupt},    {"invalid padding", Code::corrupt},
      {"Basic sharing 2-of-3", Code::denied}, {"different identifiers", Code::invalid},
      {"different iteration", Code::invalid}, {"mismatching group", Code::invalid},
      {"greater group", Code::corrupt},       {"duplicate member", Code::forged},
      {"mismatching member", Code::invalid},  {"invalid digest", Code::forged},
      {"Insufficient number", Code::denied},  {"insufficient number", Code::denied},
      {"insufficient length", Code::invalid}, {"invalid master secret length", Code::invalid},
  };
  for (const auto& [words, code] : reasons) {
    if (description.find(words) != std::string::npos) return code;
  }
  ADD_FAILURE() << "a vector that this test does not know: " << description;
  return Code::io;
}

TEST(Slip39Vectors, EndAsExpected) {
  std::ifstream stream(vectors_file());
  if (!stream) GTEST_SKIP() << "there is no " << vectors_file() << " on this machine";
  const auto vectors = nlohmann::json::parse(stream);
  ASSERT_EQ(vectors.size(), kVectorCount);
  for (const auto& vector : vectors) {
    const auto description = vector.at(0).get<std::string>();
    const auto wanted = vector.at(2).get<std::string>();
    const auto secret = combine_texts(vector.at(1));
    if (wanted.empty()) {
      EXPECT_CODE(secret, wanted_code(description)) << description;
    } else {
      ASSERT_TRUE(secret) << description << ": " << secret.error().sentence();
      EXPECT_EQ(to_hex(secret->expose()), wanted) << description;
    }
  }
}

TEST(Slip39Vectors, AreWrittenAsTheyAreRead) {
  std::ifstream stream(vectors_file());
  if (!stream) GTEST_SKIP() << "there is no " << vectors_file() << " on this machine";
  for (const auto& vector : nlohmann::json::parse(stream)) {
    for (const auto& text : vector.at(1)) {
      const auto share = parse_share(secret_text(text.get<std::string>()));
      if (share) {
        EXPECT_EQ(text_of(*share), text.get<std::string>());
      }
    }
  }
}

}  // namespace
}  // namespace muniment
