// muniment mirror report and mirror letter: what a volunteer reads.
#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "cli/system.h"
#include "cli/volunteer.h"
#include "mirror/letters.h"
#include "mirror/mirror_page.h"
#include "serve/traffic.h"

namespace muniment::cli {
namespace {

constexpr std::uint64_t kTrafficBytesMax = 4096;
constexpr std::uint64_t kMessageBytesMax = 1 << 20;

/// What left in the month at hand, as the server of the copy has counted it; nothing where it counts nothing.
std::uint64_t bytes_of_this_month(const MirrorFolder& folder, Context& context) {
  const auto bytes = read_file(context.doors.fs, join(folder.copy(), "home/traffic"), kTrafficBytesMax);
  const auto traffic = bytes ? parse_traffic(as_text(*bytes)) : bytes.error();
  if (!traffic) return 0;
  constexpr std::size_t kMonthCharacters = 7;
  const auto month_of = [](std::int64_t seconds) { return to_date(seconds).substr(0, kMonthCharacters); };
  const bool is_this_month = month_of(traffic->month.begins_s) == month_of(context.doors.clock.now_s());
  return is_this_month ? traffic->month.bytes : 0;
}

}  // namespace

Result<std::string> write_mirror_page(const MirrorFolder& folder, const MirrorSettings& settings, Context& context) {
  TRY_ASSIGN(const auto store, open_folder(context, folder.copy()));
  auto facts = gather_mirror_facts(*store, settings);
  if (!facts) return facts.error();
  facts->folder = folder.path;
  constexpr std::size_t kDateCharacters = 10, kMinuteCharacters = 5;
  const std::string now = to_date_time(context.doors.clock.now_s());
  facts->now = now.substr(0, kDateCharacters) + " " + now.substr(kDateCharacters + 1, kMinuteCharacters) + " UTC";
  if (const auto disk = disk_of(folder.path)) facts->disk_free = disk->free_bytes;
  facts->month_bytes = bytes_of_this_month(folder, context);
  const auto message = read_file(context.doors.fs, folder.message(), kMessageBytesMax);
  if (message && is_utf8(as_text(*message))) facts->last_run = as_text(*message);
  const PrivateFiles only_for_me;
  TRY(replace_durably(context.doors.fs, folder.page(), as_view(render_mirror_page(*facts))));
  return folder.page();
}

Status run_mirror_report(const ReportArguments& arguments, Context& context) {
  const MirrorFolder folder{absolute_path(arguments.folder)};
  const auto settings = read_mirror_settings(context.doors.fs, folder);
  const auto page = settings ? write_mirror_page(folder, *settings, context) : settings.error();
  if (!page) return fail(context, page.error());
  context.output.line("Wrote " + *page + ".");
  context.output.document({{"page", *page}});
  return Status::done;
}

Status run_mirror_letter(const LetterArguments& arguments, Context& context) {
  const auto text = find_letter(arguments.kind, arguments.language);
  if (!text) return fail(context, text.error());
  context.output.raw(*text);
  context.output.document({{"kind", arguments.kind}, {"language", arguments.language}, {"text", *text}});
  return Status::done;
}

}  // namespace muniment::cli
