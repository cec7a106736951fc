#include "crypto/sha3.h"

#include <openssl/evp.h>

#include <memory>

namespace muniment {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

Context started(const EVP_MD* algorithm) {
  Context context(EVP_MD_CTX_new());
  MUNIMENT_CHECK(context != nullptr && EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1);
  return context;
}

}  // namespace

Secret<32> sha3_256(std::initializer_list<ByteView> inputs) {
  const Context context = started(EVP_sha3_256());
  for (const ByteView input : inputs) MUNIMENT_CHECK(EVP_DigestUpdate(context.get(), input.data(), input.size()) == 1);
  Secret<32> digest;
  unsigned size = 0;
  MUNIMENT_CHECK(EVP_DigestFinal_ex(context.get(), digest.expose_mut().data(), &size) == 1);
  MUNIMENT_CHECK(size == digest.expose().size());
  return digest;
}

void shake256(ByteView input, MutableBytes output) {
  const Context context = started(EVP_shake256());
  MUNIMENT_CHECK(EVP_DigestUpdate(context.get(), input.data(), input.size()) == 1);
  MUNIMENT_CHECK(EVP_DigestFinalXOF(context.get(), output.data(), output.size()) == 1);
}

}  // namespace muniment
