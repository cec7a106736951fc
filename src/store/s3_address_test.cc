#include "store/s3_address.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"

namespace muniment {
namespace {

TEST(S3AddressTest, NamesHostBucketAndPrefix) {
  const auto address = S3Address::parse("s3://s3.example.org:8443/our-bucket/archives/one/");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host, "s3.example.org:8443");
  EXPECT_EQ(address->bucket, "our-bucket");
  EXPECT_EQ(address->prefix, "archives/one");
  EXPECT_EQ(address->region, "us-east-1");
  EXPECT_EQ(address->bucket_url(), "https://s3.example.org:8443/our-bucket");
  EXPECT_EQ(address->key_of("charter/1"), "archives/one/charter/1");
  EXPECT_EQ(address->text(), "s3://s3.example.org:8443/our-bucket/archives/one");
}

TEST(S3AddressTest, TakesOptionsAndWritesThemInOneForm) {
  const auto address = S3Address::parse("s3://127.0.0.1:9000/abc?tls=off&style=virtual&region=eu-central-1");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->bucket_url(), "http://abc.127.0.0.1:9000");
  EXPECT_EQ(address->key_of("checkpoint"), "checkpoint");
  EXPECT_EQ(address->text(), "s3://127.0.0.1:9000/abc?region=eu-central-1&style=virtual&tls=off");
  EXPECT_EQ(S3Address::parse("s3://h/abc/?region=us-east-1&style=path&tls=on")->text(), "s3://h/abc");
}

TEST(S3AddressTest, RefusesWhatIsNoAddress) {
  for (const char* text : {"",
                           "s3://",
                           "s3://host",
                           "s3://host/",
                           "s3://host//abc",
                           "s3:///abc",
                           "https://host/abc",
                           "s3://host/ab",
                           "s3://host/Abc",
                           "s3://host/-bc",
                           "s3://host/a..b",
                           "s3://host/a_b",
                           "s3://HOST/abc",
                           "s3://host:0/abc",
                           "s3://host:65536/abc",
                           "s3://host:/abc",
                           "s3://user@host/abc",
                           "s3://key:secret@host/abc",
                           "s3://a..b/abc",
                           "s3://host/abc//b",
                           "s3://host/abc/../b",
                           "s3://host/abc/b c",
                           "s3://host/abc?",
                           "s3://host/abc?tls=maybe",
                           "s3://host/abc?style=",
                           "s3://host/abc?region=",
                           "s3://host/abc?region=a%2F",
                           "s3://host/abc?else=1",
                           "s3://host/abc?tls=off&",
                           "s3://host/abc#x",
                           "s3://ho\nst/abc"}) {
    EXPECT_CODE(S3Address::parse(text), Code::invalid) << text;
  }
  EXPECT_CODE(S3Address::parse("s3://host/" + std::string(64, 'a')), Code::invalid);
  EXPECT_TRUE(S3Address::parse("s3://host/" + std::string(63, 'a')));
}

}  // namespace
}  // namespace muniment
