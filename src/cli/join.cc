// muniment mirror join: a volunteer sets up a mirror by a custodian's invitation.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "archive/agreed_part.h"
#include "archive/invitation.h"
#include "base/encoding.h"
#include "cli/captured.h"
#include "cli/commands.h"
#include "cli/mirror_units.h"
#include "cli/system.h"
#include "cli/terminal.h"
#include "cli/volunteer.h"
#include "mirror/mirror_page.h"
#include "mirror/new_mirror.h"
#include "mirror/survey.h"
#include "serve/listener.h"
#include "tor/address.h"
#include "tor/tor.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSystemUser = "muniment";
constexpr const char* kSystemHome = "/var/lib/muniment";
constexpr const char* kTorControl = "/run/tor/control";

/// The mirror as it is being set up.
struct Joining {
  MirrorFolder folder;
  std::string text;  // of the invitation
  Invitation invitation;
  MirrorSettings settings;
  std::string part;            // the agreed part that was chosen; empty for all
  std::uint64_t to_fetch = 0;  // bytes of deposits, today
};

Result<std::string> read_invitation(const std::string& from, Context& context) {
  if (from != "-") {
    TRY_ASSIGN(const Bytes bytes, read_file(context.doors.fs, from, kInvitationBytesMax));
    return std::string(as_text(bytes));
  }
  std::string text;
  for (;;) {
    TRY_ASSIGN(const SecretBytes line, read_input_line(kInvitationBytesMax));
    text += std::string(line.expose_text()) + "\n";
    const std::size_t blank = text.find("\n\n");  // the signature stands behind it
    if (blank != std::string::npos && text.size() > blank + 2 && !line.empty()) return text;
    if (text.size() > kInvitationBytesMax || text.ends_with("\n\n\n"))
      return Error(Code::corrupt, "standard input has no whole invitation");
  }
}

/// The newest head that any of the addresses shows, under charters by which the invitation is genuine.
Result<ArchiveView> look_at_archive(const Joining& joining, Context& context) {
  context.tokens.emplace();
  for (const Token& token : joining.invitation.tokens)
    context.tokens->push_back({token.right, SecretBytes::copy_of(token.text.expose()), token.address});
  TRY_ASSIGN(const auto stores, open_stores(context, joining.invitation.from, FirstContact::brief));
  TRY_ASSIGN(const Survey survey, survey_copies(stores.all, IdPin::of(joining.invitation.archive)));
  TRY(check_invitation(joining.text, survey.charter));
  const SurveyedCopy& best = survey.copies[survey.best];
  return view_at(*best.store, survey.charter, *best.head);
}

/// Sizes and texts of the parts that the invitation allows, smallest first.
Result<std::vector<std::pair<std::uint64_t, std::string>>> parts_of(const Invitation& invitation,
                                                                    const ArchiveView& view) {
  std::vector<std::pair<std::uint64_t, std::string>> parts;
  for (const std::string& text : invitation.parts) {
    TRY_ASSIGN(const AgreedPart part, parse_agreed_part(text, view.id, view.charter));
    if (part.bytes_max) parts.emplace_back(*part.bytes_max, text);
  }
  std::ranges::sort(parts);
  return parts;
}

std::uint64_t bytes_to_hold(const std::string& part_text, const ArchiveView& view) {
  const auto part = parse_agreed_part(part_text, view.id, view.charter);
  AgreedDeposits selected(part ? &*part : nullptr);
  std::uint64_t bytes = 0;
  for (const LoggedDeposit& deposit : view.deposits) {
    if (selected.holds(deposit.index, deposit.id, deposit.bytes) && !deposit.removal) bytes += deposit.bytes;
  }
  return bytes;
}

Result<void> check_reachable(const Offer& offer, Context& context) {
  if (offer.access == Access::port) {
    const auto listener = Listener::open(offer.listen);
    if (!listener) return listener.error().in("it cannot listen there");
  }
  if (offer.access == Access::onion) {
    const auto tor = Tor::open(kTorControl, context.doors.fs, context.doors.random);
    if (!tor)
      context.output.note("Tor is not ready for it yet (" + tor.error().sentence() +
                          "). What it needs is said below; the mirror tries again by itself.");
  }
  return {};
}

/// Asks, and checks what was answered against the machine.
Result<void> plan(const JoinArguments& arguments, Joining& joining, const ArchiveView& view, Context& context) {
  TRY_ASSIGN(const auto parts, parts_of(joining.invitation, view));
  Asked asked{.may_hold_all = joining.invitation.may_hold_all, .parts = {}, .all_bytes = bytes_to_hold("", view)};
  for (const auto& [size, text] : parts) asked.parts.push_back(size);
  const auto disk = disk_of(joining.folder.path);
  if (!disk) return Error(Code::io, "how much room the disk of " + printable(joining.folder.path) + " has is not told");
  asked.free_bytes = disk->free_bytes;
  TRY_ASSIGN(const Offer offer, obtain_offer(arguments, asked));
  TRY(check_reachable(offer, context));
  MirrorSettings& settings = joining.settings;
  settings = {.archive = view.id,
              .role = joining.invitation.role,
              .joined = to_date(context.doors.clock.now_s()),
              .bytes_max = offer.bytes_max,
              .bytes_per_month = offer.bytes_per_month,
              .access = offer.access,
              .listen = offer.listen,
              .address = offer.address,
              .language = arguments.language,
              .units = arguments.units     ? absolute_path(*arguments.units)
                       : may_ask_systemd() ? std::string(kSystemUnits)
                                           : join(joining.folder.path, "units"),
              .from = joining.invitation.from};
  for (const auto& [size, text] : parts) {
    if (offer.bytes_max == size) joining.part = text;
  }
  joining.to_fetch = bytes_to_hold(joining.part, view);
  return {};
}

/// True where this run may hand it to systemd, under a user of its own.
bool is_of_system(const MirrorSettings& settings) { return settings.units == kSystemUnits && may_ask_systemd(); }

/// The user who is to run it, and that the user can reach its folder. Before anything is written there.
Result<void> prepare_system(const Joining& joining, Context& context) {
  if (!is_of_system(joining.settings)) return {};
  TRY(make_system_user(kSystemUser, kSystemHome));
  const std::string above = parent_of(joining.folder.path);
  TRY(make_folders(context.doors.fs, above));
  const auto closed = closed_to(kSystemUser, above);
  if (!closed) return {};
  return Error(Code::denied, "the mirror would run as the user " + std::string(kSystemUser) + ", who may not enter " +
                                 printable(*closed) + ". Give a folder elsewhere: " + kSystemHome + "/mirror");
}

/// The folder with keys, tokens and settings, for this user alone.
Result<void> write_folder(Joining& joining, Context& context) {
  const PrivateFiles only_for_me;
  NewMirror mirror{.settings = joining.settings, .tokens = joining.invitation.tokens, .agreed_part = joining.part};
  if (joining.settings.access == Access::onion) {
    mirror.address_of = [](const HolderKeys& keys) {
      return "http://" + onion_address(ed25519_public(keys.onion_seed())) + ".onion";
    };
  }
  TRY_ASSIGN(joining.settings, write_new_mirror(context.doors, joining.folder, mirror));
  return {};
}

/// Fills the copy, or goes on with it. What it says goes to standard error where a document is to come.
Status fill(const Joining& joining, Context& context) {
  MirrorArguments pull;
  pull.archive = joining.folder.copy();
  pull.others = joining.settings.from;
  pull.id = joining.settings.archive.hex();
  if (!joining.part.empty()) pull.select = joining.folder.agreed_part();
  if (!context.output.is_json()) return run_mirror_pull(pull, context);
  Captured captured(context);
  captured.context().token_file = joining.folder.source_tokens();
  const Status status = run_mirror_pull(pull, captured.context());
  context.output.note(captured.text());
  return status;
}

/// Units where they are wanted; where systemd is asked itself, they are started. True when they run.
Result<bool> set_up_units(const Joining& joining, Context& context) {
  const MirrorSettings& settings = joining.settings;
  const bool is_system = is_of_system(settings);
  const auto program = context.doors.fs.read_link("/proc/self/exe");
  TRY_ASSIGN(const auto units, mirror_units(settings, joining.folder, program ? *program : "/usr/bin/muniment",
                                            is_system ? kSystemUser : own_user(), context));
  TRY(make_folders(context.doors.fs, settings.units));
  for (const UnitFile& unit : units)
    TRY(replace_durably(context.doors.fs, join(settings.units, unit.name), as_view(unit.text)));
  if (!is_system) return false;
  TRY(make_system_user(kSystemUser, kSystemHome));  // also where an earlier run was cut off before it was there
  TRY(give_tree(joining.folder.path, kSystemUser));
  TRY(run_silently({"systemctl", "daemon-reload"}));
  if (settings.access != Access::none) TRY(run_silently({"systemctl", "enable", "--now", kServeUnit}));
  TRY(run_silently({"systemctl", "enable", "--now", kTendTimer}));
  return true;
}

void say_how_to_start(const MirrorSettings& settings, Output& out) {
  const std::string serve = settings.access == Access::none ? "" : std::string(" ") + kServeUnit;
  out.line("Its units for systemd lie in " + settings.units + ". To start it, and start it with the machine:");
  out.line("    sudo cp " + settings.units + "/muniment-mirror* /etc/systemd/system/ && sudo systemctl daemon-reload");
  out.line("    sudo systemctl enable --now" + serve + " " + kTendTimer);
  out.line("Without systemd: the lines ExecStart of these files are the commands; the second one once a day.");
}

void say_what_tor_needs(const std::string& user, Output& out) {
  out.line("What tor needs for it, once (docs/cli.md says why):");
  out.line("    sudo apt install tor && sudo adduser " + user + " debian-tor");
  out.line("    echo 'd /run/muniment 2710 " + user +
           " debian-tor' | sudo tee /etc/tmpfiles.d/muniment.conf && sudo systemd-tmpfiles --create");
  out.line(
      "    echo '/run/muniment/* rw,' | sudo tee -a /etc/apparmor.d/local/system_tor && sudo systemctl reload "
      "apparmor");
}

void tell_of_joining(const Joining& joining, bool is_running, Status filled, Context& context) {
  Output& out = context.output;
  const MirrorSettings& settings = joining.settings;
  const bool is_system = settings.units == kSystemUnits;
  out.line("");
  out.line(filled == Status::done ? "The mirror is set up in " + joining.folder.path + ", and holds what was agreed."
                                  : "The mirror is set up in " + joining.folder.path +
                                        ". It does not hold all of it yet: that goes on once a day, or now by the "
                                        "same command.");
  if (settings.access == Access::onion) say_what_tor_needs(is_system ? kSystemUser : own_user(), out);
  if (settings.access == Access::port)
    out.line("The web server with TLS at " + settings.address + " hands everything on to http://" + settings.listen +
             ".");
  if (!is_running) say_how_to_start(settings, out);
  if (is_running) out.line("It runs, and starts with the machine:    systemctl status 'muniment-mirror-*'");
  // Where it runs as a user of its own, nobody else may read its folder.
  const auto page_of = [&](const std::string& path) {
    return is_running ? "sudo cat " + path + " > " + name_in(path) : path;
  };
  out.line("How it is, on one page:    " + page_of(joining.folder.page()));
  out.line(
      "Next: send its notice to the custodian by the way on which the invitation came" +
      std::string(settings.access == Access::none ? ":    " : "; it has the token by which others read here:    ") +
      page_of(joining.folder.notice()));
  out.line("Then delete the invitation: it has the token by which this mirror pulls.");
  out.line("What you hold and what you risk:    muniment mirror letter risk");
  out.line("When you no longer want to:         " + std::string(is_running ? "sudo " : "") + "muniment mirror leave " +
           joining.folder.path);
}

/// A mirror that is set up already goes on: nothing is asked, and nothing made anew.
Result<void> go_on(Joining& joining, Context& context) {
  TRY_ASSIGN(joining.settings, read_mirror_settings(context.doors.fs, joining.folder));
  if (joining.settings.archive != joining.invitation.archive)
    return Error(Code::conflict,
                 "there is a mirror of another archive in " + printable(joining.folder.path) + ": give another folder");
  TRY_ASSIGN(const bool has_part, exists(context.doors.fs, joining.folder.agreed_part()));
  if (has_part) {
    TRY_ASSIGN(const Bytes part, read_file(context.doors.fs, joining.folder.agreed_part(), kAgreedPartBytesMax));
    joining.part = as_text(part);
  }
  return {};
}

Result<Joining> prepare(const JoinArguments& arguments, Context& context) {
  Joining joining;
  joining.folder.path = absolute_path(arguments.folder);
  TRY(check_page_language(arguments.language));
  TRY_ASSIGN(joining.text, read_invitation(arguments.invitation, context));
  TRY_ASSIGN(joining.invitation, parse_invitation(joining.text));
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  if (pin) TRY(pin->check(joining.invitation.archive));
  TRY_ASSIGN(const bool is_there, exists(context.doors.fs, joining.folder.settings()));
  if (is_there) {
    TRY(go_on(joining, context));
    return joining;
  }
  TRY(check_not_expired(joining.invitation, context.doors.clock.now_s()));
  context.output.line("The invitation is for the archive    " + id_words(joining.invitation.archive));
  context.output.line("Compare these words with the custodian, by voice or on paper.");
  context.output.flush();
  TRY_ASSIGN(const ArchiveView view, look_at_archive(joining, context));
  TRY(plan(arguments, joining, view, context));
  TRY(prepare_system(joining, context));
  TRY(write_folder(joining, context));
  context.output.line("It will hold " + human_size(joining.to_fetch) + " of deposits today" +
                      (joining.settings.bytes_max ? ", and at the most " + human_size(*joining.settings.bytes_max) + "."
                                                  : ", and all that comes."));
  context.output.flush();
  return joining;
}

}  // namespace

Status run_mirror_join(const JoinArguments& arguments, Context& context) {
  const auto joining = prepare(arguments, context);
  if (!joining) return fail(context, joining.error());
  context.tokens.reset();
  context.token_file = joining->folder.source_tokens();
  const Status filled = fill(*joining, context);
  const auto page = write_mirror_page(joining->folder, joining->settings, context);
  if (!page) return fail(context, page.error());
  const auto running = set_up_units(*joining, context);  // gives the folder to who runs it
  if (!running) return fail(context, running.error());
  tell_of_joining(*joining, *running, filled, context);
  const MirrorSettings& settings = joining->settings;
  context.output.document({{"archive", settings.archive.hex()},
                           {"words", id_words(settings.archive)},
                           {"folder", joining->folder.path},
                           {"copy", joining->folder.copy()},
                           {"role", settings.role},
                           {"holdsAtMost", settings.bytes_max ? Json(*settings.bytes_max) : Json()},
                           {"bytesPerMonth", settings.bytes_per_month},
                           {"access", name_of(settings.access)},
                           {"address", settings.address.empty() ? Json() : Json(settings.address)},
                           {"units", settings.units},
                           {"running", *running},
                           {"filled", filled == Status::done},
                           {"page", *page},
                           {"notice", joining->folder.notice()}});
  return filled;
}

}  // namespace muniment::cli
