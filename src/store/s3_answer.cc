#include "store/s3_answer.h"

#include <expat.h>

#include <functional>
#include <memory>
#include <type_traits>

namespace muniment {
namespace {

constexpr std::size_t kDepthMax = 16;
constexpr std::size_t kTextBytesMax = 16 << 10;  // a key has 1,024 bytes at most, a token is a service's own
constexpr std::size_t kXmlBytesMax = 64 << 20;

/// Called at the end of each element, with the names that lead to it ("/Error/Code") and the text directly in it.
using OnElement = std::function<Result<void>(const std::string& path, std::string&& text)>;

class XmlReader {
 public:
  explicit XmlReader(const OnElement& on_element) : parser_(XML_ParserCreate("UTF-8")), on_element_(on_element) {
    MUNIMENT_CHECK(parser_ != nullptr);
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), &on_start, &on_end);
    XML_SetCharacterDataHandler(parser_.get(), &on_text);
    XML_SetStartDoctypeDeclHandler(parser_.get(), &on_doctype);
  }

  Result<void> read(ByteView xml) {
    if (xml.size() > kXmlBytesMax) return Error(Code::limit, "the answer is too large");
    const auto done = XML_Parse(parser_.get(), as_text(xml).data(), static_cast<int>(xml.size()), XML_TRUE);
    TRY(outcome_);
    if (done != XML_STATUS_OK) {
      return Error(Code::corrupt, std::string("the answer is no XML of an S3 service (") +
                                      XML_ErrorString(XML_GetErrorCode(parser_.get())) + ")");
    }
    return {};
  }

 private:
  struct Free {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
  };

  void stop(Error error) {
    outcome_ = std::move(error);
    XML_StopParser(parser_.get(), XML_FALSE);
  }
  static XmlReader& self(void* reader) { return *static_cast<XmlReader*>(reader); }

  static void XMLCALL on_start(void* reader, const XML_Char* name, const XML_Char** /*attributes*/) {
    self(reader).start(name);
  }
  static void XMLCALL on_end(void* reader, const XML_Char* /*name*/) { self(reader).end(); }
  static void XMLCALL on_text(void* reader, const XML_Char* bytes, int size) {
    self(reader).take({bytes, static_cast<std::size_t>(size)});
  }
  static void XMLCALL on_doctype(void* reader, const XML_Char* /*name*/, const XML_Char* /*system_id*/,
                                 const XML_Char* /*public_id*/, int /*has_internal_subset*/) {
    self(reader).stop({Code::corrupt, "the answer declares a document type, which no S3 service does"});
  }

  void start(std::string_view name) {
    if (texts_.size() >= kDepthMax || path_.size() + name.size() > kTextBytesMax)
      return stop({Code::limit, "the answer is nested too deeply"});
    ends_.push_back(path_.size());
    path_.append("/").append(name);
    texts_.emplace_back();
  }

  void take(std::string_view text) {
    if (!outcome_ || texts_.empty()) return;
    if (texts_.back().size() + text.size() > kTextBytesMax)
      return stop({Code::limit, "the answer has a text of more than 16 KiB"});
    texts_.back() += text;
  }

  void end() {
    if (!outcome_) return;  // expat reports the end of an empty element even when its start has stopped it
    if (auto taken = on_element_(path_, std::move(texts_.back())); !taken) stop(taken.error());
    path_.resize(ends_.back());
    ends_.pop_back();
    texts_.pop_back();
  }

  std::unique_ptr<std::remove_pointer_t<XML_Parser>, Free> parser_;
  const OnElement& on_element_;
  std::string path_;
  std::vector<std::size_t> ends_;   // how long path_ was above each open element
  std::vector<std::string> texts_;  // of each open element
  Result<void> outcome_;
};

}  // namespace

Result<S3ListPage> parse_s3_list(ByteView xml, std::size_t names_max) {
  S3ListPage page;
  bool is_list = false;
  std::optional<bool> is_truncated;
  const auto take_name = [&](std::vector<std::string>& names, std::string&& name) -> Result<void> {
    if (page.keys.size() + page.folders.size() >= names_max)
      return Error(Code::limit, "the listing has more names than were asked for");
    names.push_back(std::move(name));
    return {};
  };
  const OnElement on_element = [&](const std::string& path, std::string&& text) -> Result<void> {
    if (path == "/ListBucketResult/Contents/Key") return take_name(page.keys, std::move(text));
    if (path == "/ListBucketResult/CommonPrefixes/Prefix") return take_name(page.folders, std::move(text));
    if (path == "/ListBucketResult/NextContinuationToken") page.next = std::move(text);
    if (path == "/ListBucketResult/IsTruncated" && (text == "true" || text == "false")) is_truncated = text == "true";
    if (path == "/ListBucketResult") is_list = true;
    return {};
  };
  TRY(XmlReader(on_element).read(xml));
  if (!is_list || !is_truncated) return Error(Code::corrupt, "the answer is no listing of a bucket");
  if (!*is_truncated) page.next.reset();
  if (*is_truncated && (!page.next || page.next->empty()))
    return Error(Code::corrupt, "the listing says that more follows, and not how to get it");
  return page;
}

Result<S3Refusal> parse_s3_refusal(ByteView xml) {
  S3Refusal refusal;
  const OnElement on_element = [&](const std::string& path, std::string&& text) -> Result<void> {
    if (path == "/Error/Code") refusal.code = std::move(text);
    if (path == "/Error/Message") refusal.message = std::move(text);
    return {};
  };
  TRY(XmlReader(on_element).read(xml));
  if (refusal.code.empty()) return Error(Code::corrupt, "the answer does not say why it refuses");
  return refusal;
}

}  // namespace muniment
