// The real file system.
#pragma once

#include "base/fs.h"

namespace muniment {

/// Lives as long as the process. Files are made with mode 0644, folders with 0755, both less the umask.
Fs& posix_fs();

}  // namespace muniment
