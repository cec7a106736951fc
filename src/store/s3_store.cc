#include "store/s3_store.h"

#include <set>

#include "base/encoding.h"
#include "store/s3_answer.h"

namespace muniment {
namespace {

constexpr std::size_t kPageNamesMax = 1000;  // that the S3 API gives in one page
constexpr std::size_t kNamesMax = 1'000'000;
constexpr std::size_t kPagesMax = 10'000;
constexpr std::uint64_t kPageBytesMax = 16 << 20;

/// RFC 3986's unreserved characters stay: the one form in which a query is signed.
std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool is_unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                               c == '.' || c == '_' || c == '~';
    if (is_unreserved) {
      encoded += c;
      continue;
    }
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    const auto byte = static_cast<std::uint8_t>(c);
    encoded.append(1, '%').append(1, kDigits[byte >> 4U]).append(1, kDigits[byte & 0xFU]);
  }
  return encoded;
}

/// Adds the names of a page, each a single part below `folder`.
Result<void> take_page(const S3ListPage& page, const std::string& folder, std::set<std::string>& names) {
  for (const auto* list : {&page.keys, &page.folders}) {
    for (const std::string& key : *list) {
      if (key == folder) continue;  // the object by which some tools mark a folder
      std::string_view name = key;
      const bool is_below = name.starts_with(folder);
      name = is_below ? name.substr(folder.size()) : name;
      if (list == &page.folders && name.ends_with('/')) name.remove_suffix(1);
      if (!is_below || name.empty() || name.find('/') != std::string_view::npos)
        return Error(Code::corrupt, "the listing names what was not asked for: " + printable(key, 200));
      names.emplace(name);
    }
  }
  if (names.size() > kNamesMax) return Error(Code::limit, "it has more names than are read");
  return {};
}

}  // namespace

Result<std::uint64_t> S3Store::size(const ObjectName& name) {
  TRY_ASSIGN(const HttpResponse answer, bucket_->ask(bucket_->request_for(name, "HEAD")));
  if (answer.status != 200) return bucket_->refusal(name.text(), answer);
  const auto length = length_of(answer);
  if (!length) return Error(Code::unavailable, where() + " does not say how long " + name.text() + " is");
  return *length;
}

/// Errors: `conflict` when it is there with other bytes.
Result<S3Store::Present> S3Store::compare(const ObjectName& name, ByteView bytes) {
  const auto present = bucket_->get(name, bytes.size());
  if (present && equal(*present, bytes)) return Present::same;
  if (present || present.error().code() == Code::limit) {
    return Error(Code::conflict,
                 name.text() + " is at " + where() + " already with other bytes, and objects are never overwritten");
  }
  if (present.error().code() == Code::not_found) return Present::no;
  if (present.error().code() == Code::denied) return Present::unseen;
  return present.error();
}

Result<HttpResponse> S3Store::create(const ObjectName& name, ByteView bytes) {
  HttpRequest request = bucket_->request_for(name, "PUT", bytes);
  if (creation_ != Creation::not_kept) request.headers.emplace_back("If-None-Match: *");
  return bucket_->ask(request);
}

Result<void> S3Store::put(const ObjectName& name, ByteView bytes) {
  constexpr unsigned kTriesMax = 3;
  for (unsigned tries = 1; tries <= kTriesMax; ++tries) {
    if (creation_ != Creation::kept || tries > 1) {
      TRY_ASSIGN(const Present present, compare(name, bytes));
      if (present == Present::same) return {};
      if (present == Present::unseen && tries > 1) {
        return Error(Code::conflict, name.text() + " is at " + where() +
                                         " already, and objects are never overwritten; whether with the same bytes "
                                         "cannot be seen with these credentials");
      }
    }
    TRY_ASSIGN(const HttpResponse answer, create(name, bytes));
    if (answer.status == 501 && creation_ == Creation::unknown) {  // how a service says that it knows no condition
      creation_ = Creation::not_kept;
    } else if (is_done(answer)) {
      if (creation_ != Creation::unknown) return {};
      // The same bytes once more: who keeps the condition refuses them.
      TRY_ASSIGN(const HttpResponse again, create(name, bytes));
      creation_ = is_condition_refused(again) ? Creation::kept : Creation::not_kept;
      return {};
    } else if (!is_condition_refused(answer)) {
      return bucket_->refusal(name.text(), answer);
    }
  }
  return Error(Code::conflict, "others are writing " + name.text() + " at " + where() + ": run it again");
}

Result<void> S3Store::replace(const ObjectName& name, ByteView bytes) {
  TRY_ASSIGN(const HttpResponse answer, bucket_->ask(bucket_->request_for(name, "PUT", bytes)));
  if (!is_done(answer)) return bucket_->refusal(name.text(), answer);
  return {};
}

Result<void> S3Store::remove(const ObjectName& name) {
  TRY_ASSIGN(const HttpResponse answer, bucket_->ask(bucket_->request_for(name, "DELETE")));
  if (!is_done(answer) && answer.status != 404) return bucket_->refusal(name.text(), answer);
  return {};
}

Result<void> S3Store::move(const ObjectName& from, const ObjectName& to, std::uint64_t bytes_max) {
  TRY_ASSIGN(const Bytes bytes, get(from, bytes_max));
  TRY(put(to, bytes));
  return remove(from);
}

Result<std::vector<std::string>> S3Store::list(const ObjectName& folder) {
  const std::string prefix = bucket_->address().key_of(folder.text()) + "/";
  const std::string rest =
      "delimiter=%2F&list-type=2&max-keys=" + std::to_string(kPageNamesMax) + "&prefix=" + percent_encoded(prefix);
  std::set<std::string> names;
  std::optional<std::string> token;
  for (std::size_t pages = 0; pages < kPagesMax; ++pages) {
    HttpRequest request =
        bucket_->request_for_query((token ? "continuation-token=" + percent_encoded(*token) + "&" : "") + rest);
    request.body_bytes_max = kPageBytesMax;
    TRY_ASSIGN(const HttpResponse answer, bucket_->ask(request));
    if (answer.status != 200) return bucket_->refusal("the list of " + folder.text(), answer);
    auto page = parse_s3_list(answer.body, kPageNamesMax);
    if (!page) return page.error().in(where());
    if (auto taken = take_page(*page, prefix, names); !taken) return taken.error().in(where());
    if (!page->next) return std::vector<std::string>(names.begin(), names.end());
    if (page->next == token) return Error(Code::corrupt, where() + ": the listing does not go on");
    token = std::move(page->next);
  }
  return Error(Code::limit, where() + ": the listing of " + folder.text() + " does not end");
}

}  // namespace muniment
