#include "age/header.h"

#include <algorithm>

#include "base/encoding.h"

namespace muniment::age {
namespace {

constexpr std::string_view kVersionLine = "age-encryption.org/v1";
constexpr std::string_view kAnyVersion = "age-encryption.org/";
constexpr std::string_view kStanzaStart = "-> ";
constexpr std::string_view kMacStart = "---";  // the MAC is over the header up to here
constexpr std::size_t kColumns = 64;
constexpr std::size_t kMacLineTail = 1 + 43 + 1;  // space, base64 of 32 bytes without padding, LF

/// The lines of a header, taken off the front of a file that may be much longer.
class Lines {
 public:
  Lines(ByteView file, std::size_t bytes_max)
      : text_(as_text(file.first(std::min(file.size(), bytes_max)))), cut_by_limit_(file.size() > bytes_max) {}

  /// The next line without its LF. Errors: `corrupt` at the end of the file, `limit` at the limit.
  Result<std::string_view> next() {
    const std::size_t end = text_.find('\n', used_);
    if (end == std::string_view::npos) {
      if (cut_by_limit_) return Error(Code::limit, "the header is too long");
      return Error(Code::corrupt, "the header is cut off");
    }
    const std::string_view line = text_.substr(used_, end - used_);
    used_ = end + 1;
    return line;
  }

  std::size_t used() const { return used_; }

 private:
  std::string_view text_;
  std::size_t used_ = 0;
  bool cut_by_limit_;
};

/// "-> X25519 TEiF…": the arguments, each one or more printable characters.
Result<std::vector<std::string>> parse_arguments(std::string_view line) {
  line.remove_prefix(kStanzaStart.size());
  std::vector<std::string> args;
  for (const std::string_view arg : split(line, ' ')) {
    if (arg.empty()) return Error(Code::corrupt, "a stanza has an empty argument");
    if (std::any_of(arg.begin(), arg.end(), [](char c) { return c < 33 || c > 126; })) {
      return Error(Code::corrupt, "a stanza's argument has a character that is not printable ASCII");
    }
    args.emplace_back(arg);
  }
  return args;
}

/// Full lines, then one that is shorter, possibly empty.
Result<Bytes> parse_body(Lines& lines) {
  Bytes body;
  for (;;) {
    TRY_ASSIGN(const std::string_view line, lines.next());
    if (line.size() > kColumns) return Error(Code::corrupt, "a stanza has a line of more than 64 columns");
    TRY_ASSIGN(const Bytes part, from_base64(line, Padding::none));
    append(body, part);
    if (line.size() < kColumns) return body;
  }
}

/// "--- " and the MAC.
Result<Mac> parse_mac(std::string_view line) {
  line.remove_prefix(kMacStart.size());
  if (!line.starts_with(' ')) return Error(Code::corrupt, "the header's last line has no MAC");
  TRY_ASSIGN(const Bytes bytes, from_base64(line.substr(1), Padding::none));
  Mac mac{};
  if (bytes.size() != mac.size()) return Error(Code::corrupt, "the header's MAC has the wrong length");
  std::copy(bytes.begin(), bytes.end(), mac.begin());
  return mac;
}

Mac mac_of(std::string_view covered, const FileKey& file_key) {
  const Secret<32> key = hkdf_sha256(file_key.expose(), {}, "header");
  return hmac_sha256(key.expose(), as_view(covered));
}

}  // namespace

Result<Header> parse_header(ByteView file, HeaderLimits limits) {
  Lines lines(file, limits.bytes_max);
  // Asked first: a file of another kind need not have a line feed at all.
  if (!as_text(file).starts_with(kAnyVersion)) return Error(Code::corrupt, "not an age file");
  TRY_ASSIGN(const std::string_view version, lines.next());
  if (version != kVersionLine) {
    return Error(Code::unsupported, "an age file of another version: " + printable(version, 40));
  }
  Header header;
  for (;;) {
    TRY_ASSIGN(const std::string_view line, lines.next());
    if (line.starts_with(kMacStart)) {
      TRY_ASSIGN(header.mac, parse_mac(line));
      break;
    }
    if (!line.starts_with(kStanzaStart)) return Error(Code::corrupt, "the header has a line that starts no stanza");
    if (header.stanzas.size() == limits.stanzas_max) return Error(Code::limit, "the header has too many stanzas");
    TRY_ASSIGN(auto args, parse_arguments(line));
    TRY_ASSIGN(Bytes body, parse_body(lines));
    header.stanzas.push_back({std::move(args), std::move(body)});
  }
  if (header.stanzas.empty()) return Error(Code::corrupt, "the header has no stanza");
  header.size_bytes = lines.used();
  return header;
}

std::string render_header(const std::vector<Stanza>& stanzas, const FileKey& file_key) {
  MUNIMENT_CHECK(!stanzas.empty());
  std::string text(kVersionLine);
  text += '\n';
  for (const Stanza& stanza : stanzas) {
    text += "->";
    for (const std::string& arg : stanza.args) text += ' ' + arg;
    text += '\n';
    const std::string body = to_base64(stanza.body, Padding::none);
    std::size_t done = 0;
    for (; body.size() - done >= kColumns; done += kColumns) text += body.substr(done, kColumns) + '\n';
    text += body.substr(done) + '\n';  // the short line that ends a stanza
  }
  text += kMacStart;
  const Mac mac = mac_of(text, file_key);
  text += ' ' + to_base64(mac, Padding::none) + '\n';
  return text;
}

Result<void> verify_mac(const Header& header, ByteView file, const FileKey& file_key) {
  MUNIMENT_CHECK(header.size_bytes > kMacLineTail && header.size_bytes <= file.size());
  const std::string_view covered = as_text(file.first(header.size_bytes - kMacLineTail));
  if (!equal_in_constant_time(mac_of(covered, file_key), header.mac)) {
    return Error(Code::forged, "the header was altered: its MAC does not match");
  }
  return {};
}

}  // namespace muniment::age
