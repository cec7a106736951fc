// What is seen of a file while it is sealed, in plain marks: where it came through, what its camera left in it, clocks
// that are far off, packages of capture apps. No judgement, and no second reading. Spec: docs/formats.md "Marks".
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/packages.h"
#include "media/film.h"

namespace muniment {

/// "WhatsApp", "Telegram", "Signal", "Viber": whose names of files look like this one; empty for others.
std::string_view messenger_of(std::string_view name);

/// What the clocks are held against.
struct MarkTimes {
  std::int64_t now_s = 0;                   // the sealing machine's
  std::optional<std::int64_t> told_s = {};  // when a testimony was told, where this is of one
};

/// One file as it goes by.
class FileLook {
 public:
  /// `path` is the true one.
  FileLook(std::string_view path, std::int64_t modified_ns, MarkTimes times);

  /// Pieces of the file in their order; the first one is 64 KiB at least, or all of it.
  void update(ByteView bytes);
  /// After the last one.
  std::vector<std::string> finish();
  /// After finish(): a photograph or film without what a camera leaves in it.
  bool lacks_camera() const { return lacks_camera_; }
  /// What it says as a part of a package; after finish().
  PackageClaim take_claim() { return std::move(claim_); }

 private:
  enum class Kind { other, photo, film, zip };
  void begin(ByteView start);
  void mark_photo(ByteView start);
  void mark_film();
  void mark_zip();
  void mark_times();
  void mark_messenger();

  std::string_view name_;
  std::int64_t modified_s_;
  MarkTimes times_;
  Kind kind_ = Kind::other;
  bool has_begun_ = false;
  bool lacks_camera_ = false;
  std::uint64_t size_bytes_ = 0;
  Bytes end_;  // of a ZIP file
  std::unique_ptr<media::FilmReader> film_;
  std::optional<std::int64_t> camera_s_;  // its own clock, taken for UTC
  PackageClaim claim_;
  std::vector<std::string> marks_;
};

}  // namespace muniment
