// What a volunteer has agreed to when the mirror was set up: the file `settings` in the mirror's folder. Nothing in it
// is a secret. Spec: docs/formats.md "Folder of a mirror".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/id.h"
#include "base/fs.h"

namespace muniment {

/// How others come to a mirror.
enum class Access {
  none,   // it pulls, and nobody asks it
  port,   // at a port of this machine, behind a server with TLS
  onion,  // as an onion service
};
std::string_view name_of(Access access);
/// Errors: `invalid`.
Result<Access> parse_access(std::string_view text);

/// Where systemd of the whole system looks for units: such a mirror runs as a user of its own.
inline constexpr const char* kSystemUnits = "/etc/systemd/system";

struct MirrorSettings {
  Sha256 archive = {};
  std::string role = "vault";                   // or "public"
  std::string joined;                           // "2026-11-26"
  std::optional<std::uint64_t> bytes_max = {};  // of deposits, as a custodian has signed; nothing: all
  std::uint64_t bytes_per_month = 0;            // that may leave; 0: any
  Access access = Access::none;
  std::string listen = {};             // for a port: "127.0.0.1:8080"
  std::string address = {};            // where others find it; empty where nobody does
  std::string language = "en";         // of the status page
  std::string units = {};              // the folder in which its units lie
  std::vector<std::string> from = {};  // copies to pull from, one at least
};

/// Where things lie in the folder of a mirror.
struct MirrorFolder {
  std::string path;  // absolute
  std::string settings() const { return join(path, "settings"); }
  std::string copy() const { return join(path, "copy"); }
  std::string key() const { return join(path, "mirror.key"); }
  std::string passphrase() const { return join(path, "passphrase"); }
  std::string visitor_tokens() const { return join(path, "tokens-for-visitors"); }  // by which others read here
  std::string source_tokens() const { return join(path, "tokens-for-pulling"); }    // by which this reads elsewhere
  std::string agreed_part() const { return join(path, "agreed-part"); }
  std::string message() const { return join(path, "last-run.txt"); }
  std::string page() const { return join(path, "status.html"); }
  std::string notice() const { return join(path, "notice.txt"); }
};

inline constexpr std::uint64_t kMirrorSettingsBytesMax = 64 * 1024;

std::string render_mirror_settings(const MirrorSettings& settings);
/// Errors: `corrupt`, `limit`.
Result<MirrorSettings> parse_mirror_settings(std::string_view text);

/// Errors: `not_found` where no mirror was set up in the folder, those of parse_mirror_settings.
Result<MirrorSettings> read_mirror_settings(Fs& fs, const MirrorFolder& folder);

}  // namespace muniment
