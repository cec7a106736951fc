// The words of the volunteer's page, in each language.
#pragma once

#include <array>
#include <string_view>

namespace muniment {

struct MirrorPageTexts {
  const char* language;
  const char* title;
  const char* written;   // before the time
  const char* holds;     // heading
  const char* complete;  // "Everything that was agreed is here."
  const char* filling;   // "The first round is not finished. It goes on by itself."
  const char* deposits;  // rows
  const char* of;        // "3 of 5"
  const char* sealed_bytes;
  const char* entries;
  const char* agreed;
  const char* all;
  const char* disk_free;
  const char* traffic;  // heading
  const char* left_this_month;
  const char* cap;
  const char* no_cap;
  const char* reach;  // heading
  const char* access_none;
  const char* access_port;
  const char* access_onion;
  const char* last_look;  // heading
  const char* never_looked;
  const char* next;  // heading
  const char* next_fill;
  const char* next_disk;
  const char* next_notice;
  const char* next_nothing;
  const char* next_leave;
  const char* risk;     // before the command that shows the page
  const char* archive;  // the words
};

inline constexpr std::size_t kMirrorPageLanguages = 4;
const std::array<MirrorPageTexts, kMirrorPageLanguages>& mirror_page_texts();

}  // namespace muniment
