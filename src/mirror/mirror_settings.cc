#include "mirror/mirror_settings.h"

#include <algorithm>
#include <array>

#include "archive/invitation.h"
#include "archive/keyed_line.h"
#include "archive/mirror_list.h"
#include "base/clock.h"
#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::string_view kFirstLine = "muniment/mirror-settings/v1";
constexpr std::string_view kText = "the mirror's settings";
constexpr std::string_view kNone = "none";
constexpr std::size_t kFrontLines = 11;  // before the addresses
constexpr std::array kAccesses = {Access::none, Access::port, Access::onion};

std::string or_none(const std::string& text) { return text.empty() ? std::string(kNone) : text; }
std::string none_is_empty(std::string_view text) { return text == kNone ? std::string() : std::string(text); }

}  // namespace

std::string_view name_of(Access access) {
  switch (access) {
    case Access::none: return "none";
    case Access::port: return "port";
    case Access::onion: return "onion";
  }
  panic(__FILE__, __LINE__, "unknown access");
}

Result<Access> parse_access(std::string_view text) {
  for (const Access access : kAccesses) {
    if (name_of(access) == text) return access;
  }
  return Error(Code::invalid, "a mirror is reached by none, port or onion, not " + printable(text, 40));
}

std::string render_mirror_settings(const MirrorSettings& settings) {
  std::string text(kFirstLine);
  text += "\narchive " + settings.archive.hex();
  text += "\nrole " + settings.role;
  text += "\njoined " + settings.joined;
  text += "\nholds " + (settings.bytes_max ? std::to_string(*settings.bytes_max) : "all");
  text += "\nmonth " + std::to_string(settings.bytes_per_month);
  text += "\naccess " + std::string(name_of(settings.access));
  text += "\nlisten " + or_none(settings.listen);
  text += "\naddress " + or_none(settings.address);
  text += "\nlanguage " + settings.language;
  text += "\nunits " + or_none(settings.units) + "\n";
  for (const std::string& address : settings.from) text += "from " + address + "\n";
  return text;
}

Result<MirrorSettings> parse_mirror_settings(std::string_view text) {
  if (text.size() > kMirrorSettingsBytesMax) return Error(Code::limit, "the mirror's settings are too long");
  TRY_ASSIGN(const auto lines, split_lines(text, kFrontLines + kInvitationAddressesMax));
  if (lines.size() <= kFrontLines || lines[0] != kFirstLine)
    return Error(Code::corrupt, "not a mirror's settings of this version");
  constexpr std::array<std::string_view, kFrontLines> kKeys = {
      "", "archive ", "role ", "joined ", "holds ", "month ", "access ", "listen ", "address ", "language ", "units "};
  std::array<std::string_view, kFrontLines> values;
  for (std::size_t i = 1; i < kFrontLines; ++i) {
    TRY_ASSIGN(values[i], value_of(lines[i], kKeys[i], kText));
  }
  MirrorSettings settings;
  TRY_ASSIGN(settings.archive, parse_sha256(values[1]));
  settings.role = values[2];
  settings.joined = values[3];
  TRY(parse_date(settings.joined));
  if (values[4] != "all") {
    TRY_ASSIGN(settings.bytes_max, parse_decimal(values[4]));
  }
  TRY_ASSIGN(settings.bytes_per_month, parse_decimal(values[5]));
  const auto access = parse_access(values[6]);
  if (!access) return Error(Code::corrupt, access.error().sentence());
  settings.access = *access;
  settings.listen = none_is_empty(values[7]);
  settings.address = none_is_empty(values[8]);
  settings.language = values[9];
  settings.units = none_is_empty(values[10]);
  for (std::size_t i = kFrontLines; i < lines.size(); ++i) {
    TRY_ASSIGN(const auto address, value_of(lines[i], "from ", kText));
    if (const auto checked = check_mirror_address(address); !checked)
      return Error(Code::corrupt, checked.error().sentence());
    settings.from.emplace_back(address);
  }
  if (render_mirror_settings(settings) != text)
    return Error(Code::corrupt, "the mirror's settings are not written as such settings are");
  return settings;
}

Result<MirrorSettings> read_mirror_settings(Fs& fs, const MirrorFolder& folder) {
  const auto bytes = read_file(fs, folder.settings(), kMirrorSettingsBytesMax);
  if (!bytes && bytes.error().code() == Code::not_found)
    return Error(Code::not_found, "no mirror was set up in " + printable(folder.path) +
                                      ": it has no file settings (muniment mirror join LINK FOLDER makes one)");
  if (!bytes) return bytes.error();
  auto settings = parse_mirror_settings(as_text(*bytes));
  if (!settings) return settings.error().in(folder.settings());
  return settings;
}

}  // namespace muniment
