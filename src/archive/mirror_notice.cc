#include "archive/mirror_notice.h"

#include "archive/keyed_line.h"
#include "archive/mirror_list.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/secret_text.h"

namespace muniment {
namespace {

constexpr std::string_view kNoticeFirstLine = "muniment/mirror-notice/v1";
constexpr std::string_view kNoticeText = "the notice";
constexpr std::size_t kNoticeLines = 9;
constexpr std::string_view kNoticeNone = "none";

void render(const MirrorNotice& notice, SecretText& text) {
  const std::string holds = notice.bytes_max ? std::to_string(*notice.bytes_max) : "all";
  text.add(std::string(kNoticeFirstLine) + "\narchive " + notice.archive.hex() + "\nmirror " +
           (notice.has_left ? "left" : "joined") + "\ndate " + notice.date + "\nrole " + notice.role + "\naddress " +
           (notice.address.empty() ? std::string(kNoticeNone) : notice.address) + "\nholds " + holds + "\nread ");
  text.add(notice.read_token.empty() ? kNoticeNone : notice.read_token.expose_text());
  text.add("\nkey " + notice.key.text() + "\n");
}

Result<void> check_notice(const MirrorNotice& notice) {
  TRY(parse_date(notice.date));
  TRY(check_mirror_role(notice.role));
  if (!notice.address.empty()) TRY(check_mirror_address(notice.address));
  return {};
}

Result<MirrorNotice> parse_notice_lines(std::string_view note_text) {
  TRY_ASSIGN(const auto lines, split_lines(note_text, kNoticeLines));
  if (lines.size() != kNoticeLines || lines[0] != kNoticeFirstLine)
    return Error(Code::corrupt, "not a mirror's notice of this version");
  MirrorNotice notice;
  TRY_ASSIGN(const auto archive, value_of(lines[1], "archive ", kNoticeText));
  TRY_ASSIGN(notice.archive, parse_sha256(archive));
  notice.has_left = lines[2] == "mirror left";
  TRY_ASSIGN(notice.date, value_of(lines[3], "date ", kNoticeText));
  TRY_ASSIGN(notice.role, value_of(lines[4], "role ", kNoticeText));
  TRY_ASSIGN(const auto address, value_of(lines[5], "address ", kNoticeText));
  if (address != kNoticeNone) notice.address = address;
  TRY_ASSIGN(const auto holds, value_of(lines[6], "holds ", kNoticeText));
  if (holds != "all") {
    TRY_ASSIGN(notice.bytes_max, parse_decimal(holds));
  }
  TRY_ASSIGN(const auto read, value_of(lines[7], "read ", kNoticeText));
  if (read != kNoticeNone) {
    auto tokens = parse_tokens(std::string(lines[7]) + "\n");
    if (!tokens || tokens->size() != 1 || !tokens->front().address.empty())
      return Error(Code::corrupt, "the notice has a line \"read \" that is not a token");
    notice.read_token = std::move(tokens->front().text);
  }
  TRY_ASSIGN(const auto key, value_of(lines[8], "key ", kNoticeText));
  TRY_ASSIGN(notice.key, parse_verifier_key(key));
  return notice;
}

}  // namespace

Result<SecretBytes> make_mirror_notice(const MirrorNotice& notice, const SignerKey& mirror) {
  MirrorNotice own{.archive = notice.archive,
                   .has_left = notice.has_left,
                   .date = notice.date,
                   .role = notice.role,
                   .address = notice.address,
                   .bytes_max = notice.bytes_max,
                   .read_token = SecretBytes::copy_of(notice.read_token.expose()),
                   .key = mirror.verifier()};
  TRY(check_notice(own));
  SecretText text(kMirrorNoticeBytesMax);
  render(own, text);
  const std::string signature = mirror.sign(text.expose_text());
  text.add("\n" + signature);
  return std::move(text).take();
}

Result<MirrorNotice> parse_mirror_notice(std::string_view text, const Sha256& archive) {
  TRY_ASSIGN(const Note note, parse_note(text, {.bytes_max = kMirrorNoticeBytesMax, .signatures_max = 4}));
  TRY_ASSIGN(MirrorNotice notice, parse_notice_lines(note.text));
  if (const auto checked = check_notice(notice); !checked) return Error(Code::corrupt, checked.error().sentence());
  SecretText again(kMirrorNoticeBytesMax);
  render(notice, again);
  if (again.expose_text() != note.text) return Error(Code::corrupt, "the notice is not written as notices are");
  if (notice.archive != archive) return Error(Code::forged, "the notice is about another archive");
  if (!verify_note(note, std::span(&notice.key, 1)))
    return Error(Code::forged, "the notice is not signed by the key that it names: it has been altered");
  return notice;
}

}  // namespace muniment
