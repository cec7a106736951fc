// A bucket in memory behind the door of HTTP, that keeps conditions or does not, and whose answers can be replaced or
// lost. For tests of one thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "store/s3_head.h"
#include "store/s3_store.h"
#include "store/waits_testing.h"

namespace muniment {

inline HttpResponse s3_answer(unsigned status, const std::string& body = "",
                              std::vector<std::pair<std::string, std::string>> headers = {}) {
  HttpResponse answer;
  answer.status = status;
  answer.headers = std::move(headers);
  append(answer.body, as_view(body));
  return answer;
}

inline HttpResponse s3_refusal(unsigned status, const std::string& code,
                               std::vector<std::pair<std::string, std::string>> headers = {}) {
  return s3_answer(status, "<Error><Code>" + code + "</Code><Message>Because.</Message></Error>", std::move(headers));
}

/// What a service can be like.
struct S3Manners {
  bool keeps_none_match = true;
  bool knows_none_match = true;  // or answers 501
  bool keeps_match = true;
  bool has_tags = true;
  bool wants_quotes = true;  // in If-Match: "abc"
  bool wants_bare = false;   // in If-Match: abc, as Ceph 16.2
  std::size_t page_max = 1000;
};

class MemoryS3 final : public HttpClient {
 public:
  explicit MemoryS3(std::string bucket_url) : bucket_url_(std::move(bucket_url)) {}

  S3Manners manners;
  std::map<std::string, std::string> objects;           // by key
  std::vector<HttpRequest> requests;                    // without their bodies
  std::map<std::size_t, Result<HttpResponse>> planned;  // instead of the n-th answer, the first is 0; nothing is done
  std::map<std::size_t, Result<HttpResponse>> lost;     // likewise, but what was asked is done
  std::function<void(std::size_t number)> before;       // each request; may be empty

  Result<HttpResponse> exchange(const HttpRequest& request) override {
    const std::size_t number = requests.size();
    requests.push_back(request);
    requests.back().body = {};
    if (before) before(number);
    if (const auto found = planned.find(number); found != planned.end()) return found->second;
    auto answer = serve(request);
    if (answer.status < 300 && answer.body.size() > request.body_bytes_max) return Error(Code::limit, "too much");
    if (const auto found = lost.find(number); found != lost.end()) return found->second;
    return answer;
  }

  std::string requests_text() const {
    std::string text;
    for (const HttpRequest& request : requests) text += request.method + " " + request.url + "\n";
    return text;
  }

 private:
  static std::string condition_of(const HttpRequest& request, const std::string& name) {
    for (const std::string& header : request.headers)
      if (header.starts_with(name + ": ")) return header.substr(name.size() + 2);
    return "";
  }

  std::string tag_of(const std::string& key) const { return std::to_string(std::hash<std::string>()(objects.at(key))); }

  bool is_refused(const HttpRequest& request, const std::string& key) const {
    const bool is_there = objects.contains(key);
    if (manners.keeps_none_match && is_there && condition_of(request, "If-None-Match") == "*") return true;
    const std::string match = condition_of(request, "If-Match");
    if (match.empty() || !manners.keeps_match) return false;
    const std::string tag = is_there ? tag_of(key) : "none";
    return !((manners.wants_quotes && match == "\"" + tag + "\"") || (manners.wants_bare && match == tag));
  }

  HttpResponse serve(const HttpRequest& request) {
    MUNIMENT_CHECK(request.url.starts_with(bucket_url_ + "/"));
    const std::string key = request.url.substr(bucket_url_.size() + 1);
    if (key.starts_with("?")) return list(key.substr(1));
    if (request.method == "PUT") {
      if (!manners.knows_none_match && !condition_of(request, "If-None-Match").empty())
        return s3_refusal(501, "NotImplemented");
      if (is_refused(request, key)) return s3_refusal(412, "PreconditionFailed");
      objects[key] = as_text(request.body);
      return s3_answer(200);
    }
    if (request.method == "DELETE") {
      objects.erase(key);
      return s3_answer(204);
    }
    if (!objects.contains(key)) return request.method == "HEAD" ? s3_answer(404) : s3_refusal(404, "NoSuchKey");
    HttpResponse answer = s3_answer(200, request.method == "HEAD" ? "" : objects[key]);
    answer.headers.emplace_back("content-length", std::to_string(objects[key].size()));
    if (manners.has_tags) answer.headers.emplace_back("etag", "\"" + tag_of(key) + "\"");
    return answer;
  }

  /// Pages of keys and common prefixes; the token is how many came before.
  HttpResponse list(const std::string& query) const {
    const auto value_of = [&](const std::string& name) -> std::string {
      const std::size_t at = ("&" + query).find("&" + name + "=");
      if (at == std::string::npos) return "";
      const std::string rest = query.substr(at + name.size() + 1);
      std::string value = rest.substr(0, rest.find('&'));
      for (std::size_t i = value.find("%2F"); i != std::string::npos; i = value.find("%2F")) value.replace(i, 3, "/");
      return value;
    };
    const std::string prefix = value_of("prefix");
    std::vector<std::string> lines;
    for (const auto& [key, text] : objects) {
      if (!key.starts_with(prefix)) continue;
      const std::size_t slash = key.find('/', prefix.size());
      const std::string line = slash == std::string::npos ? "<Contents><Key>" + key + "</Key></Contents>"
                                                          : "<CommonPrefixes><Prefix>" + key.substr(0, slash + 1) +
                                                                "</Prefix></CommonPrefixes>";
      if (lines.empty() || lines.back() != line) lines.push_back(line);
    }
    const std::string token = value_of("continuation-token");
    const std::size_t first = token.empty() ? 0 : *parse_decimal(token);
    const std::size_t end = std::min(first + manners.page_max, lines.size());
    std::string xml = "<ListBucketResult>";
    for (std::size_t i = first; i < end; ++i) xml += lines[i];
    const bool has_more = end < lines.size();
    xml += has_more ? "<IsTruncated>true</IsTruncated><NextContinuationToken>" + std::to_string(end) +
                          "</NextContinuationToken>"
                    : "<IsTruncated>false</IsTruncated>";
    return s3_answer(200, xml + "</ListBucketResult>");
  }

  std::string bucket_url_;
};

}  // namespace muniment
