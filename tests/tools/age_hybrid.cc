// Our hybrid seals at the command line, for judges that others wrote (tests/npm/age_hybrid.mjs has the same commands):
//
//   age_hybrid new KEYFILE                        writes a new key, prints its recipient
//   age_hybrid recipient KEYFILE                  prints the recipient of a key
//   age_hybrid seal PLAIN FILE ARMORED RECIPIENT…  writes FILE, and ARMORED with the same in armour
//   age_hybrid open KEYFILE FILE PLAIN
//
// Exit status 1 for any failure, 77 where libcrypto has no ML-KEM-768.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "age/armor.h"
#include "age/file.h"
#include "age/hybrid.h"
#include "crypto/random.h"

namespace muniment {
namespace {

std::string content_of(const std::string& name) {
  std::ifstream stream(name, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

Result<void> write(const std::string& name, std::string_view content) {
  std::ofstream stream(name, std::ios::binary);
  stream << content;
  stream.close();
  if (!stream) return Error(Code::io, "cannot write " + name);
  return {};
}

Result<void> print_recipient(std::string_view key_text) {
  TRY_ASSIGN(const auto identity, age::parse_identity(key_text));
  const auto* hybrid = dynamic_cast<const age::HybridIdentity*>(identity.get());
  if (hybrid == nullptr) return Error(Code::invalid, "not a hybrid key");
  TRY_ASSIGN(const auto recipient, hybrid->recipient());
  std::printf("%s\n", recipient.text().c_str());
  return {};
}

Result<void> seal(const std::vector<std::string>& names) {
  std::vector<std::unique_ptr<age::Recipient>> recipients;
  std::vector<const age::Recipient*> views;
  for (std::size_t i = 3; i < names.size(); ++i) {
    TRY_ASSIGN(auto recipient, age::parse_recipient(names[i]));
    views.push_back(recipient.get());
    recipients.push_back(std::move(recipient));
  }
  const std::string plain = content_of(names[0]);
  TRY_ASSIGN(const Bytes file, age::seal_bytes(as_view(plain), views, system_random()));
  TRY(write(names[1], as_text(file)));
  return write(names[2], age::render_armor(file));
}

Result<void> open(const std::vector<std::string>& names) {
  const std::string key_text = content_of(names[0]);
  TRY_ASSIGN(const auto keys, age::parse_key_file(key_text));
  const std::vector<const age::Identity*> identities = {keys.front().get()};
  const std::string file = content_of(names[1]);
  TRY_ASSIGN(const SecretBytes plain, age::open_bytes(as_view(file), identities));
  return write(names[2], plain.expose_text());
}

Result<void> run(const std::string& command, const std::vector<std::string>& names) {
  TRY(check_mlkem768());
  if (command == "new" && names.size() == 1) {
    const SecretBytes key = age::HybridIdentity::make(system_random()).text();
    TRY(write(names[0], std::string(key.expose_text()) + "\n"));
    return print_recipient(key.expose_text());
  }
  if (command == "recipient" && names.size() == 1) {
    const std::string text = content_of(names[0]);
    return print_recipient(std::string_view(text).substr(0, text.find('\n')));
  }
  if (command == "seal" && names.size() >= 4) return seal(names);
  if (command == "open" && names.size() == 3) return open(names);
  return Error(Code::invalid, "no such command");
}

}  // namespace
}  // namespace muniment

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty()) return 2;
  const auto done = muniment::run(arguments[0], {arguments.begin() + 1, arguments.end()});
  if (done) return 0;
  std::fprintf(stderr, "%s\n", done.error().sentence().c_str());
  return muniment::has_mlkem768() ? 1 : 77;
}
