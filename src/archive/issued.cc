#include "archive/issued.h"

#include <nlohmann/json.hpp>

#include "archive/record_file.h"
#include "base/clock.h"

namespace muniment {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFile = "home/issued";
constexpr std::uint64_t kBytesMax = 8 << 20;
constexpr std::size_t kIssuedLinesMax = 20'000;

Result<Issued> parse_line(std::string_view text) {
  const Error damaged(Code::corrupt, std::string(kFile) + " has a line that names nothing given out");
  const Json line = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!line.is_object() || !line.contains("addresses") || !line["addresses"].is_array()) return damaged;
  Issued issued;
  const std::pair<const char*, std::string*> texts[] = {{"kind", &issued.kind},   {"id", &issued.id},
                                                        {"about", &issued.about}, {"by", &issued.by},
                                                        {"made", &issued.made},   {"expires", &issued.expires}};
  for (const auto& [key, value] : texts) {
    if (!line.contains(key) || !line[key].is_string()) return damaged;
    *value = line[key].get<std::string>();
  }
  if (!parse_date(issued.made) || !parse_date(issued.expires)) return damaged;
  for (const Json& address : line["addresses"]) {
    if (!address.is_string()) return damaged;
    issued.addresses.push_back(address.get<std::string>());
  }
  return issued;
}

std::string render_line(const Issued& issued) {
  const Json line{{"kind", issued.kind}, {"id", issued.id},           {"about", issued.about},        {"by", issued.by},
                  {"made", issued.made}, {"expires", issued.expires}, {"addresses", issued.addresses}};
  return line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

Result<std::vector<Issued>> read_issued(Fs& fs, const std::string& root) {
  return read_records<Issued>(fs, join(root, kFile), kBytesMax, kIssuedLinesMax, parse_line);
}

Result<void> remember_issued(Fs& fs, const std::string& root, const Issued& issued, const std::string& today) {
  constexpr std::int64_t kYearS = 366 * kDayS;
  TRY_ASSIGN(const std::int64_t today_s, parse_date(today));
  TRY(make_folders(fs, join(root, "home")));
  TRY_ASSIGN(const auto lock, fs.lock(join(root, "home/issued.lock")));
  TRY_ASSIGN(auto all, read_issued(fs, root));
  all.push_back(issued);
  std::string text;
  for (const Issued& each : all) {
    TRY_ASSIGN(const std::int64_t expires_s, parse_date(each.expires));
    if (expires_s + kYearS > today_s) text += render_line(each);
  }
  return replace_durably(fs, join(root, kFile), as_view(text));
}

}  // namespace muniment
