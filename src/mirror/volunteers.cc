#include "mirror/volunteers.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "archive/record_file.h"

namespace muniment {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kVolunteersFile = "home/volunteers";
constexpr std::uint64_t kVolunteersBytesMax = 4 << 20;
constexpr std::size_t kVolunteersMax = 10'000;

Json json_of_volunteer(const Volunteer& volunteer) {
  return {
      {"key", volunteer.key}, {"address", volunteer.address}, {"joined", volunteer.joined}, {"left", volunteer.left}};
}

Result<Volunteer> parse_volunteer(std::string_view text) {
  const Json line = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto is_text = [&](const char* key) { return line.contains(key) && line[key].is_string(); };
  if (!line.is_object() || !is_text("key") || !is_text("address") || !is_text("joined") || !is_text("left"))
    return Error(Code::corrupt, std::string(kVolunteersFile) + " has a line that is not a volunteer's");
  return Volunteer{.key = line["key"], .address = line["address"], .joined = line["joined"], .left = line["left"]};
}

/// Where the mirror stands in the list; the end where it is new. Nobody speaks for another one's address.
Result<std::vector<Volunteer>::iterator> find_place(std::vector<Volunteer>& all, const MirrorNotice& notice) {
  const auto place = std::ranges::find(all, notice.key.text(), &Volunteer::key);
  const auto same = std::ranges::find_if(all, [&](const Volunteer& each) {
    return !notice.address.empty() && each.address == notice.address && each.left.empty();
  });
  if (same != all.end() && same != place)
    return Error(Code::denied, notice.address + " is known here by the key " + same->key +
                                   ", and this notice is signed by another one: ask the volunteer by voice");
  return place;
}

}  // namespace

Result<std::vector<Volunteer>> read_volunteers(Fs& fs, const std::string& root) {
  return read_records<Volunteer>(fs, join(root, kVolunteersFile), kVolunteersBytesMax, kVolunteersMax, parse_volunteer);
}

Result<Volunteer> note_volunteer(Fs& fs, const std::string& root, const MirrorNotice& notice) {
  TRY(make_folders(fs, join(root, "home")));
  TRY_ASSIGN(const auto lock, fs.lock(join(root, "home/volunteers.lock")));
  TRY_ASSIGN(auto all, read_volunteers(fs, root));
  TRY_ASSIGN(auto place, find_place(all, notice));
  if (place == all.end()) {
    all.push_back({.key = notice.key.text(), .address = {}, .joined = {}, .left = {}});
    place = all.end() - 1;
  }
  if (!notice.address.empty()) place->address = notice.address;
  (notice.has_left ? place->left : place->joined) = notice.date;
  if (!notice.has_left) place->left.clear();
  std::string text;
  for (const Volunteer& each : all) text += json_of_volunteer(each).dump() + "\n";
  TRY(replace_durably(fs, join(root, kVolunteersFile), as_view(text)));
  return *place;
}

}  // namespace muniment
