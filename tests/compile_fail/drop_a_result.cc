// An error that nobody looks at does not exist; whoever means it says static_cast<void>.
// Fails with: ignoring return
#include "base/result.h"

muniment::Result<void> write();

#ifdef GOOD
muniment::Result<void> write_all() { return write(); }
#endif
#ifdef BAD
void write_all() { write(); }
#endif
