// Splits and combines for the comparison with another implementation of SLIP-0039 (tests/slip39_test.py):
//
//   shares_tool split SECRET-HEX PASSPHRASE EXTENDABLE EXPONENT GROUP-THRESHOLD T,N…   one share a line, group after
//   group shares_tool combine PASSPHRASE   reads a share a line from standard input, writes the secret in hexadecimal
//
// The secrets are those of a test: real ones never stand in an argument.
#include <cstdio>
#include <iostream>
#include <string>

#include "base/encoding.h"
#include "crypto/random.h"
#include "shares/split.h"

namespace muniment {
namespace {

Result<unsigned> number(std::string_view text) {
  TRY_ASSIGN(const std::uint64_t value, parse_decimal(text, 1000));
  return static_cast<unsigned>(value);
}

Result<void> split_command(std::span<char* const> arguments) {
  TRY_ASSIGN(const Bytes secret, from_hex(arguments[0]));
  SplitPlan plan;
  plan.extendable = arguments[2] == std::string_view("1");
  TRY_ASSIGN(plan.iteration_exponent, number(arguments[3]));
  TRY_ASSIGN(plan.group_threshold, number(arguments[4]));
  for (const char* group : arguments.subspan(5)) {
    const auto numbers = split(group, ',');
    if (numbers.size() != 2) return Error(Code::invalid, "a group is T,N");
    ShareGroup parsed;
    TRY_ASSIGN(parsed.threshold, number(numbers[0]));
    TRY_ASSIGN(parsed.count, number(numbers[1]));
    plan.groups.push_back(parsed);
  }
  TRY_ASSIGN(const std::vector<Share> shares, split_secret(secret, as_view(arguments[1]), plan, system_random()));
  for (const Share& share : shares) std::cout << words_of(share).text().expose_text() << "\n";
  return {};
}

Result<void> combine_command(const char* passphrase) {
  std::vector<Share> shares;
  std::string line;
  while (std::getline(std::cin, line)) {
    TRY_ASSIGN(Share share, parse_share(SecretBytes::copy_of(as_view(line))));
    shares.push_back(std::move(share));
  }
  TRY_ASSIGN(const SecretBytes secret, combine_shares(shares, as_view(passphrase)));
  std::cout << to_hex(secret.expose()) << "\n";
  return {};
}

}  // namespace
}  // namespace muniment

int main(int argc, char** argv) {
  using namespace muniment;
  const std::span<char* const> arguments(argv, static_cast<std::size_t>(argc));
  Result<void> done = Error(Code::invalid, "split or combine?");
  if (argc >= 8 && arguments[1] == std::string_view("split")) done = split_command(arguments.subspan(2));
  if (argc == 3 && arguments[1] == std::string_view("combine")) done = combine_command(arguments[2]);
  if (!done) std::fprintf(stderr, "%s\n", done.error().sentence().c_str());
  return done ? 0 : 1;
}
