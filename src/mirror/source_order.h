// Which source is asked first: the one that is likely to be done soonest, and last of all one that gave wrong bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

namespace muniment {

/// For several threads at once. Speeds are measured as the objects come, each against the others in the same run.
class SourceOrder {
 public:
  /// `steady_ns` counts nanoseconds from anywhere. Empty: always in the order in which the sources were given.
  SourceOrder(std::size_t sources, std::function<std::int64_t()> steady_ns);

  /// All sources. One that was never measured comes first, as long as nobody is waiting for it.
  std::vector<std::size_t> order();

  /// An object that is being fetched from a source; without an end it counts as one that brought nothing.
  class Fetch {
   public:
    Fetch(SourceOrder& order, std::size_t source);
    ~Fetch();
    Fetch(const Fetch&) = delete;
    Fetch& operator=(const Fetch&) = delete;
    void brought(std::uint64_t bytes) { bytes_ = bytes; }
    /// Wrong bytes, or no answer: in this run the source is asked when no other one has the object.
    void failed() { has_failed_ = true; }

   private:
    SourceOrder& order_;
    std::size_t source_;
    std::int64_t begun_ns_;
    std::uint64_t bytes_ = 0;
    bool has_failed_ = false;
  };

 private:
  struct Source {
    std::uint64_t running = 0;
    double bytes = 0;  // of late
    double ns = 0;
    bool has_failed = false;
  };
  std::int64_t now_ns() const { return steady_ns_ ? steady_ns_() : 0; }

  std::function<std::int64_t()> steady_ns_;
  std::mutex mutex_;
  std::vector<Source> sources_;
};

}  // namespace muniment
