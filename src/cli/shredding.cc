#include "cli/shredding.h"

#include "base/encoding.h"

namespace muniment::cli {

void tell_of_removal(Output& out, const ShredReport& report) {
  if (report.removed_files > 0) {
    out.line("Removed " + counted(report.removed_files, "original", "originals") + " (" +
             human_size(report.removed_bytes) + "), overwritten once, after every sealed copy was read back" +
             (report.from_disk ? " from its disk." : "."));
    if (!report.from_disk)
      out.note(
          "This file system answered from memory when its disk was asked: that the sealed copies came back as they "
          "were written says less here.");
    out.line(
        "No program reaches all that is left of them: flash memory (phones, cards, sticks, SSDs) keeps what was "
        "overwritten, and snapshots, journals, Btrfs and ZFS, clouds, backups and previews of pictures keep theirs. "
        "Only a disk that was encrypted before hides that.");
  }
  for (const LeftOriginal& left : report.left) out.note("Left: " + printable(left.path) + ": " + left.why);
}

void add_removal(nlohmann::ordered_json& document, const ShredReport& report) {
  nlohmann::ordered_json left = nlohmann::ordered_json::array();
  for (const LeftOriginal& each : report.left) left.push_back({{"path", each.path}, {"why", each.why}});
  document["removed"] = report.removed;
  document["left"] = left;
  document["readBack"] = report.from_disk ? "disk" : "memory";
}

}  // namespace muniment::cli
