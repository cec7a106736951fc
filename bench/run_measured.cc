// Runs commands and says what they cost: run_measured COMMAND ARGUMENT… [ "|" COMMAND… ] [ "&&" COMMAND… ]
//
// Prints one line of JSON: wall seconds from the first start to the last end, processor seconds (user, system), bytes
// written and the highest memory, of all commands and what they have started and waited for, as wait4(2) tells. Members
// of a pipeline are there at once, so their peaks are added; steps after "&&" follow each other, so the highest counts.
// Commands read from /dev/null and write to it; standard error is passed on. It is a program of its own because the
// kernel counts what a process had before it became another one: started from Python, nothing would need less than
// Python. Exit status 1 when a command fails; the line is printed all the same.
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <vector>

namespace {

using Command = std::vector<char*>;  // ends with a null pointer, as exec wants it
using Pipeline = std::vector<Command>;

struct Cost {
  double user_s = 0;
  double system_s = 0;
  long long written_bytes = 0;
  long long peak_bytes = 0;
  int failed = 0;  // the first exit status that is not 0, or 128 and the signal
};

/// False for a line with nothing where a command belongs.
bool parse(int count, char** words, std::vector<Pipeline>& steps) {
  steps.assign(1, Pipeline(1));
  for (int i = 0; i < count; ++i) {
    const bool is_next_step = std::strcmp(words[i], "&&") == 0;
    if (!is_next_step && std::strcmp(words[i], "|") != 0) {
      steps.back().back().push_back(words[i]);
    } else if (is_next_step) {
      steps.emplace_back(1);
    } else {
      steps.back().emplace_back();
    }
  }
  for (Pipeline& step : steps) {
    for (Command& command : step) {
      if (command.empty()) return false;
      command.push_back(nullptr);
    }
  }
  return true;
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double now_s() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// Gives the process, or -1 with the reason on standard error.
pid_t start(const Command& command, int input, int output) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  pid_t process = -1;
  const int error = ::posix_spawnp(&process, command[0], &files, nullptr, command.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (error == 0) return process;
  std::fprintf(stderr, "cannot run %s: %s\n", command[0], std::strerror(error));  // NOLINT(concurrency-mt-unsafe)
  return -1;
}

void wait_for(pid_t process, Cost& step) {
  int status = 0;
  rusage used{};
  while (::wait4(process, &status, 0, &used) < 0 && errno == EINTR) {
  }
  step.user_s += seconds_of(used.ru_utime);
  step.system_s += seconds_of(used.ru_stime);
  step.written_bytes += used.ru_oublock * 512LL;
  step.peak_bytes += used.ru_maxrss * 1024LL;
  const int failed = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (step.failed == 0) step.failed = failed;
}

Cost run(const Pipeline& step, int nothing) {
  Cost cost;
  std::vector<pid_t> running;
  int input = nothing;
  for (std::size_t i = 0; i < step.size(); ++i) {
    int ends[2] = {-1, nothing};
    if (i + 1 < step.size() && ::pipe2(ends, O_CLOEXEC) != 0) {
      cost.failed = 1;
      break;
    }
    const pid_t process = start(step[i], input, ends[1]);
    if (process >= 0) running.push_back(process);
    if (process < 0 && cost.failed == 0) cost.failed = 127;
    // The next one alone holds the end from which it reads, so that each sees when the other is gone.
    if (input != nothing) ::close(input);
    if (ends[1] != nothing) ::close(ends[1]);
    input = ends[0];
  }
  for (const pid_t process : running) wait_for(process, cost);
  return cost;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<Pipeline> steps;
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing < 0 || !parse(argc - 1, argv + 1, steps)) {
    std::fputs("usage: run_measured COMMAND ARGUMENT… [ \"|\" COMMAND… ] [ \"&&\" COMMAND… ]\n", stderr);
    return 2;
  }
  Cost all;
  const double begun_s = now_s();
  for (const Pipeline& step : steps) {
    const Cost cost = run(step, nothing);
    all.user_s += cost.user_s;
    all.system_s += cost.system_s;
    all.written_bytes += cost.written_bytes;
    all.peak_bytes = std::max(all.peak_bytes, cost.peak_bytes);
    all.failed = cost.failed;
    if (all.failed != 0) break;
  }
  std::printf(
      "{\"wall_s\": %.6f, \"user_s\": %.6f, \"system_s\": %.6f, \"written_bytes\": %lld, \"peak_bytes\": %lld, "
      "\"failed\": %d}\n",
      now_s() - begun_s, all.user_s, all.system_s, all.written_bytes, all.peak_bytes, all.failed);
  return all.failed == 0 ? 0 : 1;
}
