#include "cli/unit.h"

#include <algorithm>

#include "base/encoding.h"

namespace muniment::cli {

Result<std::string> unit_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    const bool is_plain = is_utf8(word) && std::ranges::none_of(word, [](char c) {
                            return c == '"' || c == '\\' || c == '%' || c == '$' || (c >= 0 && c < ' ');
                          });
    if (!is_plain) return Error(Code::invalid, "this cannot be written into a unit of systemd: " + printable(word));
    text += (text.empty() ? "\"" : " \"") + word + "\"";
  }
  return text;
}

std::string sandbox_lines() {
  return "ProtectSystem=strict\n"
         "ProtectHome=read-only\n"
         "PrivateTmp=yes\n"
         "PrivateDevices=yes\n"
         "NoNewPrivileges=yes\n"
         "PrivateMounts=yes\n"
         "ProtectProc=invisible\n"
         "ProcSubset=pid\n"
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
         "RemoveIPC=yes\n"
         "KeyringMode=private\n"
         "LockPersonality=yes\n"
         "MemoryDenyWriteExecute=yes\n"
         "SystemCallArchitectures=native\n"
         "SystemCallFilter=@system-service\n"
         "SystemCallFilter=~@privileged\n"
         "SystemCallErrorNumber=EPERM\n"
         "CapabilityBoundingSet=\n"
         "UMask=0077\n"
         "LimitCORE=0\n";
}

}  // namespace muniment::cli
