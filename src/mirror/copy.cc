#include "mirror/copy.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "archive/charter_reader.h"
#include "mirror/object_copier.h"
#include "note/cosignature.h"

namespace muniment {
namespace {

class Copier {
 public:
  /// `published_size` is how many entries the target shows already.
  Copier(const std::vector<Store*>& sources, const SignedHead& head, Store& target, std::uint64_t published_size,
         const CopyOptions& options)
      : sources_(sources),
        head_(head),
        target_(target),
        options_(options),
        run_(sources.size(), options),
        copier_(sources, target, run_) {
    run_.published_size = published_size;
  }

  Result<void> copy_charters(const FoundCharter& charter);
  /// Whether the target shows this head already and has the log's files, by names and the sizes that are known.
  bool has_log();
  Result<void> copy_log();
  Result<void> publish(const tlog::Policy& policy);
  /// Sources whose agreement says that they do not hold all are not blamed for what they lack.
  void find_partial_sources(const ArchiveView& view);
  Result<void> copy_objects(const ArchiveView& view, const Charter& newest);
  CopyResult take() &&;

 private:
  Result<bool> write_log(Store& log);
  Result<void> copy_bundle(std::uint64_t index);
  std::optional<Bytes> find_bundle(std::uint64_t index, std::uint64_t width, const ObjectName& name);
  bool bundle_is_right(Store& tiles, ByteView bundle, std::uint64_t index, std::uint64_t width);

  const std::vector<Store*>& sources_;
  const SignedHead& head_;
  Store& target_;
  const CopyOptions& options_;
  CopyRun run_;
  ObjectCopier copier_;  // the caller's own
};

/// In the order of the entries, whatever the threads made of it.
CopyResult Copier::take() && {
  CopyResult& result = run_.result;
  if (!options_.lanes.empty()) {
    std::ranges::sort(result.bad, {},
                      [](const SourceFinding& bad) { return std::tie(bad.source, bad.finding.object); });
    std::ranges::sort(result.lost, {}, &Finding::object);
  }
  return std::move(result);
}

/// The head, with every cosignature of it that the sources and the target show: one that is there is not lost.
Result<void> Copier::publish(const tlog::Policy& policy) {
  if (run_.result.elsewhere > 0) return {};
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

std::optional<Bytes> Copier::find_bundle(std::uint64_t index, std::uint64_t width, const ObjectName& name) {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    auto bundle = read_bundle(*sources_[i], index, head_.head.size);
    if (!bundle) {
      // A copy that shows an older state does not have the newest bundle: that is no fault of its own.
      if (bundle.error().code() != Code::not_found)
        copier_.add_finding(i, name, bundle.error().sentence(), bundle.error().code());
      continue;
    }
    for (Store* tiles : sources_) {
      if (bundle_is_right(*tiles, *bundle, index, width)) return std::move(*bundle);
    }
    copier_.add_finding(i, name, "has been altered or cut");
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
  return copier_.put_checked(name, *bundle);
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
    put = copier_.put_checked(ObjectName(tile.path()), bytes);
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
    TRY(copier_.put_checked(name, as_view(version.note)));
    run_.charters.insert(name);
  }
  return {};
}

bool Copier::has_log() {
  if (options_.read_present || run_.published_size != head_.head.size) return false;
  for (const tlog::TileId& tile : tlog::new_tiles(0, head_.head.size)) {
    const auto size_bytes = target_.size(ObjectName(tile.path()));
    const bool is_bundle = tile.level == tlog::TileId::kEntries;
    if (!size_bytes || (!is_bundle && *size_bytes != tile.width * sizeof(Sha256::bytes))) return false;
    ++run_.result.objects_present;
  }
  return true;
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
    run_.partial.insert(i);
    run_.has_sticks |= (*agreed)->is_stick;
  }
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
  run_.result.is_part = agreed->has_value();
  std::vector<ObjectCopier> lanes;
  for (const CopyLane& lane : options_.lanes) {
    lane.target->put_in_groups(options_.steady_ns);
    lanes.emplace_back(lane.sources, *lane.target, run_);
  }
  if (lanes.empty()) lanes.push_back(copier_);
  constexpr std::size_t kWaitingMax = 64;
  constexpr std::size_t kQuickEntriesMax = 64;  // of what is likely to be there, so many are looked for as one task
  Crew crew(lanes.size(), kWaitingMax);
  std::vector<EntryObjects> group;
  const auto give_group = [&]() -> Result<void> {
    if (group.empty()) return {};
    return crew.give([&, entries = std::exchange(group, {})](std::size_t lane) -> Result<void> {
      for (const EntryObjects& entry : entries) TRY(copy_entry(lanes, run_, crew, lane, entry));
      return {};
    });
  };
  auto copied = visit_objects(target_, view, *agreed ? &**agreed : nullptr, [&](const EntryObjects& entry) {
    group.push_back(entry);
    const bool is_quick = entry.index < run_.published_size && !options_.read_present;
    return is_quick && group.size() < kQuickEntriesMax ? Result<void>() : give_group();
  });
  if (copied) copied = give_group();
  if (const auto finished = crew.finish(); copied) copied = finished;
  // Also after an error: the next run finds what this one brought.
  for (ObjectCopier& lane : lanes) {
    const auto flushed = lane.target().flush();
    if (copied) copied = flushed;
  }
  return copied;
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
  target.put_in_groups(options.steady_ns);
  Copier copier(sources, head, target, published_size, options);
  TRY(copier.copy_charters(charter));
  const bool has_log = copier.has_log();
  if (!has_log) TRY(copier.copy_log());
  // From here on the target's own entries are the ones to go by: they are held against the head.
  auto view = view_at(target, charter, head);
  if (!view && has_log) {
    TRY(copier.copy_log());
    view = view_at(target, charter, head);
  }
  if (!view) return view.error();
  FoundCharter newest = charter;
  TRY(follow_charters(newest, view->chain, "the log"));
  TRY(copier.copy_objects(*view, newest.charter));
  TRY(copier.publish(newest.charter.policy));
  TRY(target.drop_unfinished());  // also what was begun of a deposit that was removed since
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
