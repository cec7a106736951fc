// A command that is run by another one, for its words.
#pragma once

#include <cstdlib>
#include <string>

#include "cli/context.h"

namespace muniment::cli {

/// What the command prints goes into a text, and it cannot ask anybody.
class Captured {
 public:
  explicit Captured(Context& of)
      : file_(::open_memstream(&bytes_, &size_)),
        output_(file_, file_),
        context_{.doors = of.doors,
                 .output = output_,
                 .passphrase_file = of.passphrase_file,
                 .network = of.network,
                 .token_file = of.token_file,
                 .tokens = {},
                 .credentials_file = of.credentials_file,
                 .credentials = {},
                 .state_folder = of.state_folder} {
    MUNIMENT_CHECK(file_ != nullptr);
  }
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;
  ~Captured() {
    std::fclose(file_);
    std::free(bytes_);  // NOLINT(*-no-malloc): open_memstream's
  }

  Context& context() { return context_; }
  void use_json() { output_.use_json(); }
  std::string text() {
    std::fflush(file_);
    return {bytes_, size_};
  }

 private:
  char* bytes_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* file_;
  Output output_;
  Context context_;
};

}  // namespace muniment::cli
