// The commands: their arguments, and one function each that does the work, prints, and gives the exit status.
// docs/cli.md is the contract.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/context.h"

namespace muniment::cli {

struct InitArguments {
  std::string archive;
  std::string key_file;
  std::string pseudonym = "custodian-1";
};
Status run_init(const InitArguments& arguments, Context& context);

struct CardArguments {
  std::string archive;
  std::string key_file;
  std::optional<std::string> id;
  std::optional<std::string> output;  // standard output otherwise
  std::uint64_t days = 90;
};
Status run_card(const CardArguments& arguments, Context& context);

struct SealArguments {
  std::string card;
  std::string output;
  std::vector<std::string> paths;
  std::optional<std::string> id;
};
Status run_seal(const SealArguments& arguments, Context& context);

struct DepositArguments {
  std::string archive;
  std::vector<std::string> paths;  // none: the archive's own incoming/
  std::string key_file;
  std::optional<std::string> id;
};
Status run_deposit(const DepositArguments& arguments, Context& context);

struct ListArguments {
  std::string archive;
  std::optional<std::string> deposit;
  std::optional<std::string> key_file;
  std::optional<std::string> id;
};
Status run_list(const ListArguments& arguments, Context& context);

struct OpenArguments {
  std::string archive;
  std::string deposit;
  std::string output;
  std::string key_file;
  std::optional<std::string> id;
  bool to_disk = false;
};
Status run_open(const OpenArguments& arguments, Context& context);

struct VerifyArguments {
  std::string path;  // an archive or a BagIt bag
  std::optional<std::string> id;
};
Status run_verify(const VerifyArguments& arguments, Context& context);

struct StatusArguments {
  std::string archive;
  std::optional<std::string> id;
};
Status run_status(const StatusArguments& arguments, Context& context);

struct MirrorArguments {
  std::string archive;
  std::vector<std::string> others;  // push: to; pull: from; audit: copies, none for all that are known
  std::optional<std::string> id;
};
Status run_mirror_list(const MirrorArguments& arguments, Context& context);
Status run_mirror_push(const MirrorArguments& arguments, Context& context);
Status run_mirror_pull(const MirrorArguments& arguments, Context& context);
Status run_mirror_audit(const MirrorArguments& arguments, Context& context);

struct RecoverArguments {
  std::vector<std::string> from;
  std::string output;
  std::string id;
};
Status run_recover(const RecoverArguments& arguments, Context& context);

struct SalvageArguments {
  std::string folder;   // of the half deposit
  std::string archive;  // for the keyring
  std::string output;
  std::string key_file;
  std::optional<std::string> id;
  bool to_disk = false;
};
Status run_salvage(const SalvageArguments& arguments, Context& context);

struct ExposureArguments {
  std::vector<std::string> paths;  // none: where people and programs leave things
};
Status run_exposure(const ExposureArguments& arguments, Context& context);

}  // namespace muniment::cli
