// A new charter as it is being put together: the charter in force, changed step by step, and the keyring files that go
// with it. Spec: docs/formats.md "Charter", "Keyring".
#pragma once

#include <map>
#include <string>
#include <vector>

#include "archive/charter_chain.h"
#include "archive/keyring.h"
#include "base/random.h"

namespace muniment {

/// A step that fails leaves the draft as it was, but for a compartment that was to be added.
class CharterDraft {
 public:
  /// The first charter of an archive: version 1, no compartments yet.
  explicit CharterDraft(Charter first) : charter_(std::move(first)) {}
  /// The charter after the newest one.
  static CharterDraft after(const FoundCharter& charters);

  const Charter& charter() const { return charter_; }
  const std::map<ObjectName, Bytes>& files() const { return files_; }

  /// Errors: `conflict` for a name that somebody has.
  Result<void> add_custodian(const Holder& holder);
  Result<void> add_partner(const Partner& partner);
  /// The person is in no list any more and opens nothing new. Errors: `not_found`, `invalid` for the last custodian.
  Result<void> retire(const std::string& name);

  void set_log_key(LogKey key) { charter_.log_keys.push_back(std::move(key)); }
  void set_home(std::string home) { charter_.home = std::move(home); }
  void set_rules(const Rules& rules) { charter_.rules = rules; }
  void set_policy(tlog::Policy policy) { charter_.policy = std::move(policy); }
  /// The trustees of a new deal. Their keyring files are made by renewing or granting.
  void set_trustees(Trustees trustees) { charter_.trustees = std::move(trustees); }
  /// README.txt and the like.
  void add_object(const LoggedObject& object) { charter_.objects.push_back(object); }

  /// A compartment with new keys. Errors: `conflict`, `invalid` for openers whom the charter does not know.
  Result<void> add_compartment(const std::string& name, const std::vector<std::string>& openers, bool hybrid,
                               Random& random);
  /// Somebody more opens; also anew, where the opener has another key now. `keys` are the compartment's.
  Result<void> grant(const std::string& compartment, const std::string& opener, const CompartmentKeys& keys,
                     Random& random);
  /// Errors: `not_found`; `invalid` for the last opener.
  Result<void> revoke(const std::string& compartment, const std::string& opener);
  /// New keys for what is sealed from now on; `keys` hold the older ones, too, and go to every opener.
  Result<void> renew(const std::string& compartment, CompartmentKeys& keys, bool hybrid, Random& random);
  Result<void> close(const std::string& compartment);

 private:
  Result<void> take_out(const std::string& name);
  Result<Compartment*> find(const std::string& name);
  void drop_keyring_files(std::string_view compartment, std::string_view opener);
  Result<void> add_keyring_file(const std::string& compartment, const std::string& opener, const CompartmentKeys& keys,
                                Random& random);
  void keep_threshold_possible();

  Charter charter_;
  std::map<ObjectName, Bytes> files_;
};

}  // namespace muniment
