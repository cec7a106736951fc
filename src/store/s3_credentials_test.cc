#include "store/s3_credentials.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"

namespace muniment {
namespace {

std::string pair_for(const std::string& text, const std::string& address) {
  const auto all = parse_s3_credentials(text);
  if (!all) return all.error().sentence();
  const SecretBytes* pair = credentials_for(*all, *S3Address::parse(address));
  return pair == nullptr ? "none" : std::string(pair->expose_text());
}

TEST(S3CredentialsTest, TakesALineOfKeyAndSecret) {
  EXPECT_EQ(pair_for("KEY:secret/+=:x", "s3://h/abc"), "KEY:secret/+=:x");
  EXPECT_EQ(pair_for("# of the office\r\n\r\n KEY:secret78 \r\n", "s3://h/abc"), "KEY:secret78");
  EXPECT_EQ(pair_for("", "s3://h/abc"), "none");
}

TEST(S3CredentialsTest, SendsThoseOfABucketToThatBucketOnly) {
  const std::string text = "ANY:secret-of-any\nOWN:secret-of-one s3://h:90/abc/prefix?region=eu-1\n";
  EXPECT_EQ(pair_for(text, "s3://h:90/abc/other"), "OWN:secret-of-one");
  EXPECT_EQ(pair_for(text, "s3://h:91/abc"), "ANY:secret-of-any");
  EXPECT_EQ(pair_for(text, "s3://h:90/abcd"), "ANY:secret-of-any");
  EXPECT_EQ(pair_for("OWN:secret-of-one s3://h:90/abc\n", "s3://h/abc"), "none");
}

TEST(S3CredentialsTest, TakesTheDefaultProfileOfAwsOrTheOnlyOne) {
  const std::string office = "[office]\naws_access_key_id = OFFICE\naws_secret_access_key = secret-of-office\n";
  const std::string own =
      "; ours\n[ default ]\r\naws_secret_access_key=secret=own\r\nregion = x\naws_access_key_id=OWN";
  EXPECT_EQ(pair_for(office, "s3://h/abc"), "OFFICE:secret-of-office");
  EXPECT_EQ(pair_for("# a comment\n" + office + "\n" + own.substr(7), "s3://h/abc"), "OWN:secret=own");
  EXPECT_CODE(parse_s3_credentials(office + "[home]\naws_access_key_id = H\naws_secret_access_key = secret-of-home\n"),
              Code::corrupt);
}

TEST(S3CredentialsTest, RefusesWhatIsNoCredentialsWithoutShowingIt) {
  for (const char* text :
       {"hidden", "hidden-secret hidden:hidden", "hidden:", ":hidden-secret", "KEY:hidden-secret s3://h",
        "KEY:hidden-secret s3://h/abc more", "KEY:hidden-secret  s3://h/abc", "KEY:hidden\tsecret",
        "KEY:hidden-secr\xc3\xa9t", "KEY:hidden-secret\n[default]\n", "[hidden\n", "[]\n", "[default]\nhidden\n",
        "[default]\naws_access_key_id = hidden\n", "[default]\naws_access_key_id=a:b\naws_secret_access_key=hidden-1",
        "[default]\naws_access_key_id=K\naws_secret_access_key=hidden-secret\naws_session_token=hidden\n"}) {
    const auto all = parse_s3_credentials(text);
    ASSERT_TRUE(fails_with(all, Code::corrupt)) << text;
    EXPECT_EQ(all.error().sentence().find("hidden"), std::string::npos) << all.error().sentence();
  }
  EXPECT_CODE(parse_s3_credentials(std::string(1000, '\n')), Code::limit);
  EXPECT_TRUE(parse_s3_credentials(std::string(999, '\n')));
}

}  // namespace
}  // namespace muniment
