// Whole files: hostile ones are refused, honest ones open again, and a changed byte never goes unnoticed.
#include "age/file.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "age/hybrid.h"

namespace {

using namespace muniment;

/// The same bytes each time, so that a finding repeats.
class CountingRandom final : public Random {
 public:
  void fill(MutableBytes bytes) override {
    for (std::uint8_t& byte : bytes) byte = next_++;
  }

 private:
  std::uint8_t next_ = 1;
};

/// The key of the seed files; the passphrase is bounded, so that no input takes long.
struct Keys {
  age::X25519Identity identity = make_identity();
  age::ScryptIdentity passphrase{SecretBytes::copy_of(as_view("password")), 6};
  age::HybridIdentity hybrid{Secret<32>()};
  std::array<const age::Identity*, 3> all = {&identity, &passphrase, &hybrid};

  static age::X25519Identity make_identity() {
    CountingRandom random;
    return age::X25519Identity::make(random);
  }
};

void open_hostile(const Keys& keys, ByteView file) {
  const auto opened = age::open_bytes(file, keys.all);
  if (opened) {
    MUNIMENT_CHECK(opened->size() < file.size());
  } else {
    const Code code = opened.error().code();
    MUNIMENT_CHECK(code == Code::corrupt || code == Code::unsupported || code == Code::limit || code == Code::denied ||
                   code == Code::forged);
  }
}

/// Seals the input and changes the byte that its first two bytes choose.
void open_altered(const Keys& keys, ByteView plain) {
  CountingRandom random;
  const age::X25519Recipient recipient = keys.identity.recipient();
  const std::array<const age::Recipient*, 1> recipients = {&recipient};
  auto file = age::seal_bytes(plain, recipients, random);
  MUNIMENT_CHECK(file.has_value());
  const auto opened = age::open_bytes(*file, keys.all);
  MUNIMENT_CHECK(opened && equal(opened->expose(), plain));
  if (plain.size() < 3 || plain[2] == 0) return;
  const std::size_t position = (plain[0] * 256u + plain[1]) % file->size();
  (*file)[position] ^= plain[2];
  MUNIMENT_CHECK(!age::open_bytes(*file, keys.all));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Keys keys;
  open_hostile(keys, {data, size});
  open_altered(keys, {data, size});
  return 0;
}
