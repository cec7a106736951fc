// Any text as what a control port says, line by line and as one answer: values are found in it or it is refused, and
// what is read is bounded by what came.
#include "tor/reply.h"

#include "base/encoding.h"

using namespace muniment;

namespace {

void check_line(std::string_view text) {
  const auto line = parse_control_line(text);
  if (!line) {
    MUNIMENT_CHECK(line.error().code() == Code::corrupt);
    return;
  }
  MUNIMENT_CHECK(std::to_string(line->status) + (line->is_last ? " " : "-") + line->text == text);
  MUNIMENT_CHECK(printable(line->text, text.size() * 8).find('\n') == std::string::npos);
  if (const auto event = parse_descriptor_event(line->text))
    MUNIMENT_CHECK(line->text.starts_with("HS_DESC " + event->action + " " + event->address));
  const auto value = value_in(line->text, "COOKIEFILE");
  if (value) MUNIMENT_CHECK(value->size() <= text.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  ControlReply reply{250, {}};
  for (const std::string_view line : split(text, '\n')) {
    check_line(line);
    reply.lines.emplace_back(line);
  }
  if (const auto path = cookie_path_in(reply)) MUNIMENT_CHECK(path->starts_with('/') && path->size() <= size);
  const auto challenge = parse_cookie_challenge(reply);
  if (challenge) MUNIMENT_CHECK(challenge->server_hash.size() == 32 && challenge->server_nonce.size() == 32);
  return 0;
}
