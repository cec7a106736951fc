// The receipt of a deposit: its exact bytes are the log entry, their SHA-256 is the deposit's id.
// Spec: docs/formats.md "Receipt".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "archive/entry.h"

namespace muniment {

inline constexpr std::uint64_t kPartBytes = 256ull * (65536 + 16);  // 256 sealed STREAM chunks
inline constexpr std::uint64_t kPartsMax = 262'144;                 // 4 TiB, so that their list fits into memory
inline constexpr std::uint64_t kHeaderBytesMax = 256 * 1024;
inline constexpr std::uint64_t kContentsBytesMax = 24ull << 20;   // sealed; docs/formats.md "Contents"
inline constexpr std::uint64_t kSumsLineBytes = 64 + 2 + 12 + 1;  // digest, two spaces, part-0000000, LF
inline constexpr std::uint64_t kReceiptBytesMax = 4096;

struct Receipt {
  Sha256 archive;
  Sha256 contents;  // of the plaintext contents, padding included
  Sha256 tree;      // SHA-256("muniment/tree/v1\n" count "\n" hex-root "\n")
  std::uint64_t bytes = 0;
  std::uint64_t parts = 0;
  Sha256 sums;             // SHA256SUMS
  Sha256 header;           // header-0
  Sha256 sealed_contents;  // contents-0.age
  bool operator==(const Receipt&) const = default;
};

/// What opens the parts of a deposit: header-<number> and contents-<number>.age.
struct Seal {
  std::uint64_t number = 0;
  Sha256 header;
  Sha256 contents;
};

/// The seal that the receipt names, number 0.
inline Seal first_seal(const Receipt& receipt) { return {0, receipt.header, receipt.sealed_contents}; }

std::string render_receipt(const Receipt& receipt);
/// True for what says of itself that it is a receipt.
bool is_receipt_text(std::string_view text);
/// Exactly the bytes that render_receipt gives. Errors: `corrupt`, `limit`.
Result<Receipt> parse_receipt(std::string_view text);

/// The id of a deposit, and the folder it lies in: "deposits/ab/abcd…".
Sha256 deposit_id(std::string_view receipt_text);
std::string deposit_folder(const Sha256& id);

/// "part-0000000"
std::string part_name(std::uint64_t index);
/// "header-0" and "contents-0.age": what opens the parts, by the number of the seal.
std::string header_name(std::uint64_t seal);
std::string contents_name(std::uint64_t seal);
/// The size of a part, from the receipt's bytes and parts.
std::uint64_t part_size(const Receipt& receipt, std::uint64_t index);

/// SHA256SUMS: one line for each part, in order. Errors: `corrupt`, also when the count is not `parts`.
std::string render_sums(const std::vector<Sha256>& parts);
Result<std::vector<Sha256>> parse_sums(std::string_view text, std::uint64_t parts);

}  // namespace muniment
