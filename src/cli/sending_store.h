// A mirror as whoever has a card reaches it: with what the card carries, and nothing else.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/secret.h"
#include "cli/context.h"
#include "store/http_retry.h"
#include "store/token_file.h"

namespace muniment::cli {

struct SendingStore {
  std::unique_ptr<SecretBytes> pair;  // for a bucket; the store refers to it
  std::unique_ptr<Store> store;
};

/// `address` is one of `send`, the tokens of a card, which outlive what is given. Errors: those of HttpClient::make;
/// `corrupt` for a token that is none for a bucket.
Result<SendingStore> open_sending_store(Context& context, const std::string& address, const std::vector<Token>& send,
                                        RetryLimits limits = {});

}  // namespace muniment::cli
