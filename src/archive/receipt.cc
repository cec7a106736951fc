#include "archive/receipt.h"

#include <cstdio>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::string_view kReceiptFirstLine = "muniment/deposit/v1";
constexpr std::size_t kLines = 9;

/// What stands after "key " in a line. Errors: `corrupt` when the line is another one.
Result<std::string_view> line_value_of(std::string_view line, std::string_view key) {
  if (!line.starts_with(key) || line.size() <= key.size() || line[key.size()] != ' ') {
    return Error(Code::corrupt, "the receipt lacks its line \"" + std::string(key) + "\"");
  }
  return line.substr(key.size() + 1);
}

Result<Sha256> digest_of(std::string_view line, std::string_view key) {
  TRY_ASSIGN(const std::string_view value, line_value_of(line, key));
  return parse_sha256(value);
}

Result<Sha256> object_of(std::string_view line, std::string_view name) {
  TRY_ASSIGN(const LoggedObject object, parse_object_line(line));
  if (object.name.text() != name) return Error(Code::corrupt, "the receipt lacks its line for " + std::string(name));
  return object.digest;
}

std::string object_line(const Sha256& digest, const char* name) { return digest.hex() + "  " + name + "\n"; }

}  // namespace

std::string render_receipt(const Receipt& receipt) {
  std::string text(kReceiptFirstLine);
  text += "\narchive " + receipt.archive.hex();
  text += "\ncontents " + receipt.contents.hex();
  text += "\ntree " + receipt.tree.hex();
  text += "\nbytes " + std::to_string(receipt.bytes);
  text += "\nparts " + std::to_string(receipt.parts) + "\n";
  text += object_line(receipt.sums, "SHA256SUMS");
  text += object_line(receipt.header, "header-0");
  text += object_line(receipt.sealed_contents, "contents-0.age");
  return text;
}

bool is_receipt_text(std::string_view text) {
  return text.starts_with(kReceiptFirstLine) && text.size() > kReceiptFirstLine.size() &&
         text[kReceiptFirstLine.size()] == '\n';
}

Result<Receipt> parse_receipt(std::string_view text) {
  if (text.size() > kReceiptBytesMax) return Error(Code::limit, "a receipt is not that long");
  TRY_ASSIGN(const auto lines, split_lines(text, kLines + 1));
  if (lines.size() != kLines || lines[0] != kReceiptFirstLine)
    return Error(Code::corrupt, "not a receipt of version 1");
  Receipt receipt;
  TRY_ASSIGN(receipt.archive, digest_of(lines[1], "archive"));
  TRY_ASSIGN(receipt.contents, digest_of(lines[2], "contents"));
  TRY_ASSIGN(receipt.tree, digest_of(lines[3], "tree"));
  TRY_ASSIGN(const std::string_view bytes, line_value_of(lines[4], "bytes"));
  TRY_ASSIGN(receipt.bytes, parse_decimal(bytes, kPartsMax * kPartBytes));
  TRY_ASSIGN(const std::string_view parts, line_value_of(lines[5], "parts"));
  TRY_ASSIGN(receipt.parts, parse_decimal(parts, kPartsMax));
  TRY_ASSIGN(receipt.sums, object_of(lines[6], "SHA256SUMS"));
  TRY_ASSIGN(receipt.header, object_of(lines[7], "header-0"));
  TRY_ASSIGN(receipt.sealed_contents, object_of(lines[8], "contents-0.age"));
  // All parts but the last are whole and the last is not empty, so the two numbers give each other.
  if (receipt.parts == 0 || (receipt.bytes + kPartBytes - 1) / kPartBytes != receipt.parts) {
    return Error(Code::corrupt, "the receipt's sizes contradict each other");
  }
  return receipt;
}

Sha256 deposit_id(std::string_view receipt_text) { return sha256(as_view(receipt_text)); }

std::string deposit_folder(const Sha256& id) {
  const std::string hex = id.hex();
  return "deposits/" + hex.substr(0, 2) + "/" + hex;
}

std::string header_name(std::uint64_t seal) { return "header-" + std::to_string(seal); }
std::string contents_name(std::uint64_t seal) { return "contents-" + std::to_string(seal) + ".age"; }

std::string part_name(std::uint64_t index) {
  char name[32];
  std::snprintf(name, sizeof name, "part-%07llu", static_cast<unsigned long long>(index));
  return name;
}

std::uint64_t part_size(const Receipt& receipt, std::uint64_t index) {
  return index + 1 < receipt.parts ? kPartBytes : receipt.bytes - (receipt.parts - 1) * kPartBytes;
}

std::string render_sums(const std::vector<Sha256>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) text += parts[i].hex() + "  " + part_name(i) + "\n";
  return text;
}

Result<std::vector<Sha256>> parse_sums(std::string_view text, std::uint64_t parts) {
  TRY_ASSIGN(const auto lines, split_lines(text, parts));
  if (lines.size() != parts) return Error(Code::corrupt, "SHA256SUMS does not list every part");
  std::vector<Sha256> sums;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    TRY_ASSIGN(const LoggedObject object, parse_object_line(lines[i]));
    if (object.name.text() != part_name(i)) return Error(Code::corrupt, "SHA256SUMS does not list the parts in order");
    sums.push_back(object.digest);
  }
  return sums;
}

}  // namespace muniment
