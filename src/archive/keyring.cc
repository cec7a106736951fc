#include "archive/keyring.h"

#include <algorithm>

#include "age/file.h"

namespace muniment {
namespace {

constexpr std::uint64_t kKeyringFileBytesMax = 64 * 1024;

Error not_an_opener(const Compartment& compartment, const std::string& holder) {
  std::string openers;
  for (const std::string& opener : compartment.openers) openers += (openers.empty() ? "" : ", ") + opener;
  return {Code::denied,
          holder + " is not an opener of the compartment \"" + compartment.name + "\"; its openers are " + openers};
}

}  // namespace

Result<Bytes> seal_compartment_key(const age::X25519Identity& key, const age::Recipient& opener, Random& random) {
  const age::Recipient* const recipients[] = {&opener};
  const SecretBytes line = key.text();
  SecretBytes text(line.size() + 1);
  std::copy(line.expose().begin(), line.expose().end(), text.expose_mut().begin());
  text.expose_mut().back() = '\n';
  return age::seal_bytes(text.expose(), recipients, random);
}

Result<std::unique_ptr<age::Identity>> open_compartment_key(Store& store, const Charter& charter,
                                                            std::string_view compartment, const HolderKeys& holder) {
  const Compartment* found = charter.find_compartment(compartment);
  if (found == nullptr)
    return Error(Code::invalid, "the archive has no compartment \"" + std::string(compartment) + "\"");
  const bool is_opener = std::ranges::find(found->openers, holder.pseudonym()) != found->openers.end();
  if (!is_opener) return not_an_opener(*found, holder.pseudonym());

  const ObjectName name = keyring_name(compartment, holder.pseudonym());
  const auto named = std::ranges::find(charter.objects, name, &LoggedObject::name);
  if (named == charter.objects.end()) return Error(Code::corrupt, "the charter does not name " + name.text());
  TRY_ASSIGN(const Bytes file, store.get(name, kKeyringFileBytesMax));
  if (sha256(file) != named->digest)
    return Error(Code::corrupt, name.text() + " is not the file that the charter names");

  const age::Identity* const identities[] = {&holder.identity()};
  auto text = age::open_bytes(file, identities);
  if (!text && text.error().code() == Code::denied) {
    return Error(Code::denied, "this key file is not that of " + holder.pseudonym() + " in this archive");
  }
  if (!text) return text.error().in(name.text());
  TRY_ASSIGN(auto keys, age::parse_key_file(text->expose_text()));
  return std::move(keys.front());
}

}  // namespace muniment
