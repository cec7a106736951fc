// Seals as a device does whose libcrypto has no ML-KEM-768, whatever this one's has: to the classic key of the card.
// seal_classic CARD PATH FOLDER: one deposit, FOLDER/<id>.
#include <cstdio>

#include "archive/card.h"
#include "archive/seal.h"
#include "base/clock.h"
#include "base/posix_fs.h"
#include "crypto/random.h"

namespace muniment {
namespace {

Result<void> seal(const std::string& card_file, const std::string& path, const std::string& folder) {
  const Doors doors{posix_fs(), system_random(), system_clock()};
  TRY_ASSIGN(const Bytes text, read_file(doors.fs, card_file, kCardBytesMax));
  TRY_ASSIGN(const Card card, parse_card(as_text(text)));
  const SealTarget target{.archive = card.archive, .compartment = card.compartment, .recipient = card.recipient};
  TRY(make_folders(doors.fs, folder));
  const SealHooks hooks{.place = [&](SealedDeposit& deposit) -> Result<void> {
                          return doors.fs.rename_new(deposit.folder, join(folder, deposit.id.hex()));
                        },
                        .on_bytes = {}};
  TRY(seal_path(doors, path, folder, target, hooks));
  return {};
}

}  // namespace
}  // namespace muniment

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const auto sealed = muniment::seal(argv[1], argv[2], argv[3]);
  if (!sealed) std::fprintf(stderr, "%s\n", sealed.error().sentence().c_str());
  return sealed ? 0 : 1;
}
