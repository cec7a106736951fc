// The memory that libcrypto works in. Its contexts hold keys, so all of it is kept like a secret.
#pragma once

namespace muniment {

/// From now on what libcrypto allocates is left out of core dumps, locked where the system allows it, and wiped when it
/// is given back. Called in main before anything of libcrypto is used: it would be too late afterwards.
void keep_libcrypto_memory_secret();

}  // namespace muniment
