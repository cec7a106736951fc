// Whether new keys can be hybrid on this machine.
#pragma once

#include "crypto/mlkem.h"

namespace muniment::cli {

/// True where libcrypto has ML-KEM-768.
inline bool hybrid_available() { return has_mlkem768(); }

}  // namespace muniment::cli
