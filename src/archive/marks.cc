#include "archive/marks.h"

#include <algorithm>
#include <array>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/fs.h"
#include "media/jpeg.h"
#include "media/zip.h"

namespace muniment {
namespace {

constexpr std::size_t kStartBytes = 64 * 1024;
constexpr std::int64_t kAhead_s = 2 * kDayS;           // more than any two zones are apart
constexpr std::int64_t kBehindCamera_s = 366 * kDayS;  // a file cannot be older than its picture
constexpr std::int64_t kFarFromTold_s = 2 * kBehindCamera_s;
constexpr std::int64_t kFirstCameras_s = 788'918'400;  // 1995: before that a clock was never set
constexpr std::string_view kBitcoinAttestation("\x05\x88\x96\x0d\x73\xd7\x19\x01", 8);
constexpr std::string_view kStampMagic("\0OpenTimestamps\0\0Proof", 23);

/// '#' stands for a digit, '*' at the end for anything.
bool looks_like(std::string_view name, std::string_view pattern) {
  for (const char expected : pattern) {
    if (expected == '*') return true;
    if (name.empty() || (expected == '#' ? !is_digit(name.front()) : name.front() != expected)) return false;
    name.remove_prefix(1);
  }
  return name.empty();
}

/// "IMG-0123456789abcdef0123456789abcdef-V.jpg"
bool is_viber_digest(std::string_view name) {
  constexpr std::size_t kDigits = 32;
  const std::size_t dash = name.find('-');
  if (dash == std::string_view::npos || name.size() < dash + 1 + kDigits + 2) return false;
  return from_hex(name.substr(dash + 1, kDigits)) && name.substr(dash + 1 + kDigits).starts_with("-V.");
}

struct Pattern {
  std::string_view messenger, pattern;
};
constexpr std::array<Pattern, 20> kPatterns = {{{"WhatsApp", "IMG-########-WA####*"},
                                                {"WhatsApp", "VID-########-WA####*"},
                                                {"WhatsApp", "AUD-########-WA####*"},
                                                {"WhatsApp", "PTT-########-WA####*"},
                                                {"WhatsApp", "DOC-########-WA####*"},
                                                {"WhatsApp", "STK-########-WA####*"},
                                                {"WhatsApp", "WhatsApp Image ####-*"},
                                                {"WhatsApp", "WhatsApp Video ####-*"},
                                                {"WhatsApp", "WhatsApp Audio ####-*"},
                                                {"WhatsApp", "WhatsApp Ptt ####-*"},
                                                {"Telegram", "photo_####-##-##_##-##-##*"},
                                                {"Telegram", "video_####-##-##_##-##-##*"},
                                                {"Telegram", "audio_####-##-##_##-##-##*"},
                                                {"Telegram", "photo_#@*"},
                                                {"Telegram", "photo_##@*"},
                                                {"Telegram", "photo_###@*"},
                                                {"Signal", "signal-####-##-##-*"},
                                                {"Viber", "viber_image_####-*"},
                                                {"Viber", "viber_video_####-*"},
                                                {"Viber", "viber image ####-*"}}};

/// "2024:01:31 12:34:56" as seconds, the clock's zone being unknown.
std::optional<std::int64_t> seconds_of(const std::string& taken) {
  if (!looks_like(taken, "####:##:## ##:##:##*")) return std::nullopt;
  const std::string date = taken.substr(0, 4) + "-" + taken.substr(5, 2) + "-" + taken.substr(8, 2);
  const auto midnight = parse_date(date);
  if (!midnight) return std::nullopt;
  const auto two = [&](std::size_t at) { return (taken[at] - '0') * 10 + (taken[at + 1] - '0'); };
  return *midnight + two(11) * 3600 + two(14) * 60 + two(17);
}

}  // namespace

std::string_view messenger_of(std::string_view name) {
  // Almost all names of a large archive leave here.
  if (name.empty() || std::string_view("IVAPDSWpvas").find(name.front()) == std::string_view::npos) return {};
  for (const Pattern& each : kPatterns) {
    if (looks_like(name, each.pattern)) return each.messenger;
  }
  return is_viber_digest(name) ? "Viber" : std::string_view();
}

FileLook::FileLook(std::string_view path, std::int64_t modified_ns, MarkTimes times)
    : name_(path.substr(path.rfind('/') == std::string_view::npos ? 0 : path.rfind('/') + 1)),
      modified_s_(modified_ns / 1'000'000'000),
      times_(times) {}

void FileLook::update(ByteView bytes) {
  if (!has_begun_) begin(bytes);
  has_begun_ = true;
  size_bytes_ += bytes.size();
  if (kind_ == Kind::film) film_->update(bytes);
  if (kind_ != Kind::zip) return;
  const ByteView last = bytes.last(std::min(bytes.size(), media::kZipEndBytes));
  if (end_.size() + last.size() > media::kZipEndBytes) {
    const std::size_t too_many = end_.size() + last.size() - media::kZipEndBytes;
    end_.erase(end_.begin(), end_.begin() + static_cast<std::ptrdiff_t>(std::min(end_.size(), too_many)));
  }
  append(end_, last);
}

void FileLook::begin(ByteView start) {
  const std::string_view text = as_text(start.first(std::min(start.size(), kStartBytes)));
  if (text.starts_with("\xff\xd8")) {
    kind_ = Kind::photo;
    mark_photo(start);
  } else if (media::is_film(start)) {
    kind_ = Kind::film;
    film_ = std::make_unique<media::FilmReader>();
  } else if (text.starts_with("PK\x03\x04") && name_.ends_with(".zip")) {
    kind_ = Kind::zip;
  } else if (text.starts_with(kStampMagic) && text.find(kBitcoinAttestation) == std::string_view::npos) {
    marks_.emplace_back("pending-timestamp");
  }
  claim_ = read_claim(name_, text);
  if (claim_.kind != PackageKind::none) marks_.emplace_back(name_of(claim_.kind));
  marks_.insert(marks_.end(), claim_.marks.begin(), claim_.marks.end());
}

std::vector<std::string> FileLook::finish() {
  if (kind_ == Kind::film) mark_film();
  if (kind_ == Kind::zip) mark_zip();
  if (kind_ == Kind::other || kind_ == Kind::zip) mark_messenger();
  mark_times();
  return std::move(marks_);
}

void FileLook::mark_photo(ByteView start) {
  const media::PhotoFacts facts = media::read_photo(start);
  const bool has_camera = !facts.maker.empty() || !facts.model.empty() || !facts.taken.empty();
  lacks_camera_ = facts.is_known && !has_camera;
  mark_messenger();
  camera_s_ = seconds_of(facts.taken);
}

void FileLook::mark_film() {
  const auto facts = film_->finish();
  const bool has_camera = facts && (facts->has_maker || facts->created_s != 0);
  lacks_camera_ = facts && !has_camera;
  mark_messenger();
  if (facts && facts->created_s != 0) camera_s_ = facts->created_s;
}

/// A picture under a messenger's name without what a camera leaves was encoded anew on its way.
void FileLook::mark_messenger() {
  if (lacks_camera_) marks_.emplace_back("no-camera-metadata");
  const std::string_view messenger = messenger_of(name_);
  if (messenger.empty()) return;
  marks_.push_back("messenger: " + std::string(messenger));
  if (lacks_camera_) marks_.emplace_back("re-encoded");
}

void FileLook::mark_zip() {
  const auto names = media::list_zip(end_, size_bytes_);
  if (!names || recognise_package(*names) != PackageKind::proofmode) return;
  marks_.emplace_back("proofmode");
  for (std::string& defect : proofmode_defects(*names)) marks_.push_back(std::move(defect));
}

void FileLook::mark_times() {
  const auto mark = [&](const char* code, const char* clock, std::int64_t seconds) {
    marks_.push_back(std::string(code) + ": " + clock + " " + to_date(seconds));
  };
  if (modified_s_ > times_.now_s + kAhead_s) mark("clock-ahead", "file", modified_s_);
  if (!camera_s_) return;
  if (*camera_s_ > times_.now_s + kAhead_s) mark("clock-ahead", "camera", *camera_s_);
  if (*camera_s_ < kFirstCameras_s) {
    mark("clock-behind", "camera", *camera_s_);
  } else if (modified_s_ < *camera_s_ - kBehindCamera_s) {
    mark("clock-behind", "file", modified_s_);
  }
  if (times_.told_s && *camera_s_ < *times_.told_s - kFarFromTold_s && *camera_s_ >= kFirstCameras_s)
    mark("clock-behind", "camera, years before it was told,", *camera_s_);
}

}  // namespace muniment
