#include "base/folder_watch.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <map>

#include "base/encoding.h"
#include "base/fs.h"
#include "base/posix_call.h"

namespace muniment {
namespace {

constexpr std::uint32_t kWatched = IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF |
                                   IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK;

class InotifyWatch final : public FolderWatch {
 public:
  InotifyWatch(int events, int signals) : events_(events), signals_(signals) {}

  Result<void> add(const std::string& folder) override {
    const int number = ::inotify_add_watch(events_.get(), folder.c_str(), kWatched);
    if (number < 0 && errno == ENOSPC)
      return Error(Code::limit, "the system watches no more folders than it does (fs.inotify.max_user_watches)");
    if (number < 0) return last_error("watch", folder);
    folders_[number] = folder;
    return {};
  }

  Result<std::vector<FolderEvent>> wait(std::int64_t ms_max) override {
    std::array<pollfd, 2> sources{{{events_.get(), POLLIN, 0}, {signals_.get(), POLLIN, 0}}};
    const int timeout = static_cast<int>(std::clamp<std::int64_t>(ms_max, 0, 3'600'000));
    if (is_ended_) return std::vector<FolderEvent>{};
    if (::poll(sources.data(), sources.size(), timeout) < 0 && errno != EINTR)
      return last_error("wait for", "what happens in a folder");
    if ((sources[1].revents & POLLIN) != 0) is_ended_ = true;
    if ((sources[0].revents & POLLIN) == 0) return std::vector<FolderEvent>{};
    return read_events();
  }

  bool is_ended() override {
    pollfd source{signals_.get(), POLLIN, 0};
    if (!is_ended_ && ::poll(&source, 1, 0) > 0) is_ended_ = true;
    return is_ended_;
  }

  std::int64_t now_ms() override {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
  }

  std::optional<bool> is_being_written(const std::string& path) override {
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (fd.get() < 0) return std::nullopt;
    ::fcntl(fd.get(), F_SETSIG, SIGURG);  // who wants to write just now sends us this signal, which does nothing
    // A lease for reading is given only while nobody writes; it ends with the descriptor.
    if (::fcntl(fd.get(), F_SETLEASE, F_RDLCK) == 0) return false;
    if (errno == EAGAIN) return true;
    return std::nullopt;
  }

 private:
  Result<std::vector<FolderEvent>> read_events() {
    std::vector<FolderEvent> found;
    std::array<char, 64 * 1024> buffer;
    const ssize_t size = ::read(events_.get(), buffer.data(), buffer.size());
    if (size < 0 && errno != EINTR && errno != EAGAIN) return last_error("read", "what happened in a folder");
    for (ssize_t at = 0; at + static_cast<ssize_t>(sizeof(inotify_event)) <= size;) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* const name = buffer.data() + at + sizeof event;
      take(event, event.len == 0 ? std::string() : std::string(name, ::strnlen(name, event.len)), found);
      at += static_cast<ssize_t>(sizeof event + event.len);
    }
    return found;
  }

  void take(const inotify_event& event, const std::string& name, std::vector<FolderEvent>& found) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) found.push_back({FolderEvent::Kind::overlooked, {}});
    const auto folder = folders_.find(event.wd);
    if (folder == folders_.end()) return;
    if ((event.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)) != 0) {
      found.push_back({FolderEvent::Kind::gone, folder->second});
      if ((event.mask & IN_MOVE_SELF) != 0) ::inotify_rm_watch(events_.get(), event.wd);
    }
    if ((event.mask & IN_IGNORED) != 0) folders_.erase(folder);
    if (name.empty()) return;
    const bool is_closed = (event.mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0;
    found.push_back({is_closed ? FolderEvent::Kind::closed : FolderEvent::Kind::appeared, join(folder->second, name)});
  }

  Descriptor events_;
  Descriptor signals_;
  std::map<int, std::string> folders_;  // by the number of the watch
  bool is_ended_ = false;
};

}  // namespace

Result<std::unique_ptr<FolderWatch>> posix_folder_watch() {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  const int signals = ::signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK);
  const int events = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  auto watch = std::make_unique<InotifyWatch>(events, signals);  // closes both, whatever comes
  if (signals < 0 || events < 0) return last_error("watch", "folders");
  return std::unique_ptr<FolderWatch>(std::move(watch));
}

}  // namespace muniment
