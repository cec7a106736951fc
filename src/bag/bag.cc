#include "bag/bag.h"

#include <algorithm>
#include <array>

#include "bag/names.h"
#include "bag/padme.h"
#include "base/encoding.h"

namespace muniment::bag {
namespace {

constexpr std::string_view kOxumLabel = "Payload-Oxum";
constexpr std::string_view kBagitText = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

// Tag files, in the order in which they are written.
const std::string kBagit = "bagit.txt";
const std::string kManifest = "manifest-sha256.txt";
const std::string kInfo = "bag-info.txt";
const std::string kContents = "metadata/contents.jsonl";
const std::string kTagManifest = "tagmanifest-sha256.txt";
const std::array kTagFiles = {kBagit, kManifest, kInfo, kContents, kTagManifest};

/// By path in the bag.
using Digests = std::map<std::string, Sha256>;

Error corrupt(std::string sentence) { return {Code::corrupt, std::move(sentence)}; }

/// The form of a manifest line that sha256sum -c takes; plain paths need neither its escapes nor RFC 8493's.
std::string manifest_line(const Sha256& digest, const std::string& path) { return digest.hex() + "  " + path + "\n"; }

/// "Payload-Oxum: <bytes>.<files>" (RFC 8493 section 2.2.2), the last line of our bag-info.txt.
std::string oxum_line(std::uint64_t bytes, std::uint64_t files) {
  return std::string(kOxumLabel) + ": " + std::to_string(bytes) + "." + std::to_string(files) + "\n";
}

/// One line of text: UTF-8 without control characters.
bool is_line(std::string_view text) {
  for (const char c : text) {
    if ((c >= 0 && c < 0x20) || c == 0x7f) return false;
  }
  return is_utf8(text);
}

/// Fields come from people: a line feed in one would forge another field.
Result<std::string> render_info(const BagInfo& info) {
  std::string text;
  for (const auto& [label, value] : info.fields) {
    const bool label_fits = !label.empty() && label.find(':') == std::string::npos && label.front() != ' ' &&
                            label.back() != ' ' && label != kOxumLabel && is_line(label);
    if (!label_fits || !is_line(value))
      return Error(Code::invalid, "bag-info.txt cannot hold the field \"" + printable(label) + "\" with that value");
    text.append(label).append(": ").append(value).append("\n");
  }
  return text;
}

/// Errors: `corrupt` unless the manifest lists exactly the files that were found, each once, with its digest.
Result<void> check_manifest(const std::string& name, const Bytes& manifest, Digests found) {
  // One line more than there are files is enough to know that it lists too many; it bounds the memory.
  const auto lines = split_lines(as_text(manifest), found.size() + 1);
  if (!lines) return corrupt(name + " is not a list of the bag's files: " + lines.error().sentence());
  // Each line takes its file away, so that a line that stands twice does not hide one that is missing.
  for (const std::string_view line : *lines) {
    const std::size_t gap = line.find("  ");
    if (gap == std::string_view::npos) return corrupt(name + " has a line without a path");
    const std::string path(line.substr(gap + 2));
    const auto file = found.find(path);
    if (file == found.end())
      return corrupt(name + " lists a file that is not there, or lists it twice: " + printable(path));
    if (line.substr(0, gap) != file->second.hex()) return corrupt(printable(path) + " does not match " + name);
    found.erase(file);
  }
  if (!found.empty()) return corrupt(printable(found.begin()->first) + " is not in " + name);
  return {};
}

}  // namespace

BagWriter::BagWriter(ByteSink out, std::string base, std::int64_t modified_s, DataHasher hash_data)
    : tar_(std::move(out)), base_(std::move(base)), modified_s_(modified_s), hash_data_(std::move(hash_data)) {}

Result<void> BagWriter::begin() {
  if (!is_plain_name(base_)) return Error(Code::invalid, printable(base_) + ": not a name for the folder of a bag");
  return put_tag_file(kBagit, as_view(kBagitText));
}

Result<void> BagWriter::begin_file(std::string_view path, std::uint64_t size_bytes, std::int64_t modified_s) {
  current_ = {.path = std::string(kPayloadFolder).append(path), .size_bytes = size_bytes};
  TRY_ASSIGN(current_.offset_bytes, begin_in_base(current_.path, size_bytes, modified_s));
  return {};
}

Result<void> BagWriter::write(ByteView data) {
  if (hash_data_) TRY(hash_data_(hasher_, data));
  if (!hash_data_) hasher_.update(data);
  return tar_.write(data);
}

Result<PayloadFile> BagWriter::end_file() { return end_with(hasher_.finish()); }

Result<PayloadFile> BagWriter::add_file(std::string_view path, std::int64_t modified_s, ByteView data,
                                        const Sha256& digest) {
  TRY(begin_file(path, data.size(), modified_s));
  TRY(tar_.write(data));
  return end_with(digest);
}

Result<PayloadFile> BagWriter::end_with(const Sha256& digest) {
  TRY(tar_.end_file());
  current_.digest = digest;
  manifest_ += manifest_line(current_.digest, current_.path);
  payload_bytes_ += current_.size_bytes;
  ++payload_files_;
  return current_;
}

Result<std::uint64_t> BagWriter::finish(const BagInfo& info, ByteView contents, std::uint64_t floor_bytes) {
  // Checked before anything is put, so that a refused bag has no tag files that look finished.
  if (payload_files_ == 0) return Error(Code::invalid, "a bag needs a payload file at least");
  TRY_ASSIGN(std::string info_text, render_info(info));
  info_text += oxum_line(payload_bytes_, payload_files_);
  TRY(put_tag_file(kManifest, as_view(manifest_)));
  TRY(put_tag_file(kInfo, as_view(info_text)));
  TRY(put_tag_file(kContents, contents));
  const std::string tag_manifest = tag_manifest_;  // without itself
  TRY(put_tag_file(kTagManifest, as_view(tag_manifest)));
  // Whole blocks again: Padmé rounds up to a multiple of a power of two, and where that is less than a block it
  // leaves whole blocks alone.
  const std::uint64_t size_bytes = padme(tar_.finished_size(), floor_bytes);
  TRY(tar_.finish(size_bytes));
  return size_bytes;
}

/// Everything lies in the one base folder, so that extracting a bag puts one name into the reader's folder.
Result<std::uint64_t> BagWriter::begin_in_base(const std::string& path, std::uint64_t size_bytes,
                                               std::int64_t modified_s) {
  return tar_.begin_file(base_ + "/" + path, size_bytes, modified_s);
}

Result<void> BagWriter::put_tag_file(const std::string& path, ByteView bytes) {
  TRY(begin_in_base(path, bytes.size(), modified_s_));
  TRY(tar_.write(bytes));
  TRY(tar_.end_file());
  tag_manifest_ += manifest_line(sha256(bytes), path);
  return {};
}

Result<void> BagReader::begin_file(const TarEntry& entry) {
  const std::size_t slash = entry.name.find('/');
  if (slash == std::string::npos) return corrupt(printable(entry.name) + " lies beside the folder of the bag");
  const std::string base = entry.name.substr(0, slash);
  if (base_.empty()) base_ = base;
  if (base != base_) return corrupt("the bag has two base folders: " + printable(base_) + " and " + printable(base));

  current_ = {.path = entry.name.substr(slash + 1), .size_bytes = entry.size_bytes, .offset_bytes = entry.offset_bytes};
  const bool is_payload = current_.path.starts_with(kPayloadFolder);
  // A second file of the same path would replace the first on extraction, after the first was checked.
  if (payload_found_.contains(current_.path) || tags_.contains(current_.path))
    return corrupt("the bag holds " + printable(current_.path) + " twice");
  if (is_payload) {
    tag_under_way_ = nullptr;
    return handler_.begin_file(current_);
  }
  // Tag files are held in memory: five of limited size, and none that no digest of ours would vouch for.
  if (std::find(kTagFiles.begin(), kTagFiles.end(), current_.path) == kTagFiles.end())
    return corrupt("the bag holds a file that has no place in it: " + printable(current_.path));
  if (entry.size_bytes > limits_.tag_file_bytes_max)
    return Error(Code::limit, current_.path + " is larger than allowed");
  tag_under_way_ = &tags_[current_.path];
  return {};
}

Result<void> BagReader::data(ByteView bytes) {
  hasher_.update(bytes);
  if (tag_under_way_ == nullptr) return handler_.data(bytes);
  append(*tag_under_way_, bytes);
  return {};
}

Result<void> BagReader::end_file() {
  current_.digest = hasher_.finish();
  if (tag_under_way_ != nullptr) {
    tags_found_[current_.path] = current_.digest;
    return {};
  }
  payload_bytes_ += current_.size_bytes;
  payload_found_[current_.path] = current_.digest;
  return handler_.end_file(current_);
}

Result<void> BagReader::finish() {
  TRY(tar_.finish());
  for (const std::string& name : kTagFiles) {
    if (!tags_.contains(name)) return corrupt("the bag has no " + name);
  }
  // Before the digests: what the other files mean depends on it.
  if (as_text(tags_.at(kBagit)) != kBagitText) return corrupt("bagit.txt does not say BagIt 1.0 and UTF-8");
  TRY(check_manifest(kManifest, tags_.at(kManifest), payload_found_));
  Digests listed_tags = tags_found_;
  listed_tags.erase(kTagManifest);  // it cannot hold its own digest
  TRY(check_manifest(kTagManifest, tags_.at(kTagManifest), std::move(listed_tags)));
  return check_oxum();
}

Result<void> BagReader::check_oxum() const {
  const std::string_view info = as_text(tags_.at(kInfo));
  const std::string expected = oxum_line(payload_bytes_, payload_found_.size());
  if (info != expected && !info.ends_with("\n" + expected))
    return corrupt("Payload-Oxum in bag-info.txt does not fit the bag's files");
  return {};
}

}  // namespace muniment::bag
