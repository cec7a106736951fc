#include "archive/home.h"

#include <algorithm>

#include "age/file.h"
#include "archive/view.h"
#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::uint64_t kSmallFileBytesMax = 64 * 1024;
constexpr std::string_view kLogKeyStart = "muniment/log-key/v1\n";

ObjectName place_name() { return ObjectName("home/place"); }

/// What home/place says, or would say if it were written here and now.
Result<std::string> current_place(Place& place, const Charter& charter) {
  TRY_ASSIGN(const std::string identity, place.identity());
  return "home " + charter.home + "\nplace " + identity + "\n";
}

/// "home/log-key-0a1b2c3d-custodian-1.age": one file for each key that the log had and each custodian, since hybrid and
/// classic recipients may not share one.
ObjectName log_key_name(const Charter& charter, const std::string& custodian) {
  return ObjectName("home/log-key-" + to_hex(charter.log_keys.back().key.id()) + "-" + custodian + ".age");
}

/// The log key in force is there, for some custodian.
bool is_sealed_to_others(Store& store, const Charter& charter) {
  return std::ranges::any_of(charter.custodians, [&](const Holder& other) {
    return store.size(log_key_name(charter, other.pseudonym())).has_value();
  });
}

Result<Secret<32>> open_log_key(Store& store, const Charter& charter, const HolderKeys& holder) {
  if (charter.find_custodian(holder.pseudonym()) == nullptr) {
    return Error(Code::denied, holder.pseudonym() + " is no custodian of this archive, and cannot add to its log");
  }
  const ObjectName name = log_key_name(charter, holder.pseudonym());
  const auto sealed = store.get(name, kSmallFileBytesMax);
  if (!sealed && sealed.error().code() == Code::not_found && is_sealed_to_others(store, charter)) {
    return Error(Code::denied, "the log key at this home is not sealed to " + holder.pseudonym() +
                                   " yet: a custodian who was one before must carry this out");
  }
  if (!sealed) return sealed.error();
  const age::Identity* const identities[] = {&holder.identity()};
  auto text = age::open_bytes(*sealed, identities);
  if (!text && text.error().code() == Code::denied)
    return Error(Code::denied, "this key file does not open the log key of this archive");
  if (!text) return text.error().in(name.text());
  if (text->size() != kLogKeyStart.size() + 32 || !text->expose_text().starts_with(kLogKeyStart))
    return Error(Code::corrupt, name.text() + " holds no log key");
  return Secret<32>::copy_of(text->expose().subspan(kLogKeyStart.size()).first<32>());
}

SecretBytes log_key_text(const Secret<32>& log_seed) {
  SecretBytes text(kLogKeyStart.size() + 32);
  std::copy(kLogKeyStart.begin(), kLogKeyStart.end(), text.expose_mut().begin());
  std::copy(log_seed.expose().begin(), log_seed.expose().end(), text.expose_mut().begin() + kLogKeyStart.size());
  return text;
}

}  // namespace

Home::Home(const Doors& doors, Place& place, const Charter& charter, Secret<32> log_seed,
           std::unique_ptr<FileLock> lock)
    : doors_(doors),
      place_(place),
      log_seed_(Secret<32>::copy_of(log_seed.expose())),
      lock_(std::move(lock)),
      log_(charter.log()),
      signer_(charter.origin, std::move(log_seed)),
      appender_(place.store(), place.head(), log_, signer_) {}

Result<std::unique_ptr<Home>> Home::open(const Doors& doors, Place& place, const Charter& charter,
                                         const HolderKeys& holder) {
  const std::string where = place.store().where();
  const auto has_home = place.store().size(place_name());
  if (!has_home && has_home.error().code() != Code::not_found) return has_home.error();
  if (!has_home) {
    return Error(Code::denied,
                 where +
                     " is a copy: it can be read, checked and carried on, but only the home of the archive takes in "
                     "deposits, and the home is elsewhere");
  }
  TRY_ASSIGN(const bool here, is_home(place, charter));
  if (!here) {
    return Error(
        Code::denied,
        where +
            " was copied from the home of the archive or restored from a backup of it. If both appended, the log "
            "would fork and prove nothing. Work in the home itself, or rename " +
            join(where, "home") + " to make this a plain copy (it holds the log key: do not delete the last one)");
  }
  auto lock = place.lock();
  if (!lock) return lock.error();
  TRY_ASSIGN(Secret<32> seed, open_log_key(place.store(), charter, holder));
  std::unique_ptr<Home> home(new Home(doors, place, charter, std::move(seed), std::move(*lock)));
  TRY(home->check_is_newest(charter));
  return home;
}

/// Another run may have changed the charter before the lock was ours. Whoever went on under the older one would sign
/// trees with a log key whose time is over.
Result<void> Home::check_is_newest(const Charter& charter) {
  const auto beside = read_charter(store(), std::nullopt);
  if (!beside || beside->charter.version < charter.version) return {};
  if (render_charter(beside->charter) == render_charter(charter)) return {};
  return Error(Code::conflict, "the charter was changed while this was at work: charter/" +
                                   std::to_string(beside->charter.version) +
                                   " is there now. Nothing was done; run it again");
}

Result<void> Home::finish_earlier(const std::optional<IdPin>& pin) {
  TRY(appender_.finish_earlier());
  const auto view = view_archive(store(), pin);
  if (!view && view.error().code() == Code::not_found) return {};  // nothing is logged yet
  if (!view) return view.error();
  TRY_ASSIGN(const FoundCharter beside, read_charter(store(), pin));
  std::vector<Bytes> entries;
  for (std::size_t i = view->chain.versions.size(); i < beside.versions.size(); ++i) {
    entries.emplace_back(beside.versions[i].note.begin(), beside.versions[i].note.end());
  }
  if (entries.empty()) return {};
  TRY(add_log_key(doors_, store(), beside.charter, log_seed_));
  TRY(appender_.append(entries, view->head.head));
  return {};
}

Result<void> make_home(const Doors& doors, Place& place, const Charter& charter, const Secret<32>& log_seed) {
  Store& store = place.store();
  TRY(add_log_key(doors, store, charter, log_seed));
  const auto checkpoint = store.get(ObjectName("checkpoint"), kSmallFileBytesMax);
  if (!checkpoint && checkpoint.error().code() != Code::not_found) return checkpoint.error();
  if (checkpoint) {
    TRY_ASSIGN(const auto earlier, place.head().read());
    TRY(place.head().compare_and_swap(earlier, *checkpoint));
  }
  // The place last: before it this is a copy like any other.
  TRY_ASSIGN(const std::string text, current_place(place, charter));
  return store.replace(place_name(), as_view(text));
}

Result<void> add_log_key(const Doors& doors, Store& store, const Charter& charter, const Secret<32>& log_seed) {
  const SecretBytes text = log_key_text(log_seed);
  for (const Holder& holder : charter.custodians) {
    TRY_ASSIGN(const auto recipient, age::parse_recipient(holder.recipient));
    const age::Recipient* const recipients[] = {recipient.get()};
    TRY_ASSIGN(const Bytes sealed, age::seal_bytes(text.expose(), recipients, doors.random));
    TRY(store.replace(log_key_name(charter, holder.pseudonym()), sealed));
  }
  return {};
}

Result<bool> is_home(Place& place, const Charter& charter) {
  auto text = place.store().get(place_name(), kSmallFileBytesMax);
  if (!text && text.error().code() == Code::not_found) return false;
  if (!text) return text.error();
  TRY_ASSIGN(const std::string current, current_place(place, charter));
  return as_text(*text) == current;
}

}  // namespace muniment
