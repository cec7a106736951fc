// Tokens by which a mirror knows those who may have seals, and those who may send. Spec: docs/formats.md "A copy over
// HTTP".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace muniment {

struct Token {
  enum class Right { read, deposit };  // to be given seals; to create below incoming/
  Right right = Right::read;
  SecretBytes text;
  std::string address;  // of the mirror that knows it; empty in the mirror's own file
};

/// Lines `read TOKEN`, `deposit TOKEN`, each with the mirror's address behind it where it is somebody's who visits
/// several; empty lines and lines with "#" in front say nothing. A token is 32 to 128 of `A-Z a-z 0-9 - . _ ~`.
/// Errors: `corrupt`, `limit`.
Result<std::vector<Token>> parse_tokens(std::string_view text);

/// The token for this right at this address; null when there is none. Valid while `tokens` lives.
const Token* token_for(const std::vector<Token>& tokens, Token::Right right, std::string_view address);

}  // namespace muniment
