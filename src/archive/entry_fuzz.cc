// Any bytes as an entry of the log: what its frame gives is what stands in it, and a frame written anew from that is
// read the same.
#include "archive/entry.h"
#include "base/encoding.h"

namespace muniment {
namespace {

void check(ByteView bytes) {
  const auto frame = parse_entry_frame(bytes);
  if (!frame) {
    MUNIMENT_CHECK(frame.error().code() == Code::corrupt || frame.error().code() == Code::limit);
    return;
  }
  std::string text = "muniment/" + frame->kind + "/" + frame->version + "\n";
  MUNIMENT_CHECK(as_text(bytes).starts_with(text));
  if (frame->has_archive) text += "archive " + frame->archive.hex() + "\n";
  MUNIMENT_CHECK(as_text(bytes).starts_with(text));
  for (const LoggedObject& object : frame->objects) {
    MUNIMENT_CHECK(ObjectName::parse(object.name.text()).has_value());
    const std::string line = render_object_line(object) + "\n";
    MUNIMENT_CHECK(as_text(bytes).find(line) != std::string_view::npos);
    text += line;
  }
  const auto again = parse_entry_frame(as_view(text));
  MUNIMENT_CHECK(again && again->kind == frame->kind && again->version == frame->version);
  MUNIMENT_CHECK(again->has_archive == frame->has_archive && again->archive == frame->archive);
  MUNIMENT_CHECK(again->objects.size() == frame->objects.size());
}

}  // namespace
}  // namespace muniment

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  muniment::check({data, size});
  return 0;
}
