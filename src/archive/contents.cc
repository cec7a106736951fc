#include "archive/contents.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "bag/padme.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "tlog/tree.h"

namespace muniment {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "muniment/contents/v1";
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kSaltsAtOnce = 64;
constexpr std::size_t kContentsLinesMax = 200'000;
// The longest that is written keeps an older line in base64, which has two paths of 4,095 bytes, six bytes each in
// JSON. It also bounds the memory that a hostile line can ask for: a value of two bytes takes many more once it is
// parsed.
constexpr std::size_t kLineBytesMax = 96 * 1024;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kLinkBytes = 16;

std::string octal(std::uint32_t mode) {
  char text[16];
  std::snprintf(text, sizeof text, "%04o", mode & 07777u);
  return text;
}

/// Sentences of the system that are not UTF-8 are repaired; paths that are not stand as base64 and do not come here.
std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// Appends one line, byte for byte as dump() would write the object with these values in this order. A deposit of small
/// files has tens of thousands of lines, and a tree of values for each would take longer than sealing what they tell
/// of.
class LineWriter {
 public:
  /// A line begins with a salt of its own and says what it is.
  LineWriter(std::string& lines, std::string_view salt, std::string_view kind) : lines_(lines) {
    lines_ += "{\"salt\":\"";
    lines_ += salt;
    lines_ += '"';
    put("kind", kind);
  }
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  /// Keys need no escapes.
  void put(std::string_view key, std::string_view text) {
    put_key(key);
    put_text(text);
  }
  void put(std::string_view key, std::uint64_t number) {
    put_key(key);
    lines_ += std::to_string(number);
  }
  void put(std::string_view key, const std::vector<std::string>& texts) {
    put_key(key);
    char before = '[';
    for (const std::string& text : texts) {
      lines_ += before;
      put_text(text);
      before = ',';
    }
    lines_ += ']';
  }
  /// A path is text where it is UTF-8 and base64 of its bytes where it is not: JSON has no other bytes.
  void put_path(std::string_view key, std::string_view path) {
    if (is_utf8(path)) {
      put(key, path);
    } else {
      put(std::string(key) + "Bytes", to_base64(as_view(path)));
    }
  }
  void put_facts(const ItemFacts& facts) {
    put_path("path", facts.path);
    put("modified", to_precise_time(facts.modified_ns));
    put("mode", octal(facts.mode));
    put("owner", std::uint64_t{facts.owner});
    put("group", std::uint64_t{facts.group});
    if (!facts.defects.empty()) put("defects", facts.defects);
    if (!facts.marks.empty()) put("marks", facts.marks);
  }
  void end() { lines_ += "}\n"; }

 private:
  void put_key(std::string_view key) {
    lines_ += ",\"";
    lines_ += key;
    lines_ += "\":";
  }
  void put_text(std::string_view text) {
    const auto stands_for_itself = [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; };
    if (!std::ranges::all_of(text, stands_for_itself)) {
      lines_ += dump(Json(text));
      return;
    }
    lines_ += '"';
    lines_ += text;
    lines_ += '"';
  }

  std::string& lines_;
};

/// The root over all lines, and their count; a line of spaces only is padding.
Sha256 tree_of(std::string_view lines) {
  tlog::Frontier frontier;
  for (const std::string_view line : contents_leaves(lines)) frontier.append(tlog::leaf_hash(as_view(line)));
  return contents_tree(frontier.size(), frontier.root());
}

/// A line that was parsed before, with a salt of its own and another item.
Json renewed(std::string salt, std::string_view old_line, std::uint64_t item) {
  Json line = Json::parse(old_line, nullptr, /*allow_exceptions=*/false);
  MUNIMENT_CHECK(line.is_object());
  line["salt"] = std::move(salt);
  line["item"] = item;
  return line;
}

}  // namespace

std::vector<std::string_view> contents_leaves(std::string_view text) {
  std::vector<std::string_view> leaves;
  for (const std::string_view line : split(text, '\n')) {
    if (line.find_first_not_of(' ') != std::string_view::npos) leaves.push_back(line);
  }
  return leaves;
}

Sha256 contents_tree(std::uint64_t count, const Sha256& root) {
  return sha256(as_view("muniment/tree/v1\n" + std::to_string(count) + "\n" + root.hex() + "\n"));
}

std::string ContentsWriter::next_salt() {
  if (salts_.empty()) {
    salts_.resize(kSaltsAtOnce * kSaltBytes);
    random_.fill(salts_);
  }
  std::string salt = to_hex(ByteView(salts_).last(kSaltBytes));
  salts_.resize(salts_.size() - kSaltBytes);
  return salt;
}

void ContentsWriter::add_file(const bag::PayloadFile& file, const ItemFacts& facts) {
  const std::uint64_t item = ++items_;
  LineWriter content(lines_, next_salt(), "content");
  content.put("item", item);
  content.put("size", file.size_bytes);
  content.put("sha256", file.digest.hex());
  content.put("mediaType", media_type_of(facts.path));
  content.put("offset", file.offset_bytes);
  content.end();
  LineWriter context(lines_, next_salt(), "context");
  context.put("item", item);
  context.put("name", file.path);
  context.put_facts(facts);
  context.end();
}

void ContentsWriter::add_link(const ItemFacts& facts, std::string_view target) {
  LineWriter line(lines_, next_salt(), "link");
  line.put("item", ++items_);
  line.put_facts(facts);
  line.put_path("target", target);
  line.end();
}

void ContentsWriter::add_empty_folder(const ItemFacts& facts) {
  LineWriter line(lines_, next_salt(), "folder");
  line.put("item", ++items_);
  line.put_facts(facts);
  line.end();
}

void ContentsWriter::add_left_out(std::string_view path, std::string_view reason) {
  LineWriter line(lines_, next_salt(), "left-out");
  line.put("item", ++items_);
  line.put_path("path", path);
  line.put("reason", reason);
  line.end();
}

void ContentsWriter::add_survivor(const bag::PayloadFile& file, std::string_view old_content,
                                  std::string_view old_context) {
  const std::uint64_t item = ++items_;
  Json content = renewed(next_salt(), old_content, item);
  content["offset"] = file.offset_bytes;
  Json context = renewed(next_salt(), old_context, item);
  context["name"] = file.path;
  lines_ += dump(content) + "\n" + dump(context) + "\n";
}

void ContentsWriter::add_survivor(std::string_view old_line) {
  lines_ += dump(renewed(next_salt(), old_line, ++items_)) + "\n";
}

void ContentsWriter::add_kept(const KeptLine& kept) {
  Bytes proof;
  for (const Sha256& hash : kept.proof) append(proof, hash.bytes);
  LineWriter line(lines_, next_salt(), "kept");
  line.put("item", items_);
  line.put("deposit", kept.deposit.hex());
  line.put("leaf", kept.leaf);
  line.put("leaves", kept.leaves);
  line.put("root", kept.root.hex());
  line.put("proof", to_base64(proof));
  line.put("line", to_base64(as_view(kept.line)));
  line.end();
}

void ContentsWriter::add_package(const ContentsPackage& package) {
  LineWriter line(lines_, next_salt(), "package");
  line.put("format", package.format);
  line.put_path("folder", package.folder);
  if (!package.defects.empty()) line.put("defects", package.defects);
  line.end();
}

void ContentsWriter::add_testimony(const TestimonyRecord& record) {
  LineWriter line(lines_, next_salt(), "testimony");
  line.put("part", record.part);
  line.put("link", record.link);
  for (const auto& [key, answer] : record.answers) line.put(key, answer);
  if (record.phrase) {
    line.put("phraseSalt", to_hex(record.phrase->salt));
    line.put("phraseWork", std::uint64_t{record.phrase->log2_n});
    line.put("phraseHash", to_hex(record.phrase->hash));
  }
  line.end();
}

ContentsWriter::Finished ContentsWriter::finish(const DepositFacts& facts) {
  std::string text;
  LineWriter first(text, next_salt(), "deposit");
  first.put("format", kFormat);
  first.put("archive", facts.archive.hex());
  first.put("compartment", facts.compartment);
  first.put("bag", facts.bag);
  first.put("sealed", to_date_time(facts.sealed_s));
  first.put("tool", facts.tool);
  first.end();
  // Padding is one line of spaces; one that is exactly full needs none.
  const std::size_t size = text.size() + lines_.size();
  const auto padded = static_cast<std::size_t>(bag::padme(size, kContentsFloorBytes));
  Finished finished;
  finished.bytes.reserve(padded);
  append(finished.bytes, as_view(text));
  append(finished.bytes, as_view(lines_));
  std::string().swap(lines_);  // several megabytes where paths are long
  finished.tree = tree_of(as_text(finished.bytes));
  if (padded > size) {
    finished.bytes.resize(padded, ' ');
    finished.bytes.back() = '\n';
  }
  return finished;
}

namespace {

/// One line as a flat object. Values are strings, whole numbers, or a list of strings.
class Line {
 public:
  static Result<Line> parse(std::string_view text) {
    std::set<std::string> keys;
    bool repeated = false;
    const auto note_keys = [&](int depth, Json::parse_event_t event, Json& value) {
      if (event == Json::parse_event_t::key && depth == 1) repeated |= !keys.insert(value.get<std::string>()).second;
      return true;
    };
    Line line;
    line.json_ = Json::parse(text, note_keys, /*allow_exceptions=*/false);
    if (repeated || !line.json_.is_object())
      return Error(Code::corrupt, "a line of the contents is not a plain JSON object");
    return line;
  }

  Result<std::string> text(const std::string& key) const {
    const auto found = json_.find(key);
    if (found == json_.end() || !found->is_string()) return Error(Code::corrupt, "a line of the contents lacks " + key);
    return found->get<std::string>();
  }

  Result<std::uint64_t> number(const std::string& key) const {
    const auto found = json_.find(key);
    if (found == json_.end() || !found->is_number_unsigned())
      return Error(Code::corrupt, "a line of the contents lacks " + key);
    return found->get<std::uint64_t>();
  }

  Result<Sha256> digest(const std::string& key) const {
    TRY_ASSIGN(const std::string hex, text(key));
    return parse_sha256(hex);
  }

  Result<std::string> path(const std::string& key) const {
    if (!json_.contains(key + "Bytes")) return text(key);
    TRY_ASSIGN(const std::string encoded, text(key + "Bytes"));
    TRY_ASSIGN(const Bytes bytes, from_base64(encoded));
    return std::string(as_text(bytes));
  }

  bool has(const std::string& key) const { return json_.contains(key); }

  /// In hexadecimal, exactly as many as there is room for.
  Result<void> bytes(const std::string& key, MutableBytes out) const {
    TRY_ASSIGN(const std::string hex, text(key));
    TRY_ASSIGN(const Bytes found, from_hex(hex));
    if (found.size() != out.size()) return Error(Code::corrupt, "a line of the contents has a wrong " + key);
    std::ranges::copy(found, out.begin());
    return {};
  }

  std::vector<std::string> texts(const std::string& key) const {
    std::vector<std::string> values;
    const auto found = json_.find(key);
    if (found == json_.end() || !found->is_array()) return values;
    for (const Json& value : *found) {
      if (value.is_string()) values.push_back(value.get<std::string>());
    }
    return values;
  }

 private:
  Json json_;
};

class ContentsParser {
 public:
  Result<void> take(const Line& line, std::uint64_t leaf) {
    TRY_ASSIGN(const std::string kind, line.text("kind"));
    leaf_ = leaf;
    if (kind == "deposit") return take_deposit(line);
    if (kind == "content") return take_content(line);
    if (kind == "context") return take_context(line);
    if (kind == "link") return take_other(line, kind, "target");
    if (kind == "folder") return take_other(line, kind, nullptr);
    if (kind == "left-out") return take_other(line, kind, "reason");
    if (kind == "kept") return take_kept(line);
    if (kind == "testimony") return take_testimony(line);
    if (kind == "package") return take_package(line);
    return {};
  }

  Result<Contents> finish() && {
    if (!has_deposit_) return Error(Code::corrupt, "the contents do not say what they are");
    if (!half_.empty()) return Error(Code::corrupt, "the contents have half an item");
    std::ranges::sort(contents_.files, {}, &ContentsFile::offset_bytes);
    return std::move(contents_);
  }

 private:
  Result<void> take_deposit(const Line& line) {
    TRY_ASSIGN(const std::string format, line.text("format"));
    if (has_deposit_ || format != kFormat) return Error(Code::corrupt, "not contents of version 1");
    has_deposit_ = true;
    TRY_ASSIGN(contents_.facts.archive, line.digest("archive"));
    TRY_ASSIGN(contents_.facts.compartment, line.text("compartment"));
    TRY_ASSIGN(contents_.facts.bag, line.text("bag"));
    TRY_ASSIGN(contents_.facts.tool, line.text("tool"));
    return {};
  }

  /// A content line waits for the context line of the same item, which follows it.
  Result<void> take_content(const Line& line) {
    TRY_ASSIGN(const std::uint64_t item, claim_item(line));
    ContentsFile& file = half_[item];
    file.item = item;
    file.content_leaf = leaf_;
    TRY_ASSIGN(file.size_bytes, line.number("size"));
    TRY_ASSIGN(file.offset_bytes, line.number("offset"));
    TRY_ASSIGN(file.digest, line.digest("sha256"));
    TRY_ASSIGN(file.media_type, line.text("mediaType"));
    return {};
  }

  Result<void> take_context(const Line& line) {
    TRY_ASSIGN(const std::uint64_t item, line.number("item"));
    const auto half = half_.find(item);
    if (half == half_.end()) return Error(Code::corrupt, "the contents have half an item");
    ContentsFile file = std::move(half->second);
    half_.erase(half);
    TRY_ASSIGN(file.name, line.text("name"));
    TRY_ASSIGN(file.path, line.path("path"));
    TRY_ASSIGN(const std::string modified, line.text("modified"));
    TRY_ASSIGN(file.modified_ns, parse_precise_time(modified));
    file.defects = line.texts("defects");
    file.marks = line.texts("marks");
    file.context_leaf = leaf_;
    if (!names_.insert(file.name).second) return Error(Code::corrupt, "the contents give one name to two files");
    TRY(claim_path(file.path));
    contents_.files.push_back(std::move(file));
    newest_is_file_ = true;
    return {};
  }

  Result<void> take_other(const Line& line, const std::string& kind, const char* detail) {
    ContentsOther other{.kind = kind, .path = {}, .detail = {}, .item = 0, .leaf = leaf_};
    TRY_ASSIGN(other.item, claim_item(line));
    TRY_ASSIGN(other.path, line.path("path"));
    if (detail != nullptr) {
      TRY_ASSIGN(other.detail, line.path(detail));
    }
    TRY(claim_path(other.path));
    contents_.others.push_back(std::move(other));
    newest_is_file_ = false;
    return {};
  }

  Result<void> take_package(const Line& line) {
    ContentsPackage package;
    TRY_ASSIGN(package.format, line.text("format"));
    TRY_ASSIGN(package.folder, line.path("folder"));
    package.defects = line.texts("defects");
    contents_.packages.push_back(std::move(package));
    return {};
  }

  Result<void> take_testimony(const Line& line) {
    if (contents_.testimony) return Error(Code::corrupt, "the contents name a testimony twice");
    TestimonyRecord record;
    TRY_ASSIGN(record.part, line.text("part"));
    TRY_ASSIGN(record.link, line.text("link"));
    TRY_ASSIGN(const Bytes link, from_hex(record.link));
    if (link.size() != kLinkBytes || (record.part != kNamesPart && record.part != kAccountPart))
      return Error(Code::corrupt, "the contents name no part of a testimony");
    for (const char* key : kTestimonyKeys) {
      if (!line.has(key)) continue;
      TRY_ASSIGN(std::string answer, line.text(key));
      record.answers.emplace_back(key, std::move(answer));
    }
    if (line.has("phraseHash")) {
      PhraseVerifier phrase;
      TRY(line.bytes("phraseSalt", phrase.salt));
      TRY(line.bytes("phraseHash", phrase.hash));
      TRY_ASSIGN(const std::uint64_t work, line.number("phraseWork"));
      if (work < 1 || work > kPhraseWorkMax)
        return Error(Code::limit, "the contents ask for more work on a phrase than this program does");
      phrase.log2_n = static_cast<unsigned>(work);
      record.phrase = phrase;
    }
    contents_.testimony = std::move(record);
    return {};
  }

  /// A line of an older deposit about the item right before it. What proves it is checked elsewhere; here only that it
  /// says of the item what the item's own lines say.
  Result<void> take_kept(const Line& line) {
    KeptLine kept;
    TRY_ASSIGN(kept.item, line.number("item"));
    TRY_ASSIGN(kept.deposit, line.digest("deposit"));
    TRY_ASSIGN(kept.leaf, line.number("leaf"));
    TRY_ASSIGN(kept.leaves, line.number("leaves"));
    TRY_ASSIGN(kept.root, line.digest("root"));
    TRY_ASSIGN(const std::string encoded_proof, line.text("proof"));
    TRY_ASSIGN(const Bytes proof, from_base64(encoded_proof));
    if (proof.size() % kHashBytes != 0) return Error(Code::corrupt, "a kept line of the contents has no proof");
    for (std::size_t at = 0; at < proof.size(); at += kHashBytes) {
      Sha256 hash;
      std::copy_n(proof.begin() + static_cast<std::ptrdiff_t>(at), kHashBytes, hash.bytes.begin());
      kept.proof.push_back(hash);
    }
    TRY_ASSIGN(const std::string encoded, line.text("line"));
    TRY_ASSIGN(const Bytes bytes, from_base64(encoded));
    kept.line = as_text(bytes);
    TRY_ASSIGN(const Line old, Line::parse(kept.line));
    TRY_ASSIGN(const bool agrees, says_the_same(old, kept.item));
    if (!agrees) return Error(Code::corrupt, "a kept line of the contents says something else than its item");
    contents_.kept.push_back(std::move(kept));
    return {};
  }

  Result<bool> says_the_same(const Line& old, std::uint64_t item) const {
    TRY_ASSIGN(const std::string kind, old.text("kind"));
    if (newest_is_file_ && !contents_.files.empty() && contents_.files.back().item == item) {
      const ContentsFile& file = contents_.files.back();
      if (kind == "content") {
        TRY_ASSIGN(const Sha256 digest, old.digest("sha256"));
        TRY_ASSIGN(const std::uint64_t size_bytes, old.number("size"));
        return digest == file.digest && size_bytes == file.size_bytes;
      }
      TRY_ASSIGN(const std::string path, old.path("path"));
      TRY_ASSIGN(const std::string modified, old.text("modified"));
      TRY_ASSIGN(const std::int64_t modified_ns, parse_precise_time(modified));
      return kind == "context" && path == file.path && modified_ns == file.modified_ns;
    }
    if (newest_is_file_ || contents_.others.empty() || contents_.others.back().item != item) return false;
    const ContentsOther& other = contents_.others.back();
    TRY_ASSIGN(const std::string path, old.path("path"));
    return kind == other.kind && path == other.path;
  }

  /// One number, one item: else the content of one file could be shown to a court with the context of another.
  Result<std::uint64_t> claim_item(const Line& line) {
    TRY_ASSIGN(const std::uint64_t item, line.number("item"));
    if (!items_.insert(item).second) return Error(Code::corrupt, "the contents name an item twice");
    return item;
  }

  Result<void> claim_path(const std::string& path) {
    if (!paths_.insert(path).second)
      return Error(Code::corrupt, "the contents name a path twice: " + printable(path, 100));
    return {};
  }

  Contents contents_;
  bool has_deposit_ = false;
  bool newest_is_file_ = false;  // the item that was complete last
  std::uint64_t leaf_ = 0;       // of the line at hand
  std::map<std::uint64_t, ContentsFile> half_;
  std::set<std::uint64_t> items_;
  std::set<std::string> names_;
  std::set<std::string> paths_;
};

}  // namespace

Result<Contents> parse_contents(ByteView bytes) {
  if (bytes.size() > kContentsPlainBytesMax)
    return Error(Code::limit, "the contents are larger than this program reads");
  const std::string_view text = as_text(bytes);
  TRY_ASSIGN(const auto lines, split_lines(text, kContentsLinesMax));
  ContentsParser parser;
  std::uint64_t leaf = 0;
  for (const std::string_view line : lines) {
    if (line.find_first_not_of(' ') == std::string_view::npos) continue;
    if (line.size() > kLineBytesMax)
      return Error(Code::limit, "a line of the contents is longer than any that is written");
    TRY_ASSIGN(const Line parsed, Line::parse(line));
    TRY(parser.take(parsed, leaf++));
  }
  TRY_ASSIGN(Contents contents, std::move(parser).finish());
  contents.tree = tree_of(text);
  return contents;
}

std::string media_type_of(std::string_view path) {
  struct Known {
    std::string_view ending, type;
  };
  static constexpr std::array<Known, 34> kKnown = {{
      {"jpg", "image/jpeg"},
      {"jpeg", "image/jpeg"},
      {"png", "image/png"},
      {"gif", "image/gif"},
      {"heic", "image/heic"},
      {"tif", "image/tiff"},
      {"tiff", "image/tiff"},
      {"webp", "image/webp"},
      {"svg", "image/svg+xml"},
      {"mp4", "video/mp4"},
      {"mov", "video/quicktime"},
      {"mkv", "video/x-matroska"},
      {"webm", "video/webm"},
      {"3gp", "video/3gpp"},
      {"avi", "video/x-msvideo"},
      {"mp3", "audio/mpeg"},
      {"wav", "audio/vnd.wave"},
      {"ogg", "audio/ogg"},
      {"opus", "audio/opus"},
      {"m4a", "audio/mp4"},
      {"flac", "audio/flac"},
      {"amr", "audio/AMR"},
      {"pdf", "application/pdf"},
      {"txt", "text/plain"},
      {"csv", "text/csv"},
      {"html", "text/html"},
      {"json", "application/json"},
      {"xml", "application/xml"},
      {"zip", "application/zip"},
      {"eml", "message/rfc822"},
      {"doc", "application/msword"},
      {"rtf", "application/rtf"},
      {"odt", "application/vnd.oasis.opendocument.text"},
      {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
  }};
  const std::size_t dot = path.rfind('.');
  const std::string ending = lower_ascii(dot == std::string_view::npos ? "" : path.substr(dot + 1));
  const auto found = std::ranges::find(kKnown, ending, &Known::ending);
  return std::string(found == kKnown.end() ? "application/octet-stream" : found->type);
}

}  // namespace muniment
