#include "archive/entry.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::size_t kEntryLinesMax = 4096;
constexpr std::size_t kDigestDigits = 64;

bool is_kind_text(std::string_view text) {
  return !text.empty() && text.size() <= 40 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

Result<void> parse_first_line(std::string_view line, EntryFrame& frame) {
  const auto parts = split(line, '/');
  if (parts.size() != 3 || parts[0] != "muniment" || !is_kind_text(parts[1]) || !is_kind_text(parts[2])) {
    return Error(Code::corrupt, "not an entry: it starts with \"" + printable(line, 60) + "\"");
  }
  frame.kind = parts[1];
  frame.version = parts[2];
  return {};
}

/// What would be the digest of an object line; nothing where the line has another form.
std::optional<std::string_view> digest_part(std::string_view line) {
  if (line.size() < kDigestDigits + 3 || line.substr(kDigestDigits, 2) != "  ") return std::nullopt;
  return line.substr(0, kDigestDigits);
}

}  // namespace

bool is_object_line(std::string_view line) {
  const auto digits = digest_part(line);
  return digits && parse_sha256(*digits).has_value();
}

Result<LoggedObject> parse_object_line(std::string_view line) {
  const auto digits = digest_part(line);
  const auto digest = digits ? parse_sha256(*digits) : Error(Code::corrupt, "no digest");
  if (!digest) return Error(Code::corrupt, "not a line of the form \"digest  path\": " + printable(line, 100));
  TRY_ASSIGN(ObjectName name, ObjectName::parse(line.substr(kDigestDigits + 2)));
  return LoggedObject{std::move(name), *digest};
}

std::string render_object_line(const LoggedObject& object) { return object.digest.hex() + "  " + object.name.text(); }

Result<EntryFrame> parse_entry_frame(ByteView entry) {
  std::string_view text = as_text(entry);
  // A signed note: what stands after the blank line is signatures.
  if (const std::size_t blank = text.rfind("\n\n"); blank != std::string_view::npos) text = text.substr(0, blank + 1);
  TRY_ASSIGN(const auto lines, split_lines(text, kEntryLinesMax));
  if (lines.empty()) return Error(Code::corrupt, "an entry without lines");
  EntryFrame frame;
  TRY(parse_first_line(lines[0], frame));
  constexpr std::string_view kArchive = "archive ";
  if (lines.size() > 1 && lines[1].starts_with(kArchive)) {
    TRY_ASSIGN(frame.archive, parse_sha256(lines[1].substr(kArchive.size())));
    frame.has_archive = true;
  }
  for (const std::string_view line : lines) {
    if (!is_object_line(line)) continue;
    TRY_ASSIGN(LoggedObject object, parse_object_line(line));
    frame.objects.push_back(std::move(object));
  }
  return frame;
}

bool is_reserved_path(const ObjectName& name) {
  constexpr std::array<std::string_view, 14> kReserved = {
      "withdrawn", "checkpoint", "tile",    "home",   "staging",    "incoming",    "charter",
      "deposits",  "receipt",    "keyring", "reader", "readme.txt", "agreed-part", "stick"};
  // Disks that take capitals for small letters keep them apart no more than this does.
  const std::string first = lower_ascii(split(name.text(), '/')[0]);
  return std::ranges::find(kReserved, first) != kReserved.end();
}

}  // namespace muniment
