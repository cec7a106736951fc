#include "archive/holder_line.h"

#include "age/keys.h"
#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::string_view kStart = "holder ";
constexpr std::size_t kWords = 4;

}  // namespace

std::string render_holder_line(const Holder& holder) {
  return std::string(kStart) + holder.pseudonym() + " " + holder.recipient + " " + holder.key.text() + "\n";
}

Result<Holder> parse_holder_line(std::string_view text) {
  std::string_view found;
  for (std::string_view line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.starts_with(kStart)) continue;
    if (!found.empty()) return Error(Code::corrupt, "there are two lines \"holder …\": give one person at a time");
    found = line;
  }
  if (found.empty()) {
    return Error(Code::corrupt,
                 "there is no line \"holder NAME age1… KEY\": the person makes it with    muniment key FILE");
  }
  const auto words = split(found, ' ');
  if (words.size() != kWords) return Error(Code::corrupt, "the line is not \"holder NAME age1… KEY\", or is cut");
  if (!check_pseudonym(words[1]) || words[1] == kTrustees) {
    return Error(Code::corrupt, "not a name that a charter may hold: " + printable(words[1], 60));
  }
  if (auto recipient = age::parse_recipient(words[2]); !recipient) {
    return recipient.error().in("the age key in the line of " + std::string(words[1]));
  }
  auto key = parse_verifier_key(words[3]);
  if (!key) return key.error().in("the signing key in the line of " + std::string(words[1]));
  if (key->name != words[1]) return Error(Code::corrupt, "the name in the line and that of its signing key differ");
  return Holder{std::string(words[2]), std::move(*key)};
}

}  // namespace muniment
