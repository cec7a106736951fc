// A copy served over HTTP, through libmicrohttpd. Keeps no log and no address. Spec: docs/formats.md "A copy over
// HTTP".
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/fs.h"
#include "serve/guard.h"
#include "store/token_file.h"

namespace muniment {

enum class Role {
  vault,      // sealed objects; what opens them for holders of a token
  published,  // the log and the edition, nothing sealed
};

/// What is answered to who posts something: a status and a short text.
struct PostAnswer {
  unsigned status = 0;
  std::string type;  // of the text
  std::string text;
};

struct ServeSettings {
  std::string root;
  std::string listen;  // "127.0.0.1:8080", "[::1]:0"; port 0 takes a free one; empty: at no port
  Role role = Role::vault;
  std::vector<Token> tokens;  // those without an address count
  ServeLimits limits;
  // POST to `post_path`, with a body of `post_bytes_max` at the most, is handed to this one; may be empty. Called by
  // several threads.
  std::function<PostAnswer(std::string_view body)> on_post = {};
  std::string post_path = {};
  std::size_t post_bytes_max = 0;
  std::string unix_path = {};  // also at this unix socket (Listener::open_unix); empty: at none
  bool unix_may_read = false;  // who comes by it has been let in already, and is as good as a reading token
  // Is told what whoever keeps the mirror should know. Called by several threads; may be empty.
  std::function<void(const std::string& sentence)> on_trouble = {};
};

class MirrorServer {
 public:
  /// Serves until it is destroyed. The doors outlive it and are used by several threads. With a cap on the bytes of a
  /// day or month it keeps their count in the folder. Errors: `invalid` for an address, `io` when it cannot be had,
  /// those of opening the folder and TrafficFile::open.
  static Result<std::unique_ptr<MirrorServer>> start(Fs& fs, Random& random, Clock& clock, ServeSettings settings);
  virtual ~MirrorServer() = default;

  /// "http://127.0.0.1:8080"; empty without a port.
  virtual std::string address() const = 0;
};

}  // namespace muniment
