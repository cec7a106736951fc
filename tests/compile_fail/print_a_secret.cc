// A secret cannot get into a log by accident.
// Fails with: no match for 'operator<<'|invalid operands to binary expression
#include <ostream>

#include "base/secret.h"

#ifdef GOOD
void print(std::ostream& out, const muniment::SecretBytes& key) { out << key.size(); }
#endif
#ifdef BAD
void print(std::ostream& out, const muniment::SecretBytes& key) { out << key; }
#endif
