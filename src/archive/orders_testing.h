// For the tests of this room and of those above: an archive of two custodians and trustees, and orders of theirs.
// Doubles come from testing/, which the test files include themselves.
#pragma once

#include <string>
#include <vector>

#include "archive/archive_testing.h"
#include "archive/order.h"
#include "archive/trustees.h"

namespace muniment {

/// What two of three trustees have when they come together.
inline TrusteesKeys test_trustees() {
  Secret<32> secret;
  std::ranges::fill(secret.expose_mut(), std::uint8_t{99});
  return *TrusteesKeys::derive(secret, false);
}

/// An archive whose people can order something: custodian-1 and custodian-2, who open `evidence`, and trustees.
/// charter/2 is entry 1.
class PeoplesArchive {
 public:
  PeoplesArchive(const Doors& doors, const std::string& root, std::uint64_t removals_per_week = 20)
      : doors_(doors), archive(found(root)), store(doors.fs, root, doors.random) {
    const FoundCharter chain = *read_charter(store, std::nullopt);
    Charter next = chain.charter;
    next.version = 2;
    next.archive = next.previous = chain.id;
    next.custodians.push_back(second.holder());
    next.rules.removals_per_week = removals_per_week;
    const auto keys =
        *open_compartment(store, chain.charter, kEvidence, Opener{"custodian-1", archive.custodian.identity()});
    const Bytes file = *seal_compartment_keys(*keys, second.holder().recipient, doors.random);
    const ObjectName name = keyring_name(2, kEvidence, "custodian-2");
    MUNIMENT_CHECK(store.put(name, file).has_value());
    next.objects.push_back({name, sha256(file)});
    next.compartments[0].openers = {"custodian-1", "custodian-2", kTrustees};
    const SignerKey* const signers[] = {&archive.custodian.signer(), &second.signer(), &trustees.signer()};
    const std::string note = sign_note(render_charter(next), signers);
    append({note});
    MUNIMENT_CHECK(store.put(charter_name(2), as_view(note)).has_value() && store.flush());
  }

  /// Seals one file and logs it; gives the deposit's id.
  Sha256 deposit(const std::string& name, const Bytes& bytes) { return deposit_for(kEvidence, name, bytes); }
  Sha256 deposit_for(const std::string& compartment, const std::string& name, const Bytes& bytes) {
    MUNIMENT_CHECK(make_folders(doors_.fs, "given") && create_durably(doors_.fs, "given/" + name, bytes));
    return take_in(doors_, archive, {"given/" + name}, {}, compartment)->taken.at(0).id;
  }

  void append(const std::vector<std::string>& texts) {
    std::vector<Bytes> entries;
    for (const std::string& text : texts) entries.push_back(bytes_of(text));
    MUNIMENT_CHECK(append_entries(doors_, archive, entries).has_value());
  }

  /// An order with a number of its own.
  Order order(OrderKind kind, std::vector<Sha256> deposits = {}) {
    Order made;
    made.kind = kind;
    made.number = make_order_number(doors_.random);
    made.date = "2026-02-03";
    made.hold_days = 30;
    std::ranges::sort(deposits);
    made.deposits = std::move(deposits);
    return made;
  }
  /// Signs it and logs it.
  void log(const Order& made, const std::vector<const SignerKey*>& signers) {
    append({sign_note(render_order(made, archive.id), signers)});
  }
  /// Signed by both custodians.
  Order log_by_two(const Order& made) {
    log(made, {&one(), &two()});
    return made;
  }
  Order remove(std::vector<Sha256> deposits) { return log_by_two(order(OrderKind::remove, std::move(deposits))); }
  Order veto(const Order& removal) {
    Order made = order(OrderKind::veto);
    made.removal = removal.number;
    log(made, {&two()});
    return made;
  }

  const SignerKey& one() const { return archive.custodian.signer(); }
  const SignerKey& two() const { return second.signer(); }
  ArchiveView view() { return *view_of(doors_, archive); }
  IdPin pin() const { return IdPin::of(archive.id); }

 private:
  TestArchive found(const std::string& root) {
    HolderKeys custodian = HolderKeys::make("custodian-1", doors_.random);
    const FoundingTrustees founding{.trustees = {.threshold = 2,
                                                 .count = 3,
                                                 .set = 1,
                                                 .recipient = trustees.recipient(),
                                                 .key = trustees.signer().verifier(),
                                                 .shares = {{1, {}, {}}, {2, {}, {}}, {3, {}, {}}}},
                                    .keys = trustees};
    const auto founded = found_archive(doors_, root, custodian, &founding);
    MUNIMENT_CHECK(founded.has_value());
    return TestArchive{root, std::move(custodian), founded->id};
  }

  Doors doors_;

 public:
  TrusteesKeys trustees = test_trustees();
  TestArchive archive;
  FolderStore store;
  HolderKeys second = HolderKeys::make("custodian-2", doors_.random);
};

}  // namespace muniment
