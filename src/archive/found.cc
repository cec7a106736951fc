#include "archive/found.h"

#include <array>

#include "archive/charter_draft.h"
#include "archive/charter_reader.h"
#include "archive/home.h"
#include "archive/reader.h"
#include "archive/readme.h"
#include "base/encoding.h"
#include "crypto/mlkem.h"
#include "crypto/random.h"

namespace muniment {
namespace {

std::string random_hex_id(Random& random) {
  std::array<std::uint8_t, 16> id{};
  random.fill(id);
  return to_hex(id);
}

/// Only an empty folder may be in the way: it is removed before the archive gets its name.
Result<void> check_target(Fs& fs, const std::string& root) {
  const auto info = fs.info(root);
  if (!info && info.error().code() == Code::not_found) return {};
  if (!info) return info.error();
  if (info->type != FileType::folder)
    return Error(Code::conflict,
                 root + " is a " + std::string(name_of(info->type)) + ": found the archive in a new folder");
  TRY_ASSIGN(const auto names, fs.list(root));
  if (!names.empty()) return Error(Code::conflict, root + " is not empty: found the archive in a new folder");
  return {};
}

/// The charter of a new archive, without compartments and objects.
Charter first_charter(Random& random, const HolderKeys& custodian, const Secret<32>& log_seed,
                      const FoundingTrustees* trustees) {
  Charter charter;
  charter.origin = random_hex_id(random) + ".muniment";
  charter.home = random_hex_id(random);
  charter.custodians = {custodian.holder()};
  charter.log_keys = {{SignerKey(charter.origin, Secret<32>::copy_of(log_seed.expose())).verifier(), 0}};
  if (trustees != nullptr) {
    charter.trustees = trustees->trustees;
    charter.rules.charter = 2;
  }
  return charter;
}

/// What an archive has before its log begins.
struct Written {
  Secret<32> log_seed;
  Charter charter;
  std::string note;  // charter/1

  Founded founded() const { return {.id = sha256(as_view(note)), .origin = charter.origin}; }
};

/// Writes all that the charter names, and the charter.
Result<Written> write_objects(Random& random, Store& store, const HolderKeys& custodian,
                              const FoundingTrustees* trustees) {
  Secret<32> log_seed = random_secret<32>(random);
  CharterDraft draft(first_charter(random, custodian, log_seed, trustees));
  const ObjectName readme("README.txt");
  TRY(store.put(readme, as_view(readme_text())));
  draft.add_object({readme, sha256(as_view(readme_text()))});
  const ObjectName reader("reader/read_archive.py");
  TRY(store.put(reader, as_view(reader_text())));
  draft.add_object({reader, sha256(as_view(reader_text()))});
  std::vector<std::string> openers{custodian.pseudonym()};
  if (trustees != nullptr) openers.emplace_back(kTrustees);
  TRY(draft.add_compartment(kEvidence, openers, has_mlkem768(), random));
  if (trustees != nullptr) TRY(draft.add_compartment(kIdentities, {kTrustees}, has_mlkem768(), random));
  for (const auto& [name, file] : draft.files()) TRY(store.put(name, file));

  std::vector<const SignerKey*> signers{&custodian.signer()};
  if (trustees != nullptr) signers.push_back(&trustees->keys.signer());
  std::string note = sign_note(render_charter(draft.charter()), signers);
  TRY(parse_charter(note));
  TRY(store.put(charter_name(1), as_view(note)));
  TRY(store.flush());
  return Written{std::move(log_seed), draft.charter(), std::move(note)};
}

/// From here on it is an archive, and this place its home.
Result<void> begin_log(const Doors& doors, Place& place, const HolderKeys& custodian, const Written& written) {
  TRY(make_home(doors, place, written.charter, written.log_seed));
  TRY_ASSIGN(const auto home, Home::open(doors, place, written.charter, custodian));
  const ByteView entry = as_view(written.note);
  TRY(home->appender().append({Bytes(entry.begin(), entry.end())}));
  return {};
}

/// In a folder that nobody else knows of yet.
Result<Founded> build(const Doors& doors, const std::string& root, const HolderKeys& custodian,
                      const FoundingTrustees* trustees) {
  FolderPlace place(doors, root);
  TRY_ASSIGN(const Written written, write_objects(doors.random, place.store(), custodian, trustees));
  TRY(begin_log(doors, place, custodian, written));
  return written.founded();
}

}  // namespace

Result<Founded> found_archive(const Doors& doors, const std::string& root, const HolderKeys& custodian,
                              const FoundingTrustees* trustees,
                              const std::function<Result<void>(const Founded&)>& before_it_appears) {
  TRY(check_target(doors.fs, root));
  TRY(make_folders(doors.fs, parent_of(root)));
  std::array<std::uint8_t, 4> suffix{};
  doors.random.fill(suffix);
  const std::string fresh = join(parent_of(root), name_in(root) + ".founding-" + to_hex(suffix));
  TRY(doors.fs.make_folder(fresh));
  auto founded = build(doors, fresh, custodian, trustees);
  if (founded && before_it_appears) {
    if (auto ready = before_it_appears(*founded); !ready) founded = ready.error();
  }
  if (founded) {
    // An empty folder may stand where the archive goes: a mount point keeps its own, and then this fails and says so.
    static_cast<void>(doors.fs.remove(root).has_value());
    if (auto renamed = doors.fs.rename_new(fresh, root); !renamed) founded = renamed.error();
  }
  if (!founded) {
    static_cast<void>(remove_tree(doors.fs, fresh).has_value());
    return founded;
  }
  TRY(doors.fs.sync_folder(parent_of(root)));
  return founded;
}

Result<void> check_is_empty(Store& store) {
  const Error taken(Code::conflict, store.where() + " is not empty: found the archive under a prefix of its own");
  for (const char* name : {"README.txt", "checkpoint"}) {
    const auto present = store.size(ObjectName(name));
    if (present) return taken;
    if (present.error().code() != Code::not_found) return present.error();
  }
  for (const char* folder : {"charter", "deposits", "home", "keyring", "reader", "tile"}) {
    TRY_ASSIGN(const auto names, store.list(ObjectName(folder)));
    if (!names.empty()) return taken;
  }
  return {};
}

Result<Founded> found_archive_at(const Doors& doors, Place& place, const HolderKeys& custodian,
                                 const FoundingTrustees* trustees,
                                 const std::function<Result<void>(const Founded&)>& before_it_appears) {
  TRY(place.own_root());
  TRY(check_is_empty(place.store()));
  TRY(place.check_can_be_home());
  TRY_ASSIGN(const Written written, write_objects(doors.random, place.store(), custodian, trustees));
  if (before_it_appears) TRY(before_it_appears(written.founded()));
  TRY(begin_log(doors, place, custodian, written));
  return written.founded();
}

}  // namespace muniment
