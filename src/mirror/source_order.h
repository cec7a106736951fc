// Which source is asked first: the one that is likely to be done soonest, and last of all one that gave wrong bytes.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

namespace muniment {

/// For several threads at once. Of what is large a slow source is asked for one object at a time: several at once would
/// share its line, and a run that is cut off would have none of them. Speeds are measured as the objects come, each
/// against the others in the same run.
class SourceOrder {
 public:
  /// `steady_ns` counts nanoseconds from anywhere. Empty: always in the order in which the sources were given.
  SourceOrder(std::size_t sources, std::function<std::int64_t()> steady_ns);

  /// All sources. One that was never measured comes first, as long as nobody is waiting for it.
  std::vector<std::size_t> order();

  /// An object that is being fetched from a source; without an end it counts as one that brought nothing. Waits while
  /// the source is to be asked for nothing more. `size_bytes` is what it is known to
  /// have, or 0.
  class Fetch {
   public:
    Fetch(SourceOrder& order, std::size_t source, std::uint64_t size_bytes);
    ~Fetch();
    Fetch(const Fetch&) = delete;
    Fetch& operator=(const Fetch&) = delete;
    void brought(std::uint64_t bytes) { bytes_ = bytes; }
    /// Wrong bytes, or no answer: in this run the source is asked when no other one has the object.
    void failed() { has_failed_ = true; }

   private:
    SourceOrder& order_;
    std::size_t source_;
    bool is_large_;
    std::int64_t begun_ns_ = 0;
    std::uint64_t bytes_ = 0;
    bool has_failed_ = false;
  };

 private:
  struct Source {
    std::uint64_t running = 0;
    double bytes = 0;  // of late
    double ns = 0;
    bool is_at_large = false;  // a large object is being fetched
    bool is_fast = false;      // the last large one came fast
    bool has_failed = false;
  };
  std::int64_t now_ns() const { return steady_ns_ ? steady_ns_() : 0; }

  std::function<std::int64_t()> steady_ns_;
  std::mutex mutex_;
  std::condition_variable ended_;  // a large object's fetch
  std::vector<Source> sources_;
};

}  // namespace muniment
