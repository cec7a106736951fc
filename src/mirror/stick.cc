#include "mirror/stick.h"

#include <algorithm>

#include "age/file.h"
#include "archive/charter_reader.h"
#include "bag/padme.h"
#include "bag/tar.h"
#include "ledger/log.h"
#include "store/audience.h"

namespace muniment {
namespace {

constexpr std::uint64_t kWrapFloorBytes = 64 * 1024;
constexpr std::size_t kSealedHeaderBytesMax = 16 * 1024;  // of a sealed file
constexpr std::size_t kShortNameBytes = 100;              // a longer one takes two more blocks in a tar archive
const ObjectName kStickName("stick");

std::uint64_t whole_blocks(std::uint64_t bytes) {
  return (bytes + bag::kTarBlockBytes - 1) / bag::kTarBlockBytes * bag::kTarBlockBytes;
}

/// What objects weigh, as files or in a sealed archive.
class Weight {
 public:
  explicit Weight(bool is_wrapped) : is_wrapped_(is_wrapped) {}

  void add(const ObjectName& name, std::uint64_t bytes) {
    if (!is_wrapped_) {
      bytes_ += bytes;
      return;
    }
    bytes_ += bag::kTarBlockBytes + whole_blocks(bytes);
    if (name.text().size() > kShortNameBytes) bytes_ += 2 * bag::kTarBlockBytes;
  }
  std::uint64_t total() const {
    if (!is_wrapped_) return bytes_;
    const std::uint64_t tar = whole_blocks(bag::padme(bytes_ + 2 * bag::kTarBlockBytes, kWrapFloorBytes));
    return kSealedHeaderBytesMax + age::sealed_size(tar);
  }

 private:
  bool is_wrapped_;
  std::uint64_t bytes_ = 0;
};

Error not_as_logged(const ObjectName& name, const std::string& what) {
  return Error(Code::corrupt, name.text() + " " + what +
                                  ". Put it right first (muniment mirror heal), or push from a copy that has it");
}

/// The object as it was logged.
Result<Bytes> read_logged(Store& source, const LoggedObject& object, std::uint64_t bytes_max) {
  auto bytes = source.get(object.name, bytes_max);
  if (!bytes && bytes.error().code() == Code::not_found) return not_as_logged(object.name, "is missing");
  if (!bytes) return bytes.error();
  if (sha256(*bytes) != object.digest) return not_as_logged(object.name, "has been altered or cut");
  return bytes;
}

/// What belongs to every stick: all but the seals and parts of deposits.
Result<void> visit_small(Store& source, const FoundCharter& charter, const ArchiveView& view, const ObjectSink& sink) {
  for (const CharterVersion& version : charter.versions)
    TRY(sink(charter_name(version.charter.version), as_view(version.note)));
  TileBuilder builder([&](const tlog::TileId& tile, ByteView bytes) { return sink(ObjectName(tile.path()), bytes); });
  TRY(replay(source, view.head.head, [&](std::uint64_t, ByteView entry) { return builder.append(entry); }));
  TRY(builder.finish());
  return visit_objects(source, view, nullptr, [&](const EntryObjects& entry) -> Result<void> {
    const std::uint64_t bytes_max = entry.receipt ? entry.receipt->parts * kSumsLineBytes : kLooseObjectBytesMax;
    for (const LoggedObject& object : entry.objects) {
      // Whoever has the log key can name objects that never were; they keep no stick from being made.
      const auto bytes = read_logged(source, object, bytes_max);
      if (!bytes && view.is_vouched_for(entry.index)) return bytes.error();
      const auto put = bytes ? sink(object.name, *bytes) : Result<void>();
      if (!put) return put;
    }
    return entry.receipt ? sink(entry.own->name, as_view(entry.own_text)) : Result<void>();
  });
}

/// A deposit's list of parts, as it was logged.
Result<std::vector<Sha256>> read_parts(Store& source, const EntryObjects& entry) {
  TRY_ASSIGN(const Bytes sums, read_logged(source, entry.objects[0], entry.receipt->parts * kSumsLineBytes));
  return parse_sums(as_text(sums), entry.receipt->parts);
}

ObjectName part_of(const EntryObjects& entry, std::uint64_t i) {
  return ObjectName(deposit_folder(entry.deposit) + "/" + part_name(i));
}

Result<void> weigh_deposit(Store& source, const EntryObjects& entry, Weight& weight) {
  for (const LoggedObject& seal : entry.seals) {
    const auto size = source.size(seal.name);
    if (!size && size.error().code() == Code::not_found) return not_as_logged(seal.name, "is missing");
    if (!size) return size.error();
    weight.add(seal.name, *size);
  }
  for (std::uint64_t i = 0; i < entry.receipt->parts; ++i) weight.add(part_of(entry, i), part_size(*entry.receipt, i));
  return {};
}

Result<void> put_deposit(Store& source, const EntryObjects& entry, const ObjectSink& sink) {
  TRY_ASSIGN(const auto parts, read_parts(source, entry));
  for (std::uint64_t i = 0; i < parts.size(); ++i) {
    const LoggedObject part{part_of(entry, i), parts[i]};
    TRY_ASSIGN(const Bytes bytes, read_logged(source, part, part_size(*entry.receipt, i)));
    TRY(sink(part.name, bytes));
  }
  for (const LoggedObject& seal : entry.seals) {
    TRY_ASSIGN(const Bytes bytes, read_logged(source, seal, kContentsBytesMax));
    TRY(sink(seal.name, bytes));
  }
  return {};
}

bool has_something_to_carry(const EntryObjects& entry, std::uint64_t first) {
  return entry.receipt && !entry.is_removed && entry.index >= first;
}

Error does_not_fit(const std::string& what, std::uint64_t bytes, std::uint64_t limit) {
  return Error(Code::limit, what + " alone takes " + std::to_string(bytes) + " bytes, and a stick may have " +
                                std::to_string(limit) + ": give a larger --limit");
}

}  // namespace

Result<StickPlan> plan_stick(Store& source, const FoundCharter& charter, const ArchiveView& view,
                             const StickLimits& limits) {
  Weight weight(limits.is_wrapped);
  TRY(visit_small(source, charter, view, [&](const ObjectName& name, ByteView bytes) -> Result<void> {
    weight.add(name, bytes.size());
    return {};
  }));
  weight.add(ObjectName("checkpoint"), view.head.note.size());
  StickPlan plan{.first = limits.first, .next = view.head.head.size};
  weight.add(kStickName, render_stick(view.id, plan.first, plan.next).size());
  plan.bytes = weight.total();
  if (plan.bytes > limits.bytes_max) return does_not_fit("what every stick has", plan.bytes, limits.bytes_max);
  bool is_full = false;
  const auto choose = [&](const EntryObjects& entry) -> Result<void> {
    if (is_full || !has_something_to_carry(entry, limits.first)) return {};
    TRY(weigh_deposit(source, entry, weight));
    if (weight.total() > limits.bytes_max) {
      if (plan.deposits == 0) return does_not_fit(entry.title, weight.total(), limits.bytes_max);
      is_full = true;
      plan.next = entry.index;
      return {};
    }
    ++plan.deposits;
    plan.bytes = weight.total();
    return {};
  };
  TRY(visit_objects(source, view, nullptr, choose));
  return plan;
}

Result<void> write_stick(Store& source, const FoundCharter& charter, const ArchiveView& view, const StickPlan& plan,
                         const ObjectSink& sink) {
  TRY(visit_small(source, charter, view, sink));
  TRY(visit_objects(source, view, nullptr, [&](const EntryObjects& entry) -> Result<void> {
    if (entry.index >= plan.next || !has_something_to_carry(entry, plan.first)) return {};
    return put_deposit(source, entry, sink);
  }));
  TRY(sink(kStickName, as_view(render_stick(view.id, plan.first, plan.next))));
  return sink(ObjectName("checkpoint"), as_view(view.head.note));
}

Result<void> fill_stick(Store& source, const FoundCharter& charter, const ArchiveView& view, const StickPlan& plan,
                        Store& stick, const std::function<void(std::uint64_t bytes)>& on_bytes) {
  const auto first = stick.get(ObjectName("charter/1"), kCharterBytesMax);
  if (first && sha256(*first) != view.id)
    return Error(Code::conflict, stick.where() + " holds another archive. Nothing was put there");
  if (stick.size(ObjectName("checkpoint")) && !stick.size(kStickName))
    return Error(Code::conflict, stick.where() + " holds a whole copy, and no stick's part. Nothing was put there");
  return write_stick(source, charter, view, plan, [&](const ObjectName& name, ByteView bytes) -> Result<void> {
    const bool changes = name == kStickName || name.text() == "checkpoint";
    auto put = changes ? stick.replace(name, bytes) : stick.put(name, bytes);
    if (!put && put.error().code() == Code::conflict) put = stick.replace(name, bytes);
    if (put && on_bytes) on_bytes(bytes.size());
    return put;
  });
}

Result<void> wrap_stick(Store& source, const FoundCharter& charter, const ArchiveView& view, const StickPlan& plan,
                        const age::Recipient& recipient, Random& random, const ByteSink& out) {
  const age::Recipient* const recipients[] = {&recipient};
  TRY_ASSIGN(const age::SealedHeader header, age::seal_header(recipients, random));
  TRY(out(header.bytes));
  age::StreamSealer sealer(header.payload_key, out);
  bag::TarWriter tar([&](ByteView bytes) { return sealer.write(bytes); });
  const auto add = [&](const ObjectName& name, ByteView bytes) -> Result<void> {
    TRY(tar.begin_file(name.text(), bytes.size(), 0));
    TRY(tar.write(bytes));
    return tar.end_file();
  };
  TRY(write_stick(source, charter, view, plan, add));
  TRY(tar.finish(whole_blocks(bag::padme(tar.finished_size(), kWrapFloorBytes))));
  return sealer.finish();
}

namespace {

/// Objects of a copy out of an archive, one at a time.
class Unwrapper final : public bag::TarHandler {
 public:
  explicit Unwrapper(Store& target) : target_(target) {}
  std::uint64_t objects() const { return objects_; }

  Result<void> begin_file(const bag::TarEntry& entry) override {
    const auto name = ObjectName::parse(entry.name);
    if (!name || audience_of(*name) == Audience::nobody)
      return Error(Code::corrupt, "the file has something in it that belongs to no copy of an archive");
    if (entry.size_bytes > kLooseObjectBytesMax)
      return Error(Code::limit, name->text() + " is larger than any object of an archive");
    name_ = *name;
    bytes_.clear();
    return {};
  }
  Result<void> data(ByteView bytes) override {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return {};
  }
  Result<void> end_file() override {
    ++objects_;
    return name_->text() == "checkpoint" ? target_.replace(*name_, bytes_) : target_.put(*name_, bytes_);
  }

 private:
  Store& target_;
  std::optional<ObjectName> name_;
  Bytes bytes_;
  std::uint64_t objects_ = 0;
};

}  // namespace

Result<std::uint64_t> unwrap_stick(InputFile& file, const age::Identity& key, Store& target) {
  Bytes buffer(kSealedHeaderBytesMax + age::kSealedChunkBytes);
  std::size_t filled = 0;
  const auto fill = [&]() -> Result<void> {
    while (filled < buffer.size()) {
      TRY_ASSIGN(const std::size_t count, file.read(MutableBytes(buffer).subspan(filled)));
      if (count == 0) break;
      filled += count;
    }
    return {};
  };
  TRY(fill());
  const age::Identity* const identities[] = {&key};
  TRY_ASSIGN(const age::OpenedHeader header, age::open_header(ByteView(buffer).first(filled), identities));
  Unwrapper unwrapper(target);
  bag::TarReader tar(unwrapper);
  age::StreamOpener opener(header.payload_key, [&](ByteView bytes) { return tar.write(bytes); });
  TRY(opener.write(ByteView(buffer).subspan(header.size_bytes, filled - header.size_bytes)));
  for (filled = 0;; filled = 0) {
    TRY(fill());
    if (filled == 0) break;
    TRY(opener.write(ByteView(buffer).first(filled)));
  }
  TRY(opener.finish());
  TRY(tar.finish());
  TRY(target.flush());
  return unwrapper.objects();
}

}  // namespace muniment
