// A server on loopback that answers with prepared bytes, right or wrong, and remembers what it was asked.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace muniment {

struct ScriptedAnswer {
  enum class Then { close, keep, stall };  // stall: nothing more comes, and the connection stays open
  std::string bytes;
  Then then = Then::keep;
  bool is_early = false;  // given when the head of the request is there; what is sent on is not read
};

/// "HTTP/1.1 <status> …" with its length, ready to be sent. `headers` is lines, each with "\r\n" at its end.
std::string http_answer(unsigned status, const std::string& body, const std::string& headers = "");

/// Answers the n-th request, on whatever connection it comes, with the n-th answer; once there are no more, it closes
/// connections without a word.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::vector<ScriptedAnswer> answers);
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer();

  /// "http://127.0.0.1:port"
  const std::string& address() const;
  /// The requests so far, head and body.
  std::vector<std::string> requests() const;
  /// How many connections were taken.
  std::size_t connections() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace muniment
