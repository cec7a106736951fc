// Makes a custodian's key file with a small scrypt work factor, so that tests that open it hundreds of times measure
// the program and not the passphrase: make_key_file KEYFILE PASSPHRASE-FILE LOG2N [PSEUDONYM].
#include <cstdio>
#include <cstdlib>

#include "archive/key_file.h"
#include "base/encoding.h"
#include "base/posix_fs.h"
#include "crypto/random.h"

int main(int argc, char** argv) {
  using namespace muniment;
  if (argc != 4 && argc != 5) return 2;
  const auto passphrase = read_file(posix_fs(), argv[2], 4096);
  const auto log2_n = parse_decimal(argv[3], 18);
  if (!passphrase || !log2_n) return 2;
  const std::string_view line = as_text(*passphrase).substr(0, as_text(*passphrase).find('\n'));
  const HolderKeys keys = HolderKeys::make(argc == 5 ? argv[4] : "custodian-1", system_random());
  const auto written = write_key_file(posix_fs(), argv[1], keys, SecretBytes::copy_of(as_view(line)), system_random(),
                                      static_cast<unsigned>(*log2_n));
  if (!written) std::fprintf(stderr, "%s\n", written.error().sentence().c_str());
  return written ? 0 : 1;
}
