// Any text as a token file: what is understood has tokens of the stated form, and no refusal shows a line.
#include "store/token_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto tokens = muniment::parse_tokens(muniment::as_text({data, size}));
  if (!tokens) {
    const muniment::Code code = tokens.error().code();
    MUNIMENT_CHECK(code == muniment::Code::corrupt || code == muniment::Code::limit);
    return 0;
  }
  for (const muniment::Token& token : *tokens) {
    MUNIMENT_CHECK(token.text.size() >= 32 && token.text.size() <= 128 && !token.address.ends_with('/'));
    MUNIMENT_CHECK(muniment::token_for(*tokens, token.right, token.address) != nullptr);
  }
  return 0;
}
