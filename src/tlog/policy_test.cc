#include "tlog/policy.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"

namespace muniment::tlog {
namespace {

CosignerKey key(std::uint8_t byte) {
  Secret<32> seed;
  std::ranges::fill(seed.expose_mut(), byte);
  return CosignerSigner("w" + std::to_string(byte), std::move(seed)).verifier();
}
std::string witness(int number) {
  return "witness w" + std::to_string(number) + " " + key(static_cast<std::uint8_t>(number)).text() + "\n";
}
std::string three() { return witness(1) + witness(2) + witness(3); }
bool is_met(const Policy& policy, std::vector<bool> signed_by) { return policy.is_met(signed_by); }

TEST(Policies, CountSignersInGroups) {
  const auto policy = parse_policy("# two of three\n\n" + three() + "group all-of-us 2 w1\tw2  w3\nquorum all-of-us\n");
  ASSERT_TRUE(policy) << policy.error().sentence();
  EXPECT_FALSE(is_met(*policy, {true, false, false}));
  EXPECT_TRUE(is_met(*policy, {true, false, true}));
  EXPECT_TRUE(is_met(*policy, {true, true, true}));
  EXPECT_FALSE(is_met(*policy, {}));
}

TEST(Policies, TakeAllAnyAndGroupsOfGroups) {
  const Policy policy = *parse_policy(three() + "group here any w1 w2\ngroup both all here w3\nquorum both\n");
  EXPECT_FALSE(is_met(policy, {true, true, false}));
  EXPECT_FALSE(is_met(policy, {false, false, true}));
  EXPECT_TRUE(is_met(policy, {false, true, true}));
  EXPECT_TRUE(is_met(*parse_policy(three() + "quorum w2\n"), {false, true, false}));
  EXPECT_TRUE(is_met(*parse_policy("quorum none\n"), {}));
}

TEST(Policies, SayAsOfWhenAQuorumHasSigned) {
  const Policy policy = *parse_policy(three() + "group g 2 w1 w2 w3\nquorum g\n");
  EXPECT_EQ(policy.quorum_time({{0, 100}, {1, 300}, {2, 200}}), 200u) << "the second newest";
  EXPECT_EQ(policy.quorum_time({{1, 300}}), std::nullopt);
  EXPECT_EQ(policy.quorum_time({{0, 100}, {0, 300}}), std::nullopt) << "one cosigner is no two";
  EXPECT_EQ(parse_policy("quorum none\n")->quorum_time({}), 0u);
}

TEST(Policies, ThatAreNotInFormAreRefusedWithTheLine) {
  for (const std::string& text : {
           std::string(""),
           three(),
           std::string("quorum w1\n"),
           three() + "quorum w1\nquorum w1\n",
           three() + "quorum w4\n",
           witness(1) + witness(1) + "quorum w1\n",
           witness(1) + "witness w9 " + key(1).text() + "\nquorum w1\n",
           three() + "group g 0 w1 w2\nquorum g\n",
           three() + "group g 3 w1 w2\nquorum g\n",
           three() + "group g -1 w1 w2\nquorum g\n",
           three() + "group g any w4\nquorum g\n",
           three() + "group g any g\nquorum g\n",
           three() + "group g any\nquorum g\n",
           three() + "group g any w1\ngroup h any w1\nquorum h\n",
           three() + "group w1 any w2\nquorum w1\n",
           std::string("witness none ") + key(1).text() + "\nquorum none\n",
           std::string("witness w1\nquorum none\n"),
           std::string("witness w1 nothing\nquorum none\n"),
           std::string("log\nquorum none\n"),
           std::string("wizard w1\nquorum none\n"),
           std::string("quorum none"),
       }) {
    EXPECT_CODE(parse_policy(text), Code::corrupt) << text;
  }
  const auto wrong = parse_policy("# first\n" + witness(1) + "quorum w2\n");
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().sentence().find("line 3"), std::string::npos) << wrong.error().sentence();
}

TEST(Policies, HaveOneFormWhenTheyAreWritten) {
  const std::string text = "log " +
                           std::string("muniment.example/log+ca544cd4+AdBKsjJ0K7SrOhNovUYV5ObQIkq3GgFrr4UgozLJd4c3") +
                           " https://log.example\n" + three() + "group g 2 w1 w2 w3\nquorum g\n";
  EXPECT_EQ(render_policy(*parse_policy(text)), text);
  EXPECT_EQ(render_policy(*parse_policy(three() + " group\tg all w1  w2\n#\nquorum g\n")),
            three() + "group g 2 w1 w2\nquorum g\n");
  EXPECT_EQ(render_policy({}), "quorum none\n");
}

TEST(Policies, NameSixtyFourCosignersAtTheMost) {
  std::string text;
  for (int i = 1; i <= 65; ++i) text += witness(i);
  EXPECT_CODE(parse_policy(text + "quorum none\n"), Code::limit);
}

}  // namespace
}  // namespace muniment::tlog
