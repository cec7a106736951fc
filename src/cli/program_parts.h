// What the parts of the command line share: how a command is added, and words that come again.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"

namespace muniment::cli {

/// The commands as they are being put together: CLI11's own objects, and what to run when one was the one.
class Commands {
 public:
  explicit Commands(Context& context) : context_(context) {}

  /// Something that a command line fills in; it lives as long as this.
  template <typename Arguments>
  Arguments& make() {
    auto made = std::make_shared<Arguments>();
    kept_.push_back(made);
    return *made;
  }

  /// `arguments` lives as long as the program.
  template <typename Arguments>
  CLI::App* add(CLI::App& parent, const std::string& name, const std::string& what,
                Status (*run)(const Arguments&, Context&), Arguments& arguments) {
    CLI::App* command = parent.add_subcommand(name, what);
    command->callback([this, run, &arguments] { status = run(arguments, context_); });
    return command;
  }

  Status status = Status::used_wrongly;

 private:
  Context& context_;
  std::vector<std::shared_ptr<void>> kept_;
};

inline constexpr const char* kIdHelp = "The archive that is meant: its 12 words, or 64 hexadecimal digits";
inline constexpr const char* kKeyHelp = "The key file of the person who does this";

/// How shares leave the program: --print and --language.
void add_handout_options(CLI::App& command, HandoutOptions& options);

void add_trustee_commands(CLI::App& app, Commands& commands);

}  // namespace muniment::cli
