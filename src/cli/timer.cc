#include "cli/chores.h"
#include "cli/unit.h"

namespace muniment::cli {
namespace {

struct Line {
  std::vector<std::string> words;
  std::vector<std::string> writable;  // what the chores change
  std::vector<std::string> readable;

  void add(const char* option, const std::optional<std::string>& path) {
    if (!path) return;
    words.emplace_back(option);
    words.push_back(absolute_path(*path));
    readable.push_back(words.back());
  }
};

Line command_of(const TendArguments& arguments, const Context& context, const std::string& program) {
  Line line;
  const std::string place = is_remote(arguments.place) ? arguments.place : absolute_path(arguments.place);
  line.words = {program, "tend", place, "--sample", std::to_string(arguments.sample)};
  if (!is_remote(arguments.place)) line.writable.push_back(place);
  for (const std::string& from : arguments.from) {
    line.words.emplace_back("--from");
    line.words.push_back(is_remote(from) ? from : absolute_path(from));
  }
  line.add("--key", arguments.key_file);
  line.add("--cosigner-key", arguments.cosigner_key);
  if (arguments.cosigner_key) line.writable.push_back(absolute_path(parent_of(absolute_path(*arguments.cosigner_key))));
  line.add("--passphrase-file", context.passphrase_file);
  line.add("--token-file", context.token_file);
  line.add("--credentials", context.credentials_file);
  if (context.state_folder) {
    line.add("--state", context.state_folder);
    line.writable.push_back(absolute_path(*context.state_folder));
  }
  if (arguments.message_file) {
    line.add("--message", arguments.message_file);
    line.writable.push_back(absolute_path(parent_of(absolute_path(*arguments.message_file))));
  }
  if (arguments.mail_command) line.words.insert(line.words.end(), {"--mail-command", *arguments.mail_command});
  if (!context.network.proxy.empty()) line.words.insert(line.words.end(), {"--proxy", context.network.proxy});
  if (arguments.id) line.words.insert(line.words.end(), {"--id", *arguments.id});
  return line;
}

}  // namespace

Result<TendUnits> tend_units(const TendArguments& arguments, const Context& context, const UnitSettings& settings) {
  const Line line = command_of(arguments, context, settings.program);
  TRY_ASSIGN(const std::string command, unit_words(line.words));
  std::vector<std::string> all_writable = line.writable;
  all_writable.insert(all_writable.end(), settings.writable.begin(), settings.writable.end());
  TRY_ASSIGN(const std::string writable, unit_words(all_writable));
  TRY_ASSIGN(const std::string afterwards, unit_words(settings.afterwards));
  TendUnits units;
  // Copies beside the place that are pushed to, on sticks and other disks, are added by hand: nobody here knows whether
  // they are plugged in.
  units.service =
      "[Unit]\n"
      "Description=The chores of an archive's place\n"
      "Wants=network-online.target\n"
      "After=network-online.target\n"
      "\n"
      "[Service]\n"
      "Type=oneshot\n"
      "User=" +
      settings.user + "\nExecStart=" + command + "\n" +
      (afterwards.empty() ? std::string() : "ExecStopPost=" + afterwards + "\n") + "ReadWritePaths=" + writable +
      "\n"
      "# Copies in folders that it pushes to are added to ReadWritePaths by hand.\n" +
      sandbox_lines() +
      "StandardOutput=null\n"
      "StandardError=null\n";
  units.timer =
      "[Unit]\n"
      "Description=The chores of an archive's place, once a day\n"
      "\n"
      "[Timer]\n"
      "OnCalendar=*-*-* 04:00:00\n"
      "RandomizedDelaySec=2h\n"
      "Persistent=yes\n"
      "\n"
      "[Install]\n"
      "WantedBy=timers.target\n";
  return units;
}

Result<std::string> timer_units(const TendArguments& arguments, const Context& context, const std::string& program) {
  TRY_ASSIGN(const TendUnits units,
             tend_units(arguments, context, {.program = program, .writable = {}, .afterwards = {}}));
  return "# /etc/systemd/system/muniment-tend.service    (or ~/.config/systemd/user/, without User=)\n" +
         units.service +
         "\n# /etc/systemd/system/muniment-tend.timer    then: systemctl enable --now muniment-tend.timer\n" +
         units.timer;
}

}  // namespace muniment::cli
