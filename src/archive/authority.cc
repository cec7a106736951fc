#include "archive/authority.h"

#include <algorithm>

#include "base/encoding.h"

namespace muniment {
namespace {

bool is_custodian(const Charter& charter, const std::string& name) { return charter.find_custodian(name) != nullptr; }

/// What no custodian opens is held closed.
bool is_held_closed(const Charter& charter, const Compartment& compartment) {
  return std::ranges::none_of(compartment.openers,
                              [&](const std::string& opener) { return is_custodian(charter, opener); });
}

bool has_opener(const Compartment& compartment, std::string_view name) {
  return std::ranges::find(compartment.openers, name) != compartment.openers.end();
}

/// Custodians and partners may come and go where custodians open; everything else of a compartment is the trustees'.
bool changes_what_is_the_trustees(const Charter& now, const Compartment& before, const Charter& next,
                                  const Compartment& after) {
  if (before.recipient != after.recipient || before.hybrid != after.hybrid || before.is_closed != after.is_closed) {
    return true;
  }
  if (has_opener(before, kTrustees) != has_opener(after, kTrustees)) return true;
  if (!is_held_closed(now, before)) return false;
  // A name is not the person: whoever bears it may have got another key, or become a custodian.
  const auto is_another = [&](const std::string& name) { return now.recipient_of(name) != next.recipient_of(name); };
  return before.openers != after.openers || !is_held_closed(next, after) ||
         std::ranges::any_of(before.openers, is_another);
}

/// A keyring file that gives the trustees, or a compartment that is held closed, its keys.
bool is_of_the_trustees(const Charter& charter, const LoggedObject& object) {
  const auto file = parse_keyring_name(object.name);
  if (!file) return false;
  const Compartment* compartment = charter.find_compartment(file->compartment);
  return file->opener == kTrustees || (compartment != nullptr && is_held_closed(charter, *compartment));
}

bool names(const Charter& charter, const ObjectName& name) {
  return std::ranges::find(charter.objects, name, &LoggedObject::name) != charter.objects.end();
}

/// Without its keyring file a compartment is lost to its openers, and a false one in its place is no better.
bool changes_keyring_files_of_the_trustees(const Charter& now, const Charter& next) {
  const auto is_new = [&](const LoggedObject& object) {
    return is_of_the_trustees(next, object) && !names(now, object.name);
  };
  const auto is_gone = [&](const LoggedObject& object) {
    return is_of_the_trustees(now, object) && !names(next, object.name);
  };
  return std::ranges::any_of(next.objects, is_new) || std::ranges::any_of(now.objects, is_gone);
}

/// Objects are never overwritten: a new keyring file has the new charter's number, and only keyring files are let go.
Result<void> check_objects(const Charter& now, const Charter& next) {
  for (const LoggedObject& object : next.objects) {
    const auto before = std::ranges::find(now.objects, object.name, &LoggedObject::name);
    if (before != now.objects.end() && before->digest != object.digest) {
      return Error(Code::forged, "the charter overwrites " + object.name.text());
    }
    const auto file = parse_keyring_name(object.name);
    if (before == now.objects.end() && file && file->version != next.version) {
      return Error(Code::forged, "the charter brings " + object.name.text() + ", whose number is not its own");
    }
  }
  for (const LoggedObject& object : now.objects) {
    if (!parse_keyring_name(object.name) && !names(next, object.name)) {
      return Error(Code::forged, "the charter lets go of " + object.name.text() + ", which every copy needs");
    }
  }
  return {};
}

/// Shares are dealt anew as a whole: a new secret, new keys, the next number.
Result<void> check_new_deal(const Charter& now, const Charter& next) {
  if (!now.trustees || !next.trustees || now.trustees == next.trustees) return {};
  const Trustees& before = *now.trustees;
  const Trustees& after = *next.trustees;
  if (after.set == before.set + 1 && after.key.key != before.key.key && after.recipient != before.recipient) return {};
  return Error(Code::corrupt, "the charter's trustees are neither those of set " + std::to_string(before.set) +
                                  " nor dealt anew with other keys as set " + std::to_string(before.set + 1));
}

std::string count_text(unsigned people) { return std::to_string(people) + (people == 1 ? " person" : " people"); }

}  // namespace

std::string Signers::text() const {
  std::string all;
  for (const std::string& name : custodians) all += (all.empty() ? "" : " and ") + name;
  if (trustees) all += std::string(all.empty() ? "" : " and ") + "the trustees";
  return all.empty() ? "nobody" : all;
}

Result<Signers> find_signers(const Note& note, const Charter& charter) {
  std::vector<VerifierKey> keys = charter.custodian_keys();
  if (charter.trustees) keys.push_back(charter.trustees->key);
  TRY_ASSIGN(const auto found, verify_note(note, keys));
  Signers signers;
  for (const std::size_t i : found) {
    if (i < charter.custodians.size()) {
      signers.custodians.push_back(keys[i].name);
      ++signers.people;
    } else {
      signers.trustees = true;
      signers.people += charter.trustees->threshold;
    }
  }
  return signers;
}

Result<Signers> find_signers_so_far(const Note& note, const Charter& charter) {
  const auto is_known = [&](const NoteSignature& signature) {
    const auto is_by = [&](const VerifierKey& key) {
      return key.name == signature.name && key.id() == signature.key_id;
    };
    return std::ranges::any_of(charter.custodians, is_by, &Holder::key) ||
           (charter.trustees && is_by(charter.trustees->key));
  };
  if (std::ranges::none_of(note.signatures, is_known)) return Signers{};
  return find_signers(note, charter);
}

Result<void> check_enough(const Signers& signers, const Charter& charter, unsigned people, bool needs_trustees) {
  if (needs_trustees && charter.trustees && !signers.trustees) {
    return Error(Code::denied, "signed by " + signers.text() + "; this needs the trustees, " +
                                   std::to_string(charter.trustees->threshold) + " of " +
                                   std::to_string(charter.trustees->count));
  }
  if (signers.people < people) {
    return Error(Code::denied, "signed by " + signers.text() + "; the charter asks for " + count_text(people) +
                                   (charter.trustees ? " (the trustees together count as " +
                                                           std::to_string(charter.trustees->threshold) + ")"
                                                     : std::string()));
  }
  return {};
}

Result<void> check_signed_by_its_own(const Charter& charter, const Note& note) {
  TRY_ASSIGN(const Signers signers, find_signers(note, charter));
  if (charter.version > 1) {
    const auto enough = check_enough(signers, charter, charter.rules.charter, /*needs_trustees=*/false);
    return enough ? enough : Error(Code::forged, enough.error().sentence());
  }
  if (signers.custodians.empty()) return Error(Code::forged, "no custodian whom the charter names has signed it");
  return {};
}

bool needs_trustees(const Charter& now, const Charter& next) {
  if (now.trustees != next.trustees || now.rules != next.rules || now.policy != next.policy) return true;
  for (const Compartment& before : now.compartments) {
    const Compartment* after = next.find_compartment(before.name);
    if (after == nullptr || changes_what_is_the_trustees(now, before, next, *after)) return true;
  }
  return next.compartments.size() != now.compartments.size() || changes_keyring_files_of_the_trustees(now, next);
}

Result<void> check_follows(const Sha256& archive, const Charter& now, const Sha256& now_digest, const Charter& next) {
  if (next.version <= now.version) {
    return Error(Code::corrupt, "charter/" + std::to_string(next.version) + " comes again after charter/" +
                                    std::to_string(now.version) + ": the first one that was logged counts");
  }
  if (next.version != now.version + 1) {
    return Error(Code::corrupt, "charter/" + std::to_string(next.version) + " skips a version: charter/" +
                                    std::to_string(now.version) + " is in force");
  }
  if (next.archive != archive) return Error(Code::forged, "the charter is of another archive");
  if (next.previous != now_digest) return Error(Code::forged, "the charter follows another one than that in force");
  if (next.origin != now.origin) return Error(Code::forged, "the charter gives the log another origin");
  const bool keeps_log_keys = next.log_keys.size() >= now.log_keys.size() &&
                              std::equal(now.log_keys.begin(), now.log_keys.end(), next.log_keys.begin());
  if (!keeps_log_keys || next.log_keys.size() > now.log_keys.size() + 1) {
    return Error(Code::forged, "the charter changes log keys that had their time, or brings more than one");
  }
  TRY(check_new_deal(now, next));
  return check_objects(now, next);
}

Result<void> check_succession(const Sha256& archive, const Charter& now, const Sha256& now_digest, const Charter& next,
                              const Note& note) {
  TRY(check_follows(archive, now, now_digest, next));
  const bool trustees_too = needs_trustees(now, next);
  TRY_ASSIGN(const Signers by_now, find_signers_so_far(note, now));
  if (auto enough = check_enough(by_now, now, now.rules.charter, trustees_too); !enough) {
    return enough.error().in("under charter/" + std::to_string(now.version));
  }
  TRY_ASSIGN(const Signers by_next, find_signers_so_far(note, next));
  if (auto enough = check_enough(by_next, next, next.rules.charter, trustees_too); !enough) {
    return enough.error().in("under charter/" + std::to_string(next.version));
  }
  return {};
}

}  // namespace muniment
