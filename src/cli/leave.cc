// muniment mirror leave: a volunteer stops. What others need to know is written down first, and keys go before data.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "archive/mirror_notice.h"
#include "base/encoding.h"
#include "cli/mirror_units.h"
#include "cli/system.h"
#include "cli/terminal.h"
#include "cli/volunteer.h"
#include "mirror/audit.h"
#include "mirror/new_mirror.h"
#include "mirror/registry.h"
#include "mirror/survey.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kUnitBytesMax = 64 * 1024;

struct Leaving {
  MirrorFolder folder;
  MirrorSettings settings;
};

/// Of the other copies that this one knows.
struct Remaining {
  std::vector<AuditedCopy> copies;
  std::uint64_t whole = 0;
  std::uint64_t parts = 0;
  std::uint64_t unreachable = 0;
  std::string trouble;  // why nothing is known
};

/// True where a unit of this very mirror is installed in that folder.
bool has_unit(const Leaving& leaving, const std::string& folder, const char* name, Context& context) {
  const auto text = read_file(context.doors.fs, join(folder, name), kUnitBytesMax);
  return text && as_text(*text).find("\"" + leaving.folder.path) != std::string_view::npos;
}

/// Errors: `denied` where its units run and this may not stop them: nothing was touched then.
Result<void> stop_units(const Leaving& leaving, Context& context) {
  const bool is_installed =
      has_unit(leaving, kSystemUnits, kServeUnit, context) || has_unit(leaving, kSystemUnits, kTendUnit, context);
  if (is_installed && !may_ask_systemd())
    return Error(Code::denied,
                 "the mirror is started by systemd, and only root may stop it. Nothing was done. Run "
                 "this with sudo");
  for (const char* name : {kServeUnit, kTendTimer, kTendUnit}) {
    for (const std::string& folder : {std::string(kSystemUnits), leaving.settings.units}) {
      const bool is_ours = has_unit(leaving, folder, name, context) ||
                           (std::string_view(name) == kTendTimer && has_unit(leaving, folder, kTendUnit, context));
      if (!is_ours) continue;
      const std::string path = join(folder, name);
      // Both folders may be one, and a run before this one may have been cut off: then the timer is gone before its
      // unit.
      TRY_ASSIGN(const bool is_there, exists(context.doors.fs, path));
      if (!is_there) continue;
      if (folder == kSystemUnits) TRY(run_silently({"systemctl", "disable", "--now", name}));
      TRY(context.doors.fs.remove(path));
      TRY(context.doors.fs.sync_folder(folder));
    }
  }
  return is_installed ? run_silently({"systemctl", "daemon-reload"}) : Result<void>();
}

/// Looks at the copies from which this one was filled and that it knows by lists: how many would still be good.
Remaining look_at_others(const Leaving& leaving, unsigned sample, Context& context) {
  Remaining remaining;
  std::vector<std::string> addresses = leaving.settings.from;
  const auto known = read_mirrors(context.doors.fs, leaving.folder.copy());
  for (const KnownMirror& mirror : known ? *known : std::vector<KnownMirror>{}) {
    if (std::ranges::find(addresses, mirror.where) == addresses.end()) addresses.push_back(mirror.where);
  }
  const auto stores = open_stores(context, addresses, FirstContact::brief);
  const auto survey =
      stores ? survey_copies(stores->all, IdPin::of(leaving.settings.archive)) : Result<Survey>(stores.error());
  const AuditHooks hooks{.on_bytes = {}, .lanes = {}, .sampling = {.percent = sample, .random = &context.doors.random}};
  auto audited = survey ? audit_copies(*survey, {}, hooks) : Result<std::vector<AuditedCopy>>(survey.error());
  if (!audited) {
    remaining.trouble = audited.error().sentence();
    return remaining;
  }
  remaining.copies = std::move(*audited);
  for (const AuditedCopy& copy : remaining.copies) {
    if (copy.state == CopyState::whole) ++remaining.whole;
    if (copy.state == CopyState::agreed_part) ++remaining.parts;
    if (copy.state == CopyState::unreachable) ++remaining.unreachable;
  }
  return remaining;
}

/// That this mirror leaves, signed by its key. Once it is written the key is no longer needed.
Result<void> write_leaving(const Leaving& leaving, Context& context) {
  const MirrorFolder& folder = leaving.folder;
  TRY_ASSIGN(const bool has_key, exists(context.doors.fs, folder.key()));
  if (!has_key) return {};  // a run before this one was cut off behind the notice
  TRY_ASSIGN(const HolderKeys keys, read_mirror_keys(context.doors.fs, folder));
  MirrorNotice notice{.archive = leaving.settings.archive,
                      .has_left = true,
                      .date = to_date(context.doors.clock.now_s()),
                      .role = leaving.settings.role,
                      .address = leaving.settings.address,
                      .bytes_max = leaving.settings.bytes_max,
                      .read_token = {},
                      .key = {}};
  TRY_ASSIGN(const SecretBytes text, make_mirror_notice(notice, keys.signer()));
  return replace_durably(context.doors.fs, folder.notice(), text.expose());
}

Result<void> wipe_keys(const MirrorFolder& folder, Context& context) {
  // The key before its passphrase: as long as it is there, the notice can be written again.
  for (const std::string& path : {folder.visitor_tokens(), folder.source_tokens(), folder.key(), folder.passphrase()})
    TRY(wipe_file(path));
  const std::string cosigned = folder.key() + ".cosigned";
  TRY_ASSIGN(const bool has_cosigned, exists(context.doors.fs, cosigned));
  return has_cosigned ? remove_tree(context.doors.fs, cosigned) : Result<void>();
}

Result<bool> shall_delete_copy(const LeaveArguments& arguments, const Remaining& remaining) {
  if (arguments.copy) return *arguments.copy == "delete";
  QuietTerminal terminal;
  if (!terminal.is_usable())
    return Error(Code::denied,
                 "there is no terminal to ask whether the copy shall be deleted: give --copy keep or "
                 "--copy delete. Nothing was done");
  const bool is_unsure = remaining.unreachable > 0 || !remaining.trouble.empty();
  if (remaining.whole == 0)
    terminal.say(std::string(is_unsure ? "WHETHER THERE IS ANOTHER WHOLE COPY CANNOT BE TOLD FROM HERE."
                                       : "NO OTHER WHOLE COPY IS KNOWN HERE.") +
                 " Ask the custodian before you delete this one.\n");
  terminal.say("Delete the copy? Type delete, or anything else to keep it: ");
  TRY_ASSIGN(const SecretBytes answer, terminal.read_line(16, /*shown=*/true));
  return answer.expose_text() == "delete";
}

void tell_of_others(const Remaining& remaining, Output& out) {
  for (const AuditedCopy& copy : remaining.copies) out.line(copy.where + ": " + copy.sentence);
  if (!remaining.trouble.empty()) {
    out.line("Which other copies are good is not known: " + remaining.trouble);
    return;
  }
  out.line(
      "Good copies that remain, as far as this mirror knows: " + std::to_string(remaining.whole) + " whole" +
      (remaining.parts > 0 ? ", " + std::to_string(remaining.parts) + " of a part" : "") +
      (remaining.unreachable > 0 ? "; " + std::to_string(remaining.unreachable) + " could not be looked at." : "."));
}

Result<void> remove_if_there(const std::string& path, Context& context) {
  TRY_ASSIGN(const bool is_there, exists(context.doors.fs, path));
  return is_there ? context.doors.fs.remove(path) : Result<void>();
}

struct Left {
  Remaining remaining;
  bool copy_deleted = false;
};

Result<Left> leave(const LeaveArguments& arguments, Context& context) {
  Leaving leaving{.folder = {absolute_path(arguments.folder)}, .settings = {}};
  TRY_ASSIGN(leaving.settings, read_mirror_settings(context.doors.fs, leaving.folder));
  context.tokens.reset();
  TRY_ASSIGN(const bool has_tokens, exists(context.doors.fs, leaving.folder.source_tokens()));
  if (has_tokens) context.token_file = leaving.folder.source_tokens();
  Left left;
  left.remaining = look_at_others(leaving, arguments.sample, context);
  tell_of_others(left.remaining, context.output);
  context.output.flush();
  TRY_ASSIGN(left.copy_deleted, shall_delete_copy(arguments, left.remaining));
  TRY(stop_units(leaving, context));
  TRY(write_leaving(leaving, context));
  TRY(wipe_keys(leaving.folder, context));
  for (const std::string& path : {leaving.folder.page(), leaving.folder.message()}) TRY(remove_if_there(path, context));
  if (!left.copy_deleted) return left;
  TRY_ASSIGN(const bool has_copy, exists(context.doors.fs, leaving.folder.copy()));
  if (has_copy) TRY(remove_tree(context.doors.fs, leaving.folder.copy()));
  // With the copy goes what says of which archive it was, and where the others are; the notice is still to be sent.
  for (const std::string& path : {leaving.folder.agreed_part(), leaving.folder.settings()})
    TRY(remove_if_there(path, context));
  return left;
}

}  // namespace

Status run_mirror_leave(const LeaveArguments& arguments, Context& context) {
  const auto left = leave(arguments, context);
  if (!left) return fail(context, left.error());
  const MirrorFolder folder{absolute_path(arguments.folder)};
  Output& out = context.output;
  out.line(
      "The mirror is stopped. Its keys and tokens were overwritten and removed; flash memory may keep what was "
      "overwritten, and they open nothing.");
  out.line(left->copy_deleted ? "Its copy was deleted."
                              : "Its copy is kept: " + folder.copy() + ". It is as good for a recovery as before.");
  out.line("Next: send " + folder.notice() + " to the custodian, so that nobody counts on this mirror.");
  Json copies = Json::array();
  for (const AuditedCopy& copy : left->remaining.copies)
    copies.push_back({{"where", printable(copy.where, 8192)}, {"state", name_of(copy.state)}});
  out.document({{"notice", folder.notice()},
                {"copyDeleted", left->copy_deleted},
                {"remainingWhole", left->remaining.trouble.empty() ? Json(left->remaining.whole) : Json()},
                {"notLookedAt", left->remaining.unreachable},
                {"remainingParts", left->remaining.trouble.empty() ? Json(left->remaining.parts) : Json()},
                {"copies", copies}});
  return Status::done;
}

}  // namespace muniment::cli
