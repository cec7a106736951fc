#include "archive/intake.h"

#include <algorithm>

#include "age/hybrid.h"
#include "archive/carried.h"
#include "archive/open.h"
#include "archive/order.h"
#include "archive/reseal.h"
#include "archive/seal_kind.h"
#include "archive/verify.h"
#include "archive/watched.h"
#include "base/encoding.h"

namespace muniment {
namespace {

/// True for a sealed deposit, or a file in which some are carried. Only what may be one is opened: a folder that is
/// given again may have many others in it.
bool came_sealed(Fs& fs, const std::string& path) {
  const auto info = fs.info(path);
  if (!info) return false;
  if (info->type == FileType::folder) return is_sealed_deposit(fs, path);
  return info->type == FileType::file && info->size_bytes > bag::kTarBlockBytes && is_carried_file(fs, path);
}

}  // namespace

Intake::Intake(const Doors& doors, Home& home, const ArchiveView& view, SealTarget target,
               const age::Identity& compartment_key, IntakeHooks hooks)
    : doors_(doors),
      home_(home),
      view_(view),
      target_(std::move(target)),
      key_(compartment_key),
      hooks_(std::move(hooks)),
      incoming_(home.place().incoming()) {
  for (const LoggedDeposit& deposit : view.deposits) logged_.emplace(deposit.id, deposit.index);
}

Result<void> Intake::add(const std::string& path, SealLimits limits, const std::string& absolute) {
  TRY_ASSIGN(const FileInfo info, doors_.fs.info(path));
  if (info.type == FileType::file && is_carried_file(doors_.fs, path)) return unpack(path);
  if (info.type != FileType::folder) return seal(path, limits, absolute);
  if (is_sealed_deposit(doors_.fs, path)) return adopt(path, path);

  // A folder of sealed deposits: what `seal -o` wrote, incoming/, or a stick with what pages of cards made.
  const bool is_incoming = path == incoming_;
  TRY_ASSIGN(const auto names, doors_.fs.list(path));
  std::vector<std::string> sealed;
  std::vector<std::string> others;
  for (const std::string& name : names) {
    const std::string item = join(path, name);
    if (is_watched_folder(doors_.fs, item)) continue;
    (came_sealed(doors_.fs, item) ? sealed : others).push_back(item);
  }
  if (sealed.empty() && !is_incoming) return seal(path, limits, absolute);
  for (const std::string& item : sealed) TRY(add(item, limits));
  for (const std::string& other : others) {
    // What is left when a run is cut off at the very end of clearing an arrival away.
    const auto inside = doors_.fs.list(other);
    if (is_incoming && inside && inside->empty() && doors_.fs.remove(other)) continue;
    report_.refused.push_back(
        {other, name_in(other) == "staging"
                    ? "was left by a run of muniment seal that was cut off: it stays where it is. "
                      "Seal again, or see what is in it with muniment recover --salvage"
                    : "is not a whole sealed deposit: it stays where it is"});
  }
  return {};
}

SealHooks Intake::hooks_for_sealing(const std::string& path) {
  KnownItems* known = hooks_.known;
  SealHooks hooks{.place = [this, known, path](SealedDeposit& deposit) -> Result<void> {
                    TRY(home_.place().place_folder(deposit.folder, deposit_folder(deposit.id)));
                    added_.emplace(
                        deposit.id,
                        TakenDeposit{.id = deposit.id, .index = 0, .bytes = deposit.receipt.bytes, .from = path});
                    if (known != nullptr) known->note_placed(deposit.id);
                    return {};
                  },
                  .on_bytes = hooks_.on_bytes};
  if (known == nullptr) return hooks;
  hooks.is_wanted = [known](const SourceItem& item) { return known->is_wanted(item); };
  hooks.on_whole = [known](const SourceItem& item, const FileInfo& info) { known->note_whole(item, info); };
  return hooks;
}

Result<void> Intake::seal(const std::string& path, SealLimits limits, const std::string& absolute) {
  TRY_ASSIGN(const std::string own, home_.place().own_root());
  TRY_ASSIGN(StagingFolder staging, make_staging_folder(doors_.fs, own, doors_.random));
  if (hooks_.known != nullptr) hooks_.known->begin(path, absolute);
  auto sealed = seal_path(doors_, path, staging.path, target_, hooks_for_sealing(path), limits);
  if (hooks_.known != nullptr) hooks_.known->end();
  remove_staging_folder(doors_.fs, std::move(staging));
  if (!sealed) return sealed.error();
  for (const SealedDeposit& deposit : sealed->deposits) report_.files += deposit.files;
  report_.not_whole.insert(report_.not_whole.end(), sealed->not_whole.begin(), sealed->not_whole.end());
  return {};
}

/// Unpacks what was carried as one file beside what is staged, and takes in the deposits in it.
Result<void> Intake::unpack(const std::string& file) {
  TRY_ASSIGN(const std::string own, home_.place().own_root());
  TRY_ASSIGN(StagingFolder staging, make_staging_folder(doors_.fs, own, doors_.random));
  const std::string target = join(staging.path, "unpacked");
  const auto taken = [&]() -> Result<void> {
    TRY(doors_.fs.make_folder(target));
    TRY_ASSIGN(const Unpacked unpacked, unpack_carried(doors_.fs, file, target));
    for (const std::string& folder : unpacked.folders) {
      const std::string from = join(file, folder);
      if (is_sealed_deposit(doors_.fs, join(target, folder))) {
        TRY(adopt(join(target, folder), from));
      } else {
        report_.refused.push_back({from, "is not a whole sealed deposit: its receipt is missing"});
      }
    }
    if (!unpacked.trouble.empty()) report_.refused.push_back({file, "is damaged or cut off: " + unpacked.trouble});
    return {};
  }();
  remove_staging_folder(doors_.fs, std::move(staging));
  return taken;
}

/// A sealed deposit that is not as it should be stays where it is and is named; only our own trouble is an error.
/// `from` is where it came from, for people.
Result<void> Intake::adopt(const std::string& folder, const std::string& from) {
  const auto refuse = [&](const std::string& why) {
    report_.refused.push_back({from, why});
    return Result<void>();
  };
  const auto found = read_receipt(doors_.fs, folder);
  if (!found) return refuse(found.error().sentence());
  if (found->receipt.archive != view_.id) {
    return refuse("was sealed for another archive, " + id_words(found->receipt.archive));
  }
  if (added_.contains(found->id)) return {};
  TakenDeposit taken{.id = found->id, .index = 0, .bytes = found->receipt.bytes, .from = from};
  const bool is_from_incoming = parent_of(folder) == incoming_;
  const auto logged = logged_.find(found->id);
  if (logged != logged_.end()) taken.index = logged->second;
  const LoggedDeposit* known = view_.deposit(found->id);
  if (known != nullptr && known->removal) {
    return refuse("is entry " + std::to_string(known->index) + ", which was removed by entry " +
                  std::to_string(known->removal->index) + ": what was removed does not come back");
  }
  // However little of the arrival is left: an earlier run may have been cut off while it cleared it away.
  if (logged != logged_.end() && is_whole(source_in_store(home_.store(), found->id), *found)) {
    if (is_from_incoming) from_incoming_.emplace_back(folder, found->receipt);
    report_.already.push_back(taken);
    return {};
  }
  const auto contents =
      open_contents(source_in_folder(doors_.fs, folder), found->receipt, first_seal(found->receipt), key_);
  const bool is_unopened = !contents && contents.error().code() == Code::denied && hooks_.takes_unopened;
  if (!contents && !is_unopened) {
    return refuse("cannot be opened with the key of \"" + target_.compartment + "\": " + contents.error().sentence());
  }
  const auto why_not = copy_sealed(folder, *found);
  if (!why_not) return why_not.error();
  if (!why_not->empty()) return refuse(*why_not);

  if (is_from_incoming) from_incoming_.emplace_back(folder, found->receipt);
  if (logged != logged_.end()) {
    report_.already.push_back(taken);
    return {};
  }
  added_.emplace(found->id, taken);
  if (contents) report_.files += contents->files.size();
  if (is_unopened) report_.unopened.push_back(from);
  return {};
}

/// Copies the arrival into deposits/, or, where it is there already, puts back what is missing or wrong there.
/// Gives why it was not copied, or an empty text. Errors are those of writing.
Result<std::string> Intake::copy_sealed(const std::string& folder, const FoundReceipt& found) {
  Store& store = home_.store();
  const std::string target = deposit_folder(found.id) + "/";
  TRY_ASSIGN(const auto names, store.list(ObjectName(deposit_folder(found.id))));
  const bool present = !names.empty();
  if (present && is_whole(source_in_store(store, found.id), found)) return std::string();

  TRY_ASSIGN(const std::string own, home_.place().own_root());
  TRY_ASSIGN(StagingFolder staging, make_staging_folder(doors_.fs, own, doors_.random));
  const std::string staged = join(staging.path, "deposit");
  std::optional<Error> own_trouble;
  const auto copied = [&]() -> Result<void> {
    TRY(doors_.fs.make_folder(staged));
    TRY(visit_deposit(source_in_folder(doors_.fs, folder), found.receipt, [&](const std::string& name, ByteView bytes) {
      if (hooks_.on_bytes) hooks_.on_bytes(bytes.size());
      auto written =
          present ? store.replace(ObjectName(target + name), bytes) : write_new(doors_.fs, join(staged, name), bytes);
      if (!written) own_trouble = written.error();
      return written;
    }));
    return {};
  }();
  auto placed = Result<void>();
  if (copied && present) placed = store.replace(ObjectName(target + "receipt"), as_view(found.text));
  if (copied && !present) placed = finish_staged(staged, found);
  remove_staging_folder(doors_.fs, std::move(staging));
  if (own_trouble) return *own_trouble;
  if (!copied) return copied.error().sentence();
  TRY(placed);
  return std::string();
}

Result<void> Intake::finish_staged(const std::string& staged, const FoundReceipt& found) {
  TRY(doors_.fs.sync_folder(staged));
  TRY(write_new(doors_.fs, join(staged, "receipt"), as_view(found.text)));
  TRY(doors_.fs.sync_folder(staged));
  return home_.place().place_folder(staged, deposit_folder(found.id));
}

bool Intake::is_whole(const DepositSource& source, const FoundReceipt& found) {
  const auto receipt = get_checked(source, "receipt", found.id, kReceiptBytesMax);
  return receipt && visit_deposit(source, found.receipt, [](const std::string&, ByteView) { return Result<void>(); });
}

/// Why a deposit that lies in deposits/ is not one that a custodian can vouch for; empty when it is.
std::string Intake::objection_to(const std::string& name, const Result<FoundReceipt>& found) {
  if (!found) return found.error().sentence();
  if (found->receipt.archive != view_.id || deposit_folder(found->id) != name) return "it is not of this archive";
  const DepositSource source = source_in_store(home_.store(), found->id);
  if (const auto contents = open_contents(source, found->receipt, first_seal(found->receipt), key_); !contents) {
    if (contents.error().code() != Code::denied || !hooks_.takes_unopened) return contents.error().sentence();
    report_.unopened.push_back(name);
  }
  const auto read = visit_deposit(source, found->receipt, [](const std::string&, ByteView) { return Result<void>(); });
  return read ? std::string() : read.error().sentence();
}

/// Deposits that lie in deposits/ complete and unlogged: an earlier run was cut off between moving them and logging
/// them. They are looked at as closely as arrivals.
Result<void> Intake::add_left_behind() {
  TRY_ASSIGN(const auto unlogged, find_unlogged(home_.store(), view_));
  for (const std::string& name : unlogged) {
    const auto found = read_receipt(
        [&](const std::string& file, std::uint64_t bytes_max) -> Result<Bytes> {
          TRY_ASSIGN(const ObjectName object, ObjectName::parse(name + "/" + file));
          return home_.store().get(object, bytes_max);
        },
        name);
    if (found && added_.contains(found->id)) continue;
    const std::string objection = objection_to(name, found);
    if (!objection.empty()) {
      report_.refused.push_back({name, "lies in the archive, is not in the log, and cannot be taken in: " + objection});
      continue;
    }
    added_.emplace(
        found->id,
        TakenDeposit{.id = found->id, .index = 0, .bytes = found->receipt.bytes, .from = "left by an earlier run"});
  }
  return {};
}

/// The lines for an order that adds a hybrid seal to a deposit that is sealed for X25519 alone; none where it is not,
/// or where nothing better can be had here.
Result<std::vector<LoggedObject>> Intake::reseal_classic(const Sha256& id, const HolderKeys& custodian) {
  LoggedDeposit deposit;
  deposit.id = id;
  if (find_seal_kind(home_.store(), deposit) != SealKind::classic) return std::vector<LoggedObject>{};
  // By the keys that open it: what its contents say of the compartment is its sealer's word.
  const auto of = find_compartment_of(home_.store(), view_.charter, deposit, custodian.opener());
  if (!of && of.error().code() == Code::denied) return std::vector<LoggedObject>{};  // for people who are not here
  if (!of) return of.error();
  const std::string recipient = target_for(view_.id, *of->compartment).recipient;
  if (!age::is_hybrid_recipient(recipient)) return std::vector<LoggedObject>{};
  return reseal_deposit(home_.store(), deposit, *of->keys, recipient, doors_.random);
}

/// The entry by which one custodian adds seals beside the others.
Bytes Intake::make_reseal(std::vector<LoggedObject> seals, const SignerKey& custodian) {
  Order order;
  order.kind = OrderKind::reseal;
  order.number = make_order_number(doors_.random);
  order.date = to_date(doors_.clock.now_s());
  order.objects = std::move(seals);
  const SignerKey* const signers[] = {&custodian};
  const std::string note = sign_note(render_order(order, view_.id), signers);
  return {note.begin(), note.end()};
}

Result<IntakeReport> Intake::finish(const HolderKeys& custodian) {
  TRY(add_left_behind());
  TileReader tiles(home_.store(), view_.head.head.size);
  TRY_ASSIGN(tlog::Frontier frontier, tlog::Frontier::resume(view_.head.head.size, tiles.source()));
  std::vector<Bytes> entries;
  std::vector<std::vector<LoggedObject>> reseals;  // by the order that they go into, deposits ascending
  for (auto& [id, taken] : added_) {
    TRY_ASSIGN(Bytes receipt, home_.store().get(ObjectName(deposit_folder(id) + "/receipt"), kReceiptBytesMax));
    if (sha256(receipt) != id)
      return Error(Code::corrupt, deposit_folder(id) + "/receipt is not what was written: do not trust this disk");
    taken.index = frontier.size();
    frontier.append(tlog::leaf_hash(receipt));
    entries.push_back(std::move(receipt));
    TRY_ASSIGN(const auto seals, reseal_classic(id, custodian));
    taken.is_resealed = !seals.empty();
    if (taken.is_resealed) {
      if (reseals.empty() || reseals.back().size() == 2 * kOrderDepositsMax) reseals.emplace_back();
      reseals.back().insert(reseals.back().end(), seals.begin(), seals.end());
    }
    report_.taken.push_back(taken);
  }
  report_.head = view_.head.head;
  if (!entries.empty()) {
    const std::string accept = make_accept(view_.id, view_.head.head.size, frontier.head(), custodian.signer());
    entries.emplace_back(accept.begin(), accept.end());
    for (auto& seals : reseals) entries.push_back(make_reseal(std::move(seals), custodian.signer()));
    TRY_ASSIGN(const SignedHead head, home_.appender().append(entries, view_.head.head));
    report_.head = head.head;
  }
  if (hooks_.known != nullptr) report_.known = hooks_.known->finish();
  TRY(clear_incoming());
  return std::move(report_);
}

/// Only the objects that were taken in are removed, and the folder if nothing else is in it.
Result<void> Intake::clear_incoming() {
  for (const auto& [folder, receipt] : from_incoming_) {
    std::vector<std::string> names;
    for (std::uint64_t i = 0; i < receipt.parts; ++i) names.push_back(part_name(i));
    // The receipt last: as long as it is there, a run that was cut off here is told from half an arrival.
    names.insert(names.end(), {"SHA256SUMS", "header-0", "contents-0.age", "receipt"});
    for (const std::string& name : names) {
      if (name == "receipt") TRY(doors_.fs.sync_folder(folder));
      const auto removed = doors_.fs.remove(join(folder, name));
      if (!removed && removed.error().code() != Code::not_found) return removed;
    }
    static_cast<void>(doors_.fs.remove(folder).has_value());
  }
  return {};
}

}  // namespace muniment
