#include "store/s3_head.h"

#include <array>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr const char* kIfAbsent = "If-None-Match: *";

/// The condition that an object still has this tag, which the service gave in one form or the other.
std::string if_match(bool is_quoted, const std::string& tag) {
  const bool has_quotes = tag.size() >= 2 && tag.front() == '"' && tag.back() == '"';
  const std::string bare = has_quotes ? tag.substr(1, tag.size() - 2) : tag;
  return "If-Match: " + (is_quoted ? "\"" + bare + "\"" : bare);
}

}  // namespace

Error S3Head::fails_probe(const std::string& what) const {
  return {Code::unsupported, bucket_.where() +
                                 " cannot be the home of an archive, where two writers must never both "
                                 "win: " +
                                 what + ". It can hold a copy"};
}

Result<std::optional<S3Head::Tagged>> S3Head::read_tagged(const ObjectName& name) {
  TRY_ASSIGN(HttpResponse answer, bucket_.ask(bucket_.request_for(name, "GET")));
  if (is_absent(answer)) return std::optional<Tagged>{};
  if (answer.status != 200) return bucket_.refusal(name.text(), answer);
  const std::string* tag = answer.header("etag");
  return std::optional(Tagged{std::move(answer.body), tag == nullptr ? "" : *tag});
}

Result<std::optional<Bytes>> S3Head::read() {
  TRY_ASSIGN(auto present, read_tagged(name_));
  if (!present) return std::optional<Bytes>{};
  return std::optional(std::move(present->bytes));
}

Result<bool> S3Head::write_if(const ObjectName& name, const std::string& condition, ByteView bytes) {
  HttpRequest request = bucket_.request_for(name, "PUT", bytes);
  request.headers.push_back(condition);
  TRY_ASSIGN(const HttpResponse answer, bucket_.ask_once(request));
  if (is_done(answer)) return true;
  if (is_condition_refused(answer)) return false;
  if (answer.status == 501) return fails_probe("it answers 501 to a write under a condition");
  return bucket_.explain(name.text(), answer);
}

/// The object is there. Finds the form of its tag by which it can be replaced, and that an older tag is refused.
Result<S3Head::TagForm> S3Head::probe_replacing(const ObjectName& name) {
  TRY_ASSIGN(const auto first, read_tagged(name));
  if (!first || first->tag.empty()) return fails_probe("it gives no ETag for what was written");
  for (const TagForm form : {TagForm::quoted, TagForm::bare}) {
    const std::string condition = if_match(form == TagForm::quoted, first->tag);
    TRY_ASSIGN(const bool is_replaced, write_if(name, condition, as_view("second")));
    if (!is_replaced) continue;
    TRY_ASSIGN(const bool is_replaced_again, write_if(name, condition, as_view("third")));
    TRY_ASSIGN(const auto last, read_tagged(name));
    if (is_replaced_again || !last || !equal(last->bytes, as_view("second")))
      return fails_probe("it replaces an object whatever If-Match says");
    return form;
  }
  return fails_probe("it refuses to replace an object by the ETag that it gave (If-Match)");
}

Result<S3Head::TagForm> S3Head::probe_at(const ObjectName& name) {
  TRY_ASSIGN(const bool is_created, write_if(name, kIfAbsent, as_view("first")));
  if (!is_created) return fails_probe("it refuses to create an object under a new name (If-None-Match)");
  TRY_ASSIGN(const bool is_overwritten, write_if(name, kIfAbsent, as_view("other")));
  if (is_overwritten) return fails_probe("it overwrites an object that is there, whatever If-None-Match says");
  return probe_replacing(name);
}

Result<void> S3Head::probe() {
  for (unsigned tries = 1;; ++tries) {
    std::array<std::uint8_t, 8> number{};
    random_.fill(number);
    const ObjectName name(name_.text() + "-probe-" + to_hex(number));
    auto form = probe_at(name);
    const auto removed = bucket_.ask_once(bucket_.request_for(name, "DELETE"));
    if (!form && form.error().code() == Code::unavailable && bucket_.wait_for_another(tries, nullptr)) continue;
    if (!form) return form.error();
    TRY(removed);
    tag_form_ = *form;
    return {};
  }
}

/// Errors: `conflict` when the head is not `expected`.
Result<std::string> S3Head::condition_for(const std::optional<Bytes>& expected) {
  TRY_ASSIGN(const auto present, read_tagged(name_));
  const bool is_expected = present ? expected && equal(present->bytes, *expected) : !expected;
  if (!is_expected) return Error(Code::conflict, "the head at " + bucket_.where() + " is another one by now");
  return present ? if_match(tag_form_ == TagForm::quoted, present->tag) : kIfAbsent;
}

bool S3Head::shows(ByteView desired) {
  const auto present = read();
  return present && *present && equal(**present, desired);
}

Result<void> S3Head::compare_and_swap(const std::optional<Bytes>& expected, ByteView desired) {
  if (!tag_form_) TRY(probe());
  for (unsigned tries = 1;; ++tries) {
    TRY_ASSIGN(const std::string condition, condition_for(expected));
    const auto swapped = write_if(name_, condition, desired);
    if (swapped && *swapped) return {};
    if (swapped) {
      if (tries > 1 && shows(desired)) return {};  // an earlier try, which was slow
      return Error(Code::conflict, "another writer has swapped the head at " + bucket_.where());
    }
    if (swapped.error().code() != Code::unavailable) return swapped.error();
    if (!bucket_.wait_for_another(tries, nullptr)) {
      return Error(Code::unavailable, swapped.error().sentence() + ", tried " + std::to_string(tries) +
                                          " times; whether the head was swapped, the next run finds out");
    }
    if (shows(desired)) return {};  // the write had arrived, and only its answer had not
  }
}

}  // namespace muniment
