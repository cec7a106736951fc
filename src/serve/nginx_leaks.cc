#include "serve/nginx_leaks.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <set>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::size_t kWordsMax = 200'000;
constexpr std::size_t kDepthMax = 32;

struct Directive {
  std::vector<std::string> words;        // its name, then its values
  std::optional<std::size_t> enclosing;  // the number of the one in whose braces it stands

  const std::string& name() const { return words[0]; }
  bool has(std::string_view value) const { return std::find(words.begin() + 1, words.end(), value) != words.end(); }
  bool is(std::initializer_list<std::string_view> wanted) const { return std::ranges::equal(words, wanted); }
};
using Directives = std::vector<Directive>;

/// Splits a configuration into directives: words, quotes, comments, `;` and braces (nginx "Configuration File's
/// Structure").
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  Result<Directives> scan() {
    while (at_ < text_.size()) TRY(step());
    if (!open_.empty() || !words_.empty()) return Error(Code::corrupt, "the configuration is cut off");
    return std::move(directives_);
  }

 private:
  Result<void> step() {
    const char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      ++at_;
    } else if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == ';' || c == '{') {
      ++at_;
      if (words_.empty() || open_.size() == kDepthMax) return Error(Code::corrupt, "not a configuration of nginx");
      directives_.push_back({std::move(words_), open_.empty() ? std::nullopt : std::optional(open_.back())});
      words_.clear();
      if (c == '{') open_.push_back(directives_.size() - 1);
    } else if (c == '}') {
      ++at_;
      if (open_.empty() || !words_.empty()) return Error(Code::corrupt, "not a configuration of nginx");
      open_.pop_back();
    } else {
      if (++count_ > kWordsMax) return Error(Code::limit, "the configuration is longer than any that is looked at");
      return c == '"' || c == '\'' ? take_quoted(c) : take_word();
    }
    return {};
  }

  Result<void> take_quoted(char quote) {
    std::string word;
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      word += text_[at_];
    }
    if (at_ == text_.size()) return Error(Code::corrupt, "a quote in the configuration does not end");
    ++at_;
    words_.push_back(std::move(word));
    return {};
  }

  Result<void> take_word() {
    std::string word;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\\' && at_ + 1 < text_.size()) {
        word += text_[++at_];
        continue;
      }
      const bool is_variable = c == '{' && !word.empty() && word.back() == '$';  // ${name}
      if (!is_variable && std::string_view(" \t\r\n;{").find(c) != std::string_view::npos) break;
      word += c;
    }
    words_.push_back(std::move(word));
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t count_ = 0;
  std::vector<std::string> words_;
  std::vector<std::size_t> open_;  // whose braces are not closed yet
  Directives directives_;
};

std::string shown(const Directive& directive) {
  std::string text;
  for (const std::string& word : directive.words) text += (text.empty() ? "" : " ") + word;
  return printable(text, 200);
}

/// Errors are written with the address of whoever caused them.
bool keeps_errors(const Directive& directive) {
  return directive.words.size() < 2 || directive.words[1] != "/dev/null";
}

/// Tells locations that create and never overwrite: nobody gets to them but by the way that the printed configuration
/// has, through a location for PUT only, where one request for each name gets past a limit, and past it try_files finds
/// nothing under that name.
class CreatingOnly {
 public:
  explicit CreatingOnly(const Directives& all) : all_(all) {
    std::set<std::string> zones;  // whose limits count by name
    for (const Directive& directive : all) {
      const auto& words = directive.words;
      if (words.size() == 3 && words[0] == "limit_conn_zone" && words[1] == "$uri" && words[2].starts_with("zone="))
        zones.insert(words[2].substr(5, words[2].find(':') - 5));
    }
    for (const Directive& directive : all) {
      if (!directive.enclosing) continue;
      const auto& words = directive.words;
      if (directive.is({"if", "($request_method", "!=", "PUT)"})) takes_put_only_.insert(*directive.enclosing);
      if (words.size() == 3 && words[0] == "limit_conn" && zones.contains(words[1]) && words[2] == "1")
        counts_names_.insert(*directive.enclosing);
    }
  }

  /// Of the location around what stands at `place`.
  bool is_so(std::optional<std::size_t> place) const {
    while (place && all_[*place].name() != "location") place = all_[*place].enclosing;
    if (!place || all_[*place].words.size() != 2 || !all_[*place].words[1].starts_with('@')) return false;
    const Directive& location = all_[*place];
    return std::ranges::all_of(all_, [&](const Directive& directive) {
      if (!directive.has(location.words[1]) || &directive == &location) return true;
      return directive.is({"try_files", "$uri", location.words[1]}) && directive.enclosing &&
             takes_put_only_.contains(*directive.enclosing) && counts_names_.contains(*directive.enclosing);
    });
  }

 private:
  const Directives& all_;
  std::set<std::size_t> takes_put_only_;
  std::set<std::size_t> counts_names_;
};

/// Whether anything in it asks who comes.
bool asks_who_comes(const Directives& all) {
  return std::ranges::any_of(all, [](const Directive& directive) {
    const std::string& name = directive.name();
    if (name == "auth_request" || name == "ssl_verify_client") return !directive.has("off");
    if (name == "auth_basic") return !directive.has("off");
    return (name == "if" || name == "map") && std::ranges::any_of(directive.words, [](const std::string& word) {
             return word.find("$http_authorization") != std::string::npos;
           });
  });
}

/// Of all "dav_methods …".
Result<void> look_at_uploads(const Directives& all, std::vector<std::string>& leaks) {
  constexpr std::size_t kPlacesMax = 100;
  std::vector<const Directive*> places;
  for (const Directive& directive : all) {
    if (directive.name() == "dav_methods" && !directive.is({"dav_methods", "off"})) places.push_back(&directive);
  }
  if (places.empty()) return {};
  if (places.size() > kPlacesMax)
    return Error(Code::limit, "visitors may write in more places of the configuration than are looked at");
  const CreatingOnly creating(all);
  for (const Directive* place : places) {
    const std::string what = "\"" + shown(*place) + "\" ";
    if (!place->is({"dav_methods", "PUT"})) {
      leaks.push_back(what + "lets visitors delete, move or overwrite: leave PUT at the most");
    } else if (!creating.is_so(place->enclosing)) {
      leaks.push_back(what +
                      "lets who sends overwrite or read what others sent: take it away, or take the locations that "
                      "mirror serve --print-nginx prints");
    }
  }
  if (!asks_who_comes(all)) {
    leaks.emplace_back(
        "\"dav_methods\" lets everybody write: ask for a token, as what mirror serve --print-nginx prints does");
  }
  const auto is_without_limit = [](const Directive& directive) { return directive.is({"client_max_body_size", "0"}); };
  if (std::ranges::any_of(all, is_without_limit))
    leaks.emplace_back("\"client_max_body_size 0\" lets who sends fill the disk: write a limit");
  return {};
}

/// A list of what arrived, as the printed configuration gives it to who may read.
bool is_list_of_arrivals(const Directives& all, const Directive& autoindex) {
  if (!autoindex.enclosing || !all[*autoindex.enclosing].is({"location", "=", "/incoming/"})) return false;
  return std::ranges::any_of(all, [&](const Directive& each) {
    return each.enclosing == autoindex.enclosing && each.is({"if", "($muniment_lists", "=", "0)"});
  });
}

void look_at(const Directives& all, const Directive& directive, std::vector<std::string>& leaks) {
  const auto say = [&](const std::string& what) { leaks.push_back("\"" + shown(directive) + "\" " + what); };
  const std::string& name = directive.name();
  if (name == "access_log" && !directive.is({"access_log", "off"}))
    say("keeps who came, when, and for what: write \"access_log off;\"");
  if (name == "error_log" && keeps_errors(directive))
    say("keeps addresses with every error: write \"error_log /dev/null crit;\"");
  if ((name == "autoindex" || name == "fancyindex") && directive.has("on") && !is_list_of_arrivals(all, directive))
    say("lists folders: write \"" + name + " off;\"");
  if (name == "dav_ext_methods" && !directive.has("off"))
    say("lists folders, or lets visitors lock them: take it away");
  if (name == "proxy_pass" || name == "fastcgi_pass" || name == "uwsgi_pass" || name == "scgi_pass" ||
      name == "grpc_pass")
    say("hands visitors on to another server, which may keep a log: look at that one as well");
  if ((name == "add_header" || name == "proxy_set_header") && directive.words.size() > 2 &&
      directive.has("$remote_addr"))
    say("hands the visitor's address on: take it away");
  if (name == "userid" && directive.has("on")) say("marks visitors by a cookie: write \"userid off;\"");
  if (name == "mirror") say("sends every request to a second place: take it away");
}

}  // namespace

Result<std::vector<std::string>> find_nginx_leaks(std::string_view text) {
  if (text.size() > kNginxBytesMax) return Error(Code::limit, "the configuration is longer than any that is looked at");
  TRY_ASSIGN(const auto directives, Scanner(text).scan());
  const auto has = [&](const char* name) {
    return std::ranges::any_of(directives, [&](const Directive& directive) { return directive.name() == name; });
  };
  if (!has("server"))
    return Error(Code::corrupt, "not a configuration of nginx with a server in it: give what nginx -T prints");
  std::vector<std::string> leaks;
  for (const Directive& directive : directives) look_at(directives, directive, leaks);
  TRY(look_at_uploads(directives, leaks));
  if (!has("access_log"))
    leaks.emplace_back("no \"access_log off;\": nginx then keeps who came, when, and for what, in its access.log");
  if (!has("error_log"))
    leaks.emplace_back(
        "no \"error_log /dev/null crit;\": nginx then keeps addresses with every error, in its error.log");
  return leaks;
}

}  // namespace muniment
