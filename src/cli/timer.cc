#include <algorithm>

#include "base/encoding.h"
#include "cli/chores.h"

namespace muniment::cli {
namespace {

/// A word of ExecStart as systemd reads it back. Errors: `invalid` for what it cannot be told.
Result<std::string> quoted(const std::string& word) {
  const bool is_plain = is_utf8(word) && std::ranges::none_of(word, [](char c) {
                          return c == '"' || c == '\\' || c == '%' || c == '$' || (c >= 0 && c < ' ');
                        });
  if (!is_plain) return Error(Code::invalid, "this cannot be written into a unit of systemd: " + printable(word));
  return "\"" + word + "\"";
}

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

Result<std::string> timer_units(const TendArguments& arguments, const Context& context, const std::string& program) {
  const Line line = command_of(arguments, context, program);
  std::string command;
  for (const std::string& word : line.words) {
    TRY_ASSIGN(const std::string text, quoted(word));
    command += (command.empty() ? "" : " ") + text;
  }
  std::string writable;
  for (const std::string& path : line.writable) {
    TRY_ASSIGN(const std::string text, quoted(path));
    writable += " " + text;
  }
  // Copies beside the place that are pushed to, on sticks and other disks, are added by hand: nobody here knows whether
  // they are plugged in.
  return "# /etc/systemd/system/muniment-tend.service    (or ~/.config/systemd/user/, without User=)\n"
         "[Unit]\n"
         "Description=The chores of an archive's place\n"
         "After=network-online.target\n"
         "\n"
         "[Service]\n"
         "Type=oneshot\n"
         "User=muniment\n"
         "ExecStart=" +
         command +
         "\n"
         "ReadWritePaths=" +
         writable.substr(std::min<std::size_t>(1, writable.size())) +
         "\n"
         "# Copies in folders that it pushes to are added to ReadWritePaths by hand.\n"
         "ProtectSystem=strict\n"
         "ProtectHome=read-only\n"
         "PrivateTmp=yes\n"
         "PrivateDevices=yes\n"
         "NoNewPrivileges=yes\n"
         "ProtectKernelTunables=yes\n"
         "ProtectKernelModules=yes\n"
         "ProtectKernelLogs=yes\n"
         "ProtectControlGroups=yes\n"
         "ProtectClock=yes\n"
         "ProtectHostname=yes\n"
         "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6\n"
         "RestrictNamespaces=yes\n"
         "RestrictRealtime=yes\n"
         "RestrictSUIDSGID=yes\n"
         "LockPersonality=yes\n"
         "MemoryDenyWriteExecute=yes\n"
         "SystemCallArchitectures=native\n"
         "SystemCallFilter=@system-service\n"
         "CapabilityBoundingSet=\n"
         "UMask=0077\n"
         "LimitCORE=0\n"
         "StandardOutput=null\n"
         "StandardError=null\n"
         "\n"
         "# /etc/systemd/system/muniment-tend.timer    then: systemctl enable --now muniment-tend.timer\n"
         "[Unit]\n"
         "Description=The chores of an archive's place, once a day\n"
         "\n"
         "[Timer]\n"
         "OnCalendar=*-*-* 04:00:00\n"
         "Persistent=yes\n"
         "\n"
         "[Install]\n"
         "WantedBy=timers.target\n";
}

}  // namespace muniment::cli
