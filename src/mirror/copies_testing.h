// For the tests of this room: an archive whose sealed objects are noise, since mirrors read nothing sealed, and copies
// of it made as people make them. Doubles come from testing/, which the test files include themselves.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "archive/charter.h"
#include "archive/receipt.h"
#include "archive/trustees.h"
#include "archive/verify.h"
#include "ledger/log_testing.h"

namespace muniment {

using Files = std::map<std::string, Bytes>;

/// The files of a copy by the names of its objects: without the home, and without what is staged.
inline Files objects_in(Fs& fs, const std::string& root) {
  Files objects;
  std::vector<std::string> folders{root};
  while (!folders.empty()) {
    const std::string folder = folders.back();
    folders.pop_back();
    const auto names = fs.list(folder);
    for (const std::string& name : names ? *names : std::vector<std::string>{}) {
      const std::string path = join(folder, name);
      if (path == join(root, "home") || path == join(root, "staging") || path == join(root, "withdrawn")) continue;
      if (fs.info(path)->type == FileType::folder) {
        folders.push_back(path);
      } else {
        objects[path.substr(root.size() + 1)] = *read_file(fs, path, 1 << 30);
      }
    }
  }
  return objects;
}

/// What is in one and not in the other, or not the same. Empty when there is nothing.
inline std::string difference(const Files& found, const Files& wanted) {
  std::string text;
  for (const auto& [name, bytes] : found) {
    const auto other = wanted.find(name);
    if (other == wanted.end()) text += name + " is too much\n";
    if (other != wanted.end() && other->second != bytes) text += name + " differs\n";
  }
  for (const auto& [name, bytes] : wanted) {
    if (!found.contains(name)) text += name + " is missing\n";
  }
  return text;
}

/// `cp -r` and `sync`: of the objects alone, or with the private head, as a thief copies a home.
enum class Copying { objects, head_too };
inline void copy_files(Fs& from, const std::string& root, Fs& to, const std::string& target,
                       Copying what = Copying::objects) {
  Files files = objects_in(from, root);
  if (what == Copying::head_too) files["home/head"] = files.at("checkpoint");
  for (const auto& [name, bytes] : files) {
    const std::string path = join(target, name);
    MUNIMENT_CHECK(make_folders(to, parent_of(path)) && create_durably(to, path, bytes));
  }
}

/// The key of a custodian of the tests, by the number in the pseudonym.
inline SignerKey custodian_key(std::uint8_t number) {
  Secret<32> seed;
  for (std::uint8_t& each : seed.expose_mut()) each = static_cast<std::uint8_t>(number + 2);
  return {"custodian-" + std::to_string(number), std::move(seed)};
}

/// What two of the three trustees of the tests have when they come together.
inline TrusteesKeys trustees_keys() {
  Secret<32> secret;
  for (std::uint8_t& each : secret.expose_mut()) each = 99;
  return *TrusteesKeys::derive(secret, false);
}

/// An age recipient of nobody: the same for the same byte.
inline std::string test_recipient(std::uint8_t byte) {
  Secret<32> secret;
  for (std::uint8_t& each : secret.expose_mut()) each = byte;
  return TrusteesKeys::derive(secret, false)->recipient();
}

inline Holder test_holder(std::uint8_t number) {
  return {.recipient = test_recipient(number), .key = custodian_key(number).verifier()};
}

/// Who an archive of the tests has: one custodian; or two, and trustees.
enum class People { one_custodian, two_and_trustees };

/// Appends to the log of a home or of a thief's copy, with whatever key of the log. `after` are the keys that follow
/// the first one; `key` is the one that signs.
inline void append_at(Fs& fs, Random& random, const std::string& root, const std::vector<Bytes>& entries,
                      const std::vector<LogKey>& after = {}, std::uint8_t key = 7) {
  LogHome home(fs, random, root);
  home.signer = log_key(key);
  home.log.keys.insert(home.log.keys.end(), after.begin(), after.end());
  MUNIMENT_CHECK(home.appender.append(entries).has_value());
}

/// The place that founds an archive and takes in deposits.
class Office {
 public:
  /// Another `home` is another archive.
  Office(Fs& fs, Random& random, std::string root = "office", char home = 'a', People people = People::one_custodian)
      : fs_(fs), random_(random), root_(std::move(root)), store_(fs, root_, random) {
    Charter charter;
    charter.origin = kTestOrigin;
    charter.home = std::string(32, home);
    charter.custodians = {{.recipient = test_recipient(1), .key = custodian_.verifier()}};
    charter.log_keys = {{log_key().verifier(), 0}};
    charter.compartments = {{.name = "evidence",
                             .is_closed = false,
                             .recipient = test_recipient(100),
                             .hybrid = {},
                             .openers = {"custodian-1"}}};
    const ObjectName keyring = keyring_name(1, "evidence", "custodian-1");
    charter.objects = {{ObjectName("README.txt"), put(ObjectName("README.txt"), noise(300))},
                       {keyring, put(keyring, noise(200))}};
    if (people == People::two_and_trustees) add_people(charter);
    const SignerKey* const signers[] = {&custodian_};
    const std::string note = sign_note(render_charter(charter), signers);
    id_ = put(ObjectName("charter/1"), entry_of(note));
    charter_ = *FoundCharter::start(note);
    append({entry_of(note)});
  }
  Office(const Office&) = delete;
  Office& operator=(const Office&) = delete;

  /// Takes in deposits of one part each, and one entry that vouches for them.
  std::vector<Sha256> deposit(int count, std::size_t part_bytes = 100) {
    std::vector<Bytes> entries;
    std::vector<Sha256> ids;
    for (int i = 0; i < count; ++i) {
      const Bytes part = noise(part_bytes);
      const Bytes header = noise(184);
      const Bytes contents = noise(250);
      const std::string sums = render_sums({sha256(part)});
      const Receipt receipt{.archive = id_,
                            .contents = sha256(noise(32)),
                            .tree = sha256(noise(32)),
                            .bytes = part.size(),
                            .parts = 1,
                            .sums = sha256(as_view(sums)),
                            .header = sha256(header),
                            .sealed_contents = sha256(contents)};
      const std::string text = render_receipt(receipt);
      ids.push_back(deposit_id(text));
      const std::string folder = deposit_folder(ids.back()) + "/";
      put(ObjectName(folder + "part-0000000"), part);
      put(ObjectName(folder + "header-0"), header);
      put(ObjectName(folder + "contents-0.age"), contents);
      put(ObjectName(folder + "SHA256SUMS"), entry_of(sums));
      put(ObjectName(folder + "receipt"), entry_of(text));
      entries.push_back(entry_of(text));
    }
    LogHome home(fs_, random_, root_);
    const auto log = read_whole_log(home.store, home.log);
    MUNIMENT_CHECK(log.has_value());
    tlog::Frontier frontier;
    for (const Sha256& leaf : log->leaves) frontier.append(leaf);
    for (const Bytes& entry : entries) frontier.append(tlog::leaf_hash(entry));
    entries.push_back(entry_of(make_accept(id_, 0, frontier.head(), custodian_)));
    append(entries);
    return ids;
  }

  void append(const std::vector<Bytes>& entries) { append_at(fs_, random_, root_, entries); }

  /// Entries of a kind that no program knows, for a long log.
  void append_unknown(std::uint64_t count) {
    std::vector<Bytes> entries;
    for (std::uint64_t i = 0; i < count; ++i) {
      entries.push_back(entry_of("muniment/test/v1\narchive " + id_.hex() + "\n" + std::to_string(i) + "\n"));
    }
    append(entries);
  }

  SignedHead head() { return *read_head(store_, charter_.charter.log()); }
  /// What a whole copy holds: all but the partial tiles of older states.
  Files objects() {
    Files files = objects_in(fs_, root_);
    std::set<std::string> tiles;
    for (const tlog::TileId& tile : tlog::new_tiles(0, head().head.size)) tiles.insert(tile.path());
    std::erase_if(files,
                  [&](const auto& file) { return file.first.starts_with("tile/") && !tiles.contains(file.first); });
    return files;
  }
  const FoundCharter& charter() const { return charter_; }
  IdPin pin() const { return IdPin::of(id_); }
  FolderStore& store() { return store_; }
  const std::string& root() const { return root_; }

 private:
  Bytes noise(std::size_t size) {
    Bytes bytes(size);
    random_.fill(bytes);
    return bytes;
  }

  Sha256 put(const ObjectName& name, const Bytes& bytes) {
    MUNIMENT_CHECK(store_.put(name, bytes).has_value());
    return sha256(bytes);
  }

  static void add_people(Charter& charter) {
    charter.custodians = {test_holder(1), test_holder(2)};
    const TrusteesKeys keys = trustees_keys();
    charter.trustees = Trustees{.threshold = 2,
                                .count = 3,
                                .set = 1,
                                .recipient = keys.recipient(),
                                .key = keys.signer().verifier(),
                                .shares = {{1, {}, {}}, {2, {}, {}}, {3, {}, {}}}};
    charter.rules.charter = 2;
  }

  Fs& fs_;
  Random& random_;
  std::string root_;
  FolderStore store_;
  SignerKey custodian_ = custodian_key(1);
  Sha256 id_;
  FoundCharter charter_;
};

/// What is wrong with a copy, as a reader finds it who pins the archive's id. Empty when it is whole, or when it shows
/// no checkpoint yet.
inline std::string complaints_about_copy(Fs& fs, Random& random, const std::string& root, const IdPin& pin) {
  FolderStore store(fs, root, random);
  if (!store.size(ObjectName("checkpoint"))) return "";
  const auto report = verify_copy(store, pin);
  if (!report) return report.error().sentence();
  std::string wrong;
  for (const Finding& finding : report->findings) wrong += finding.object + " " + finding.what + "\n";
  return wrong;
}

}  // namespace muniment
