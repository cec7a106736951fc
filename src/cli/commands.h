// The commands: their arguments, and one function each that does the work, prints, and gives the exit status.
// docs/cli.md is the contract.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/share_desk.h"

namespace muniment::cli {

struct InitArguments {
  std::string archive;
  std::string key_file;
  std::string pseudonym = "custodian-1";
  std::optional<std::string> trustees;  // "2of3"
  bool no_trustees = false;
  HandoutOptions handout;
};
Status run_init(const InitArguments& arguments, Context& context);

struct ShareArguments {
  std::string archive;  // any copy, for its charters
  std::optional<std::string> id;
};
Status run_share_check(const ShareArguments& arguments, Context& context);
Status run_share_repair(const ShareArguments& arguments, Context& context);

struct ShareSendArguments {
  std::string to;    // "age1…", shown by the machine where the shares come together
  bool yes = false;  // the four words were compared
};
Status run_share_send(const ShareSendArguments& arguments, Context& context);

struct TrusteesArguments {
  std::string archive;
  std::optional<std::string> id;
};
Status run_trustees_rehearse(const TrusteesArguments& arguments, Context& context);

struct DealArguments {
  std::string archive;
  std::string quorum;  // "2of3"
  std::string key_file;
  std::optional<std::string> id;
  HandoutOptions handout;
};
Status run_trustees_deal(const DealArguments& arguments, Context& context);

struct CardArguments {
  std::string archive;
  std::string key_file;
  std::optional<std::string> id;
  std::optional<std::string> output;  // standard output otherwise
  std::optional<std::string> page;    // the card as a page as well
  std::string compartment = "evidence";
  std::uint64_t days = 90;
  std::vector<std::string> send_to;  // addresses of mirrors; their tokens come from --token-file
  std::optional<std::string> after;  // the card that this one follows
};
Status run_card(const CardArguments& arguments, Context& context);

struct PageArguments {
  std::string kind;  // "field", "volunteer", "trustee", "custodian"
  std::string language = "en";
  std::string output;
};
Status run_page(const PageArguments& arguments, Context& context);

struct SealArguments {
  std::string card;
  std::string output;
  std::vector<std::string> paths;
  bool is_testimony = false;
  std::optional<std::string> form;  // the answers; the terminal otherwise
  bool no_return_phrase = false;
  std::optional<std::string> id;
  bool shred = false;
  std::optional<std::string> watch;  // a folder, in place of paths
};
Status run_seal(const SealArguments& arguments, Context& context);

struct TestimonyFormArguments {};
Status run_testimony_form(const TestimonyFormArguments& arguments, Context& context);

struct TestimonyCheckArguments {
  std::string archive;
  std::vector<std::string> deposits;  // none: all that the key opens
  std::string key_file;
  std::optional<std::string> seal;  // a folder from the trustees (muniment unseal), for one deposit
  std::optional<std::string> id;
};
Status run_testimony_check(const TestimonyCheckArguments& arguments, Context& context);

struct TestimonyFindArguments {
  std::string archive;
  std::string link;
  std::string key_file;
  std::optional<std::string> id;
};
Status run_testimony_find(const TestimonyFindArguments& arguments, Context& context);

struct SendArguments {
  std::string folder;
  std::string card;
  std::vector<std::string> first;  // what is sent before all else: starts of names in the folder
  bool waits = false;
  std::uint64_t every_s = 60;  // between two looks at the mirrors' logs
  std::optional<std::string> id;
};
Status run_send(const SendArguments& arguments, Context& context);

struct DepositArguments {
  std::string archive;
  std::vector<std::string> paths;  // none: the archive's own incoming/
  std::string key_file;
  std::string compartment = "evidence";
  bool takes_unopened = false;
  bool again = false;
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
  std::optional<std::string> seal;  // a folder from the trustees (muniment unseal), for this key file
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

struct WithdrawArguments {
  std::string archive;
  std::string deposit;
  std::vector<std::string> paths;  // none: all of it
  std::string key_file;
  std::optional<std::string> ground_file;  // the terminal otherwise
  std::optional<std::uint64_t> hold_days;  // the charter's otherwise
  std::optional<std::string> output;       // where ground and salt are kept; standard output otherwise
  std::optional<std::string> id;
};
Status run_withdraw(const WithdrawArguments& arguments, Context& context);

struct ResealArguments {
  std::string archive;
  std::vector<std::string> deposits;
  std::string key_file;
  std::optional<std::string> to;  // a compartment; each deposit's own otherwise
  bool keep_older = false;
  std::optional<std::string> id;
};
Status run_reseal(const ResealArguments& arguments, Context& context);

struct VetoArguments {
  std::string archive;
  std::string order;
  std::string key_file;
  std::optional<std::string> id;
};
Status run_veto(const VetoArguments& arguments, Context& context);

struct HoldArguments {
  std::string archive;
  std::vector<std::string> deposits;
  std::string key_file;
  std::optional<std::string> id;
};
Status run_hold(const HoldArguments& arguments, Context& context);
Status run_release(const HoldArguments& arguments, Context& context);

struct ServeArguments {
  std::string archive;
  std::optional<std::string> listen;  // without --onion 127.0.0.1:8080 otherwise
  std::string role = "vault";         // or "public"
  unsigned connections_per_address = 32;
  std::uint64_t bytes_per_second = 0;
  std::uint64_t bytes_per_day = 0;
  std::uint64_t bytes_per_month = 0;
  std::optional<std::string> cosigner_key;   // a key file: it answers add-checkpoint as well
  std::optional<std::string> onion_key;      // a key file: it is an onion service as well
  std::optional<std::string> onion_clients;  // a file of the public keys of those who may reach it
  std::string onion_folder = "/run/muniment";
  std::uint64_t onion_check_s = 600;
  std::string tor_control = "/run/tor/control";
  bool print_nginx = false;
  std::optional<std::string> id;
};
Status run_mirror_serve(const ServeArguments& arguments, Context& context);

struct MirrorArguments {
  std::string archive;
  unsigned sample = 100;                    // audit: of a hundred parts so many are read
  std::vector<std::string> others;          // push: to; pull: from; audit: copies, none for all that are known
  std::optional<std::string> select;        // push, pull: a signed list of what a copy is to hold
  std::optional<std::uint64_t> limit;       // push: bytes of a stick
  std::optional<std::uint64_t> from_entry;  // push: where the first stick begins
  std::optional<std::string> wrapped;       // push: a recipient, or a file with one
  std::optional<std::string> id;
};
/// With --limit or --wrapped.
Status run_mirror_push_sticks(const MirrorArguments& arguments, Context& context);
Status run_mirror_list(const MirrorArguments& arguments, Context& context);
Status run_mirror_push(const MirrorArguments& arguments, Context& context);
Status run_mirror_pull(const MirrorArguments& arguments, Context& context);
/// What was sent to mirrors comes into incoming/ of the home.
Status run_mirror_fetch_incoming(const MirrorArguments& arguments, Context& context);
Status run_mirror_collect(const MirrorArguments& arguments, Context& context);
Status run_mirror_heal(const MirrorArguments& arguments, Context& context);
Status run_mirror_audit(const MirrorArguments& arguments, Context& context);

struct DoctorArguments {
  std::optional<std::string> address;
  std::optional<std::string> nginx;  // a file with what nginx -T prints
  bool sends = false;                // tries what the depositor's token may do
  std::optional<std::string> id;
};
Status run_mirror_doctor(const DoctorArguments& arguments, Context& context);

struct MirrorListsArguments {
  std::string archive;
  std::string addresses;                // a file
  std::vector<std::string> recipients;  // of the list of all, or files with them
  unsigned days = 30;
  std::string key_file;
  std::string output;  // a folder
  std::optional<std::string> id;
};
Status run_mirror_lists(const MirrorListsArguments& arguments, Context& context);

struct MirrorLearnArguments {
  std::string copy;
  std::string list;
  std::optional<std::string> key_file;  // for a sealed list
  std::optional<std::string> id;
};
Status run_mirror_learn(const MirrorLearnArguments& arguments, Context& context);
Status run_mirror_status(const MirrorArguments& arguments, Context& context);

struct UnwrapArguments {
  std::string file;
  std::string key_file;
  std::string output;
};
Status run_mirror_unwrap(const UnwrapArguments& arguments, Context& context);

struct AgreeArguments {
  std::string archive;
  std::vector<std::string> deposits;  // none: all of the range
  std::uint64_t from = 0;
  std::optional<std::uint64_t> to;
  std::optional<std::uint64_t> quota;  // bytes
  bool without_seals = false;
  std::string key_file;
  std::string output;
  std::optional<std::string> id;
};
Status run_mirror_agree(const AgreeArguments& arguments, Context& context);

struct CosignerArguments {
  std::string key_file;
  std::string pseudonym = "cosigner-1";  // in a new key file
};
Status run_mirror_cosigner(const CosignerArguments& arguments, Context& context);

/// Where a cosigner keeps what it cosigned last of a log, beside its key file.
std::string cosigner_state_path(const std::string& key_file, const std::string& origin);

struct CosignArguments {
  std::string copy;
  std::string key_file;
  std::uint64_t looked_at = 0;  // entries below it are taken as they are
  std::optional<std::string> id;
};
Status run_mirror_cosign(const CosignArguments& arguments, Context& context);

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
  std::vector<std::string> paths;        // none: where people and programs leave things
  std::optional<std::string> custodian;  // instead: what this person's keys give, by the charters of the one path
  std::optional<std::string> id;
};
Status run_exposure_of(const ExposureArguments& arguments, Context& context);
Status run_exposure(const ExposureArguments& arguments, Context& context);

}  // namespace muniment::cli
