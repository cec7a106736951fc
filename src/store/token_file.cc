#include "store/token_file.h"

#include <algorithm>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::size_t kLinesMax = 1000;
constexpr std::size_t kTokenBytesMin = 32;
constexpr std::size_t kTokenBytesMax = 128;

bool is_token(std::string_view text) {
  return text.size() >= kTokenBytesMin && text.size() <= kTokenBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                  c == '_' || c == '~';
         });
}

}  // namespace

Result<std::vector<Token>> parse_tokens(std::string_view text) {
  TRY_ASSIGN(const auto lines, split_lines(text, kLinesMax));
  std::vector<Token> tokens;
  std::size_t number = 0;
  for (const std::string_view line : lines) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const auto words = split(line, ' ');
    const bool is_read = words[0] == "read";
    const bool is_right = (is_read || words[0] == "deposit") && (words.size() == 2 || words.size() == 3);
    if (!is_right || !is_token(words[1])) {  // the line itself is not shown: it may be a secret
      return Error(Code::corrupt, "line " + std::to_string(number) +
                                      " of the token file is not \"read TOKEN\" or \"deposit TOKEN\", with the "
                                      "mirror's address behind it or not; a token has 32 to 128 letters and digits");
    }
    std::string address(words.size() == 3 ? words[2] : "");
    while (address.ends_with('/')) address.pop_back();
    tokens.push_back({is_read ? Token::Right::read : Token::Right::deposit, SecretBytes::copy_of(as_view(words[1])),
                      std::move(address)});
  }
  return tokens;
}

const Token* token_for(const std::vector<Token>& tokens, Token::Right right, std::string_view address) {
  const auto found = std::ranges::find_if(
      tokens, [&](const Token& token) { return token.right == right && token.address == address; });
  return found == tokens.end() ? nullptr : &*found;
}

}  // namespace muniment
