// The digests that BagIt bags of others use (RFC 8493 section 2.4): MD5, SHA-1 and the SHA-2 family.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"

struct evp_md_ctx_st;

namespace muniment {

class Digester {
 public:
  /// `algorithm` is "md5", "sha1", "sha224", "sha256", "sha384" or "sha512". Errors: `unsupported`.
  static Result<Digester> open(std::string_view algorithm);
  Digester(Digester&&) noexcept;
  Digester& operator=(Digester&&) noexcept;
  ~Digester();

  void update(ByteView bytes);
  /// Lower-case hexadecimal. The digester is spent afterwards.
  std::string finish_hex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  explicit Digester(std::unique_ptr<evp_md_ctx_st, Free> context);
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace muniment
