// muniment: the program. Everything that it does is in cli/.
#include <malloc.h>

#include <csignal>
#include <exception>

#include "base/posix_fs.h"
#include "base/secret.h"
#include "cli/program.h"
#include "crypto/memory.h"
#include "crypto/random.h"

int main(int argc, char** argv) {
  muniment::forbid_core_dumps();
  muniment::keep_libcrypto_memory_secret();
  // One heap for all threads: with one each, the C library keeps for each what it freed, parts of 16 MiB among it.
  mallopt(M_ARENA_MAX, 1);
  std::signal(SIGPIPE, SIG_IGN);  // a reader that leaves early is a write error like any other
  try {
    const muniment::Doors doors{muniment::posix_fs(), muniment::system_random(), muniment::system_clock(),
                                muniment::Worker::Mode::by_thread};
    const int status = muniment::cli::run_program(argc, argv, doors, stdout, stderr);
    // A result that did not reach its file was not given.
    return std::fflush(stdout) == 0 ? status : 3;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "muniment: internal error: %s\n", error.what());
    return 70;
  }
}
