#include "store/s3_credentials.h"

#include <algorithm>
#include <cstring>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::size_t kCredentialsLinesMax = 1000;

constexpr std::string_view kBlanks = " \t\r";

bool is_visible(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

bool is_key(std::string_view text) {
  constexpr std::size_t kKeyBytesMax = 128;
  return !text.empty() && text.size() <= kKeyBytesMax && is_visible(text) && text.find(':') == std::string_view::npos;
}

bool is_secret(std::string_view text) {
  constexpr std::size_t kSecretBytesMax = 256;
  return !text.empty() && text.size() <= kSecretBytesMax && is_visible(text);
}

SecretBytes pair_of(std::string_view key, std::string_view secret) {
  SecretBytes pair(key.size() + 1 + secret.size());
  auto end = std::ranges::copy(as_view(key), pair.expose_mut().begin()).out;
  *end++ = ':';
  std::ranges::copy(as_view(secret), end);
  return pair;
}

/// "s3://HOST/BUCKET", whatever is behind it.
std::string bucket_address(const S3Address& address) { return "s3://" + address.host + "/" + address.bucket; }

Error bad_line(std::size_t number) {  // the line itself is not shown: it may be a secret
  return {Code::corrupt, "line " + std::to_string(number) +
                             " of the file of credentials is not KEY:SECRET, with s3://HOST/BUCKET behind it or not; "
                             "nor is the file of the form of ~/.aws/credentials"};
}

Result<S3Credentials> parse_line(std::string_view line, std::size_t number) {
  const auto words = split(line, ' ');
  const std::size_t colon = words[0].find(':');
  if (words.size() > 2 || colon == std::string_view::npos) return bad_line(number);
  const std::string_view key = words[0].substr(0, colon);
  const std::string_view secret = words[0].substr(colon + 1);
  if (!is_key(key) || !is_secret(secret)) return bad_line(number);
  S3Credentials credentials{pair_of(key, secret), ""};
  if (words.size() == 2) {
    const auto address = S3Address::parse(words[1]);
    if (!address) return bad_line(number);
    credentials.address = bucket_address(*address);
  }
  return credentials;
}

/// One profile of ~/.aws/credentials.
struct Profile {
  std::string_view name;
  std::string_view key;
  std::string_view secret;
};

Result<std::vector<S3Credentials>> take_profile(const std::vector<Profile>& profiles) {
  const auto named = std::ranges::find(profiles, "default", &Profile::name);
  if (named == profiles.end() && profiles.size() > 1) {
    return Error(Code::corrupt,
                 "the file of credentials has several profiles, and none is [default]: give a file with the one that "
                 "is meant");
  }
  const Profile& profile = named == profiles.end() ? profiles.front() : *named;
  if (!is_key(profile.key) || !is_secret(profile.secret)) {
    return Error(Code::corrupt,
                 "a profile in the file of credentials lacks aws_access_key_id or aws_secret_access_key, or they are "
                 "not letters, digits and signs");
  }
  std::vector<S3Credentials> all;
  all.push_back({pair_of(profile.key, profile.secret), ""});
  return all;
}

Result<std::vector<S3Credentials>> parse_profiles(const std::vector<std::string_view>& lines) {
  std::vector<Profile> profiles;
  std::size_t number = 0;
  for (const std::string_view untrimmed : lines) {
    ++number;
    const std::string_view line = trimmed(untrimmed, kBlanks);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      if (line.size() < 3 || line.back() != ']') return bad_line(number);
      profiles.push_back({trimmed(line.substr(1, line.size() - 2), kBlanks), {}, {}});
      continue;
    }
    const std::size_t equals = line.find('=');
    if (profiles.empty() || equals == std::string_view::npos) return bad_line(number);
    const std::string_view name = trimmed(line.substr(0, equals), kBlanks);
    const std::string_view value = trimmed(line.substr(equals + 1), kBlanks);
    if (name == "aws_access_key_id") profiles.back().key = value;
    if (name == "aws_secret_access_key") profiles.back().secret = value;
    if (name == "aws_session_token") {
      return Error(Code::corrupt,
                   "the credentials are for a session (aws_session_token), which ends before an archive does: give "
                   "lasting ones");
    }
  }
  return take_profile(profiles);
}

}  // namespace

Result<std::vector<S3Credentials>> parse_s3_credentials(std::string_view text) {
  const auto lines = split(text, '\n');
  if (lines.size() > kCredentialsLinesMax)
    return Error(Code::limit,
                 "the file of credentials has more than " + std::to_string(kCredentialsLinesMax) + " lines");
  std::vector<S3Credentials> all;
  std::size_t number = 0;
  for (const std::string_view untrimmed : lines) {
    ++number;
    const std::string_view line = trimmed(untrimmed, kBlanks);
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[' && all.empty()) return parse_profiles(lines);
    TRY_ASSIGN(S3Credentials credentials, parse_line(line, number));
    all.push_back(std::move(credentials));
  }
  return all;
}

Result<SecretBytes> token_of_pair(const SecretBytes& pair) {
  constexpr std::size_t kBytesMin = 24, kBytesMax = 96;  // 32 to 128 characters
  if (pair.size() < kBytesMin || pair.size() > kBytesMax) {
    return Error(Code::invalid, "a key and its secret together must have " + std::to_string(kBytesMin - 1) + " to " +
                                    std::to_string(kBytesMax - 1) + " characters to stand on a card");
  }
  std::string text = to_base64(pair.expose(), Padding::none);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  SecretBytes token = SecretBytes::copy_of(as_view(text));
  explicit_bzero(text.data(), text.size());
  return token;
}

Result<SecretBytes> pair_of_token(std::string_view token) {
  std::string text(token);
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  auto bytes = from_base64(text, Padding::none);
  explicit_bzero(text.data(), text.size());
  const Error wrong(Code::corrupt, "the token for a bucket holds no key and secret");
  if (!bytes) return wrong;
  SecretBytes pair = SecretBytes::copy_of(*bytes);
  wipe(*bytes);
  const std::string_view both = pair.expose_text();
  const std::size_t colon = both.find(':');
  if (colon == std::string_view::npos || !is_key(both.substr(0, colon)) || !is_secret(both.substr(colon + 1)))
    return wrong;
  return pair;
}

const SecretBytes* credentials_for(const std::vector<S3Credentials>& credentials, const S3Address& address) {
  for (const std::string& wanted : {bucket_address(address), std::string()}) {
    const auto found = std::ranges::find(credentials, wanted, &S3Credentials::address);
    if (found != credentials.end()) return &found->pair;
  }
  return nullptr;
}

}  // namespace muniment
