// For the tests and fuzzers of this room: an archive on any disk, deposits made, forged and opened again.
// Doubles come from testing/, which the test files include themselves.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "age/file.h"
#include "archive/card.h"
#include "archive/found.h"
#include "archive/intake.h"
#include "archive/keyring.h"
#include "archive/open.h"
#include "archive/verify.h"

namespace muniment {

inline Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

/// Bytes that look like nothing and are the same in every run.
inline Bytes noise(std::size_t size, std::uint32_t seed = 1) {
  Bytes bytes(size);
  std::uint32_t state = seed;
  for (std::uint8_t& byte : bytes) {
    state = state * 1664525u + 1013904223u;
    byte = static_cast<std::uint8_t>(state >> 24);
  }
  return bytes;
}

/// A key whose bytes are all the same.
inline SignerKey signer_of(std::string name, std::uint8_t byte) {
  Secret<32> seed;
  std::ranges::fill(seed.expose_mut(), byte);
  return {std::move(name), std::move(seed)};
}

/// Hands everything on. Doubles that misbehave in one way override one call.
class ForwardingFs : public Fs {
 public:
  explicit ForwardingFs(Fs& fs) : fs_(fs) {}

  Result<std::unique_ptr<InputFile>> open(const std::string& path) override { return fs_.open(path); }
  Result<std::unique_ptr<OutputFile>> create(const std::string& path) override { return fs_.create(path); }
  Result<void> make_folder(const std::string& path) override { return fs_.make_folder(path); }
  Result<void> rename(const std::string& from, const std::string& to) override { return fs_.rename(from, to); }
  Result<void> rename_new(const std::string& from, const std::string& to) override { return fs_.rename_new(from, to); }
  Result<void> remove(const std::string& path) override { return fs_.remove(path); }
  Result<void> sync_folder(const std::string& path) override { return fs_.sync_folder(path); }
  Result<void> sync_file_system(const std::string& path) override { return fs_.sync_file_system(path); }
  Result<FileInfo> info(const std::string& path) override { return fs_.info(path); }
  Result<std::vector<std::string>> list(const std::string& path) override { return fs_.list(path); }
  Result<std::string> read_link(const std::string& path) override { return fs_.read_link(path); }
  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override { return fs_.lock(path); }
  Result<std::string> identity(const std::string& path) override { return fs_.identity(path); }
  Result<FileSystem> file_system(const std::string& path) override { return fs_.file_system(path); }
  Result<void> set_modified(const std::string& path, std::int64_t modified_ns) override {
    return fs_.set_modified(path, modified_ns);
  }

 private:
  Fs& fs_;
};

/// Keeps all files, by their true paths.
class CollectingHandler final : public FileHandler {
 public:
  Result<void> begin_file(const ContentsFile& file) override {
    current_ = &files[file.path];
    return {};
  }
  Result<void> data(ByteView bytes) override {
    append(*current_, bytes);
    return {};
  }
  Result<void> end_file(const ContentsFile&) override { return {}; }

  std::map<std::string, Bytes> files;

 private:
  Bytes* current_ = nullptr;
};

struct Opened {
  Contents contents;
  std::map<std::string, Bytes> files;  // by true path
};

inline Result<Opened> open_all(const DepositSource& source, const Receipt& receipt, const age::Identity& key) {
  CollectingHandler handler;
  TRY_ASSIGN(Contents contents, open_deposit(source, receipt, first_seal(receipt), key, handler));
  return Opened{std::move(contents), std::move(handler.files)};
}

/// Opens the deposit in a folder.
inline Result<Opened> open_folder(Fs& fs, const std::string& folder, const age::Identity& key) {
  TRY_ASSIGN(const FoundReceipt found, read_receipt(fs, folder));
  return open_all(source_in_folder(fs, folder), found.receipt, key);
}

/// What `muniment seal` does: every deposit under its id in `output`.
inline Result<SealReport> seal_into(const Doors& doors, const std::string& path, const std::string& output,
                                    const SealTarget& target, SealLimits limits = {}) {
  TRY_ASSIGN(StagingFolder staging, make_staging_folder(doors.fs, output, doors.random));
  const SealHooks hooks{.place = [&](SealedDeposit& deposit) { return place_sealed(doors.fs, deposit, output); },
                        .on_bytes = {}};
  auto report = seal_path(doors, path, staging.path, target, hooks, limits);
  remove_staging_folder(doors.fs, std::move(staging));
  return report;
}

/// An archive and the custodian who founded it.
struct TestArchive {
  std::string root;
  HolderKeys custodian;
  Sha256 id;
};

inline Result<TestArchive> found_test_archive(const Doors& doors, const std::string& root) {
  HolderKeys custodian = HolderKeys::make("custodian-1", doors.random);
  TRY_ASSIGN(const Founded founded, found_archive(doors, root, custodian));
  return TestArchive{root, std::move(custodian), founded.id};
}

inline Result<ArchiveView> view_of(const Doors& doors, const TestArchive& archive) {
  FolderStore store(doors.fs, archive.root, doors.random);
  return view_archive(store, IdPin::of(archive.id));
}

inline SealTarget target_of(const ArchiveView& view, const std::string& compartment = kEvidence) {
  return target_for(view.id, *view.charter.find_compartment(compartment));
}

/// What `muniment deposit` does.
inline Result<IntakeReport> take_in(const Doors& doors, Place& place, const TestArchive& archive,
                                    const std::vector<std::string>& paths, SealLimits limits = {},
                                    const std::string& compartment = kEvidence, IntakeHooks hooks = {}) {
  const IdPin pin = IdPin::of(archive.id);
  TRY_ASSIGN(const FoundCharter charter, read_charter(place.store(), pin));
  TRY_ASSIGN(const auto home, Home::open(doors, place, charter.charter, archive.custodian));
  TRY(home->finish_earlier(pin));
  TRY_ASSIGN(const ArchiveView view, view_archive(home->store(), pin));
  TRY_ASSIGN(const auto key, OpenedCompartments::open(home->store(), view.charter, archive.custodian.opener()));
  Intake intake(doors, *home, view, target_of(view, compartment), key, std::move(hooks));
  for (const std::string& path : paths) TRY(intake.add(path, limits));
  return intake.finish(archive.custodian);
}

/// The same where what was deposited before by this custodian is passed over. Given paths lie in "/field".
inline Result<IntakeReport> take_in_known(const Doors& doors, Place& place, const TestArchive& archive,
                                          const HolderKeys& custodian, const std::vector<std::string>& paths,
                                          KnownOptions options = {}) {
  const IdPin pin = IdPin::of(archive.id);
  TRY_ASSIGN(const FoundCharter charter, read_charter(place.store(), pin));
  TRY_ASSIGN(const auto home, Home::open(doors, place, charter.charter, custodian));
  TRY(home->finish_earlier(pin));
  TRY_ASSIGN(const ArchiveView view, view_archive(home->store(), pin));
  TRY_ASSIGN(const auto key, OpenedCompartments::open(home->store(), view.charter, custodian.opener()));
  KnownItems known(doors, *home, view, kEvidence, custodian, options);
  Intake intake(doors, *home, view, target_of(view), key, {.on_bytes = {}, .known = &known});
  for (const std::string& path : paths) TRY(intake.add(path, {}, join("/field", path)));
  return intake.finish(custodian);
}

/// The same in a folder.
inline Result<IntakeReport> take_in(const Doors& doors, const TestArchive& archive,
                                    const std::vector<std::string>& paths, SealLimits limits = {},
                                    const std::string& compartment = kEvidence, IntakeHooks hooks = {}) {
  FolderPlace place(doors, archive.root);
  return take_in(doors, place, archive, paths, limits, compartment, std::move(hooks));
}

/// Appends entries to the log as the thief of the log key can: anything at all.
inline Result<void> append_entries(const Doors& doors, const TestArchive& archive, const std::vector<Bytes>& entries) {
  TRY_ASSIGN(const ArchiveView view, view_of(doors, archive));
  FolderPlace place(doors, archive.root);
  TRY_ASSIGN(const auto home, Home::open(doors, place, view.charter, archive.custodian));
  TRY(home->appender().append(entries));
  return {};
}

/// A deposit of the archive, opened as its custodian does.
inline Result<Opened> open_logged(const Doors& doors, const TestArchive& archive, const Sha256& id) {
  FolderStore store(doors.fs, archive.root, doors.random);
  TRY_ASSIGN(const ArchiveView view, view_archive(store, IdPin::of(archive.id)));
  TRY_ASSIGN(const auto key, open_compartment(store, view.charter, "evidence", archive.custodian.opener()));
  TRY_ASSIGN(const FoundReceipt found, read_receipt(doors.fs, join(archive.root, deposit_folder(id))));
  return open_all(source_in_store(store, id), found.receipt, *key);
}

/// The insides of a deposit, to be put together wrongly. The receipt always fits what is written.
struct Forgery {
  Sha256 archive;
  Sha256 tree;
  Bytes contents;  // padded plain text
  Bytes tar;       // plain, padded
};

struct ForgedFile {
  std::string path;  // true, and plain
  Bytes bytes;
};

/// An honest bag and its contents; made dishonest by whoever mixes two of them.
inline Forgery forge(Random& random, const std::vector<ForgedFile>& files, const std::string& base = "bag-1") {
  Forgery forgery;
  bag::BagWriter writer(
      [&](ByteView tar) -> Result<void> {
        append(forgery.tar, tar);
        return {};
      },
      base, 0);
  ContentsWriter contents(random);
  MUNIMENT_CHECK(writer.begin());
  for (const ForgedFile& file : files) {
    MUNIMENT_CHECK(writer.begin_file(file.path, file.bytes.size(), 0));
    MUNIMENT_CHECK(writer.write(file.bytes));
    ItemFacts facts;
    facts.path = file.path;
    contents.add_file(*writer.end_file(), facts);
  }
  const auto finished =
      contents.finish({.archive = {}, .compartment = "evidence", .bag = base, .sealed_s = 0, .tool = "forger"});
  MUNIMENT_CHECK(writer.finish({}, finished.bytes, 65536));
  forgery.contents = finished.bytes;
  forgery.tree = finished.tree;
  return forgery;
}

/// Seals a forgery into a new folder, with a receipt that fits every object in it.
inline Receipt write_forgery(const Doors& doors, const std::string& folder, const Forgery& forgery,
                             const age::Recipient& recipient) {
  const age::Recipient* const recipients[] = {&recipient};
  MUNIMENT_CHECK(make_folders(doors.fs, folder));
  const auto header = age::seal_header(recipients, doors.random);
  PartWriter parts(doors.fs, folder, Worker::Mode::at_once);
  age::StreamSealer sealer(header->payload_key, [&](ByteView sealed) { return parts.write(sealed); });
  MUNIMENT_CHECK(sealer.write(forgery.tar) && sealer.finish() && parts.finish());
  const auto contents = age::seal_bytes(forgery.contents, recipients, doors.random);
  const std::string sums = render_sums(parts.parts());
  const Receipt receipt{.archive = forgery.archive,
                        .contents = sha256(forgery.contents),
                        .tree = forgery.tree,
                        .bytes = parts.size_bytes(),
                        .parts = parts.parts().size(),
                        .sums = sha256(as_view(sums)),
                        .header = sha256(header->bytes),
                        .sealed_contents = sha256(*contents)};
  MUNIMENT_CHECK(write_new(doors.fs, join(folder, "header-0"), header->bytes));
  MUNIMENT_CHECK(write_new(doors.fs, join(folder, "contents-0.age"), *contents));
  MUNIMENT_CHECK(write_new(doors.fs, join(folder, "SHA256SUMS"), as_view(sums)));
  MUNIMENT_CHECK(write_new(doors.fs, join(folder, "receipt"), as_view(render_receipt(receipt))));
  return receipt;
}

}  // namespace muniment
