// What every command is given: the doors, where to print, and how.
#pragma once

#include <cstdio>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "age/keys.h"
#include "archive/charter.h"
#include "archive/doors.h"
#include "archive/id.h"
#include "archive/key_file.h"
#include "archive/place.h"
#include "mirror/copy.h"
#include "store/folder_store.h"
#include "store/http_client.h"
#include "store/s3_credentials.h"
#include "store/token_file.h"

namespace muniment::cli {

/// Exit statuses of the contract (docs/cli.md).
enum class Status { done = 0, check_failed = 1, used_wrongly = 2, could_not = 3 };

Status status_of(Code code);

/// Text for people, or one JSON document; what stands beside the result goes to standard error.
class Output {
 public:
  Output(std::FILE* out, std::FILE* err) : out_(out), err_(err) {}
  void use_json() { json_ = true; }
  bool is_json() const { return json_; }

  /// A line of the result for people; the document says the same with --json.
  void line(const std::string& text);
  /// Bytes of the result as they are; only without --json.
  void raw(std::string_view bytes);
  /// A line beside the result: progress, warnings.
  void note(const std::string& text);
  /// The document; once.
  void document(const nlohmann::ordered_json& json);
  /// What was printed reaches its reader now: for a command that goes on for long.
  void flush() { std::fflush(out_); }
  /// True when standard error is a terminal and progress may be drawn there.
  bool draws_progress() const;
  std::FILE* err() const { return err_; }

 private:
  std::FILE* out_;
  std::FILE* err_;
  bool json_ = false;
};

struct Context {  // NOLINT(cppcoreguidelines-pro-type-member-init): an aggregate of references is always initialised
  Doors doors;
  Output& output;
  std::optional<std::string> passphrase_file;             // --passphrase-file
  HttpSettings network;                                   // --proxy, --at; the environment's proxies are not asked
  std::map<std::string, SharedSilence> silences = {};     // by address: what clients of it share
  std::optional<std::string> token_file;                  // --token-file
  std::optional<std::vector<Token>> tokens;               // what was in it, once it was read
  std::optional<std::string> credentials_file;            // --credentials
  std::optional<std::vector<S3Credentials>> credentials;  // likewise
  std::optional<std::string> state_folder;                // --state
};

/// Prints "muniment: sentence" (and the JSON form) and gives the exit status of the error.
Status fail(Context& context, const Error& error);

/// A progress line on a terminal: what is done, how much, how fast. Gone from the screen when destroyed.
class Progress {
 public:
  Progress(Output& output, std::string doing, std::uint64_t total_bytes = 0);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void set_doing(std::string doing) { doing_ = std::move(doing); }
  void add(std::uint64_t bytes);
  /// For hooks; valid while this lives.
  std::function<void(std::uint64_t)> counter() {
    return [this](std::uint64_t bytes) { add(bytes); };
  }

 private:
  void draw();

  Output& output_;
  std::string doing_;
  std::uint64_t total_bytes_;
  std::uint64_t done_bytes_ = 0;
  std::int64_t started_ms_ = 0;
  std::int64_t drawn_ms_ = 0;
  bool drawn_ = false;
};

/// True for an address with a scheme, and false for a path.
bool is_remote(const std::string& address);
/// True for one of a bucket.
bool is_bucket(const std::string& address);

/// A copy of an archive by its address: a folder, http:// or https://, or s3://. `context` outlives it. Errors:
/// `unsupported` for other schemes, `invalid`, those of the files of tokens and credentials.
Result<std::unique_ptr<Store>> open_store(Context& context, const std::string& address);
/// For what is done to a folder only. Errors: `unsupported` for an address.
Result<std::unique_ptr<FolderStore>> open_folder(Context& context, const std::string& path);

/// Where a copy can be written: a folder or a bucket. Errors: as open_store, `unsupported` for http:// and https://.
Result<std::unique_ptr<Store>> open_target(Context& context, const std::string& address);

/// A recipient as it is given, "age1…", or in a file: a holder's line, or a line that starts with it. Errors:
/// `corrupt`, those of reading it.
Result<std::string> read_recipient(Context& context, const std::string& given);

/// Where an archive is worked on: a folder, or a bucket with a folder of --state. Errors: `unsupported` for other
/// addresses, `invalid`, those of making the folder.
Result<std::unique_ptr<Place>> open_place(Context& context, const std::string& address);

/// The tokens of --token-file; none without it. Errors: `corrupt`, those of reading it.
Result<const std::vector<Token>*> tokens_of(Context& context);
/// The keys of --credentials; none without it. Errors likewise.
Result<const std::vector<S3Credentials>*> credentials_of(Context& context);

/// Several of them: owned, and as the list that surveys and copies take.
struct OpenStores {
  std::vector<std::unique_ptr<Store>> owned;
  std::vector<Store*> all;
};
enum class FirstContact { patient, brief };
/// With `brief`, web servers that give no answer to the first try are given up where others are at hand.
Result<OpenStores> open_stores(Context& context, const std::vector<std::string>& addresses,
                               FirstContact first = FirstContact::patient);

/// How many threads read or copy at once: more where most of the time is spent waiting for a network.
std::size_t lanes_for(const std::vector<std::string>& addresses);
/// Every address opened once more for each of so many threads; none where one is enough.
Result<std::vector<OpenStores>> open_lanes(Context& context, const std::vector<std::string>& addresses,
                                           std::size_t lanes, FirstContact first = FirstContact::patient);
/// For copying from the first of these addresses on into the last one. Valid while `opened` is.
std::vector<CopyLane> lanes_into_last(const std::vector<OpenStores>& opened);

/// Nanoseconds of a clock that nobody sets.
std::int64_t steady_ns();

/// The copies that are given, or all that are known at `archive` where none is. Errors: `invalid` where none is known.
Result<std::vector<std::string>> sources_of(Context& context, const std::vector<std::string>& given,
                                            const std::string& archive);

/// The path as an absolute one without "." and "..", so that it means the same from everywhere.
std::string absolute_path(const std::string& path);

/// The --id of a command. Errors: `invalid`.
Result<std::optional<IdPin>> parse_pin(const std::optional<std::string>& id);

/// Where opened files may go: into memory, unless somebody has said `to_disk`. Warns of swap. Errors: `invalid`.
Result<void> check_target(Context& context, const std::string& output, bool to_disk);

/// The passphrase of a key file: from --passphrase-file, MUNIMENT_PASSPHRASE_FILE or the terminal.
/// Errors: `denied` when there is no terminal to ask, `io`.
Result<SecretBytes> ask_passphrase(Context& context, const std::string& key_file);
/// A new one, asked for twice on a terminal. Errors also: `invalid` when it is empty or the two differ.
Result<SecretBytes> ask_new_passphrase(Context& context, const std::string& key_file);
/// Asks for the passphrase and opens the key file.
Result<HolderKeys> open_key_file(Context& context, const std::string& key_file);
/// The keys in the file, or new ones in a new file, under a passphrase that is asked for twice.
Result<HolderKeys> obtain_keys(Context& context, const std::string& key_file, const std::string& pseudonym);

/// All that the holder of a key file can open; the holder's own keys are wiped before this returns.
/// Errors: those of open_key_file and OpenedCompartments::open.
Result<OpenedCompartments> open_compartments(Context& context, Store& store, const Charter& charter,
                                             const std::string& key_file);

/// While it lives, new files and folders are for this user alone: opened evidence, key files.
class PrivateFiles {
 public:
  PrivateFiles();
  ~PrivateFiles();
  PrivateFiles(const PrivateFiles&) = delete;
  PrivateFiles& operator=(const PrivateFiles&) = delete;

 private:
  unsigned before_;
};

/// "1 file", "3 files".
std::string counted(std::uint64_t count, const char* one, const char* many);

}  // namespace muniment::cli
