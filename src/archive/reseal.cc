#include "archive/reseal.h"

#include <algorithm>
#include <array>

#include "age/file.h"
#include "archive/open.h"

namespace muniment {
namespace {

/// Reads to the end and keeps nothing.
class Discard final : public FileHandler {
 public:
  Result<void> begin_file(const ContentsFile&) override { return {}; }
  Result<void> data(ByteView) override { return {}; }
  Result<void> end_file(const ContentsFile&) override { return {}; }
};

Result<void> put_fresh(Store& store, const ObjectName& name, ByteView bytes) {
  const auto put = store.put(name, bytes);
  if (put || put.error().code() != Code::conflict) return put;
  return store.replace(name, bytes);
}

/// A number below `count`, each as likely as any other.
std::size_t pick(Random& random, std::size_t count) {
  const std::uint32_t whole = UINT32_MAX - UINT32_MAX % static_cast<std::uint32_t>(count);
  for (;;) {
    std::array<std::uint8_t, 4> bytes{};
    random.fill(bytes);
    std::uint32_t value = 0;
    for (const std::uint8_t byte : bytes) value = value << 8 | byte;
    if (value < whole) return value % count;
  }
}

Result<void> check_one(Store& store, const ArchiveView& view, const NamedSeal& named, const age::Identity& key) {
  const LoggedDeposit* deposit = view.deposit(named.deposit);
  if (deposit == nullptr) return Error(Code::corrupt, "it is not in the log");
  if (named.number != deposit->newest_seal() + 1) {
    return Error(Code::corrupt, "seal " + std::to_string(named.number) + " is not the next one");
  }
  const DepositSource source = source_in_store(store, named.deposit);
  TRY_ASSIGN(const Receipt receipt, read_logged_receipt(source, named.deposit));
  Discard discard;
  TRY(open_deposit(source, receipt, {named.number, named.header, named.contents}, key, discard));
  return {};
}

}  // namespace

Result<NewSeal> make_seal(Store& store, const LoggedDeposit& deposit, const age::Identity& key,
                          const std::string& recipient, Random& random) {
  if (deposit.removal)
    return Error(Code::conflict, "the deposit was removed by entry " + std::to_string(deposit.removal->index) +
                                     ": there is nothing to seal anew");
  TRY_ASSIGN(const auto parsed, age::parse_recipient(recipient));
  const age::Recipient* const recipients[] = {parsed.get()};
  const age::Identity* const identities[] = {&key};
  const DepositSource source = source_in_store(store, deposit.id);
  TRY_ASSIGN(const Receipt receipt, read_logged_receipt(source, deposit.id));
  TRY_ASSIGN(const Seal old, find_seal(source, receipt, deposit, key));
  TRY_ASSIGN(const Bytes old_header, get_checked(source, header_name(old.number), old.header, kHeaderBytesMax));
  auto header = age::reseal_header(old_header, identities, recipients, random);
  if (!header) return header.error().in(header_name(old.number));
  TRY_ASSIGN(const SecretBytes plain, open_contents_bytes(source, receipt, old, key));
  TRY_ASSIGN(Bytes contents, age::seal_bytes(plain.expose(), recipients, random));
  return NewSeal{std::move(*header), std::move(contents)};
}

Result<std::vector<LoggedObject>> reseal_deposit(Store& store, const LoggedDeposit& deposit, const age::Identity& key,
                                                 const std::string& recipient, Random& random) {
  TRY_ASSIGN(const NewSeal seal, make_seal(store, deposit, key, recipient, random));
  const std::string folder = deposit_folder(deposit.id) + "/";
  const std::uint64_t number = deposit.newest_seal() + 1;
  const LoggedObject header{ObjectName(folder + header_name(number)), sha256(seal.header)};
  const LoggedObject contents{ObjectName(folder + contents_name(number)), sha256(seal.contents)};
  TRY(put_fresh(store, header.name, seal.header));
  TRY(put_fresh(store, contents.name, seal.contents));
  TRY(store.flush());
  return std::vector<LoggedObject>{header, contents};
}

Result<OfCompartment> find_compartment_of(Store& store, const Charter& charter, const LoggedDeposit& deposit,
                                          const Opener& opener) {
  const DepositSource source = source_in_store(store, deposit.id);
  TRY_ASSIGN(const Receipt receipt, read_logged_receipt(source, deposit.id));
  Error refusal(Code::denied, "deposit " + deposit.id.hex().substr(0, 16) +
                                  " does not open with the key of any compartment that this key opens");
  for (const Compartment& compartment : charter.compartments) {
    auto keys = open_compartment(store, charter, compartment.name, opener);
    if (!keys) continue;
    const auto opened = find_seal(source, receipt, deposit, **keys);
    if (opened) return OfCompartment{&compartment, std::move(*keys), *opened};
    if (opened.error().code() != Code::denied) refusal = opened.error();
  }
  return refusal;
}

Result<std::vector<Sha256>> check_reseal_sample(Store& store, const ArchiveView& view, const Order& reseal,
                                                const age::Identity& key, Random& random) {
  TRY_ASSIGN(auto seals, seals_of(reseal));
  const std::size_t count = std::min(seals.size(), kResealSample);
  std::vector<Sha256> opened;
  for (std::size_t i = 0; i < count; ++i) {
    std::swap(seals[i], seals[i + pick(random, seals.size() - i)]);
    if (auto checked = check_one(store, view, seals[i], key); !checked) {
      return checked.error().in("deposit " + seals[i].deposit.hex().substr(0, 16) +
                                " does not open under its new seal");
    }
    opened.push_back(seals[i].deposit);
  }
  return opened;
}

}  // namespace muniment
