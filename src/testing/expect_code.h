// The one check of errors: a call fails, and for that reason. "Rejected for the wrong reason" hides bugs.
#pragma once

#include <gtest/gtest.h>

#include "base/result.h"

namespace muniment {

template <typename T>
::testing::AssertionResult fails_with(const Result<T>& result, Code wanted) {
  if (result) return ::testing::AssertionFailure() << "succeeds, and should fail with " << name_of(wanted);
  const Error& error = result.error();
  if (error.code() == wanted) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "fails with " << name_of(error.code()) << " (" << error.sentence()
                                       << ") and not with " << name_of(wanted);
}

}  // namespace muniment

/// EXPECT_CODE(call, Code::conflict) << "what was tried";
#define EXPECT_CODE(call, wanted) EXPECT_TRUE(::muniment::fails_with((call), (wanted)))
