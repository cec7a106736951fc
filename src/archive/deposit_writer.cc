#include "archive/deposit_writer.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "archive/version.h"
#include "base/encoding.h"
#include "crypto/mlkem.h"

namespace muniment {
namespace {

constexpr std::size_t kReadBytes = 1 << 20;
constexpr std::uint64_t kTarFloorBytes = 64 * 1024;

std::string new_base_name(Random& random) {
  std::array<std::uint8_t, 8> name{};
  random.fill(name);
  return "bag-" + to_hex(name);
}

ItemFacts facts_of(const SourceItem& item, const FileInfo& info) {
  return {.path = item.true_path,
          .modified_ns = info.modified_ns,
          .mode = info.mode,
          .owner = info.owner,
          .group = info.group,
          .defects = {}};
}

/// For the tar; the exact time is in the contents.
std::int64_t to_seconds(const FileInfo& info) { return info.modified_ns / 1'000'000'000; }

std::string better_of(const std::string& classic, const std::string& hybrid) {
  return !hybrid.empty() && has_mlkem768() ? hybrid : classic;
}

}  // namespace

SealTarget target_for(const Sha256& archive, const Compartment& compartment) {
  return {.archive = archive,
          .compartment = compartment.name,
          .recipient = better_of(compartment.recipient, compartment.hybrid),
          .testimony = {}};
}

SealTarget target_for(const Card& card) {
  return {.archive = card.archive,
          .compartment = card.compartment,
          .recipient = better_of(card.recipient, card.hybrid),
          .testimony = {}};
}

std::string left_out_sentence(const SourceItem& item, const std::string& reason) {
  return printable(item.true_path) + " was left out: " + reason;
}

std::string tool_name() { return "muniment " + std::string(kVersion); }

DepositWriter::DepositWriter(const Doors& doors, std::string folder, SealTarget target, std::string base,
                             Secret<32> payload_key)
    : doors_(doors),
      folder_(std::move(folder)),
      target_(std::move(target)),
      base_(std::move(base)),
      now_s_(doors.clock.now_s()),
      parts_(doors.fs, folder_, doors.work),
      sealer_(payload_key, [this](ByteView sealed) { return parts_.write(sealed); }),
      to_sealer_(doors.work, [this](ByteView tar) { return sealer_.write(tar); }),
      bag_([this](ByteView tar) { return to_sealer_.write(tar); }, base_, now_s_,
           [this](Sha256Hasher& hasher, ByteView data) { return parts_.hash_beside(hasher, data); }),
      contents_(doors.random) {}

Result<std::unique_ptr<DepositWriter>> DepositWriter::begin(const Doors& doors, const std::string& folder,
                                                            const SealTarget& target) {
  TRY_ASSIGN(const auto recipient, age::parse_recipient(target.recipient));
  const age::Recipient* const recipients[] = {recipient.get()};
  TRY_ASSIGN(age::SealedHeader header, age::seal_header(recipients, doors.random));
  TRY(write_new(doors.fs, join(folder, "header-0"), header.bytes));
  std::unique_ptr<DepositWriter> writer(
      new DepositWriter(doors, folder, target, new_base_name(doors.random), std::move(header.payload_key)));
  writer->header_ = std::move(header.bytes);
  TRY(writer->bag_.begin());
  return writer;
}

bool DepositWriter::is_full(std::uint64_t item_bytes, const SealLimits& limits) const {
  if (empty()) return false;
  return source_bytes_ + item_bytes > limits.split_bytes || contents_.items() >= limits.split_items ||
         contents_.size_bytes() > limits.split_contents_bytes;
}

Result<void> DepositWriter::add(const ReadItem& read, SealReport& report, const SealHooks& hooks) {
  const SourceItem& item = read.item;
  switch (item.kind) {
    case SourceItem::Kind::file:
      return read.whole ? add_whole(item, *read.whole, report, hooks) : add_file(item, report, hooks);
    case SourceItem::Kind::empty_folder:
      contents_.add_empty_folder(facts_of(item, item.info));
      if (hooks.on_whole) hooks.on_whole(item, item.info);
      return {};
    case SourceItem::Kind::left_out: leave_out(item, item.reason, report, hooks); return {};
    case SourceItem::Kind::link: break;
  }
  const auto target = doors_.fs.read_link(item.fs_path);
  if (!target) {
    leave_out(item, target.error().sentence(), report, hooks);
    return {};
  }
  contents_.add_link(facts_of(item, item.info), *target);
  ++report.links;
  if (hooks.on_taken) hooks.on_taken({item, {}, "is a link: it was recorded and not followed"});
  if (hooks.on_whole) hooks.on_whole(item, item.info);
  return {};
}

Result<void> DepositWriter::begin_file(const std::string& true_path, std::uint64_t size_bytes,
                                       std::int64_t modified_s) {
  TRY(bag_.begin_file(names_.add(true_path), size_bytes, modified_s));
  source_bytes_ += size_bytes;
  return {};
}

Result<void> DepositWriter::write(ByteView data) { return bag_.write(data); }

Result<bag::PayloadFile> DepositWriter::end_file() {
  ++files_;
  return bag_.end_file();
}

Result<void> DepositWriter::add_whole(const SourceItem& item, const WholeFile& file, SealReport& report,
                                      const SealHooks& hooks) {
  TRY_ASSIGN(const bag::PayloadFile written,
             bag_.add_file(names_.add(item.true_path), to_seconds(file.info), file.bytes, file.digest));
  FileLook look(item.true_path, file.info.modified_ns, mark_times());
  if (!file.bytes.empty()) look.update(file.bytes);
  if (hooks.on_bytes) hooks.on_bytes(file.bytes.size());
  source_bytes_ += file.bytes.size();
  record(item, file.info, written, look, "", report, hooks);
  return {};
}

Result<void> DepositWriter::add_file(const SourceItem& item, SealReport& report, const SealHooks& hooks) {
  const auto input = doors_.fs.open(item.fs_path);
  if (!input) {
    leave_out(item, why_unread(input.error()), report, hooks);
    return {};
  }
  const auto before = (*input)->info();
  if (!before) {
    leave_out(item, before.error().sentence(), report, hooks);
    return {};
  }
  TRY(bag_.begin_file(names_.add(item.true_path), before->size_bytes, to_seconds(*before)));
  std::string defect;
  FileLook look(item.true_path, before->modified_ns, mark_times());
  TRY_ASSIGN(const std::uint64_t read_bytes, copy_bytes(**input, before->size_bytes, defect, look, hooks));
  TRY_ASSIGN(const bag::PayloadFile written, bag_.end_file());
  if (defect.empty()) {
    const auto after = (*input)->info();
    if (!after || after->modified_ns != before->modified_ns) defect = "was changed while it was read";
  }
  source_bytes_ += read_bytes;
  record(item, *before, written, look, std::move(defect), report, hooks);
  return {};
}

/// What was read of a file, in the contents and for who wants to be told.
void DepositWriter::record(const SourceItem& item, const FileInfo& info, const bag::PayloadFile& written,
                           FileLook& look, std::string defect, SealReport& report, const SealHooks& hooks) {
  if (defect.empty() && std::abs(info.modified_ns) >= kModifiedMaxNs)
    defect = "has a time outside the years 1678 to 2261, which is not kept";
  ItemFacts facts = facts_of(item, info);
  if (!defect.empty()) {
    facts.defects.push_back(defect);
    report.not_whole.push_back(printable(item.true_path) + " " + defect);
  }
  facts.marks = look.finish();
  packages_.add(parent_of(item.true_path), {.name = name_in(item.true_path),
                                            .digest = written.digest.hex(),
                                            .size_bytes = written.size_bytes,
                                            .lacks_camera = look.lacks_camera(),
                                            .claim = look.take_claim()});
  contents_.add_file(written, facts);
  if (hooks.on_taken) hooks.on_taken({item, written.digest, defect});
  if (hooks.on_whole && defect.empty()) hooks.on_whole(item, info);
  ++files_;
}

/// Copies exactly `size_bytes` into the bag, as its header has announced: what the source does not give is zeros, and
/// `defect` says so. Gives the bytes that came from the source.
Result<std::uint64_t> DepositWriter::copy_bytes(InputFile& input, std::uint64_t size_bytes, std::string& defect,
                                                FileLook& look, const SealHooks& hooks) {
  std::uint64_t done = 0;
  if (buffer_.size() < kReadBytes)
    buffer_.resize(std::clamp<std::uint64_t>(size_bytes, buffer_.size() + 1, kReadBytes));
  while (done < size_bytes) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size(), size_bytes - done));
    const auto count = input.read(MutableBytes(buffer_).first(want));
    if (!count || *count == 0) {
      const std::string cause = count ? "became shorter while it was read"
                                      : "could not be read to its end (" + count.error().sentence() + ")";
      defect = cause + ": only its first " + std::to_string(done) + " of " + std::to_string(size_bytes) +
               " bytes are here, the rest is zeros";
      break;
    }
    TRY(bag_.write(ByteView(buffer_).first(*count)));
    look.update(ByteView(buffer_).first(*count));
    done += *count;
    if (hooks.on_bytes) hooks.on_bytes(*count);
  }
  if (defect.empty()) {
    const auto more = input.read(MutableBytes(buffer_).first(1));
    if (more && *more > 0)
      defect = "grew while it was read: only its first " + std::to_string(size_bytes) + " bytes are here";
    return done;
  }
  std::ranges::fill(buffer_, std::uint8_t{0});
  for (std::uint64_t filled = done; filled < size_bytes;) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size(), size_bytes - filled));
    TRY(bag_.write(ByteView(buffer_).first(count)));
    filled += count;
  }
  return done;
}

/// The sealing machine's clock, and the day on which a testimony was told, where the answer is a date.
MarkTimes DepositWriter::mark_times() const {
  MarkTimes times{.now_s = now_s_};
  if (!target_.testimony) return times;
  for (const auto& [key, answer] : target_.testimony->answers) {
    if (key != std::string_view("date")) continue;
    if (const auto date = parse_date(answer)) times.told_s = *date;
  }
  return times;
}

void DepositWriter::leave_out(const SourceItem& item, const std::string& reason, SealReport& report,
                              const SealHooks& hooks) {
  contents_.add_left_out(item.true_path, reason);
  report.not_whole.push_back(left_out_sentence(item, reason));
  if (hooks.on_taken) hooks.on_taken({item, {}, "was left out: " + reason});
}

/// A bag needs a payload (RFC 8493 section 2.1.2), and a tar of files alone cannot hold an empty folder.
Result<void> DepositWriter::add_note_of_no_files() {
  constexpr std::string_view kName = "no-files.txt";
  constexpr std::string_view kNote =
      "What was given holds no files. Links, empty folders and what was left out are in metadata/contents.jsonl.\n";
  TRY_ASSIGN(const bag::PayloadFile written,
             bag_.add_file(names_.add(kName), now_s_, as_view(kNote), sha256(as_view(kNote))));
  ItemFacts facts;
  facts.path = kName;
  facts.modified_ns = now_s_ * 1'000'000'000;
  facts.defects = {"was written by muniment, since what was given holds no files"};
  contents_.add_file(written, facts);
  return {};
}

Result<SealedDeposit> DepositWriter::finish() {
  if (files_ == 0) TRY(add_note_of_no_files());
  for (const PackageBook::Found& package : packages_.finish())
    contents_.add_package({std::string(name_of(package.kind)), package.folder, package.defects});
  if (target_.testimony) contents_.add_testimony(*target_.testimony);
  const ContentsWriter::Finished contents = contents_.finish({.archive = target_.archive,
                                                              .compartment = target_.compartment,
                                                              .bag = base_,
                                                              .sealed_s = now_s_,
                                                              .tool = tool_name()});
  const bag::BagInfo info{{{"Bag-Software-Agent", tool_name()}, {"Bagging-Date", to_date(now_s_)}}};
  TRY(bag_.finish(info, contents.bytes, kTarFloorBytes));
  TRY(to_sealer_.finish());
  TRY(sealer_.finish());
  TRY(parts_.finish());

  TRY_ASSIGN(const auto recipient, age::parse_recipient(target_.recipient));
  const age::Recipient* const recipients[] = {recipient.get()};
  TRY_ASSIGN(const Bytes sealed_contents, age::seal_bytes(contents.bytes, recipients, doors_.random));
  const std::string sums = render_sums(parts_.parts());
  SealedDeposit deposit{.id = {}, .receipt = {}, .folder = folder_, .files = files_, .source_bytes = source_bytes_};
  deposit.receipt = {.archive = target_.archive,
                     .contents = sha256(contents.bytes),
                     .tree = contents.tree,
                     .bytes = parts_.size_bytes(),
                     .parts = parts_.parts().size(),
                     .sums = sha256(as_view(sums)),
                     .header = sha256(header_),
                     .sealed_contents = sha256(sealed_contents)};
  const std::string receipt = render_receipt(deposit.receipt);
  deposit.id = deposit_id(receipt);
  TRY(write_new(doors_.fs, join(folder_, "contents-0.age"), sealed_contents));
  TRY(write_new(doors_.fs, join(folder_, "SHA256SUMS"), as_view(sums)));
  TRY(doors_.fs.sync_folder(folder_));
  TRY(write_new(doors_.fs, join(folder_, "receipt"), as_view(receipt)));
  TRY(doors_.fs.sync_folder(folder_));
  return deposit;
}

}  // namespace muniment
