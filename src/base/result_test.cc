#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "testing/expect_code.h"

namespace muniment {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return Error(Code::invalid, "odd");
  return number / 2;
}

Result<int> quarter(int number) {
  TRY_ASSIGN(const int once, half(number));
  TRY_ASSIGN(int twice, half(once));
  return twice;
}

Result<void> check_quarter(int number, bool& reached) {
  TRY(quarter(number));
  reached = true;
  return {};
}

TEST(Result, HoldsAValueOrAnError) {
  const Result<int> good = half(4);
  ASSERT_TRUE(good);
  EXPECT_EQ(*good, 2);
  EXPECT_CODE(half(3), Code::invalid);
  EXPECT_EQ(half(3).error().sentence(), "odd");
}

TEST(Result, OfVoidIsSuccessUnlessToldOtherwise) {
  EXPECT_TRUE(Result<void>());
  EXPECT_CODE(Result<void>(Error(Code::io, "no")), Code::io);
}

TEST(Result, AFalseValueIsStillAValue) {
  const Result<bool> no = false;
  ASSERT_TRUE(no.has_value());
  EXPECT_FALSE(*no);
}

TEST(Result, MovesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> made = std::make_unique<int>(5);
  const std::unique_ptr<int> taken = std::move(made).value();
  EXPECT_EQ(*taken, 5);
}

TEST(Try, ReturnsTheFirstErrorAndStopsThere) {
  bool reached = false;
  EXPECT_TRUE(check_quarter(8, reached));
  EXPECT_TRUE(reached);
  reached = false;
  EXPECT_CODE(check_quarter(6, reached), Code::invalid);
  EXPECT_FALSE(reached);
}

TEST(Error, ContextGoesInFrontAndTheCodeStays) {
  const Error error = Error(Code::forged, "the MAC fails").in("header-0").in("deposit ab");
  EXPECT_EQ(error.sentence(), "deposit ab: header-0: the MAC fails");
  EXPECT_EQ(error.code(), Code::forged);
}

TEST(Code, EveryCodeHasANameOfItsOwn) {
  std::set<std::string_view> names;
  constexpr int kCount = static_cast<int>(Code::io) + 1;
  for (int code = 0; code < kCount; ++code) names.insert(name_of(static_cast<Code>(code)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(kCount));
  EXPECT_EQ(name_of(Code::not_found), "not_found");
}

TEST(ResultDeathTest, AskingForWhatIsNotThereAborts) {
  EXPECT_DEATH(static_cast<void>(half(3).value()), "internal error at .*result.h");
  EXPECT_DEATH(static_cast<void>(half(4).error()), "internal error");
  EXPECT_DEATH(static_cast<void>(Result<void>().error()), "internal error");
}

TEST(CheckDeathTest, NamesTheBrokenPromise) {
  const int two = 2;
  MUNIMENT_CHECK(two == 2);
  EXPECT_DEATH(MUNIMENT_CHECK(two == 3), "result_test.cc:.*two == 3");
}

}  // namespace
}  // namespace muniment
