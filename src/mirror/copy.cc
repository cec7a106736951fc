#include "mirror/copy.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "archive/charter_reader.h"
#include "note/cosignature.h"

namespace muniment {
namespace {

class Copier {
 public:
  /// `published_size` is how many entries the target shows already.
  Copier(const std::vector<Store*>& sources, const SignedHead& head, Store& target, std::uint64_t published_size,
         const CopyOptions& options)
      : sources_(sources), head_(head), target_(target), published_size_(published_size), options_(options) {}

  Result<void> copy_charters(const FoundCharter& charter);
  Result<void> copy_log();
  Result<void> copy_entry(const EntryObjects& entry);
  Result<void> publish(const tlog::Policy& policy);
  /// Sources whose agreement says that they do not hold all are not blamed for what they lack.
  void find_partial_sources(const ArchiveView& view);
  Result<void> copy_objects(const ArchiveView& view, const Charter& newest);
  CopyResult take() && { return std::move(result_); }

 private:
  Result<bool> write_log(Store& log);
  Result<void> copy_bundle(std::uint64_t index);
  void add_finding(std::size_t source, const ObjectName& name, const std::string& what, std::optional<Code> code = {});
  std::optional<Bytes> find_bundle(std::uint64_t index, std::uint64_t width, const ObjectName& name);
  bool bundle_is_right(Store& tiles, ByteView bundle, std::uint64_t index, std::uint64_t width);
  Result<std::optional<Bytes>> copy_object(const LoggedObject& object, std::uint64_t bytes_max);
  Result<void> copy_part(const LoggedObject& part, std::uint64_t size_bytes);
  Result<std::optional<Bytes>> fetch(const LoggedObject& object, std::uint64_t bytes_max);
  Result<void> put_checked(const ObjectName& name, ByteView bytes);

  const std::vector<Store*>& sources_;
  const SignedHead& head_;
  Store& target_;
  std::uint64_t published_size_;
  const CopyOptions& options_;
  bool is_published_ = false;          // the entry at hand: whatever of it is in the target was made durable
  std::set<ObjectName> charters_;      // that were put
  std::set<std::size_t> unreachable_;  // sources of which that is said already
  std::set<std::size_t> partial_;      // sources that hold a part, by agreement or as sticks
  bool has_sticks_ = false;
  CopyResult result_;
};

/// The head, with every cosignature of it that the sources and the target show: one that is there is not lost.
Result<void> Copier::publish(const tlog::Policy& policy) {
  if (result_.elsewhere > 0) return {};
  const auto cosigners = policy.keys();
  std::string note = head_.note;
  std::vector<Store*> all = sources_;
  all.push_back(&target_);
  for (Store* store : cosigners.empty() ? std::vector<Store*>{} : all) {
    const auto shown = store->get(ObjectName("checkpoint"), kCheckpointBytesMax);
    if (!shown) continue;
    TRY_ASSIGN(note, add_cosignatures(note, as_text(*shown), cosigners));
  }
  return target_.replace(ObjectName("checkpoint"), as_view(note));
}

/// Bytes that are known to be right take the place of whatever is there.
Result<void> Copier::put_checked(const ObjectName& name, ByteView bytes) {
  const auto present = target_.size(name);
  auto put = target_.put(name, bytes);
  if (put && present) {
    ++result_.objects_present;
    return {};
  }
  if (!put && put.error().code() == Code::conflict) put = target_.replace(name, bytes);
  if (!put) return put;
  ++result_.objects_copied;
  result_.bytes_copied += bytes.size();
  if (options_.on_bytes) options_.on_bytes(bytes.size());
  return {};
}

/// True when every entry of the bundle is proved to be at its place in the head's tree by the tiles of one source.
bool Copier::bundle_is_right(Store& tiles, ByteView bundle, std::uint64_t index, std::uint64_t width) {
  const auto entries = tlog::parse_bundle(bundle, width);
  if (!entries) return false;
  TileReader reader(tiles, head_.head.size);
  for (std::uint64_t i = 0; i < width; ++i) {
    const std::uint64_t leaf = index * tlog::kTileWidth + i;
    const auto proof = tlog::inclusion_proof(leaf, head_.head.size, reader.source());
    if (!proof || !tlog::verify_inclusion(tlog::leaf_hash((*entries)[i]), leaf, *proof, head_.head)) return false;
  }
  return true;
}

void Copier::add_finding(std::size_t source, const ObjectName& name, const std::string& what,
                         std::optional<Code> code) {
  if (code == Code::unavailable && !unreachable_.insert(source).second) return;
  result_.bad.push_back({source, {name.text(), what}});
}

std::optional<Bytes> Copier::find_bundle(std::uint64_t index, std::uint64_t width, const ObjectName& name) {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    auto bundle = read_bundle(*sources_[i], index, head_.head.size);
    if (!bundle) {
      // A copy that shows an older state does not have the newest bundle: that is no fault of its own.
      if (bundle.error().code() != Code::not_found)
        add_finding(i, name, bundle.error().sentence(), bundle.error().code());
      continue;
    }
    for (Store* tiles : sources_) {
      if (bundle_is_right(*tiles, *bundle, index, width)) return std::move(*bundle);
    }
    add_finding(i, name, "has been altered or cut");
  }
  return std::nullopt;
}

Result<void> Copier::copy_bundle(std::uint64_t index) {
  const std::uint64_t width = std::min(tlog::kTileWidth, head_.head.size - index * tlog::kTileWidth);
  const ObjectName name(tlog::TileId{tlog::TileId::kEntries, index, width}.path());
  auto bundle = find_bundle(index, width, name);
  if (!bundle) {
    return Error(Code::corrupt, "no copy has good entries from " + std::to_string(index * tlog::kTileWidth) + " on (" +
                                    name.text() + "): without them the log cannot be followed any further");
  }
  return put_checked(name, *bundle);
}

/// Writes the tiles and bundles that the entries in `log` make; false when they do not lead to the head. A first pass
/// learns what each must be, so that nothing wrong is written whatever a second reading gives.
Result<bool> Copier::write_log(Store& log) {
  std::map<std::string, Sha256> right;
  TileBuilder learner([&](const tlog::TileId& tile, ByteView bytes) -> Result<void> {
    right.emplace(tile.path(), sha256(bytes));
    return {};
  });
  auto read = replay(log, head_.head, [&](std::uint64_t, ByteView entry) { return learner.append(entry); });
  if (!read || !learner.finish()) return false;

  Result<void> put;  // an error here is the target's
  TileBuilder builder([&](const tlog::TileId& tile, ByteView bytes) -> Result<void> {
    if (right.at(tile.path()) != sha256(bytes)) return Error(Code::corrupt, tile.path() + " reads otherwise now");
    put = put_checked(ObjectName(tile.path()), bytes);
    return put;
  });
  read = replay(log, head_.head, [&](std::uint64_t, ByteView entry) { return builder.append(entry); });
  if (read) read = builder.finish();
  if (!put) return put.error();
  return read.has_value();
}

/// All versions, also those that are not logged yet: they say which log keys count, and come before the log itself.
Result<void> Copier::copy_charters(const FoundCharter& charter) {
  for (const CharterVersion& version : charter.versions) {
    const ObjectName name = charter_name(version.charter.version);
    TRY(put_checked(name, as_view(version.note)));
    charters_.insert(name);
  }
  return {};
}

Result<void> Copier::copy_log() {
  // One source whose entries lead to the head by themselves is the usual case, and needs none of its tiles.
  for (Store* source : sources_) {
    TRY_ASSIGN(const bool written, write_log(*source));
    if (written) return {};
  }
  for (std::uint64_t index = 0; index * tlog::kTileWidth < head_.head.size; ++index) TRY(copy_bundle(index));
  TRY_ASSIGN(const bool written, write_log(target_));
  if (written) return {};
  return Error(Code::corrupt,
               "what was read back from " + target_.where() + " is not what was written: do not trust this disk");
}

void Copier::find_partial_sources(const ArchiveView& view) {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const auto agreed = find_agreed_part(*sources_[i], view.id, view.charter);
    if (!agreed || !*agreed) continue;
    partial_.insert(i);
    has_sticks_ |= (*agreed)->is_stick;
  }
}

/// What a source could not be asked for is not lost: the run ends there, and another one goes on.
Result<std::optional<Bytes>> Copier::fetch(const LoggedObject& object, std::uint64_t bytes_max) {
  std::optional<Error> not_asked;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    auto bytes = sources_[i]->get(object.name, bytes_max);
    if (bytes && sha256(*bytes) == object.digest) return std::optional(std::move(*bytes));
    if (!bytes && could_not_look(bytes.error().code())) not_asked = bytes.error();
    if (!bytes && bytes.error().code() == Code::not_found && partial_.contains(i)) continue;
    std::string what = bytes ? "has been altered or cut" : bytes.error().sentence();
    if (!bytes && bytes.error().code() == Code::not_found) what = "is missing";
    if (!bytes && bytes.error().code() == Code::limit) what = "is longer than it was";
    add_finding(i, object.name, what, bytes ? std::nullopt : std::optional(bytes.error().code()));
  }
  if (not_asked) return not_asked->in("what is left could not be copied");
  if (has_sticks_ && options_.waits_for_sticks) {
    ++result_.elsewhere;
    return std::optional<Bytes>{};
  }
  result_.lost.push_back({object.name.text(), "no copy has a good one"});
  return std::optional<Bytes>{};
}

/// Gives the object's bytes, from the target where it is right there, else from a source; nothing when it is lost.
Result<std::optional<Bytes>> Copier::copy_object(const LoggedObject& object, std::uint64_t bytes_max) {
  auto bytes = Result<Bytes>(target_.get(object.name, bytes_max));
  const bool is_right = bytes && sha256(*bytes) == object.digest;
  if (!is_right) {
    TRY_ASSIGN(auto fetched, fetch(object, bytes_max));
    if (!fetched) return std::optional<Bytes>{};
    bytes = std::move(*fetched);
  }
  // Also what is right: a run that was cut off may not have made it durable.
  TRY(put_checked(object.name, *bytes));
  return std::optional(std::move(*bytes));
}

Result<void> Copier::copy_part(const LoggedObject& part, std::uint64_t size_bytes) {
  const auto present = target_.size(part.name);
  if (present && *present == size_bytes && is_published_ && !options_.read_present_parts) {
    ++result_.objects_present;
    return {};
  }
  TRY(copy_object(part, size_bytes));
  return {};
}

Result<void> Copier::copy_entry(const EntryObjects& entry) {
  is_published_ = entry.index < published_size_;
  if (!entry.receipt) {
    for (const LoggedObject& object : entry.objects) TRY(copy_object(object, kLooseObjectBytesMax));
    if (entry.own && !charters_.contains(entry.own->name)) TRY(put_checked(entry.own->name, as_view(entry.own_text)));
    return {};
  }
  const Receipt& receipt = *entry.receipt;
  const std::string folder = deposit_folder(entry.deposit) + "/";
  for (const LoggedObject& seal : entry.seals) TRY(copy_object(seal, kContentsBytesMax));
  const ObjectName sums_name(folder + "SHA256SUMS");
  TRY_ASSIGN(const auto sums, copy_object({sums_name, receipt.sums}, receipt.parts * kSumsLineBytes));
  if (!sums) return {};  // named in `lost` already
  const auto parts = parse_sums(as_text(*sums), receipt.parts);
  if (!parts) {
    result_.lost.push_back({sums_name.text(), "is not a list of the parts, though it is the one that was logged"});
    return {};
  }
  for (std::uint64_t i = 0; i < (entry.is_removed || !entry.is_held ? 0 : receipt.parts); ++i) {
    TRY(copy_part({ObjectName(folder + part_name(i)), (*parts)[i]}, part_size(receipt, i)));
  }
  // The receipt is the entry itself, and comes last: a folder with a receipt is as whole as it gets.
  return put_checked(entry.own->name, as_view(entry.own_text));
}

Result<void> Copier::copy_objects(const ArchiveView& view, const Charter& newest) {
  find_partial_sources(view);
  const auto agreed = find_agreed_part(target_, view.id, newest);
  if (!agreed) {
    return agreed.error().in("what " + target_.where() +
                             " is to hold cannot be told. Get a new list for it (--select), or remove its file "
                             "agreed-part so that it holds all");
  }
  if (*agreed && (*agreed)->is_stick) {
    return Error(Code::conflict, target_.where() +
                                     " is one stick of several, and no copy: give --limit to go on with it, or another "
                                     "folder for a copy");
  }
  result_.is_part = agreed->has_value();
  return visit_objects(target_, view, *agreed ? &**agreed : nullptr,
                       [&](const EntryObjects& entry) { return copy_entry(entry); });
}

}  // namespace

Result<std::uint64_t> check_target(const std::vector<Store*>& sources, const FoundCharter& charter,
                                   const SignedHead& head, Store& target, bool may_be_home) {
  const auto present = target.get(ObjectName("charter/1"), kCharterBytesMax);
  if (present && sha256(*present) != charter.id && parse_charter(as_text(*present))) {
    return Error(Code::conflict, target.where() + " holds another archive. Nothing was copied there");
  }
  const bool is_home = target.size(ObjectName("home/place")).has_value();
  if (is_home && !may_be_home) {
    return Error(Code::conflict, target.where() +
                                     " is the home of an archive: it takes in deposits, and is not filled from copies. "
                                     "Nothing was copied there");
  }
  // Charters that the target has beyond the sources' count: stale sources do not take it back to a key that has ended.
  FoundCharter newest = charter;
  if (const auto own = read_charter(target, IdPin::of(charter.id))) {
    TRY(follow_charters(newest, *own, target.where()));
    if (const auto counts = verify_head(head.note, newest.charter.log()); !counts) {
      return Error(Code::forged, "by the newest charter, which lies at " + target.where() +
                                     ", what would be copied there does not count: " + counts.error().sentence() +
                                     ". Nothing was copied there");
    }
  }
  auto target_head = read_head(target, newest.charter.log());
  // A checkpoint that is damaged or of another log is replaced like any other damaged object.
  const auto is_damaged = [](Code code) { return code == Code::corrupt || code == Code::forged; };
  if (!target_head && target_head.error().code() != Code::not_found && !is_damaged(target_head.error().code())) {
    return target_head.error();
  }
  if (is_home && (!target_head || target_head->head != head.head)) {
    return Error(Code::conflict, target.where() +
                                     " is the home of an archive, and its own head is not what would be "
                                     "copied: recover into a new folder");
  }
  if (!target_head) return std::uint64_t{0};
  if (target_head->head == head.head) return head.head.size;
  if (target_head->head.size > head.head.size) {
    return Error(Code::conflict, target.where() + " shows " + std::to_string(target_head->head.size) +
                                     " entries, and what would be copied there only " + std::to_string(head.head.size) +
                                     ": it is the newer one. Nothing was copied there");
  }
  const std::uint64_t size = target_head->head.size;
  Survey survey{.charter = std::move(newest), .copies = std::vector<SurveyedCopy>(2), .best = 0};
  survey.copies[0].head = head;
  survey.copies[1].head = std::move(*target_head);
  auto forks = Result<std::vector<Fork>>(Error(Code::corrupt, "no copy's entries lead to the newest checkpoint"));
  for (Store* source : sources) {
    forks = find_forks(*source, survey);
    if (forks) break;
  }
  if (!forks) return forks.error();
  if (forks->empty()) return size;
  return Error(
      Code::forged,
      "the log of " + target.where() +
          " contradicts this one, and both are signed by the log key: the log has been forked. Nothing was copied");
}

Result<CopyResult> copy_archive(const std::vector<Store*>& sources, const FoundCharter& charter, const SignedHead& head,
                                Store& target, const CopyOptions& options) {
  TRY_ASSIGN(const std::uint64_t published_size, check_target(sources, charter, head, target, options.may_be_home));
  if (!options.agreed_part.empty()) {
    TRY(parse_agreed_part(options.agreed_part, charter.id, charter.charter));
    TRY(target.replace(ObjectName("agreed-part"), as_view(options.agreed_part)));
  }
  Copier copier(sources, head, target, published_size, options);
  TRY(copier.copy_charters(charter));
  TRY(copier.copy_log());
  // From here on the target's own entries are the ones to go by: they have been held against the head.
  TRY_ASSIGN(const ArchiveView view, view_at(target, charter, head));
  FoundCharter newest = charter;
  TRY(follow_charters(newest, view.chain, "the log"));
  TRY(copier.copy_objects(view, newest.charter));
  TRY(copier.publish(newest.charter.policy));
  return std::move(copier).take();
}

Result<CopyResult> copy_newest(const std::vector<Store*>& sources, Survey& survey, Store& target,
                               const CopyOptions& options) {
  auto copied = Result<CopyResult>(Error(Code::corrupt, "no copy shows a checkpoint"));
  for (const std::size_t i : heads_by_size(survey)) {
    survey.best = i;
    copied = copy_archive(sources, survey.charter, *survey.copies[i].head, target, options);
    if (copied || copied.error().code() != Code::corrupt) break;
  }
  return copied;
}

}  // namespace muniment
