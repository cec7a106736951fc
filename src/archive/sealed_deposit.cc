#include "archive/sealed_deposit.h"

namespace muniment {

DepositSource source_in_folder(Fs& fs, std::string folder) {
  return [&fs, folder = std::move(folder)](const std::string& name, std::uint64_t bytes_max) {
    return read_file(fs, join(folder, name), bytes_max);
  };
}

DepositSource source_in_store(Store& store, const Sha256& id) {
  return [&store, folder = deposit_folder(id)](const std::string& name, std::uint64_t bytes_max) {
    return store.get(ObjectName(folder + "/" + name), bytes_max);
  };
}

Result<Bytes> get_checked(const DepositSource& source, const std::string& name, const Sha256& digest,
                          std::uint64_t bytes_max) {
  auto bytes = source(name, bytes_max);
  if (!bytes && bytes.error().code() == Code::not_found) return Error(Code::corrupt, name + " is missing");
  if (!bytes && bytes.error().code() == Code::limit) return Error(Code::corrupt, name + " is longer than it was");
  if (!bytes) return bytes.error();
  if (sha256(*bytes) != digest) return Error(Code::corrupt, name + " has been altered or cut");
  return bytes;
}

bool is_sealed_deposit(Fs& fs, const std::string& folder) {
  // Whatever else is called "receipt" (a folder, a link, a scan that cannot be read) is evidence like any other.
  const auto text = read_file(fs, join(folder, "receipt"), kReceiptBytesMax);
  return text && as_text(*text).starts_with("muniment/deposit/");
}

Result<FoundReceipt> read_receipt(Fs& fs, const std::string& folder) {
  return read_receipt(source_in_folder(fs, folder), folder);
}

Result<FoundReceipt> read_receipt(const DepositSource& source, const std::string& where) {
  TRY_ASSIGN(const Bytes bytes, source("receipt", kReceiptBytesMax));
  FoundReceipt found{.text = std::string(as_text(bytes)), .receipt = {}, .id = {}};
  auto receipt = parse_receipt(found.text);
  if (!receipt) return receipt.error().in(join(where, "receipt"));
  found.receipt = *receipt;
  found.id = deposit_id(found.text);
  return found;
}

Result<Receipt> read_logged_receipt(const DepositSource& source, const Sha256& id) {
  TRY_ASSIGN(const Bytes text, get_checked(source, "receipt", id, kReceiptBytesMax));
  return parse_receipt(as_text(text));
}

Result<void> visit_deposit(const DepositSource& source, const Receipt& receipt, const ObjectVisitor& visit) {
  TRY_ASSIGN(const Bytes header, get_checked(source, "header-0", receipt.header, kHeaderBytesMax));
  TRY(visit("header-0", header));
  TRY_ASSIGN(const Bytes contents, get_checked(source, "contents-0.age", receipt.sealed_contents, kContentsBytesMax));
  TRY(visit("contents-0.age", contents));
  TRY_ASSIGN(const Bytes sums, get_checked(source, "SHA256SUMS", receipt.sums, receipt.parts * kSumsLineBytes));
  TRY_ASSIGN(const auto parts, parse_sums(as_text(sums), receipt.parts));
  TRY(visit("SHA256SUMS", sums));
  for (std::uint64_t i = 0; i < receipt.parts; ++i) {
    TRY_ASSIGN(const Bytes part, get_checked(source, part_name(i), parts[i], part_size(receipt, i)));
    TRY(visit(part_name(i), part));
  }
  return {};
}

}  // namespace muniment
