#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/encoding.h"
#include "cli/chores.h"

namespace muniment::cli {
namespace {

bool write_all(int pipe, std::string_view left) {
  while (!left.empty()) {
    const ssize_t written = ::write(pipe, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<void> hand_over(const std::string& command, const std::string& text) {
  std::vector<std::string> words;
  for (const std::string_view word : split(command, ' ')) {
    if (!word.empty()) words.emplace_back(word);
  }
  if (words.empty()) return Error(Code::invalid, "the mail command is empty");
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return Error(Code::io, "cannot start " + printable(words[0], 200));
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, pipe[0], STDIN_FILENO);
  std::string path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  std::array<char*, 2> environment{path.data(), nullptr};
  pid_t child = 0;
  const int failed = ::posix_spawnp(&child, words[0].c_str(), &actions, nullptr, arguments.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[0]);
  const bool is_written = failed == 0 && write_all(pipe[1], text);
  ::close(pipe[1]);
  if (failed != 0) return Error(Code::io, "cannot start " + printable(words[0], 200));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (is_written && WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return Error(Code::io, printable(words[0], 200) + " did not take the message (exit status " +
                             std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : -1) + ")");
}

}  // namespace muniment::cli
