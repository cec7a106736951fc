#include "store/s3_answer.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"

namespace muniment {
namespace {

constexpr const char* kStart = R"(<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>abc</Name><Prefix>a/</Prefix>)";

Result<S3ListPage> parse(const std::string& xml, std::size_t names_max = 1000) {
  return parse_s3_list(as_view(xml), names_max);
}
std::string page_of(const std::string& inner) { return kStart + inner + "</ListBucketResult>"; }

TEST(S3AnswerTest, ReadsAPageOfAListing) {
  const auto page = parse(
      page_of("<IsTruncated>true</IsTruncated><Contents><Key>a/1 &amp; 2</Key><ETag>&quot;x&quot;</ETag><Size>3</Size>"
              "<Owner><ID>o</ID></Owner></Contents><Contents><Key>a/&#x31;</Key></Contents>"
              "<CommonPrefixes><Prefix>a/b/</Prefix></CommonPrefixes>"
              "<NextContinuationToken>to/ke+n=</NextContinuationToken>"));
  ASSERT_TRUE(page) << page.error().sentence();
  EXPECT_EQ(page->keys, (std::vector<std::string>{"a/1 & 2", "a/1"}));
  EXPECT_EQ(page->folders, std::vector<std::string>{"a/b/"});
  EXPECT_EQ(page->next, "to/ke+n=");
}

TEST(S3AnswerTest, TheLastPageHasNoNext) {
  const auto page = parse(page_of("<IsTruncated>false</IsTruncated><NextContinuationToken>x</NextContinuationToken>"));
  ASSERT_TRUE(page);
  EXPECT_FALSE(page->next);
  EXPECT_TRUE(page->keys.empty() && page->folders.empty());
}

TEST(S3AnswerTest, RefusesWhatIsNoListing) {
  for (const std::string& xml :
       {std::string(), std::string("<html><body>Log in</body></html>"), std::string("not XML"),
        page_of("<IsTruncated>true</IsTruncated>"), page_of(""), page_of("<IsTruncated>maybe</IsTruncated>"),
        page_of("<IsTruncated>true</IsTruncated><NextContinuationToken></NextContinuationToken>"),
        std::string("<Error><Code>AccessDenied</Code></Error>"),
        page_of("<IsTruncated>false</IsTruncated>") + "<more/>",
        kStart + std::string("<IsTruncated>false</IsTruncated>"),
        page_of("<IsTruncated>false</IsTruncated><Contents><Key>\xff</Key></Contents>"),
        std::string("<other><IsTruncated>false</IsTruncated></other>")}) {
    EXPECT_CODE(parse(xml), Code::corrupt) << xml;
  }
}

TEST(S3AnswerTest, ExpandsNoEntities) {
  const std::string bomb =
      R"(<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY c "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>)";
  for (const std::string& entity : {std::string("&c;"), std::string("&f;")}) {
    const auto page = parse(bomb + "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>" + entity +
                            "</Key></Contents></ListBucketResult>");
    ASSERT_TRUE(fails_with(page, Code::corrupt));
    EXPECT_NE(page.error().sentence().find("document type"), std::string::npos) << page.error().sentence();
  }
  EXPECT_CODE(parse(page_of("<IsTruncated>false</IsTruncated><Contents><Key>&unknown;</Key></Contents>")),
              Code::corrupt);
}

TEST(S3AnswerTest, TakesNoMoreNamesThanWereAskedFor) {
  const std::string two = page_of(
      "<IsTruncated>false</IsTruncated><Contents><Key>a/1</Key></Contents>"
      "<CommonPrefixes><Prefix>a/b/</Prefix></CommonPrefixes>");
  EXPECT_TRUE(parse(two, 2));
  EXPECT_CODE(parse(two, 1), Code::limit);
}

TEST(S3AnswerTest, IsBoundedInDepthAndText) {
  const auto nested = [](int depth) {
    std::string xml = "<IsTruncated>false</IsTruncated>";
    for (int i = 0; i < depth; ++i) xml += "<a>";
    for (int i = 0; i < depth; ++i) xml += "</a>";
    return page_of(xml);
  };
  EXPECT_TRUE(parse(nested(15)));
  EXPECT_CODE(parse(nested(16)), Code::limit);
  const auto long_key = [](std::size_t size) {
    return page_of("<IsTruncated>false</IsTruncated><Contents><Key>" + std::string(size, 'k') + "</Key></Contents>");
  };
  EXPECT_TRUE(parse(long_key(16 << 10)));
  EXPECT_CODE(parse(long_key((16 << 10) + 1)), Code::limit);
}

TEST(S3AnswerTest, ReadsWhyAServiceRefuses) {
  const auto refusal =
      parse_s3_refusal(as_view("<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>It is not there.</Message>"
                               "<RequestId>1</RequestId></Error>"));
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->code, "NoSuchKey");
  EXPECT_EQ(refusal->message, "It is not there.");
  for (const char* other : {"", "<html/>", "<Error/>", "<Error><Code></Code></Error>", "<E><Code>x</Code></E>"})
    EXPECT_CODE(parse_s3_refusal(as_view(other)), Code::corrupt) << other;
}

}  // namespace
}  // namespace muniment
