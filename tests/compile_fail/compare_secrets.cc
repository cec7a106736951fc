// == would take longer the more bytes agree; secrets are compared in constant time, in crypto/.
// Fails with: no match for 'operator=='|invalid operands to binary expression
#include "base/secret.h"

#ifdef GOOD
bool same_size(const muniment::SecretBytes& a, const muniment::SecretBytes& b) { return a.size() == b.size(); }
#endif
#ifdef BAD
bool same(const muniment::Secret<32>& a, const muniment::Secret<32>& b) { return a == b; }
#endif
