// The commands by which a custodian invites a mirror, and a volunteer sets one up, looks at it and leaves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/context.h"
#include "mirror/mirror_settings.h"

namespace muniment::cli {

struct InviteArguments {
  std::string archive;
  std::vector<std::string> from;  // addresses of copies; tokens for reading come from --token-file
  std::string role = "vault";
  std::vector<std::uint64_t> quotas;  // sizes of parts that may be held; some usual ones when none is given
  std::uint64_t from_entry = 0;       // the first entry whose deposit is held
  bool without_seals = false;
  unsigned days = 30;
  std::string key_file;
  std::string output;
  std::optional<std::string> id;
};
Status run_mirror_invite(const InviteArguments& arguments, Context& context);

struct ReceiveArguments {
  std::string archive;
  std::string notice;  // a file
  std::optional<std::string> id;
};
Status run_mirror_receive(const ReceiveArguments& arguments, Context& context);

struct JoinArguments {
  std::string invitation;  // a file, or "-"
  std::string folder;
  // Asked for on the terminal where they are not given.
  std::optional<std::string> quota;    // "500G", "all"
  std::optional<std::string> traffic;  // "1T", "any"
  std::optional<std::string> access;   // "none", "port", "onion"
  std::optional<std::string> listen;
  std::optional<std::string> address;
  std::optional<std::string> units;  // a folder
  std::string language = "en";
  std::optional<std::string> id;
};
Status run_mirror_join(const JoinArguments& arguments, Context& context);

struct LeaveArguments {
  std::string folder;
  std::optional<std::string> copy;  // "keep" or "delete"; asked for otherwise
  unsigned sample = 5;              // of a hundred parts of other copies so many are read
};
Status run_mirror_leave(const LeaveArguments& arguments, Context& context);

struct ReportArguments {
  std::string folder;
};
Status run_mirror_report(const ReportArguments& arguments, Context& context);

struct LetterArguments {
  std::string kind;
  std::string language = "en";
};
Status run_mirror_letter(const LetterArguments& arguments, Context& context);

/// Writes the status page anew; gives its path.
Result<std::string> write_mirror_page(const MirrorFolder& folder, const MirrorSettings& settings, Context& context);

/// "500G" and "1T" in binary units. Errors: `invalid`.
Result<std::uint64_t> parse_size(std::string_view text);

/// What a volunteer gives, as it was said or typed.
struct Offer {
  std::optional<std::uint64_t> bytes_max;  // nothing: all
  std::uint64_t bytes_per_month = 0;       // 0: any
  Access access = Access::none;
  std::string listen;
  std::string address;
};
/// What there is to hold, for the questions.
struct Asked {
  bool may_hold_all = true;
  std::vector<std::uint64_t> parts;  // sizes, ascending
  std::uint64_t all_bytes = 0;       // of deposits, today
  std::uint64_t free_bytes = 0;      // of the disk
};
/// Asks on the terminal for what the arguments do not say. Errors: `invalid`, `denied` where there is no terminal.
Result<Offer> obtain_offer(const JoinArguments& arguments, const Asked& asked);

}  // namespace muniment::cli
