#include "cli/mirror_units.h"

#include "cli/chores.h"
#include "cli/unit.h"

namespace muniment::cli {
namespace {

Result<std::string> serve_unit(const MirrorSettings& settings, const MirrorFolder& folder, const std::string& program,
                               const std::string& user) {
  std::vector<std::string> words{program, "mirror", "serve", folder.copy(), "--id", settings.archive.hex()};
  const auto add = [&](const char* option, const std::string& value) { words.insert(words.end(), {option, value}); };
  add("--role", settings.role);
  add("--token-file", folder.visitor_tokens());
  if (settings.bytes_per_month > 0) add("--bytes-per-month", std::to_string(settings.bytes_per_month));
  const bool is_onion = settings.access == Access::onion;
  if (is_onion) {
    add("--onion", folder.key());
    add("--passphrase-file", folder.passphrase());
  } else {
    add("--listen", settings.listen);
    add("--connections-per-address", "0");  // all come through the server in front
  }
  TRY_ASSIGN(const std::string command, unit_words(words));
  TRY_ASSIGN(const std::string writable, unit_words({folder.path}));
  return "[Unit]\n"
         "Description=A mirror of an archive\n"
         "Wants=network-online.target\n"
         "After=network-online.target" +
         std::string(is_onion ? " tor.service" : "") +
         "\n"
         "\n"
         "[Service]\n"
         "User=" +
         user + "\n" + (is_onion ? "SupplementaryGroups=debian-tor\n" : "") + "ExecStart=" + command +
         "\n"
         "Restart=on-failure\n"
         "RestartSec=60\n"
         "ReadWritePaths=" +
         writable + (is_onion ? " /run/muniment" : "") + "\n" + sandbox_lines() +
         "MemoryMax=256M\n"
         "TasksMax=64\n"
         "CPUWeight=20\n"
         "IOWeight=20\n"
         "# What it says of troubles goes to the journal; it knows no address and writes down no visitor.\n"
         "StandardOutput=null\n"
         "\n"
         "[Install]\n"
         "WantedBy=multi-user.target\n";
}

}  // namespace

Result<std::vector<UnitFile>> mirror_units(const MirrorSettings& settings, const MirrorFolder& folder,
                                           const std::string& program, const std::string& user,
                                           const Context& context) {
  std::vector<UnitFile> units;
  if (settings.access != Access::none) {
    TRY_ASSIGN(const std::string serve, serve_unit(settings, folder, program, user));
    units.push_back({kServeUnit, serve});
  }
  TendArguments tend;
  tend.place = folder.copy();
  tend.from = settings.from;
  tend.message_file = folder.message();
  tend.id = settings.archive.hex();
  Context alone{.doors = context.doors,
                .output = context.output,
                .passphrase_file = {},
                .network = context.network,
                .token_file = folder.source_tokens(),
                .tokens = {},
                .credentials_file = context.credentials_file,
                .credentials = {},
                .state_folder = {}};
  const UnitSettings how{
      .program = program, .user = user, .writable = {}, .afterwards = {program, "mirror", "report", folder.path}};
  TRY_ASSIGN(const TendUnits chores, tend_units(tend, alone, how));
  units.push_back({kTendUnit, chores.service});
  units.push_back({kTendTimer, chores.timer});
  return units;
}

}  // namespace muniment::cli
