// For the tests and fuzzers of this room: an archive of several people. Three custodians, a partner who only reads, and
// trustees, with keys that are the same in every run; and what it takes to write charters and orders in their names.
// Doubles come from testing/, which the test files include themselves.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "archive/archive_testing.h"
#include "archive/charter_chain.h"
#include "archive/charter_reader.h"
#include "archive/home.h"
#include "archive/order.h"
#include "archive/readme.h"
#include "archive/trustees.h"

namespace muniment {

/// Who signs.
using Hands = std::vector<const SignerKey*>;

inline std::string signed_by(const std::string& text, const Hands& hands) { return sign_note(text, hands); }
inline std::string signed_by(const Charter& charter, const Hands& hands) {
  return signed_by(render_charter(charter), hands);
}

inline Secret<32> secret_of(std::uint8_t byte) {
  Secret<32> secret;
  std::ranges::fill(secret.expose_mut(), byte);
  return secret;
}

inline age::X25519Identity age_key_of(std::uint8_t byte) { return age::X25519Identity(secret_of(byte)); }
inline std::string recipient_of(std::uint8_t byte) { return age_key_of(byte).recipient().text(); }

inline HolderKeys holder_of(const std::string& pseudonym, std::uint64_t seed) {
  class Repeating final : public Random {
   public:
    explicit Repeating(std::uint64_t seed) : byte_(static_cast<std::uint8_t>(seed)) {}
    void fill(MutableBytes bytes) override { std::ranges::fill(bytes, byte_++); }

   private:
    std::uint8_t byte_;
  };
  Repeating random(seed);
  return HolderKeys::make(pseudonym, random);
}

inline TrusteesKeys trustees_keys_of(std::uint8_t byte) {
  return std::move(*TrusteesKeys::derive(secret_of(byte), /*hybrid=*/false));
}

/// What a charter says of trustees with these keys: two of three.
inline Trustees trustees_of(const TrusteesKeys& keys, std::uint64_t set = 1) {
  Trustees trustees;
  trustees.threshold = 2;
  trustees.count = 3;
  trustees.set = set;
  trustees.recipient = keys.recipient();
  trustees.key = keys.signer().verifier();
  for (unsigned i = 1; i <= trustees.count; ++i) {
    ShareCommitment share{.number = i, .salt = {}, .digest = sha256(Bytes(i, 7))};
    share.salt.fill(static_cast<std::uint8_t>(i));
    trustees.shares.push_back(share);
  }
  return trustees;
}

inline constexpr const char* kPeopleOrigin = "0123456789abcdef0123456789abcdef.muniment";
inline constexpr std::uint8_t kPeopleLogByte = 0x22;

struct TestPeople {
  HolderKeys one = holder_of("custodian-1", 0x41);
  HolderKeys two = holder_of("custodian-2", 0x51);
  HolderKeys three = holder_of("custodian-3", 0x61);
  HolderKeys stranger = holder_of("custodian-9", 0x71);
  age::X25519Identity partner = age_key_of(0x81);
  TrusteesKeys trustees = trustees_keys_of(0x91);
  TrusteesKeys next_trustees = trustees_keys_of(0xa1);  // of the next deal

  const SignerKey* first() const { return &one.signer(); }
  const SignerKey* second() const { return &two.signer(); }
  const SignerKey* third() const { return &three.signer(); }
  const SignerKey* outsider() const { return &stranger.signer(); }
  const SignerKey* all_trustees() const { return &trustees.signer(); }

  /// charter/1. Custodians, partner and trustees open what their compartment says; nothing lies behind the names.
  Charter charter() const {
    Charter charter;
    charter.origin = kPeopleOrigin;
    charter.home = std::string(32, 'b');
    charter.custodians = {one.holder(), two.holder(), three.holder()};
    charter.partners = {{.pseudonym = "partner-1", .recipient = partner.recipient().text()}};
    charter.trustees = trustees_of(trustees);
    charter.rules.charter = 2;
    charter.log_keys = {{signer_of(kPeopleOrigin, kPeopleLogByte).verifier(), 0}};
    charter.objects = {{ObjectName("README.txt"), sha256(as_view("README.txt"))}};
    add_compartment(charter, kEvidence, 0xb1, {"custodian-1", "custodian-2", "custodian-3", kTrustees});
    add_compartment(charter, kIdentities, 0xb2, {kTrustees});
    add_compartment(charter, "case-12", 0xb3, {"partner-1", kTrustees});
    return charter;
  }

  static void add_compartment(Charter& charter, const std::string& name, std::uint8_t key_byte,
                              std::vector<std::string> openers) {
    for (const std::string& opener : openers) {
      const ObjectName file = keyring_name(charter.version, name, opener);
      charter.objects.push_back({file, sha256(as_view(file.text()))});
    }
    charter.compartments.push_back({.name = name,
                                    .is_closed = false,
                                    .recipient = recipient_of(key_byte),
                                    .hybrid = {},
                                    .openers = std::move(openers)});
  }
};

/// The same charter as the next version, for a change to be made in it.
inline Charter next_of(const FoundCharter& chain) {
  Charter next = chain.charter;
  next.version = chain.charter.version + 1;
  next.archive = chain.id;
  next.previous = chain.versions.back().digest;
  return next;
}

/// Another file in the keyring, under the charter's own number.
inline void rename_keyring_file(Charter& charter, const ObjectName& old, std::string_view compartment,
                                std::string_view opener) {
  std::erase_if(charter.objects, [&](const LoggedObject& object) { return object.name == old; });
  const ObjectName fresh = keyring_name(charter.version, compartment, opener);
  charter.objects.push_back({fresh, sha256(as_view(fresh.text()))});
}

/// An archive on a disk with all these people in charter/1. Evidence opens to custodian-1 and the trustees.
inline Result<TestArchive> found_with_people(const Doors& doors, const std::string& root, const TestPeople& people) {
  FolderStore store(doors.fs, root, doors.random);
  Charter charter = people.charter();
  charter.objects.clear();
  charter.compartments.clear();
  charter.objects.push_back({ObjectName("README.txt"), sha256(as_view(readme_text()))});
  TRY(store.put(ObjectName("README.txt"), as_view(readme_text())));
  for (const std::string name : {kEvidence, kIdentities}) {
    TRY_ASSIGN(const CompartmentKeys keys, CompartmentKeys::make(doors.random, false));
    std::vector<std::string> openers{kTrustees};
    if (name == kEvidence) openers.insert(openers.begin(), "custodian-1");
    for (const std::string& opener : openers) {
      TRY_ASSIGN(const Bytes file, seal_compartment_keys(keys, charter.recipient_of(opener), doors.random));
      TRY(store.put(keyring_name(1, name, opener), file));
      charter.objects.push_back({keyring_name(1, name, opener), sha256(file)});
    }
    charter.compartments.push_back({name, false, keys.recipient(), {}, openers});
  }
  const std::string note = signed_by(charter, {people.first(), people.all_trustees()});
  TRY(parse_charter(note));
  TRY(store.put(charter_name(1), as_view(note)));
  FolderPlace place(doors, root);
  TRY(make_home(doors, place, charter, secret_of(kPeopleLogByte)));
  TRY_ASSIGN(HolderKeys custodian, HolderKeys::parse(people.one.text().expose_text()));
  {
    TRY_ASSIGN(const auto home, Home::open(doors, place, charter, custodian));
    TRY(home->appender().append({bytes_of(note)}));
  }
  return TestArchive{root, std::move(custodian), sha256(as_view(note))};
}

/// An order's number from a digit: "77777777777777777777777777777777".
inline std::string number_of(char digit) { return std::string(32, digit); }

inline Order order_of(OrderKind kind, char digit, std::vector<Sha256> deposits = {}) {
  Order order;
  order.kind = kind;
  order.number = number_of(digit);
  order.date = "2026-01-02";
  if (kind == OrderKind::remove) order.hold_days = Rules{}.hold_days;
  order.deposits = std::move(deposits);
  return order;
}

/// A reseal of one deposit.
inline Order reseal_of(char digit, const Sha256& deposit, std::uint64_t number, const Bytes& header,
                       const Bytes& contents, bool drops_older) {
  Order order = order_of(OrderKind::reseal, digit);
  const std::string folder = deposit_folder(deposit) + "/";
  order.drops_older = drops_older;
  order.objects = {{ObjectName(folder + header_name(number)), sha256(header)},
                   {ObjectName(folder + contents_name(number)), sha256(contents)}};
  return order;
}

}  // namespace muniment
