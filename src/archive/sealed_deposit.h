// A sealed deposit as files in a folder: in somebody's hand, in incoming/, or in an archive.
#pragma once

#include <functional>
#include <string>

#include "archive/receipt.h"
#include "base/fs.h"

namespace muniment {

/// Reads an object of one deposit by its name in the deposit's folder. Errors: as Store::get.
using DepositSource = std::function<Result<Bytes>(const std::string& name, std::uint64_t bytes_max)>;

DepositSource source_in_folder(Fs& fs, std::string folder);
DepositSource source_in_store(Store& store, const Sha256& id);

/// An object read whole and held against its digest. Errors: `corrupt` (missing, too long or altered; the sentence
/// names it), those of the source.
Result<Bytes> get_checked(const DepositSource& source, const std::string& name, const Sha256& digest,
                          std::uint64_t bytes_max);

/// True when the folder holds a file that starts like a receipt of ours.
bool is_sealed_deposit(Fs& fs, const std::string& folder);

/// The receipt in a folder and its id. Errors: `corrupt`, `not_found`.
struct FoundReceipt {
  std::string text;
  Receipt receipt;
  Sha256 id;
};
Result<FoundReceipt> read_receipt(Fs& fs, const std::string& folder);
/// The same from wherever it lies; `where` is for sentences.
Result<FoundReceipt> read_receipt(const DepositSource& source, const std::string& where);

/// The receipt of the deposit that the log names, held against its id. Errors: as get_checked, `limit`.
Result<Receipt> read_logged_receipt(const DepositSource& source, const Sha256& id);

/// Called with each object of a deposit after it has been checked: SHA256SUMS, header-0, contents-0.age, the parts.
using ObjectVisitor = std::function<Result<void>(const std::string& name, ByteView bytes)>;

/// Reads every object of the deposit and holds it against the receipt. Errors: those of get_checked, of the visitor.
Result<void> visit_deposit(const DepositSource& source, const Receipt& receipt, const ObjectVisitor& visit);

}  // namespace muniment
