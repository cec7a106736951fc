// Commands that do, or plan, several things at once: tend and lost.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "archive/issued.h"
#include "cli/context.h"

namespace muniment::cli {

struct TendArguments {
  std::string place;
  std::vector<std::string> from;            // a mirror: where to pull from; all that are known otherwise
  std::optional<std::string> key_file;      // of a custodian: then what arrived is taken in
  std::optional<std::string> cosigner_key;  // then the copy's head is cosigned
  unsigned sample = 5;                      // of a hundred parts so many are read
  std::optional<std::string> message_file;  // replaced each time
  std::optional<std::string> mail_command;  // words apart by spaces; gets the message on standard input
  bool print_timer = false;
  std::optional<std::string> id;
};
Status run_tend(const TendArguments& arguments, Context& context);

/// A service and a timer of systemd, each a file.
struct TendUnits {
  std::string service;
  std::string timer;
};
struct UnitSettings {
  std::string program;
  std::string user = "muniment";
  std::vector<std::string> writable;    // beside what the chores change
  std::vector<std::string> afterwards;  // a command for when the chores are done, well or not; may be empty
};
/// Those that tend a place once a day. Errors: `invalid`.
Result<TendUnits> tend_units(const TendArguments& arguments, const Context& context, const UnitSettings& settings);

/// Both in one text, as they are printed.
Result<std::string> timer_units(const TendArguments& arguments, const Context& context, const std::string& program);

/// Hands a text to a program: no shell, and its own environment without secrets of ours. Errors: `invalid`, `io`.
Result<void> hand_over(const std::string& command, const std::string& text);

struct LostArguments {
  std::string name;     // a pseudonym, a part of an address, a card's number, or "home"
  std::string archive;  // the home, or a copy
  std::optional<std::string> id;
};
Status run_lost(const LostArguments& arguments, Context& context);

/// Remembers at a home what was given out there; elsewhere, nothing. Trouble is named and keeps nobody.
void note_issued(Context& context, const std::string& archive, const Charter& charter, Issued issued);

}  // namespace muniment::cli
