// The length of a key is part of its type: a file key of 16 bytes is no stream key of 32.
// Fails with: could not convert|invalid initialization|no matching function|cannot convert
#include "base/secret.h"

void seal(const muniment::Secret<32>& key);

#ifdef GOOD
void seal_it(const muniment::Secret<32>& key) { seal(key); }
#endif
#ifdef BAD
void seal_it(const muniment::Secret<16>& key) { seal(key); }
#endif
