#include "cli/sending_store.h"

#include "store/http_store.h"
#include "store/s3_credentials.h"
#include "store/s3_store.h"

namespace muniment::cli {

Result<SendingStore> open_sending_store(Context& context, const std::string& address, const std::vector<Token>& send,
                                        RetryLimits limits) {
  TRY_ASSIGN(auto client, HttpClient::make(context.network));
  SendingStore sending;
  if (!is_bucket(address)) {
    sending.store = std::make_unique<HttpStore>(std::move(client), system_sleeper(), address, send, limits);
    return sending;
  }
  TRY_ASSIGN(S3Address bucket, S3Address::parse(address));
  const Token* token = token_for(send, Token::Right::deposit, address);
  if (token != nullptr) {
    TRY_ASSIGN(SecretBytes pair, pair_of_token(token->text.expose_text()));
    sending.pair = std::make_unique<SecretBytes>(std::move(pair));
  }
  sending.store = std::make_unique<S3Store>(std::make_unique<S3Bucket>(
      std::move(client), system_sleeper(), context.doors.clock, std::move(bucket), sending.pair.get(), limits));
  return sending;
}

}  // namespace muniment::cli
