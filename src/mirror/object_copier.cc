#include "mirror/object_copier.h"

#include <algorithm>

namespace muniment {
namespace {

/// Of what is smaller a cut-off run keeps nothing.
constexpr std::uint64_t kResumedBytesMin = 256 << 10;

/// The right bytes. No source is blamed for what was kept: where the whole is wrong, it is asked for all of it once.
Result<Bytes> fetch_from(Store& source, const LoggedObject& object, std::uint64_t bytes_max, Unfinished* unfinished) {
  for (;;) {
    const bool goes_on = unfinished != nullptr && !unfinished->begun().empty();
    auto bytes =
        unfinished == nullptr ? source.get(object.name, bytes_max) : source.get_on(object.name, bytes_max, *unfinished);
    if (!bytes || sha256(*bytes) == object.digest) return bytes;
    if (unfinished != nullptr) unfinished->forget();
    if (!goes_on) return Error(Code::corrupt, "has been altered or cut");
  }
}

}  // namespace

Result<void> ObjectCopier::put_checked(const ObjectName& name, ByteView bytes) {
  return put_checked(name, bytes, target_.size(name).has_value());
}

Result<void> ObjectCopier::put_checked(const ObjectName& name, ByteView bytes, bool is_there) {
  auto put = target_.put(name, bytes);
  if (put && is_there) return count_present();
  if (!put && put.error().code() == Code::conflict) put = target_.replace(name, bytes);
  if (!put) return put;
  const std::lock_guard lock(run_.mutex);
  CopyResult& result = run_.result;
  ++result.objects_copied;
  result.bytes_copied += bytes.size();
  if (run_.options.on_bytes) run_.options.on_bytes(bytes.size());
  return {};
}

void ObjectCopier::add_finding(std::size_t source, const ObjectName& name, const std::string& what,
                               std::optional<Code> code) {
  const std::lock_guard lock(run_.mutex);
  if (code == Code::unavailable && !run_.unreachable.insert(source).second) return;
  run_.result.bad.push_back({source, {name.text(), what}});
}

/// What a source could not be asked for is not lost: the run ends there, and another one goes on.
Result<std::optional<Bytes>> ObjectCopier::fetch(const LoggedObject& object, std::uint64_t bytes_max,
                                                 std::uint64_t expected_bytes, Unfinished* unfinished) {
  std::optional<Error> not_asked;
  for (const std::size_t i : run_.order.order()) {
    SourceOrder::Fetch running(run_.order, i, expected_bytes);
    auto bytes = fetch_from(*sources_[i], object, bytes_max, unfinished);
    if (bytes) {
      running.brought(bytes->size());
      return std::optional(std::move(*bytes));
    }
    const Code code = bytes.error().code();
    const bool is_absent = code == Code::not_found;
    if (is_absent && run_.partial.contains(i)) continue;
    if (!is_absent) running.failed();
    if (could_not_look(code)) not_asked = bytes.error();
    std::string what = bytes.error().sentence();
    if (is_absent) what = "is missing";
    if (code == Code::limit) what = "is longer than it was";
    add_finding(i, object.name, what, code);
  }
  if (not_asked) return not_asked->in("what is left could not be copied");
  const std::lock_guard lock(run_.mutex);
  if (run_.has_sticks && run_.options.waits_for_sticks) {
    ++run_.result.elsewhere;
    return std::optional<Bytes>{};
  }
  run_.result.lost.push_back({object.name.text(), "no copy has a good one"});
  return std::optional<Bytes>{};
}

Result<std::optional<Bytes>> ObjectCopier::copy_object(const LoggedObject& object, std::uint64_t bytes_max,
                                                       std::uint64_t expected_bytes) {
  // Its size first: what a bucket answers to HEAD has no body, and where nothing is it is one question.
  const bool is_there = target_.size(object.name).has_value();
  auto bytes = Result<Bytes>(Bytes{});
  if (is_there) bytes = target_.get(object.name, bytes_max);
  const bool is_right = is_there && bytes && sha256(*bytes) == object.digest;
  std::unique_ptr<Unfinished> unfinished;
  if (!is_right) {
    if (expected_bytes >= kResumedBytesMin) unfinished = target_.unfinished(object.name, expected_bytes);
    TRY_ASSIGN(auto fetched, fetch(object, bytes_max, expected_bytes, unfinished.get()));
    if (!fetched) return std::optional<Bytes>{};
    bytes = std::move(*fetched);
  }
  // Also what is right: a run that was cut off may not have made it durable.
  TRY(put_checked(object.name, *bytes, is_there));
  if (unfinished && !unfinished->begun().empty()) unfinished->forget();
  return std::optional(std::move(*bytes));
}

Result<void> ObjectCopier::count_present() {
  const std::lock_guard lock(run_.mutex);
  ++run_.result.objects_present;
  return {};
}

bool ObjectCopier::has(const ObjectName& name, std::optional<std::uint64_t> size_bytes) {
  const auto present = target_.size(name);
  return present && (!size_bytes || *present == *size_bytes);
}

bool ObjectCopier::is_present(const EntryObjects& entry) {
  if (!entry.receipt) return false;
  const Receipt& receipt = *entry.receipt;
  const std::string folder = deposit_folder(entry.deposit) + "/";
  const std::uint64_t parts = entry.is_removed || !entry.is_held ? 0 : receipt.parts;
  if (!has(entry.own->name, entry.own_text.size())) return false;
  if (!has(ObjectName(folder + "SHA256SUMS"), std::nullopt)) return false;
  for (const LoggedObject& seal : entry.seals) {
    if (!has(seal.name, std::nullopt)) return false;
  }
  for (std::uint64_t i = 0; i < parts; ++i) {
    if (!has(ObjectName(folder + part_name(i)), part_size(receipt, i))) return false;
  }
  const std::lock_guard lock(run_.mutex);
  run_.result.objects_present += 2 + entry.seals.size() + parts;
  return true;
}

namespace {

Result<void> copy_part(ObjectCopier& copier, const CopyRun& run, const EntryObjects& entry, const LoggedObject& part,
                       std::uint64_t size_bytes) {
  const bool is_published = entry.index < run.published_size;
  if (is_published && !run.options.read_present) {
    const auto present = copier.target().size(part.name);
    if (present && *present == size_bytes) return copier.count_present();
  }
  TRY(copier.copy_object(part, size_bytes, size_bytes));
  return {};
}

}  // namespace

Result<void> copy_entry(std::vector<ObjectCopier>& lanes, CopyRun& run, Crew& crew, std::size_t lane,
                        const EntryObjects& entry) {
  ObjectCopier& copier = lanes[lane];
  const bool is_published = entry.index < run.published_size;
  if (is_published && !run.options.read_present && copier.is_present(entry)) return {};
  if (!entry.receipt) {
    for (const LoggedObject& object : entry.objects) TRY(copier.copy_object(object, kLooseObjectBytesMax));
    if (entry.own && !run.charters.contains(entry.own->name))
      TRY(copier.put_checked(entry.own->name, as_view(entry.own_text)));
    return {};
  }
  const Receipt& receipt = *entry.receipt;
  const std::string folder = deposit_folder(entry.deposit) + "/";
  for (const LoggedObject& seal : entry.seals) TRY(copier.copy_object(seal, kContentsBytesMax));
  const ObjectName sums_name(folder + "SHA256SUMS");
  TRY_ASSIGN(const auto sums, copier.copy_object({sums_name, receipt.sums}, receipt.parts * kSumsLineBytes));
  if (!sums) return {};  // named in `lost` already
  const auto parts = parse_sums(as_text(*sums), receipt.parts);
  if (!parts) {
    const std::lock_guard lock(run.mutex);
    run.result.lost.push_back({sums_name.text(), "is not a list of the parts, though it is the one that was logged"});
    return {};
  }
  const std::uint64_t count = entry.is_removed || !entry.is_held ? 0 : receipt.parts;
  const Crew::Piece piece = [&](std::size_t piece_lane, std::uint64_t i) {
    const LoggedObject part{ObjectName(folder + part_name(i)), (*parts)[i]};
    return copy_part(lanes[piece_lane], run, entry, part, part_size(receipt, i));
  };
  TRY(crew.share(lane, count, piece));
  // The receipt is the entry itself, and comes last: a folder with a receipt is as whole as it gets.
  return copier.put_checked(entry.own->name, as_view(entry.own_text));
}

}  // namespace muniment
