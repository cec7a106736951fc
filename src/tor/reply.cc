#include "tor/reply.h"

#include <algorithm>
#include <utility>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::size_t kStatusDigits = 3;
constexpr std::size_t kHashBytes = 32;

bool is_octal(char c) { return c >= '0' && c <= '7'; }

/// A quoted string whose opening quote has been taken off. Errors: `corrupt`.
Result<std::string> unquote(std::string_view text) {
  const Error bad(Code::corrupt, "a quotation of tor's control port cannot be read");
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') return plain;
    if (text[i] != '\\') {
      plain.push_back(text[i]);
      continue;
    }
    if (++i == text.size()) return bad;
    if (text[i] == '"' || text[i] == '\\') {
      plain.push_back(text[i]);
    } else if (i + 2 < text.size() && std::all_of(&text[i], &text[i] + 3, is_octal)) {
      const int value = (text[i] - '0') * 64 + (text[i + 1] - '0') * 8 + (text[i + 2] - '0');
      if (value < 0x20 || value > 0xff) return bad;
      plain.push_back(static_cast<char>(value));
      i += 2;
    } else {
      return bad;
    }
  }
  return bad;
}

/// The words of a line: a space inside of quotes does not end one.
std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  std::size_t begin = 0;
  bool is_quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (is_quoted && line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      is_quoted = !is_quoted;
    } else if (line[i] == ' ' && !is_quoted) {
      words.push_back(line.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  words.push_back(line.substr(begin));
  return words;
}

/// Hexadecimal of either case.
Result<Bytes> parse_hash(std::string_view line, std::string_view name) {
  const Error bad(Code::corrupt, "the answer of tor's control port has no " + std::string(name));
  auto digits = value_in(line, name);
  if (!digits) return bad;
  for (char& c : *digits) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  auto bytes = from_hex(*digits);
  if (!bytes || bytes->size() != kHashBytes) return bad;
  return bytes;
}

}  // namespace

Result<ControlLine> parse_control_line(std::string_view line) {
  const Error bad(Code::corrupt, "this is not what tor's control port says: " + printable(line, 80));
  if (line.size() < kStatusDigits + 1) return bad;
  const auto status = parse_decimal(line.substr(0, kStatusDigits), 999);
  const char separator = line[kStatusDigits];
  if (!status || *status < 100 || (separator != ' ' && separator != '-')) return bad;
  const std::string_view text = line.substr(kStatusDigits + 1);
  if (!std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; })) return bad;
  return ControlLine{static_cast<unsigned>(*status), separator == ' ', std::string(text)};
}

Result<std::string> value_in(std::string_view line, std::string_view name) {
  for (const std::string_view word : words_of(line)) {
    if (!word.starts_with(name) || word.size() <= name.size() || word[name.size()] != '=') continue;
    const std::string_view value = word.substr(name.size() + 1);
    return value.starts_with('"') ? unquote(value.substr(1)) : std::string(value);
  }
  return Error(Code::not_found, "the answer of tor's control port has no " + std::string(name));
}

Result<std::string> cookie_path_in(const ControlReply& reply) {
  for (const std::string& line : reply.lines) {
    if (!line.starts_with("AUTH ")) continue;
    const auto methods = value_in(line, "METHODS");
    const auto named = split(methods ? std::string_view(*methods) : "", ',');
    if (std::ranges::find(named, "SAFECOOKIE") == named.end()) {
      return Error(Code::unsupported,
                   "this tor does not take the cookie of its control port: set CookieAuthentication 1 in its torrc");
    }
    auto path = value_in(line, "COOKIEFILE");
    if (path && path->starts_with('/')) return path;
  }
  return Error(Code::corrupt, "tor's control port does not say where its cookie is");
}

Result<CookieChallenge> parse_cookie_challenge(const ControlReply& reply) {
  if (reply.lines.size() != 1 || !reply.lines[0].starts_with("AUTHCHALLENGE "))
    return Error(Code::corrupt, "tor's control port did not answer AUTHCHALLENGE");
  CookieChallenge challenge;
  TRY_ASSIGN(challenge.server_hash, parse_hash(reply.lines[0], "SERVERHASH"));
  TRY_ASSIGN(challenge.server_nonce, parse_hash(reply.lines[0], "SERVERNONCE"));
  return challenge;
}

std::optional<DescriptorEvent> parse_descriptor_event(std::string_view text) {
  const auto words = split(text, ' ');
  if (words.size() < 3 || words[0] != "HS_DESC") return std::nullopt;
  DescriptorEvent event;
  event.action = words[1];
  event.address = words[2];
  event.is_fetch = words.size() > 3 && words[3] != "UNKNOWN";  // of an upload tor says no kind of authentication
  if (words.size() > 4) event.directory = words[4];
  if (auto reason = value_in(text, "REASON")) event.reason = std::move(*reason);
  return event;
}

}  // namespace muniment
