#include "crypto/digest.h"

#include <openssl/evp.h>

#include <array>
#include <utility>

#include "base/encoding.h"

namespace muniment {
namespace {

/// BagIt's names and libcrypto's.
constexpr std::array<std::pair<std::string_view, const char*>, 6> kAlgorithms = {{{"md5", "MD5"},
                                                                                  {"sha1", "SHA1"},
                                                                                  {"sha224", "SHA224"},
                                                                                  {"sha256", "SHA256"},
                                                                                  {"sha384", "SHA384"},
                                                                                  {"sha512", "SHA512"}}};

struct FreeAlgorithm {
  void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
};

/// Null when the name is not one of ours, or when a policy of this system has switched the algorithm off.
std::unique_ptr<EVP_MD, FreeAlgorithm> find_algorithm(std::string_view name) {
  for (const auto& [ours, theirs] : kAlgorithms) {
    if (ours == name) return std::unique_ptr<EVP_MD, FreeAlgorithm>(EVP_MD_fetch(nullptr, theirs, nullptr));
  }
  return nullptr;
}

}  // namespace

void Digester::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Result<Digester> Digester::open(std::string_view algorithm) {
  const auto found = find_algorithm(algorithm);
  if (found == nullptr) return Error(Code::unsupported, "no digest named \"" + printable(algorithm, 40) + "\"");
  std::unique_ptr<evp_md_ctx_st, Free> context(EVP_MD_CTX_new());
  MUNIMENT_CHECK(context != nullptr);
  MUNIMENT_CHECK(EVP_DigestInit_ex2(context.get(), found.get(), nullptr) == 1);  // holds the algorithm from here on
  return Digester(std::move(context));
}

Digester::Digester(std::unique_ptr<evp_md_ctx_st, Free> context) : context_(std::move(context)) {}
Digester::Digester(Digester&&) noexcept = default;
Digester& Digester::operator=(Digester&&) noexcept = default;
Digester::~Digester() = default;

void Digester::update(ByteView bytes) {
  MUNIMENT_CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

std::string Digester::finish_hex() {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  MUNIMENT_CHECK(EVP_DigestFinal_ex(context_.get(), digest.data(), &size) == 1);
  return to_hex(ByteView(digest).first(size));
}

}  // namespace muniment
