// Whether new keys can be hybrid on this machine.
#pragma once

namespace muniment::cli {

/// True where libcrypto has ML-KEM-768.
inline bool hybrid_available() { return false; }

}  // namespace muniment::cli
