// The bytes as the whole content, and as what stands behind a good signature: what counts writes itself again byte for
// byte and finds its items; anything else is an error that stops nobody.
#include "archive/archive_testing.h"
#include "archive/catalogue.h"

namespace {

using muniment::Catalogue;
using muniment::Code;
using muniment::SecretBytes;

constexpr std::uint64_t kItemsMax = 1000;

const muniment::SignerKey& fuzz_custodian() {
  static const muniment::SignerKey key = muniment::signer_of("custodian-1", 1);
  return key;
}

void check_catalogue(muniment::ByteView plain) {
  const auto parsed = Catalogue::parse(
      SecretBytes::copy_of(plain), {.archive = {}, .custodian = fuzz_custodian().verifier(), .items_max = kItemsMax});
  if (!parsed) {
    const Code code = parsed.error().code();
    MUNIMENT_CHECK(code == Code::corrupt || code == Code::limit || code == Code::forged || code == Code::invalid ||
                   code == Code::unsupported);
    return;
  }
  const SecretBytes again =
      parsed->render_with({}, [](const muniment::Sha256&) { return true; }, fuzz_custodian(), kItemsMax);
  MUNIMENT_CHECK(muniment::equal(again.expose(), plain));
  const auto items = plain.subspan(plain.size() - 20 * parsed->items());
  for (std::uint64_t i = 0; i < parsed->items(); ++i) {
    muniment::ItemTag tag{};
    std::ranges::copy(items.subspan(20 * i, tag.size()), tag.begin());
    MUNIMENT_CHECK(parsed->find(tag).has_value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const muniment::ByteView bytes{data, size};
  check_catalogue(bytes);
  if (bytes.empty()) return 0;
  const auto body = bytes.subspan(1);
  const std::size_t deposits = bytes[0] % 8;
  if (body.size() < 32 * deposits) return 0;
  const std::size_t items = (body.size() - 32 * deposits) / 20;
  const std::string text = "muniment/catalogue/v1\narchive " + muniment::Sha256{}.hex() + "\nsalt " +
                           std::string(64, '0') + "\ndeposits " + std::to_string(deposits) + "\nitems " +
                           std::to_string(items) + "\nbody " + muniment::sha256(body).hex() + "\n";
  const muniment::SignerKey* const signers[] = {&fuzz_custodian()};
  std::string plain = muniment::sign_note(text, signers);
  plain += muniment::as_text(body);
  check_catalogue(muniment::as_view(plain));
  return 0;
}
