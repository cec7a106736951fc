#include "store/http_download.h"

#include "base/encoding.h"
#include "store/http_range.h"

namespace muniment {
namespace {

/// A try that brings less is counted as one of those that failed: nobody keeps us busy with a byte at a time, and a
/// network that cuts every connection after 16 KB is got through all the same.
constexpr std::uint64_t kProgressBytesMin = 4096;

/// An entity tag that stands for exactly these bytes, or nothing.
std::string strong_tag(const HttpResponse& answer) {
  const std::string* tag = answer.header("etag");
  return tag != nullptr && tag->starts_with('"') ? *tag : "";
}

/// One object on its way here, in as many exchanges as it takes.
struct Transfer {
  std::uint64_t bytes_max;
  Bytes bytes;              // so far
  std::uint64_t total = 0;  // once `bytes` has any
  std::string tag;          // likewise; empty when the server gives none
  bool is_done = false;
  bool has_started_again = false;
  std::optional<ByteRange> asked{};    // by the exchange at hand; empty: the whole
  bool may_pass = false;               // the last error: another try may end otherwise
  std::optional<HttpResponse> busy{};  // the last answer, when it was that the server is
  Unfinished* unfinished = nullptr;

  void go_on_from_kept();
  void keep(const HttpResponse& so_far) const;

  void start_again() {
    bytes.clear();
    total = 0;
    tag.clear();
    has_started_again = true;
  }
  std::optional<ByteRange> next_range(std::optional<std::uint64_t> silent_after) const;
  bool is_asked_for(const ContentRange& part) const;
  Result<void> take(HttpResponse answer, bool is_whole);
  Result<void> take_part(HttpResponse answer, bool is_whole);
};

/// The tag of what was kept is not known: the caller's digest tells whether all is of one object.
void Transfer::go_on_from_kept() {
  if (unfinished == nullptr) return;
  bytes.assign(unfinished->begun().begin(), unfinished->begun().end());
  total = bytes_max;
  is_done = bytes.size() == total;
}

/// Of an answer that is still coming, or has broken off.
void Transfer::keep(const HttpResponse& so_far) const {
  if (unfinished == nullptr) return;
  if (so_far.status == 200) unfinished->keep(0, so_far.body);
  const std::string* stated = so_far.status == 206 ? so_far.header("content-range") : nullptr;
  if (stated == nullptr) return;
  const auto part = parse_content_range(*stated);
  if (part && is_asked_for(*part)) unfinished->keep(part->range.first, so_far.body);
}

/// What is missing, or as much of it as one connection is likely to bring.
std::optional<ByteRange> Transfer::next_range(std::optional<std::uint64_t> silent_after) const {
  const std::uint64_t piece = silent_after ? std::max(*silent_after / 4 * 3, kProgressBytesMin) : bytes_max;
  const std::uint64_t first = bytes.size();
  if (first > 0) return ByteRange{first, std::min(total, first + piece) - 1};
  if (!silent_after || has_started_again) return std::nullopt;
  return ByteRange{0, piece - 1};
}

bool Transfer::is_asked_for(const ContentRange& part) const {
  if (!asked || part.range.first != bytes.size()) return false;
  if (!bytes.empty()) return part.range.last == asked->last && (!part.total || *part.total == total);
  return part.total && part.range.last == std::min(asked->last, *part.total - 1);
}

/// An answer 206, or the beginning of one.
Result<void> Transfer::take_part(HttpResponse answer, bool is_whole) {
  const std::string* stated = answer.header("content-range");
  const auto part = stated == nullptr ? Result<ContentRange>(Error(Code::corrupt, "")) : parse_content_range(*stated);
  const bool is_asked = part && is_asked_for(*part) && answer.body.size() <= part->range.size() &&
                        (!is_whole || answer.body.size() == part->range.size());
  if (!is_asked) {
    return Error(Code::unavailable, "the server answers with another range of bytes than was asked for (" +
                                        shown_header(answer, "content-range") + ")");
  }
  if (bytes.empty()) {
    total = *part->total;
    tag = strong_tag(answer);
    if (total > bytes_max)
      return Error(Code::limit, "the server has more than " + std::to_string(bytes_max) + " bytes");
  }
  if (!tag.empty() && !strong_tag(answer).empty() && strong_tag(answer) != tag)
    return Error(Code::unavailable, "the object changed on the server while it was fetched");
  if (bytes.empty()) {
    bytes = std::move(answer.body);
  } else {
    append(bytes, answer.body);
  }
  is_done = bytes.size() == total;
  return {};
}

Result<void> Transfer::take(HttpResponse answer, bool is_whole) {
  if (answer.status == 206) return take_part(std::move(answer), is_whole);
  bytes.clear();  // an answer 200 is the whole from its beginning
  if (!is_whole) {
    const auto length = length_of(answer);
    if (!length || *length > bytes_max || answer.body.empty()) return {};  // cannot be resumed
    total = *length;
  }
  tag = strong_tag(answer);
  bytes = std::move(answer.body);
  is_done = is_whole || bytes.size() == total;
  return {};
}

/// One exchange.
Result<void> advance(Transfer& transfer, HttpRetry& retry, HttpRequest request, const HttpRefusal& refusal) {
  transfer.may_pass = false;
  transfer.busy.reset();
  request.body_bytes_max = transfer.bytes_max;  // the whole may come whatever was asked for
  transfer.asked = transfer.next_range(retry.client().silent_after());
  if (transfer.asked) request.range = {transfer.asked->first, transfer.asked->last};
  if (!transfer.bytes.empty() && !transfer.tag.empty()) request.headers.push_back("If-Range: " + transfer.tag);
  BrokenExchange broken;
  request.broken = &broken;
  if (transfer.unfinished != nullptr) request.on_body = [&](const HttpResponse& so_far) { transfer.keep(so_far); };
  auto answer = retry.try_once(request);
  if (!answer) {
    const unsigned status = broken.response.status;
    transfer.keep(broken.response);
    if (answer.error().code() == Code::unavailable && (status == 200 || status == 206))
      TRY(transfer.take(std::move(broken.response), false));
    transfer.may_pass = answer.error().code() == Code::unavailable;
    return answer.error();
  }
  if (answer->status == 200 || (answer->status == 206 && transfer.asked))
    return transfer.take(std::move(*answer), true);
  if (answer->status == 416 && transfer.asked && !transfer.has_started_again) {
    transfer.start_again();
    return {};
  }
  const Error error = refusal(*answer);
  if (is_busy(answer->status)) {
    transfer.may_pass = true;
    transfer.busy = std::move(*answer);
  }
  return error;
}

}  // namespace

std::optional<std::uint64_t> length_of(const HttpResponse& answer) {
  const std::string* text = answer.header("content-length");
  if (text == nullptr) return std::nullopt;
  const auto length = parse_decimal(*text);
  return length ? std::optional(*length) : std::nullopt;
}

std::string shown_header(const HttpResponse& answer, std::string_view name) {
  const std::string* value = answer.header(name);
  return value == nullptr ? "nowhere" : printable(*value, 200);
}

Result<Bytes> download(HttpRetry& retry, const HttpRequest& request, std::uint64_t bytes_max,
                       const HttpRefusal& refusal, Unfinished* unfinished) {
  Transfer transfer{.bytes_max = bytes_max, .bytes = {}, .tag = {}, .unfinished = unfinished};
  transfer.go_on_from_kept();
  if (transfer.is_done) return std::move(transfer.bytes);
  for (unsigned tries = 1;; ++tries) {
    const std::size_t before = transfer.bytes.size();
    const auto advanced = advance(transfer, retry, request, refusal);
    if (transfer.is_done) return std::move(transfer.bytes);
    if (advanced) {
      tries = 0;
      continue;
    }
    if (!transfer.may_pass) return advanced.error();
    if (transfer.bytes.size() >= before + kProgressBytesMin) {
      tries = 0;
    } else if (!retry.wait_for_another(tries, transfer.busy ? &*transfer.busy : nullptr)) {
      return advanced.error();
    }
  }
}

}  // namespace muniment
