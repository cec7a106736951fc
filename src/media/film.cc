#include "media/film.h"

#include <algorithm>
#include <string_view>

#include "media/reader.h"

namespace muniment::media {
namespace {

constexpr std::size_t kBodyBytesMax = 64 * 1024;
constexpr std::uint64_t kEndless = UINT64_MAX;
constexpr std::int64_t kFrom1904To1970_s = 2'082'844'800;
constexpr std::size_t kHeaderBytes = 8, kLongHeaderBytes = 16;
/// Keys and boxes in which devices name themselves: Apple, Android, and QuickTime's user data.
constexpr std::array<std::string_view, 6> kMakers = {"com.apple.quicktime.make",
                                                     "com.apple.quicktime.model",
                                                     "com.android.manufacturer",
                                                     "com.android.model",
                                                     "\xa9mak",
                                                     "\xa9mod"};

std::string_view type_in(ByteView header) { return as_text(header.subspan(4, 4)); }

}  // namespace

bool is_film(ByteView start) { return start.size() >= kHeaderBytes && type_in(start) == "ftyp"; }

void FilmReader::update(ByteView bytes) {
  while (!bytes.empty() && !is_broken_) {
    if (position_ < skip_until_) {
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), skip_until_ - position_));
      if (box_ != Box::other) append(body_, bytes.first(std::min(count, kBodyBytesMax - body_.size())));
      position_ += count;
      bytes = bytes.subspan(count);
      if (position_ == skip_until_) end_boxes();
      continue;
    }
    append(header_, bytes.first(1));
    ++position_;
    bytes = bytes.subspan(1);
    take_header();
  }
}

void FilmReader::take_header() {
  if (header_.size() < kHeaderBytes) return;
  std::uint64_t size = number_at(header_, 0, 4).value_or(0);
  if (size == 1 && header_.size() < kLongHeaderBytes) return;
  if (size == 1) size = number_at(header_, 8, 8).value_or(0);
  const std::uint64_t start = position_ - header_.size();
  const bool in_movie = movie_end_ != 0;
  const std::uint64_t room = (in_movie ? movie_end_ : kEndless) - start;
  const std::uint64_t end = size == 0 ? start + room : start + size;
  is_broken_ = size != 0 && (size < header_.size() || size > room);
  const std::string_view type = type_in(header_);
  if (!in_movie && type == "moov" && !is_broken_) {
    has_movie_ = true;
    movie_end_ = end;
    skip_until_ = position_;
  } else {
    skip_until_ = end;
    box_ = Box::other;
    if (in_movie && type == "mvhd") box_ = Box::movie_header;
    if (in_movie && (type == "udta" || type == "meta")) box_ = Box::about;
  }
  header_.clear();
  if (position_ == skip_until_) end_boxes();
}

void FilmReader::end_boxes() {
  if (box_ == Box::movie_header) read_movie_header();
  if (box_ == Box::about) look_for_maker();
  box_ = Box::other;
  body_.clear();
  if (position_ == movie_end_) movie_end_ = 0;
}

void FilmReader::read_movie_header() {
  const bool is_long = number_at(body_, 0, 1) == 1;
  const std::uint64_t created = number_at(body_, 4, is_long ? 8 : 4).value_or(0);
  // Some devices count from 1970 here as well.
  constexpr std::uint64_t kSecondsMax = 1ull << 34;
  if (created == 0 || created > kSecondsMax) return;
  const auto seconds = static_cast<std::int64_t>(created);
  facts_.created_s = seconds > kFrom1904To1970_s ? seconds - kFrom1904To1970_s : seconds;
}

void FilmReader::look_for_maker() {
  const std::string_view body = as_text(body_);
  facts_.has_maker = facts_.has_maker || std::ranges::any_of(kMakers, [&](std::string_view maker) {
                       return body.find(maker) != std::string_view::npos;
                     });
}

std::optional<FilmFacts> FilmReader::finish() const {
  if (is_broken_ || !has_movie_ || movie_end_ != 0 || position_ < skip_until_) return std::nullopt;
  return facts_;
}

}  // namespace muniment::media
