#include "archive/salvage.h"

#include <algorithm>
#include <functional>

#include "age/file.h"
#include "archive/receipt.h"
#include "bag/tar.h"
#include "base/encoding.h"

namespace muniment {
namespace {

/// Writes payload files as they come, under their names in the bag, which are safe by the reader's rule.
class SalvageWriter final : public bag::TarHandler {
 public:
  SalvageWriter(Fs& fs, std::string target, SalvageReport& report)
      : fs_(fs), target_(std::move(target)), report_(report) {}

  Result<void> begin_file(const bag::TarEntry& entry) override {
    const std::size_t slash = entry.name.find("/data/");
    if (slash == std::string::npos) return {};
    name_ = entry.name.substr(slash + 6);
    unfinished_ = join(target_, "incomplete-" + std::to_string(report_.whole.size() + 1));
    TRY_ASSIGN(output_, fs_.create(unfinished_));
    return {};
  }

  Result<void> data(ByteView bytes) override {
    if (output_ == nullptr) return {};
    return output_->write(bytes);
  }

  Result<void> end_file() override {
    if (output_ == nullptr) return {};
    TRY(output_->sync());
    output_.reset();
    const std::string path = join(target_, name_);
    TRY(make_folders(fs_, parent_of(path)));
    TRY(fs_.rename_new(unfinished_, path));
    TRY(fs_.sync_folder(parent_of(path)));
    report_.whole.push_back(name_);
    return {};
  }

  /// What is under way stays, under a name that is short enough for any disk.
  Result<void> finish() {
    if (output_ == nullptr) return {};
    TRY(output_->sync());
    output_.reset();
    report_.incomplete.push_back(name_ + " (as " + name_in(unfinished_) + ")");
    return fs_.sync_folder(target_);
  }

 private:
  Fs& fs_;
  std::string target_;
  SalvageReport& report_;
  std::string name_;
  std::string unfinished_;  // where it is written until it is whole
  std::unique_ptr<OutputFile> output_;
};

/// Feeds parts until one is missing, short or altered; says in the report why it stopped.
Result<void> feed_parts(Fs& fs, const std::string& folder, age::StreamOpener& opener, SalvageReport& report) {
  for (std::uint64_t i = 0;; ++i) {
    const auto part = read_file(fs, join(folder, part_name(i)), kPartBytes);
    if (!part && part.error().code() == Code::not_found) {
      report.stopped = part_name(i) + " is not there";
      break;
    }
    if (!part && part.error().code() == Code::limit) {
      report.stopped = part_name(i) + " is longer than a part";
      break;
    }
    if (!part) {
      report.stopped = part.error().sentence();
      break;
    }
    if (auto written = opener.write(*part); !written) {
      const Code code = written.error().code();
      const bool is_of_the_deposit = code == Code::forged || code == Code::corrupt || code == Code::limit;
      if (!is_of_the_deposit) return written;  // the disk that is written to
      report.stopped = part_name(i) + ": " + written.error().sentence();
      return {};
    }
    ++report.parts;
    if (part->size() < kPartBytes) break;
  }
  if (opener.finish()) {
    report.stopped.clear();
  } else if (report.stopped.empty()) {
    report.stopped = "the last part is cut";
  }
  return {};
}

/// The numbers of the headers in the folder, the newest first.
Result<std::vector<std::uint64_t>> list_headers(Fs& fs, const std::string& folder) {
  constexpr std::string_view kHeader = "header-";
  TRY_ASSIGN(const auto names, fs.list(folder));
  std::vector<std::uint64_t> numbers;
  for (const std::string& name : names) {
    if (!name.starts_with(kHeader)) continue;
    const auto number = parse_decimal(std::string_view(name).substr(kHeader.size()), 1'000'000);
    if (number) numbers.push_back(*number);
  }
  std::ranges::sort(numbers, std::greater());
  if (numbers.empty()) return Error(Code::not_found, folder + " holds no header-0: without it nothing can be opened");
  return numbers;
}

/// The newest header that opens: seals that were renewed may be for another key than the older ones.
Result<age::OpenedHeader> open_any_header(Fs& fs, const std::string& folder, const age::Identity& key) {
  TRY_ASSIGN(const auto numbers, list_headers(fs, folder));
  const age::Identity* const identities[] = {&key};
  std::optional<Error> refusal;
  for (const std::uint64_t number : numbers) {
    const auto header = read_file(fs, join(folder, header_name(number)), kHeaderBytesMax);
    auto opened = header ? age::open_header(*header, identities) : Result<age::OpenedHeader>(header.error());
    if (opened) return opened;
    if (!refusal) refusal = opened.error();
  }
  return *refusal;
}

}  // namespace

Result<SalvageReport> salvage_deposit(const Doors& doors, const std::string& folder, const age::Identity& key,
                                      const std::string& target) {
  TRY_ASSIGN(const age::OpenedHeader opened, open_any_header(doors.fs, folder, key));
  SalvageReport report;
  SalvageWriter writer(doors.fs, target, report);
  bag::TarReader tar(writer);
  age::StreamOpener opener(opened.payload_key, [&](ByteView plain) { return tar.write(plain); });
  TRY(make_folders(doors.fs, target));
  TRY_ASSIGN(const auto present, doors.fs.list(target));
  if (!present.empty()) return Error(Code::conflict, target + " is not empty: salvage into a new folder");
  TRY(feed_parts(doors.fs, folder, opener, report));
  TRY(writer.finish());
  return report;
}

}  // namespace muniment
