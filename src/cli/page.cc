// muniment page: pages to be printed, as PDF.
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "print/page_texts.h"
#include "print/printed_page.h"

namespace muniment::cli {
namespace {

Result<void> write_page(const PageArguments& arguments, Context& context) {
  TRY_ASSIGN(const std::string_view text, find_page_text(arguments.kind, arguments.language));
  TRY_ASSIGN(const std::string document, print_page(text, arguments.language));
  return create_durably(context.doors.fs, arguments.output, as_view(document));
}

}  // namespace

Status run_page(const PageArguments& arguments, Context& context) {
  const auto written = write_page(arguments, context);
  if (!written) return fail(context, written.error());
  context.output.line("Wrote " + arguments.output +
                      ", to be printed on A4. What is to be filled in by hand stands at "
                      "its end; a printer may keep what it printed.");
  context.output.document({{"kind", arguments.kind}, {"language", arguments.language}, {"output", arguments.output}});
  return Status::done;
}

}  // namespace muniment::cli
