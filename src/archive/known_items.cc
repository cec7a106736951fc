#include "archive/known_items.h"

#include <algorithm>

#include "age/file.h"
#include "archive/sealed_deposit.h"

namespace muniment {
namespace {

constexpr std::size_t kNameDigits = 16;
constexpr std::int64_t kSettledS = 2;  // FAT keeps times to two seconds; other clocks of files are finer
constexpr std::int64_t kNanosecondsOfSecond = 1'000'000'000;
constexpr std::uint64_t kBytesBesideItems = 64 * 1024;
constexpr std::uint64_t kItemBytesMax = 64;  // an item and a deposit's id, sealed

std::string catalogue_path(const std::string& own_root, const HolderKeys& custodian) {
  const std::string name = sha256(as_view(custodian.recipient())).hex().substr(0, kNameDigits);
  return join(own_root, "home/catalogue-" + name + ".age");
}

void count_item(ItemCount& count, SourceItem::Kind kind) {
  ++(kind == SourceItem::Kind::file ? count.files : count.others);
}

}  // namespace

KnownItems::KnownItems(const Doors& doors, Home& home, const ArchiveView& view, std::string compartment,
                       const HolderKeys& custodian, KnownOptions options)
    : doors_(doors),
      home_(home),
      view_(view),
      compartment_(std::move(compartment)),
      custodian_(custodian),
      options_(options) {}

void KnownItems::begin(const std::string& path, const std::string& absolute) {
  if (!catalogue_) open();
  given_ = path;
  root_ = absolute == "/" ? std::string() : absolute;
  recorded_size_ = recorded_name(path).size();
  settled_ns_ = (doors_.clock.now_s() - kSettledS) * kNanosecondsOfSecond;
  packages_.clear();
  pending_.clear();
}

void KnownItems::open() {
  auto found = read();
  if (!found && found.error().code() != Code::not_found) {
    must_replace_ = true;
    report_.trouble =
        "What was deposited from here before is not known, and everything is taken: the catalogue cannot "
        "be used: " +
        found.error().sentence();
  }
  catalogue_ = found ? std::move(*found) : Catalogue::make(view_.id, doors_.random);
  standings_.assign(catalogue_->deposits().size(), Standing::unasked);
}

Result<Catalogue> KnownItems::read() {
  TRY_ASSIGN(const std::string own, home_.place().own_root());
  TRY_ASSIGN(const Bytes file, read_file(doors_.fs, catalogue_path(own, custodian_),
                                         kBytesBesideItems + options_.items_max * kItemBytesMax));
  const age::Identity* const identities[] = {&custodian_.identity()};
  TRY_ASSIGN(SecretBytes plain, age::open_bytes(file, identities));
  return Catalogue::parse(
      std::move(plain),
      {.archive = view_.id, .custodian = custodian_.signer().verifier(), .items_max = options_.items_max});
}

const std::string& KnownItems::absolute_of(const SourceItem& item) {
  absolute_.assign(root_);
  return absolute_.append(item.true_path, recorded_size_);
}

ItemTag KnownItems::tag_of(const SourceItem& item, const FileInfo& info) {
  return catalogue_->tag_of(compartment_, item.kind, absolute_of(item), info);
}

bool KnownItems::is_wanted(const SourceItem& item) {
  if (options_.again || catalogue_->items() == 0) return true;
  const auto deposit = catalogue_->find(tag_of(item, item.info));
  if (!deposit) return true;
  const Standing standing = standing_of(*deposit);
  if (standing == Standing::not_here) return true;
  if (standing == Standing::removed) {
    count_removed(*deposit, item.kind);
    return false;
  }
  if (item.package != PackageKind::none && !is_known_package(item)) return true;
  count_item(here_, item.kind);
  return false;
}

KnownItems::Standing KnownItems::standing_of(std::uint32_t deposit) {
  Standing& standing = standings_[deposit];
  if (standing != Standing::unasked) return standing;
  const LoggedDeposit* logged = view_.deposit(catalogue_->deposits()[deposit]);
  standing = Standing::not_here;
  if (logged != nullptr && logged->removal) standing = Standing::removed;
  if (logged != nullptr && !logged->removal && is_here(*logged)) standing = Standing::here;
  return standing;
}

/// Whole by names and sizes: what is damaged within them is for verify to find.
bool KnownItems::is_here(const LoggedDeposit& deposit) {
  Store& store = home_.store();
  const auto receipt = read_logged_receipt(source_in_store(store, deposit.id), deposit.id);
  if (!receipt) return false;
  const auto size_of = [&](const std::string& name) {
    const auto size = store.size(ObjectName(deposit_folder(deposit.id) + "/" + name));
    return size ? *size : 0;
  };
  if (size_of(header_name(deposit.newest_seal())) == 0 || size_of(contents_name(deposit.newest_seal())) == 0)
    return false;
  if (size_of("SHA256SUMS") != receipt->parts * kSumsLineBytes) return false;
  for (std::uint64_t i = 0; i < receipt->parts; ++i) {
    if (size_of(part_name(i)) != part_size(*receipt, i)) return false;
  }
  return true;
}

void KnownItems::count_removed(std::uint32_t deposit, SourceItem::Kind kind) {
  const LoggedDeposit* logged = view_.deposit(catalogue_->deposits()[deposit]);
  GivenAgain::Removed& removed = removed_[logged->index];
  removed.index = logged->index;
  removed.removal = logged->removal->index;
  count_item(removed.count, kind);
}

/// What a capture app hands over stays together: of a package with something new in it all is taken. Decided once for
/// each folder.
bool KnownItems::is_known_package(const SourceItem& item) {
  const std::string folder = parent_of(item.fs_path);
  while (!packages_.empty() && !lies_in(folder, packages_.back().path)) packages_.pop_back();
  if (packages_.empty() || packages_.back().path != folder) packages_.push_back({folder, knows_all_files_beside(item)});
  return packages_.back().is_known;
}

bool KnownItems::knows_all_files_beside(const SourceItem& item) {
  const std::string folder = parent_of(item.fs_path);
  const auto names = doors_.fs.list(folder);
  if (!names) return false;
  SourceItem beside = item;
  for (const std::string& name : *names) {
    const auto info = doors_.fs.info(join(folder, name));
    if (!info) return false;
    if (info->type != FileType::file) continue;
    beside.kind = SourceItem::Kind::file;
    beside.true_path = parent_of(item.true_path) + "/" + name;
    const auto deposit = catalogue_->find(tag_of(beside, *info));
    if (!deposit || standing_of(*deposit) == Standing::not_here) return false;
  }
  return true;
}

void KnownItems::note_whole(const SourceItem& item, const FileInfo& info) {
  if (info.modified_ns <= settled_ns_ && info.changed_ns <= settled_ns_) pending_.push_back(tag_of(item, info));
}

void KnownItems::note_placed(const Sha256& deposit) {
  if (!pending_.empty()) placed_.push_back({deposit, std::move(pending_)});
  pending_.clear();
}

void KnownItems::end() {
  GivenAgain again{.path = given_, .here = std::exchange(here_, {}), .removed = {}};
  for (const auto& [index, removed] : std::exchange(removed_, {})) again.removed.push_back(removed);
  if (!again.empty()) report_.paths.push_back(std::move(again));
}

KnownReport KnownItems::finish() {
  if (!placed_.empty() || must_replace_) {
    if (const auto saved = save(); !saved)
      report_.trouble = "What was deposited now will not be known the next time: the catalogue could not be written: " +
                        saved.error().sentence();
  }
  return std::move(report_);
}

Result<void> KnownItems::save() {
  TRY_ASSIGN(const std::string own, home_.place().own_root());
  const SecretBytes plain = catalogue_->render_with(
      placed_, [&](const Sha256& deposit) { return view_.deposit(deposit) != nullptr; }, custodian_.signer(),
      options_.items_max);
  TRY_ASSIGN(const auto recipient, age::parse_recipient(custodian_.recipient()));
  const age::Recipient* const recipients[] = {recipient.get()};
  TRY_ASSIGN(const Bytes sealed, age::seal_bytes(plain.expose(), recipients, doors_.random));
  const std::string path = catalogue_path(own, custodian_);
  TRY(make_folders(doors_.fs, parent_of(path)));
  return replace_durably(doors_.fs, path, sealed);
}

}  // namespace muniment
