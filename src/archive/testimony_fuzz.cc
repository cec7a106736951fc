// Any bytes as a form: what is taken is plain text, has a consent, and comes back the same when it is written again.
#include "archive/testimony.h"

namespace muniment {
namespace {

void check(std::string_view text) {
  const auto form = parse_form(text);
  if (!form) {
    MUNIMENT_CHECK(form.error().code() == Code::invalid || form.error().code() == Code::limit);
    MUNIMENT_CHECK(form.error().sentence().size() < 400);  // a few words, not the form
    return;
  }
  for (const std::string& answer : form->answers) MUNIMENT_CHECK(check_answer(answer).has_value());
  MUNIMENT_CHECK(!form->answers[kConsentQuestion].empty());
  const auto again = parse_form(render_form(*form));
  MUNIMENT_CHECK(again.has_value() && again->answers == form->answers);
}

}  // namespace
}  // namespace muniment

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  muniment::check(muniment::as_text({data, size}));
  return 0;
}
