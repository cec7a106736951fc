#include "cli/context.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "archive/holder_line.h"
#include "base/encoding.h"
#include "base/residue.h"
#include "mirror/registry.h"
#include "store/http_store.h"
#include "store/s3_store.h"
#include "store/tile_cache.h"

namespace muniment::cli {

using Json = nlohmann::ordered_json;

Status status_of(Code code) {
  switch (code) {
    case Code::corrupt:
    case Code::forged: return Status::check_failed;
    case Code::invalid: return Status::used_wrongly;
    case Code::not_found:
    case Code::unsupported:
    case Code::limit:
    case Code::conflict:
    case Code::unavailable:
    case Code::denied:
    case Code::io: return Status::could_not;
  }
  panic(__FILE__, __LINE__, "unknown code");
}

namespace {

/// What came from outside may stand in any sentence: only line feeds of ours reach the terminal as they are.
std::string printable_lines(const std::string& text) {
  std::string shown;
  for (const std::string_view line : split(text, '\n'))
    shown += (shown.empty() ? "" : "\n") + printable(line, SIZE_MAX);
  return shown;
}

}  // namespace

void Output::line(const std::string& text) {
  if (!json_) std::fprintf(out_, "%s\n", printable_lines(text).c_str());
}

void Output::raw(std::string_view bytes) {
  if (!json_) std::fwrite(bytes.data(), 1, bytes.size(), out_);
}

void Output::note(const std::string& text) { std::fprintf(err_, "%s\n", printable_lines(text).c_str()); }

void Output::document(const Json& json) {
  if (json_) std::fprintf(out_, "%s\n", json.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
}

bool Output::draws_progress() const { return !json_ && ::isatty(::fileno(err_)) == 1; }

Status fail(Context& context, const Error& error) {
  context.output.note("muniment: " + error.sentence());
  context.output.document(Json{{"error", {{"code", name_of(error.code())}, {"sentence", error.sentence()}}}});
  return status_of(error.code());
}

std::int64_t steady_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

namespace {

std::int64_t steady_ms() { return steady_ns() / 1'000'000; }

}  // namespace

Progress::Progress(Output& output, std::string doing, std::uint64_t total_bytes)
    : output_(output), doing_(std::move(doing)), total_bytes_(total_bytes), started_ms_(steady_ms()) {}

Progress::~Progress() {
  if (drawn_) std::fprintf(output_.err(), "\r\x1b[K");
}

void Progress::add(std::uint64_t bytes) {
  done_bytes_ += bytes;
  draw();
}

void Progress::draw() {
  constexpr std::int64_t kFirstAfterMs = 500;
  constexpr std::int64_t kIntervalMs = 100;
  const std::int64_t now_ms = steady_ms();
  if (now_ms - started_ms_ < kFirstAfterMs || now_ms - drawn_ms_ < kIntervalMs) return;
  drawn_ms_ = now_ms;
  // Asked of the system, so not for each of a hundred thousand small files.
  if (!output_.draws_progress()) return;
  drawn_ = true;
  const auto rate =
      static_cast<std::uint64_t>(static_cast<double>(done_bytes_) * 1000 / static_cast<double>(now_ms - started_ms_));
  std::string text = doing_ + ": " + human_size(done_bytes_);
  if (total_bytes_ > 0)
    text += " of " + human_size(total_bytes_) + " (" +
            std::to_string(std::min<std::uint64_t>(100, done_bytes_ * 100 / total_bytes_)) + " %)";
  std::fprintf(output_.err(), "\r\x1b[K%s, %s/s", text.c_str(), human_size(rate).c_str());
  std::fflush(output_.err());
}

bool is_remote(const std::string& address) { return address.find("://") != std::string::npos; }

bool is_bucket(const std::string& address) { return address.starts_with("s3://"); }

Result<const std::vector<Token>*> tokens_of(Context& context) {
  if (!context.tokens) {
    constexpr std::uint64_t kTokenFileBytesMax = 1 << 20;
    std::vector<Token> tokens;
    if (context.token_file) {
      TRY_ASSIGN(const Bytes text, read_file(context.doors.fs, *context.token_file, kTokenFileBytesMax));
      TRY_ASSIGN(tokens, parse_tokens(as_text(text)));
    }
    context.tokens = std::move(tokens);
  }
  return &*context.tokens;
}

Result<const std::vector<S3Credentials>*> credentials_of(Context& context) {
  if (!context.credentials) {
    constexpr std::uint64_t kCredentialsBytesMax = 64 << 10;
    std::vector<S3Credentials> credentials;
    if (context.credentials_file) {
      TRY_ASSIGN(Bytes text, read_file(context.doors.fs, *context.credentials_file, kCredentialsBytesMax));
      auto parsed = parse_s3_credentials(as_text(text));
      wipe(text);
      TRY_ASSIGN(credentials, std::move(parsed));
    }
    context.credentials = std::move(credentials);
  }
  return &*context.credentials;
}

namespace {

Result<std::unique_ptr<S3Bucket>> open_bucket(Context& context, const std::string& address) {
  TRY_ASSIGN(S3Address bucket, S3Address::parse(address));
  TRY_ASSIGN(const auto* credentials, credentials_of(context));
  TRY_ASSIGN(auto client, HttpClient::make(context.network));
  const SecretBytes* pair = credentials_for(*credentials, bucket);
  return std::make_unique<S3Bucket>(std::move(client), system_sleeper(), context.doors.clock, std::move(bucket), pair);
}

Result<std::unique_ptr<Store>> open_bucket_store(Context& context, const std::string& address) {
  TRY_ASSIGN(auto bucket, open_bucket(context, address));
  return std::unique_ptr<Store>(
      std::make_unique<TileCache>(std::make_unique<S3Store>(std::move(bucket)), kTileCacheBytes));
}

}  // namespace

Result<std::unique_ptr<FolderStore>> open_folder(Context& context, const std::string& path) {
  if (is_remote(path)) {
    return Error(Code::unsupported,
                 "this is done to the folder of an archive, and not from afar: " + printable(path, 200) +
                     ". What takes addresses is said in docs/cli.md, \"Addresses\"");
  }
  if (path.empty()) return Error(Code::invalid, "an empty path is not the address of an archive");
  return std::make_unique<FolderStore>(context.doors.fs, absolute_path(path), context.doors.random);
}

namespace {

Result<std::unique_ptr<Store>> open_store(Context& context, const std::string& address, const RetryLimits& limits) {
  if (!is_remote(address)) {
    TRY_ASSIGN(auto folder, open_folder(context, address));
    return std::unique_ptr<Store>(std::move(folder));
  }
  if (is_bucket(address)) return open_bucket_store(context, address);
  if (!address.starts_with("https://") && !address.starts_with("http://")) {
    return Error(Code::unsupported,
                 "copies are reached in folders, and by http://, https:// and s3:// addresses; not by " +
                     printable(address, 80));
  }
  TRY_ASSIGN(const auto* tokens, tokens_of(context));
  HttpSettings settings = context.network;
  settings.silence = &context.silences.try_emplace(address, kNoSilence).first->second;
  TRY_ASSIGN(auto client, HttpClient::make(std::move(settings)));
  auto store = std::make_unique<HttpStore>(std::move(client), system_sleeper(), address, *tokens, limits);
  return std::unique_ptr<Store>(std::make_unique<TileCache>(std::move(store), kTileCacheBytes));
}

}  // namespace

Result<std::unique_ptr<Store>> open_store(Context& context, const std::string& address) {
  return open_store(context, address, {});
}

Result<std::unique_ptr<Store>> open_target(Context& context, const std::string& address) {
  if (is_bucket(address)) return open_bucket_store(context, address);
  TRY_ASSIGN(auto folder, open_folder(context, address));
  return std::unique_ptr<Store>(std::move(folder));
}

Result<std::unique_ptr<Place>> open_place(Context& context, const std::string& address) {
  if (!is_bucket(address)) {
    TRY_ASSIGN(const auto folder, open_folder(context, address));
    return std::unique_ptr<Place>(std::make_unique<FolderPlace>(context.doors, folder->root()));
  }
  TRY_ASSIGN(auto bucket, open_bucket(context, address));
  TRY_ASSIGN(auto for_head, open_bucket(context, address));
  auto place = std::make_unique<BucketPlace>(
      context.doors, std::move(bucket), std::move(for_head),
      context.state_folder ? std::optional(absolute_path(*context.state_folder)) : std::nullopt);
  if (context.state_folder) {
    const PrivateFiles only_for_me;
    TRY_ASSIGN(const std::string own, place->own_root());
    TRY(make_folders(context.doors.fs, own));
  }
  return std::unique_ptr<Place>(std::move(place));
}

Result<OpenStores> open_stores(Context& context, const std::vector<std::string>& addresses, FirstContact first) {
  RetryLimits limits;
  if (first == FirstContact::brief && addresses.size() > 1) limits.first_tries_max = 1;
  OpenStores stores;
  for (const std::string& address : addresses) {
    TRY_ASSIGN(auto store, open_store(context, address, limits));
    stores.all.push_back(store.get());
    stores.owned.push_back(std::move(store));
  }
  return stores;
}

std::size_t lanes_for(const std::vector<std::string>& addresses) {
  constexpr std::size_t kFar = 4, kNear = 2;  // each has a part in memory
  if (std::ranges::any_of(addresses, is_remote)) return kFar;
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kNear);
}

Result<std::vector<OpenStores>> open_lanes(Context& context, const std::vector<std::string>& addresses,
                                           std::size_t lanes, FirstContact first) {
  std::vector<OpenStores> opened;
  for (std::size_t lane = 0; lanes > 1 && lane < lanes; ++lane) {
    TRY_ASSIGN(auto stores, open_stores(context, addresses, first));
    opened.push_back(std::move(stores));
  }
  return opened;
}

std::vector<CopyLane> lanes_into_last(const std::vector<OpenStores>& opened) {
  std::vector<CopyLane> lanes;
  for (const OpenStores& stores : opened)
    lanes.push_back({.sources = {stores.all.begin(), stores.all.end() - 1}, .target = stores.all.back()});
  return lanes;
}

std::string absolute_path(const std::string& path) {
  std::error_code failed;
  const auto absolute = std::filesystem::absolute(path, failed);
  if (failed) return path;
  std::string text = absolute.lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

Result<std::optional<IdPin>> parse_pin(const std::optional<std::string>& id) {
  if (!id) return std::optional<IdPin>{};
  TRY_ASSIGN(IdPin pin, IdPin::parse(*id));
  return std::optional(std::move(pin));
}

Result<void> check_target(Context& context, const std::string& output, bool to_disk) {
  if (to_disk) return {};
  TRY_ASSIGN(const bool in_memory, stays_in_memory(context.doors.fs, output));
  if (!in_memory) {
    return Error(Code::invalid, printable(output) +
                                    " lies on a disk, and flash memory keeps what was deleted from it. Nothing was "
                                    "written. Open into memory, which forgets: -o /dev/shm/" +
                                    printable(name_in(absolute_path(output)), 255) +
                                    "; or, if it must be the disk, add --to-disk");
  }
  for (const std::string& area : swap_in_the_clear(context.doors.fs)) {
    context.output.note("Memory of this machine may be written to its disk, in the clear, by swap on " +
                        printable(area) + ". Before opening: sudo swapoff -a");
  }
  return {};
}

PrivateFiles::PrivateFiles() : before_(::umask(077)) {}
PrivateFiles::~PrivateFiles() { ::umask(static_cast<mode_t>(before_)); }

std::string counted(std::uint64_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

Result<std::string> read_recipient(Context& context, const std::string& given) {
  constexpr std::string_view kStart = "age1";
  if (given.starts_with(kStart)) return given;
  TRY_ASSIGN(const Bytes bytes, read_file(context.doors.fs, given, kHolderLineBytesMax));
  if (const auto holder = parse_holder_line(as_text(bytes))) return holder->recipient;
  for (std::string_view line : split(as_text(bytes), '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with(kStart)) return std::string(line);
  }
  return Error(Code::corrupt,
               given + " holds no key: neither what muniment key prints nor a line that starts with age1");
}

Result<std::vector<std::string>> sources_of(Context& context, const std::vector<std::string>& given,
                                            const std::string& archive) {
  if (!given.empty()) return given;
  std::vector<KnownMirror> known;
  if (!is_remote(archive)) {  // what is far away keeps no list for us
    TRY_ASSIGN(known, read_mirrors(context.doors.fs, absolute_path(archive)));
  }
  std::vector<std::string> addresses;
  for (const KnownMirror& mirror : known) addresses.push_back(mirror.where);
  if (!addresses.empty()) return addresses;
  return Error(Code::invalid, "no other copy is known here: give --from FOLDER");
}

}  // namespace muniment::cli
