#include "store/s3_address.h"

#include <algorithm>

#include "base/encoding.h"
#include "store/store.h"

namespace muniment {
namespace {

constexpr std::string_view kScheme = "s3://";
constexpr const char* kDefaultRegion = "us-east-1";

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool all_of(std::string_view text, std::string_view others) {
  return std::ranges::all_of(text,
                             [&](char c) { return is_lower_or_digit(c) || others.find(c) != std::string_view::npos; });
}

bool is_host(std::string_view text) {
  constexpr std::size_t kHostBytesMax = 253;
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos) {
    constexpr std::uint64_t kPortMax = 65'535;
    const auto port = parse_decimal(text.substr(colon + 1), kPortMax);
    if (!port || *port == 0) return false;
    text = text.substr(0, colon);
  }
  return !text.empty() && text.size() <= kHostBytesMax && is_lower_or_digit(text.front()) &&
         is_lower_or_digit(text.back()) && text.find("..") == std::string_view::npos && all_of(text, ".-");
}

bool is_bucket(std::string_view text) {
  constexpr std::size_t kBucketBytesMin = 3;
  constexpr std::size_t kBucketBytesMax = 63;
  return text.size() >= kBucketBytesMin && text.size() <= kBucketBytesMax && is_lower_or_digit(text.front()) &&
         is_lower_or_digit(text.back()) && text.find("..") == std::string_view::npos && all_of(text, ".-");
}

bool is_region(std::string_view text) {
  constexpr std::size_t kRegionBytesMax = 63;
  return !text.empty() && text.size() <= kRegionBytesMax && all_of(text, "-");
}

bool take_option(std::string_view option, S3Address& address) {
  constexpr std::string_view kRegion = "region=";
  if (option.starts_with(kRegion) && is_region(option.substr(kRegion.size()))) {
    address.region = option.substr(kRegion.size());
  } else if (option == "style=virtual" || option == "style=path") {
    address.is_virtual_host = option == "style=virtual";
  } else if (option == "tls=off" || option == "tls=on") {
    address.has_tls = option == "tls=on";
  } else {
    return false;
  }
  return true;
}

}  // namespace

Result<S3Address> S3Address::parse(std::string_view text) {
  const auto refuse = [&](const char* why) {
    return Error(Code::invalid, printable(text, 200) +
                                    " is not an address of the form s3://HOST/BUCKET/PREFIX, with ?region=NAME, "
                                    "style=virtual, tls=off behind it where they are needed: " +
                                    why);
  };
  if (!text.starts_with(kScheme)) return refuse("it does not begin with s3://");
  std::string_view rest = text.substr(kScheme.size());
  S3Address address;
  if (const std::size_t question = rest.find('?'); question != std::string_view::npos) {
    for (const std::string_view option : split(rest.substr(question + 1), '&'))
      if (!take_option(option, address)) return refuse("there is no such option, or not with this value");
    rest = rest.substr(0, question);
  }
  while (rest.ends_with('/')) rest.remove_suffix(1);
  const std::size_t host_end = std::min(rest.find('/'), rest.size());
  address.host = rest.substr(0, host_end);
  if (!is_host(address.host)) return refuse("HOST is a name in small letters, with a port or without");
  rest = rest.substr(std::min(host_end + 1, rest.size()));
  const std::size_t bucket_end = std::min(rest.find('/'), rest.size());
  address.bucket = rest.substr(0, bucket_end);
  if (!is_bucket(address.bucket)) return refuse("BUCKET is 3 to 63 small letters, digits, dots and hyphens");
  address.prefix = rest.substr(std::min(bucket_end + 1, rest.size()));
  if (!address.prefix.empty() && !ObjectName::parse(address.prefix))
    return refuse("the parts of PREFIX are letters, digits, dots, hyphens and underscores, with single slashes");
  return address;
}

std::string S3Address::text() const {
  std::string options;
  const auto add = [&](const std::string& option) { options += (options.empty() ? "?" : "&") + option; };
  if (region != kDefaultRegion) add("region=" + region);
  if (is_virtual_host) add("style=virtual");
  if (!has_tls) add("tls=off");
  return std::string(kScheme) + host + "/" + bucket + (prefix.empty() ? "" : "/" + prefix) + options;
}

std::string S3Address::bucket_url() const {
  const std::string scheme = has_tls ? "https://" : "http://";
  return is_virtual_host ? scheme + bucket + "." + host : scheme + host + "/" + bucket;
}

std::string S3Address::key_of(std::string_view name) const {
  return prefix.empty() ? std::string(name) : prefix + "/" + std::string(name);
}

}  // namespace muniment
