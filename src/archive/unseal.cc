#include "archive/unseal.h"

#include "age/file.h"
#include "archive/open.h"
#include "base/encoding.h"
#include "base/secret_text.h"

namespace muniment {
namespace {

// The reader of a given seal must not take one of the deposit's own for it.
constexpr std::uint64_t kGivenNumber = UINT64_MAX;

struct TrusteesCompartment {
  std::string name;
  std::unique_ptr<CompartmentKeys> keys;
};

Result<std::vector<TrusteesCompartment>> open_all(Store& store, const ArchiveView& view, const TrusteesKeys& trustees) {
  std::vector<TrusteesCompartment> opened;
  for (const Compartment& compartment : view.charter.compartments) {
    auto keys = open_compartment(store, view.charter, compartment.name, trustees.opener());
    if (keys) {
      opened.push_back({compartment.name, std::move(*keys)});
    } else if (keys.error().code() != Code::denied) {
      return keys.error();
    }
  }
  return opened;
}

/// The compartment whose key opens the deposit. Errors: `denied`.
Result<const TrusteesCompartment*> find_compartment(Store& store, const ArchiveView& view, const LoggedDeposit& deposit,
                                                    const std::vector<TrusteesCompartment>& all) {
  const DepositSource source = source_in_store(store, deposit.id);
  TRY_ASSIGN(const Receipt receipt, read_logged_receipt(source, deposit.id));
  for (const TrusteesCompartment& each : all) {
    const auto opened = find_seal(source, receipt, deposit, *each.keys);
    if (opened) return &each;
    if (opened.error().code() != Code::denied) return opened.error();
  }
  std::string others;
  for (const Compartment& compartment : view.charter.compartments) {
    if (find_keyring_file(view.charter, compartment.name, kTrustees) != nullptr) continue;
    for (const std::string& opener : compartment.openers) others += (others.empty() ? "" : ", ") + opener;
  }
  return Error(Code::denied, "it is in no compartment that the trustees open" +
                                 (others.empty() ? std::string() : "; it may be for " + others + " to open"));
}

Result<Bytes> seal_reasons(const UnsealRequest& request, const TrusteesKeys& trustees, Random& random) {
  SecretText text(kReasonsBytesMax - 4096);  // its header and tag are less
  text.add("for " + request.asker + "\n");
  for (const Sha256& id : request.deposits) text.add("deposit " + id.hex() + "\n");
  text.add("\n" + request.reason + "\n");
  const SecretBytes plain = std::move(text).take();
  TRY_ASSIGN(const auto recipient, age::parse_recipient(trustees.recipient()));
  const age::Recipient* const recipients[] = {recipient.get()};
  return age::seal_bytes(plain.expose(), recipients, random);
}

}  // namespace

Result<Unsealed> unseal(Store& store, const ArchiveView& view, const TrusteesKeys& trustees,
                        const UnsealRequest& request, Random& random) {
  if (request.reason.empty() || request.reason.size() > kUnsealReasonBytesMax) {
    return Error(Code::invalid,
                 "an unsealing needs a reason, of " + std::to_string(kUnsealReasonBytesMax) + " bytes at the most");
  }
  if (request.deposits.empty() || request.deposits.size() > kOrderDepositsMax) {
    return Error(Code::invalid, "an unsealing names 1 to " + std::to_string(kOrderDepositsMax) + " deposits");
  }
  TRY(age::parse_recipient(request.asker));
  TRY(trustees.check(view.charter));
  TRY_ASSIGN(const auto compartments, open_all(store, view, trustees));
  Unsealed unsealed;
  const TrusteesCompartment* of_all = nullptr;
  for (const Sha256& id : request.deposits) {
    const std::string title = "deposit " + id.hex().substr(0, 16);
    const LoggedDeposit* deposit = view.deposit(id);
    if (deposit == nullptr) return Error(Code::not_found, title + " is not in the log");
    const auto found = find_compartment(store, view, *deposit, compartments);
    if (!found) return found.error().in(title);
    if (of_all != nullptr && of_all != *found) {
      return Error(Code::invalid, "the deposits are of the compartments \"" + of_all->name + "\" and \"" +
                                      (*found)->name + "\": unseal those of each on their own");
    }
    of_all = *found;
    auto seal = make_seal(store, *deposit, *of_all->keys, request.asker, random);
    if (!seal) return seal.error().in(title);
    unsealed.seals.push_back(std::move(*seal));
  }
  unsealed.order.kind = OrderKind::unseal;
  unsealed.order.number = make_order_number(random);
  unsealed.order.date = request.date;
  unsealed.order.compartment = of_all->name;
  unsealed.order.set = view.charter.trustees->set;
  unsealed.order.items = request.deposits.size();
  TRY_ASSIGN(unsealed.order.reasons, seal_reasons(request, trustees, random));
  return unsealed;
}

Result<SecretBytes> open_reasons(const Order& order, const TrusteesKeys& trustees) {
  const Opener opener = trustees.opener();
  const age::Identity* const identities[] = {&opener.identity};
  return age::open_bytes(order.reasons, identities);
}

Result<GivenSeal> take_given_seal(Fs& fs, const std::string& folder, DepositSource rest) {
  GivenSeal given;
  TRY_ASSIGN(const Bytes header, read_file(fs, join(folder, kUnsealedHeader), kHeaderBytesMax));
  TRY_ASSIGN(const Bytes contents, read_file(fs, join(folder, kUnsealedContents), kContentsBytesMax));
  given.seal = {kGivenNumber, sha256(header), sha256(contents)};
  given.source = [rest = std::move(rest), header, contents](const std::string& name,
                                                            std::uint64_t bytes_max) -> Result<Bytes> {
    if (name == header_name(kGivenNumber)) return header;
    if (name == contents_name(kGivenNumber)) return contents;
    return rest(name, bytes_max);
  };
  return given;
}

}  // namespace muniment
