// Prints the secrets that opening a deposit goes through, so that a test can look for them where they must not be:
// show_secrets KEYFILE PASSPHRASE-FILE KEYRING-FILE HEADER-FILE. One line each: a name, a space, hexadecimal digits.
#include <cstdio>

#include "age/bech32.h"
#include "age/file.h"
#include "age/hybrid.h"
#include "age/keys.h"
#include "archive/key_file.h"
#include "base/encoding.h"
#include "base/posix_fs.h"

namespace {

using namespace muniment;

void show(const char* name, ByteView bytes) { std::printf("%s %s\n", name, to_hex(bytes).c_str()); }

/// The age key on a line of a key file, whatever stands before it; empty when there is none.
std::string_view age_key_in(std::string_view line) {
  line.remove_prefix(std::min(line.find("AGE-SECRET-KEY-"), line.size()));
  return line.substr(0, line.find('\r'));
}

/// The age keys in a key file, by name: "holder-text" and "holder-key" are those of the first one, which is X25519
/// alone where there are two kinds; "holder-hybrid-text" and so on of a hybrid one.
void show_keys(const std::string& whose, std::string_view file) {
  for (const std::string_view line : split(file, '\n')) {
    const std::string_view text = age_key_in(line);
    const auto parsed = age::parse_bech32(text);
    if (!parsed) continue;
    const bool is_hybrid = text.starts_with(age::kHybridIdentityPrefix);
    const std::string name = whose + (is_hybrid ? "-hybrid" : "");
    show((name + "-text").c_str(), as_view(text));
    show((name + "-key").c_str(), parsed->data.expose());
    if (!is_hybrid) continue;
    const age::HybridSecrets halves = age::expand_hybrid_seed(Secret<32>::copy_of(parsed->data.expose().first<32>()));
    show((name + "-mlkem").c_str(), halves.mlkem.expose());
    show((name + "-x25519").c_str(), halves.x25519.expose());
  }
}

Result<void> show_all(char** arguments) {
  TRY_ASSIGN(const Bytes line, read_file(posix_fs(), arguments[2], 4096));
  const auto passphrase = SecretBytes::copy_of(as_view(as_text(line).substr(0, as_text(line).find('\n'))));
  TRY_ASSIGN(const HolderKeys holder,
             read_key_file(posix_fs(), arguments[1], SecretBytes::copy_of(passphrase.expose())));
  TRY_ASSIGN(const Bytes keyring, read_file(posix_fs(), arguments[3], 1 << 20));
  const age::Identity* const opener[] = {&holder.identity()};
  TRY_ASSIGN(const SecretBytes compartment_file, age::open_bytes(keyring, opener));
  TRY_ASSIGN(const CompartmentKeys compartment, CompartmentKeys::parse(compartment_file.expose_text()));
  TRY_ASSIGN(const Bytes header_file, read_file(posix_fs(), arguments[4], 1 << 20));
  TRY_ASSIGN(const age::Header header, age::parse_header(header_file));
  TRY_ASSIGN(const age::FileKey file_key, compartment.unwrap(header.stanzas));
  const age::Identity* const identities[] = {&compartment};
  TRY_ASSIGN(const age::OpenedHeader opened, age::open_header(header_file, identities));

  show("passphrase", passphrase.expose());
  const SecretBytes holder_file = holder.text();
  show("holder-file", holder_file.expose());
  show_keys("holder", holder_file.expose_text());
  show_keys("compartment", compartment_file.expose_text());
  show("file-key", file_key.expose());
  show("payload-key", opened.payload_key.expose());
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const auto shown = show_all(argv);
  if (!shown) std::fprintf(stderr, "%s\n", shown.error().sentence().c_str());
  return shown ? 0 : 1;
}
