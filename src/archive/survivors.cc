#include "archive/survivors.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/encoding.h"
#include "tlog/proof.h"

namespace muniment {
namespace {

/// The tree over a deposit's contents lines, for proofs of single lines.
class LineTree {
 public:
  explicit LineTree(const std::vector<std::string_view>& lines) {
    std::vector<Sha256> level;
    level.reserve(lines.size());
    for (const std::string_view line : lines) level.push_back(tlog::leaf_hash(as_view(line)));
    while (!level.empty()) {
      std::vector<Sha256> above;
      for (std::size_t i = 0; i + 1 < level.size(); i += 2) above.push_back(tlog::node_hash(level[i], level[i + 1]));
      levels_.push_back(std::move(level));
      level = std::move(above);
    }
  }

  std::uint64_t size() const { return levels_.empty() ? 0 : levels_[0].size(); }
  Result<Sha256> root() const { return tlog::root_of(size(), nodes()); }
  Result<tlog::Proof> proof(std::uint64_t leaf) const { return tlog::inclusion_proof(leaf, size(), nodes()); }

 private:
  tlog::NodeSource nodes() const {
    return [this](unsigned height, std::uint64_t index) -> Result<Sha256> {
      if (height < levels_.size() && index < levels_[height].size()) return levels_[height][index];
      return Error(Code::corrupt, "the tree of the contents has no such node");
    };
  }

  std::vector<std::vector<Sha256>> levels_;
};

bool lies_below(const std::string& path, const std::string& folder) {
  return path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

/// Which paths go, and that each of those given is there.
class Selection {
 public:
  explicit Selection(const std::vector<std::string>& given) : given_(given) {}

  bool goes(const std::string& path) {
    bool found = false;
    for (const std::string& each : given_) {
      if (!lies_below(path, each)) continue;
      found = true;
      used_.insert(each);
    }
    return found;
  }

  Result<void> check_used() const {
    for (const std::string& each : given_) {
      if (!used_.contains(each)) {
        return Error(Code::not_found, "the deposit holds nothing under the path " + printable(each, 200) +
                                          ": muniment list shows its paths");
      }
    }
    return {};
  }

 private:
  const std::vector<std::string>& given_;
  std::set<std::string> used_;
};

/// Takes the files of the older deposit as they are opened and writes those that survive.
class SurvivorWriter final : public FileHandler {
 public:
  SurvivorWriter(const Doors& doors, const Sha256& id, const Contents& contents, std::string_view text,
                 std::set<std::uint64_t> going, const SealTarget& target, std::string staging, const SealLimits& limits)
      : doors_(doors),
        id_(id),
        contents_(contents),
        lines_(contents_leaves(text)),
        tree_(lines_),
        going_(std::move(going)),
        target_(target),
        staging_(std::move(staging)),
        limits_(limits) {
    for (const KeptLine& kept : contents.kept) kept_.emplace(kept.item, &kept);
  }

  Result<void> begin_file(const ContentsFile& file) override {
    writing_ = !going_.contains(file.item);
    if (!writing_) return {};
    TRY(make_room(file.size_bytes));
    return writer_->begin_file(file.path, file.size_bytes, file.modified_ns / 1'000'000'000);
  }

  Result<void> data(ByteView bytes) override { return writing_ ? writer_->write(bytes) : Result<void>(); }

  Result<void> end_file(const ContentsFile& file) override {
    if (!writing_) return {};
    TRY_ASSIGN(const bag::PayloadFile written, writer_->end_file());
    writer_->contents().add_survivor(written, line(file.content_leaf), line(file.context_leaf));
    ++report_.survivors;
    for (std::size_t i = 0; i < contents_.packages.size(); ++i) {
      if (contents_.packages[i].folder == parent_of(file.path)) packaged_[i].insert(name_in(file.path));
    }
    return keep(file.item, {file.content_leaf, file.context_leaf});
  }

  /// Links, empty folders and what was left out; then the last deposit ends.
  Result<SurvivorReport> finish() {
    for (const ContentsOther& other : contents_.others) {
      if (going_.contains(other.item)) continue;
      TRY(make_room(0));
      writer_->contents().add_survivor(line(other.leaf));
      ++report_.survivors;
      TRY(keep(other.item, {other.leaf}));
    }
    TRY(end_deposit());
    return std::move(report_);
  }

 private:
  std::string_view line(std::uint64_t leaf) const { return lines_[leaf]; }

  Result<void> make_room(std::uint64_t bytes) {
    if (writer_ != nullptr && writer_->is_full(bytes, limits_)) TRY(end_deposit());
    if (writer_ != nullptr) return {};
    folder_ = join(staging_, "survivors-" + std::to_string(report_.deposits.size()));
    TRY(doors_.fs.make_folder(folder_));
    TRY_ASSIGN(writer_, DepositWriter::begin(doors_, folder_, target_));
    return {};
  }

  Result<void> end_deposit() {
    if (writer_ == nullptr) return {};
    add_packages();
    TRY_ASSIGN(SealedDeposit deposit, writer_->finish());
    writer_.reset();
    report_.deposits.push_back(std::move(deposit));
    return {};
  }

  /// Of packages of which something is in this deposit. A defect that names a file that is not says nothing here.
  void add_packages() {
    for (const auto& [i, names] : packaged_) {
      ContentsPackage package = contents_.packages[i];
      std::erase_if(package.defects, [&](const std::string& defect) {
        const std::size_t colon = defect.find(": ");
        return colon != std::string::npos && !names.contains(defect.substr(colon + 2));
      });
      writer_->contents().add_package(package);
    }
    packaged_.clear();
  }

  /// The older lines about an item, and what was kept there of deposits that are older still.
  Result<void> keep(std::uint64_t item, const std::vector<std::uint64_t>& leaves) {
    TRY_ASSIGN(const Sha256 root, tree_.root());
    for (const std::uint64_t leaf : leaves) {
      TRY_ASSIGN(tlog::Proof proof, tree_.proof(leaf));
      writer_->contents().add_kept({.item = 0,
                                    .deposit = id_,
                                    .line = std::string(line(leaf)),
                                    .leaf = leaf,
                                    .leaves = tree_.size(),
                                    .root = root,
                                    .proof = std::move(proof)});
    }
    const auto [first, last] = kept_.equal_range(item);
    for (auto each = first; each != last; ++each) writer_->contents().add_kept(*each->second);
    return {};
  }

  const Doors& doors_;
  Sha256 id_;
  const Contents& contents_;
  std::vector<std::string_view> lines_;
  LineTree tree_;
  std::set<std::uint64_t> going_;
  std::multimap<std::uint64_t, const KeptLine*> kept_;
  const SealTarget& target_;
  std::string staging_;
  SealLimits limits_;
  bool writing_ = false;
  std::string folder_;
  std::unique_ptr<DepositWriter> writer_;
  std::map<std::size_t, std::set<std::string>> packaged_;  // names in the deposit under way, by package
  SurvivorReport report_;
};

Result<void> check_line(const KeptLine& kept, const Receipt& older) {
  const std::string what = "a line kept of the deposit " + kept.deposit.hex().substr(0, 16);
  if (contents_tree(kept.leaves, kept.root) != older.tree) return Error(Code::forged, what + " is not of its tree");
  const tlog::TreeHead head{kept.leaves, kept.root};
  const auto included = tlog::verify_inclusion(tlog::leaf_hash(as_view(kept.line)), kept.leaf, kept.proof, head);
  return included ? included : Error(Code::forged, what + ": " + included.error().sentence());
}

}  // namespace

Result<SurvivorReport> withdraw_paths(const Doors& doors, const DepositSource& source, const Sha256& id,
                                      const Receipt& receipt, const Seal& seal, const age::Identity& key,
                                      const std::vector<std::string>& paths, const SealTarget& target,
                                      const std::string& staging, SealLimits limits) {
  TRY_ASSIGN(const SecretBytes plain, open_contents_bytes(source, receipt, seal, key));
  TRY_ASSIGN(const Contents contents, parse_contents(plain.expose()));
  Selection selection(paths);
  std::set<std::uint64_t> going;
  std::vector<std::string> withdrawn;
  const auto look_at = [&](std::uint64_t item, const std::string& path) {
    if (!selection.goes(path)) return;
    going.insert(item);
    withdrawn.push_back(path);
  };
  for (const ContentsFile& file : contents.files) look_at(file.item, file.path);
  for (const ContentsOther& other : contents.others) look_at(other.item, other.path);
  TRY(selection.check_used());
  if (going.size() == contents.files.size() + contents.others.size()) {
    return Error(Code::invalid, "nothing of the deposit would be left: withdraw it whole");
  }
  SealTarget target_of_rest = target;
  target_of_rest.testimony = contents.testimony;
  SurvivorWriter writer(doors, id, contents, plain.expose_text(), std::move(going), target_of_rest, staging, limits);
  TRY(open_deposit(source, receipt, seal, key, writer));
  TRY_ASSIGN(SurvivorReport report, writer.finish());
  report.withdrawn = std::move(withdrawn);
  return report;
}

Result<std::vector<DatedItem>> check_kept_lines(const Contents& contents, const ReceiptSource& receipts) {
  std::map<std::uint64_t, std::string> paths;
  std::set<std::uint64_t> files;
  for (const ContentsFile& file : contents.files) {
    paths.emplace(file.item, file.path);
    files.insert(file.item);
  }
  for (const ContentsOther& other : contents.others) paths.emplace(other.item, other.path);
  std::map<Sha256, Receipt> known;
  std::map<std::pair<std::uint64_t, Sha256>, std::set<std::uint64_t>> proved;  // leaves, by item and older deposit
  for (const KeptLine& kept : contents.kept) {
    if (!known.contains(kept.deposit)) {
      TRY_ASSIGN(const Receipt receipt, receipts(kept.deposit));
      known.emplace(kept.deposit, receipt);
    }
    TRY(check_line(kept, known.at(kept.deposit)));
    proved[{kept.item, kept.deposit}].insert(kept.leaf);
  }
  std::vector<DatedItem> dated;
  for (const auto& [key, leaves] : proved) {
    const std::size_t wanted = files.contains(key.first) ? 2 : 1;  // content and context
    if (leaves.size() >= wanted) dated.push_back({key.first, paths.at(key.first), key.second});
  }
  return dated;
}

}  // namespace muniment
