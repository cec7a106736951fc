// Prints the secrets that opening a deposit goes through, so that a test can look for them where they must not be:
// show_secrets KEYFILE PASSPHRASE-FILE KEYRING-FILE HEADER-FILE. One line each: a name, a space, hexadecimal digits.
#include <cstdio>

#include "age/bech32.h"
#include "age/file.h"
#include "age/keys.h"
#include "archive/key_file.h"
#include "base/encoding.h"
#include "base/posix_fs.h"

namespace {

using namespace muniment;

void show(const char* name, ByteView bytes) { std::printf("%s %s\n", name, to_hex(bytes).c_str()); }

/// The line of a key file that is an age key.
std::string_view age_key_in(std::string_view text) {
  text.remove_prefix(std::min(text.find("AGE-SECRET-KEY-1"), text.size()));
  return text.substr(0, text.find_first_of("\r\n"));
}

void show_key(const std::string& whose, std::string_view text) {
  show((whose + "-text").c_str(), as_view(text));
  const auto parsed = age::parse_bech32(text);
  if (parsed) show((whose + "-key").c_str(), parsed->data.expose());
}

Result<void> show_all(char** arguments) {
  TRY_ASSIGN(const Bytes line, read_file(posix_fs(), arguments[2], 4096));
  const auto passphrase = SecretBytes::copy_of(as_view(as_text(line).substr(0, as_text(line).find('\n'))));
  TRY_ASSIGN(const HolderKeys holder,
             read_key_file(posix_fs(), arguments[1], SecretBytes::copy_of(passphrase.expose())));
  TRY_ASSIGN(const Bytes keyring, read_file(posix_fs(), arguments[3], 1 << 20));
  const age::Identity* const opener[] = {&holder.identity()};
  TRY_ASSIGN(const SecretBytes compartment_file, age::open_bytes(keyring, opener));
  const std::string_view compartment_text = age_key_in(compartment_file.expose_text());
  TRY_ASSIGN(const auto compartment, age::parse_identity(compartment_text));
  TRY_ASSIGN(const Bytes header_file, read_file(posix_fs(), arguments[4], 1 << 20));
  TRY_ASSIGN(const age::Header header, age::parse_header(header_file));
  TRY_ASSIGN(const age::FileKey file_key, compartment->unwrap(header.stanzas));
  const age::Identity* const identities[] = {compartment.get()};
  TRY_ASSIGN(const age::OpenedHeader opened, age::open_header(header_file, identities));

  show("passphrase", passphrase.expose());
  const SecretBytes holder_file = holder.text();
  show("holder-file", holder_file.expose());
  show_key("holder", age_key_in(holder_file.expose_text()));
  show_key("compartment", compartment_text);
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
