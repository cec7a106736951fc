// A secret has one place in memory: whoever wants it elsewhere moves it.
// Fails with: use of deleted function|call to implicitly-deleted copy constructor
#include "base/secret.h"

#ifdef GOOD
muniment::Secret<32> hand_over(muniment::Secret<32>& key) { return std::move(key); }
#endif
#ifdef BAD
muniment::Secret<32> hand_over(muniment::Secret<32>& key) { return key; }
#endif
