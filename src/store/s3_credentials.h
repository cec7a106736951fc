// The keys by which object stores know us. Spec: docs/cli.md "Addresses".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "store/s3_address.h"

namespace muniment {

struct S3Credentials {
  SecretBytes pair;     // "KEY:SECRET"
  std::string address;  // of the only bucket that they are for, without options and prefix; empty: for any
};

/// Lines `KEY:SECRET`, each with s3://HOST/BUCKET behind it where it is for that bucket only; or the form of
/// `~/.aws/credentials`, of which the profile `default`, or the only one, is taken. Empty lines and lines with "#" in
/// front say nothing. The caller wipes `text`. Errors: `corrupt`, `limit`; their sentences show no line.
Result<std::vector<S3Credentials>> parse_s3_credentials(std::string_view text);

/// A pair as the token of a card: base64url without padding (RFC 4648 section 5), since a token has no ':', '/' and
/// '+'. Errors: `invalid` where it would be shorter or longer than a token.
Result<SecretBytes> token_of_pair(const SecretBytes& pair);
/// The pair again. Errors: `corrupt`.
Result<SecretBytes> pair_of_token(std::string_view token);

/// Those for this address: its own before those for any; null when there are none. Valid while `credentials` lives.
const SecretBytes* credentials_for(const std::vector<S3Credentials>& credentials, const S3Address& address);

}  // namespace muniment
