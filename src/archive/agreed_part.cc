#include "archive/agreed_part.h"

#include <algorithm>

#include "archive/keyed_line.h"
#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::string_view kAgreedPartFirstLine = "muniment/agreed-part/v1";
constexpr std::string_view kAgreedPartText = "the agreed part";
constexpr std::size_t kAgreedPartFrontLines = 5;  // before the deposits
constexpr std::size_t kAgreedPartLinesMax = kAgreedPartBytesMax / 64;
constexpr std::string_view kStickFirstLine = "muniment/stick/v1";
constexpr std::size_t kStickLines = 3;
constexpr std::uint64_t kStickBytesMax = 256;

std::string render_part_text(const AgreedPart& part) {
  std::string text(kAgreedPartFirstLine);
  text += "\narchive " + part.archive.hex();
  text += "\nentries " + std::to_string(part.from) + " " + (part.to ? std::to_string(*part.to) : "end");
  text += "\nbytes " + (part.bytes_max ? std::to_string(*part.bytes_max) : "any");
  text += std::string("\nseals ") + (part.with_seals ? "yes" : "no") + "\n";
  for (const Sha256& deposit : part.deposits) text += "deposit " + deposit.hex() + "\n";
  return text;
}

Result<std::optional<std::uint64_t>> parse_bound(std::string_view text, std::string_view none) {
  if (text == none) return std::optional<std::uint64_t>{};
  TRY_ASSIGN(const std::uint64_t value, parse_decimal(text));
  return std::optional(value);
}

Result<AgreedPart> parse_text(const std::vector<std::string_view>& lines) {
  if (lines.size() < kAgreedPartFrontLines || lines[0] != kAgreedPartFirstLine)
    return Error(Code::corrupt, "not an agreed part of this version");
  AgreedPart part;
  TRY_ASSIGN(const auto archive, value_of(lines[1], "archive ", kAgreedPartText));
  TRY_ASSIGN(part.archive, parse_sha256(archive));
  TRY_ASSIGN(const auto entries, value_of(lines[2], "entries ", kAgreedPartText));
  const auto bounds = split(entries, ' ');
  if (bounds.size() != 2) return Error(Code::corrupt, "the agreed part's line \"entries \" needs two ends");
  TRY_ASSIGN(part.from, parse_decimal(bounds[0]));
  TRY_ASSIGN(part.to, parse_bound(bounds[1], "end"));
  TRY_ASSIGN(const auto bytes, value_of(lines[3], "bytes ", kAgreedPartText));
  TRY_ASSIGN(part.bytes_max, parse_bound(bytes, "any"));
  part.with_seals = lines[4] == "seals yes";
  for (std::size_t i = kAgreedPartFrontLines; i < lines.size(); ++i) {
    TRY_ASSIGN(const auto hex, value_of(lines[i], "deposit ", kAgreedPartText));
    TRY_ASSIGN(const Sha256 deposit, parse_sha256(hex));
    part.deposits.push_back(deposit);
  }
  return part;
}

Result<AgreedPart> parse_stick(std::string_view text, const Sha256& archive) {
  TRY_ASSIGN(const auto lines, split_lines(text, kStickLines));
  if (lines.size() != kStickLines || lines[0] != kStickFirstLine)
    return Error(Code::corrupt, "the file \"stick\" does not say what a stick carries");
  AgreedPart part{.archive = archive, .is_stick = true};
  TRY_ASSIGN(const auto entries, value_of(lines[2], "entries ", kAgreedPartText));
  const auto bounds = split(entries, ' ');
  if (bounds.size() != 2) return Error(Code::corrupt, "a stick's line \"entries \" needs two ends");
  TRY_ASSIGN(part.from, parse_decimal(bounds[0]));
  TRY_ASSIGN(part.to, parse_decimal(bounds[1]));
  if (render_stick(archive, part.from, *part.to) != text) return Error(Code::forged, "the stick is of another archive");
  return part;
}

}  // namespace

std::string render_stick(const Sha256& archive, std::uint64_t first, std::uint64_t next) {
  return std::string(kStickFirstLine) + "\narchive " + archive.hex() + "\nentries " + std::to_string(first) + " " +
         std::to_string(next) + "\n";
}

Result<std::string> make_agreed_part(const AgreedPart& part, const SignerKey& custodian) {
  if (part.to && *part.to <= part.from) return Error(Code::invalid, "there are no entries between the two given");
  if (!is_ascending(part.deposits)) return Error(Code::invalid, "the deposits of an agreed part are sorted, each once");
  const SignerKey* const signers[] = {&custodian};
  std::string note = sign_note(render_part_text(part), signers);
  if (note.size() > kAgreedPartBytesMax)
    return Error(Code::invalid, "an agreed part of " + std::to_string(part.deposits.size()) +
                                    " deposits is too long: agree on a range of entries instead");
  return note;
}

Result<AgreedPart> parse_agreed_part(std::string_view text, const Sha256& archive, const Charter& charter) {
  TRY_ASSIGN(const Note note, parse_note(text, {.bytes_max = kAgreedPartBytesMax, .signatures_max = 16}));
  TRY_ASSIGN(const auto lines, split_lines(note.text, kAgreedPartLinesMax));
  TRY_ASSIGN(AgreedPart part, parse_text(lines));
  if (render_part_text(part) != note.text || !is_ascending(part.deposits))
    return Error(Code::corrupt, "the agreed part is not written as agreed parts are");
  if (part.archive != archive) return Error(Code::forged, "the agreed part is of another archive");
  if (!verify_note(note, charter.custodian_keys()))
    return Error(Code::forged, "the agreed part is signed by nobody who is a custodian now");
  return part;
}

Result<std::optional<AgreedPart>> find_agreed_part(Store& store, const Sha256& archive, const Charter& charter) {
  const auto list = store.get(ObjectName("agreed-part"), kAgreedPartBytesMax);
  if (list) {
    TRY_ASSIGN(AgreedPart part, parse_agreed_part(as_text(*list), archive, charter));
    return std::optional(std::move(part));
  }
  if (list.error().code() != Code::not_found) return list.error();
  const auto stick = store.get(ObjectName("stick"), kStickBytesMax);
  if (stick) {
    TRY_ASSIGN(AgreedPart part, parse_stick(as_text(*stick), archive));
    return std::optional(std::move(part));
  }
  if (stick.error().code() != Code::not_found) return stick.error();
  return std::optional<AgreedPart>{};
}

bool AgreedDeposits::holds(std::uint64_t index, const Sha256& deposit, std::uint64_t bytes) {
  if (part_ == nullptr) return true;
  if (index < part_->from || (part_->to && index >= *part_->to)) return false;
  if (!part_->deposits.empty() && !std::ranges::binary_search(part_->deposits, deposit)) return false;
  if (!part_->bytes_max) return true;
  if (bytes > *part_->bytes_max - held_bytes_) return false;
  held_bytes_ += bytes;
  return true;
}

}  // namespace muniment
