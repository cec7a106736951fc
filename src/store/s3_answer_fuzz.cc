// Any bytes as a server's answer: bounded, and refused for a reason that the caller knows.
#include "store/s3_answer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kNamesMax = 5;
  const auto is_named = [](const muniment::Error& error) {
    return error.code() == muniment::Code::corrupt || error.code() == muniment::Code::limit;
  };
  const auto page = muniment::parse_s3_list({data, size}, kNamesMax);
  MUNIMENT_CHECK(page || is_named(page.error()));
  if (page) {
    MUNIMENT_CHECK(page->keys.size() + page->folders.size() <= kNamesMax);
    MUNIMENT_CHECK(!page->next || !page->next->empty());
  }
  const auto refusal = muniment::parse_s3_refusal({data, size});
  MUNIMENT_CHECK(refusal ? !refusal->code.empty() : is_named(refusal.error()));
  MUNIMENT_CHECK(!page || !refusal);
  return 0;
}
