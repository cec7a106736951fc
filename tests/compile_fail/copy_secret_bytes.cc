// As copy_a_secret.cc, for a secret whose length is not in its type.
// Fails with: use of deleted function|call to deleted constructor
#include "base/secret.h"

#ifdef GOOD
muniment::SecretBytes hand_over(muniment::SecretBytes& passphrase) { return std::move(passphrase); }
#endif
#ifdef BAD
muniment::SecretBytes hand_over(muniment::SecretBytes& passphrase) { return passphrase; }
#endif
