// As drop_a_result.cc, for a result that has a value.
// Fails with: ignoring return
#include "base/result.h"

muniment::Result<int> read();

#ifdef GOOD
int read_one() { return read().value(); }
#endif
#ifdef BAD
void read_one() { read(); }
#endif
