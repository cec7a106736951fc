#include "serve/nginx.h"

#include <algorithm>

#include "base/encoding.h"

namespace muniment {
namespace {

/// A location that gives files and nothing else.
std::string location(const std::string& which, const std::string& caching, const std::string& first = "") {
  // Every location repeats the headers: nginx inherits none of them where a location has one of its own.
  return "  location " + which + " {\n" + first + "    add_header Cache-Control \"" + caching +
         "\";\n"
         "    add_header Last-Modified \"\";\n"
         "    add_header X-Content-Type-Options nosniff;\n"
         "    try_files $uri =404;\n"
         "  }\n";
}

bool is_ours(const Token& token, Token::Right right) { return token.right == right && token.address.empty(); }

/// `action` for whoever shows one of our tokens for it.
std::string for_each_token(const std::vector<Token>& tokens, Token::Right right, const std::string& action) {
  std::string text;
  for (const Token& token : tokens) {
    if (!is_ours(token, right)) continue;
    text +=
        "  if ($http_authorization = \"Bearer " + std::string(token.text.expose_text()) + "\") { " + action + " }\n";
  }
  return text;
}

/// Lets requests with PUT through to a name of an arrival only, and only with a token; what arrived is read by who may
/// read seals.
std::string upload_check(const std::vector<Token>& tokens) {
  return "  set $muniment_page \"\";\n"  // an empty header is not sent
         "  if ($request_method = PUT) { set $muniment_page \"*\"; }\n"
         "  set $muniment_put \"$request_method without a token\";\n" +
         for_each_token(tokens, Token::Right::deposit, "set $muniment_put \"$request_method elsewhere\";") +
         "  if ($muniment_put = \"PUT without a token\") { return 401; }\n"
         "  if ($uri ~ \"^/incoming(/[A-Za-z0-9_][A-Za-z0-9._-]*)+$\") { set $muniment_put \"$request_method of an "
         "arrival\"; }\n"
         "  if ($muniment_put = \"PUT elsewhere\") { return 403; }\n"
         "  set $muniment_asks \"$request_method $muniment_reads\";\n"
         "  set $muniment_lists 0;\n"
         "  if ($muniment_asks ~ \"^(GET|HEAD) 1$\") { set $muniment_lists 1; }\n";
}

std::string upload_zones() {
  return "limit_conn_zone $uri zone=muniment_names:1m;\n"
         "limit_conn_zone all zone=muniment_uploads:1m;\n";
}

/// Creates, and never overwrites: of the requests for one name one at a time gets past the first limit, and only then
/// does try_files look whether something is there.
std::string upload_locations(const ServeLimits& limits, const std::string& per_address) {
  // A page that came from elsewhere may know what became of what it sent: so browsers want it said.
  const std::string for_pages = "    add_header Access-Control-Allow-Origin $muniment_page always;\n";
  const std::string size = "    client_max_body_size " + std::to_string(limits.upload_bytes_max) + ";\n";
  return "  location = /incoming/ {\n"
         "    if ($muniment_lists = 0) { return 404; }\n"
         "    add_header Cache-Control \"private, no-store\";\n"
         "    index .none;\n"  // nothing that arrives can have this name
         "    autoindex on;\n"
         "    autoindex_format json;\n"
         "  }\n"
         "  location ~ \"^/incoming/.*[^/]$\" {\n"
         "    if ($request_method = OPTIONS) {\n"
         "      add_header Access-Control-Allow-Origin \"*\";\n"
         "      add_header Access-Control-Allow-Methods PUT;\n"
         "      add_header Access-Control-Allow-Headers Authorization;\n"
         "      add_header Access-Control-Max-Age 7200;\n"
         "      return 204;\n"
         "    }\n"
         "    error_page 418 = @muniment_arrived;\n"
         "    if ($muniment_lists = 1) { return 418; }\n"
         "    if ($request_method != PUT) { return 404; }\n"
         "    if ($http_content_length = \"\") { return 411; }\n" +
         for_pages + size +
         "    limit_conn muniment_names 1;\n"
         "    limit_conn muniment_uploads " +
         std::to_string(limits.uploads_max) + ";\n" + per_address +
         "    try_files $uri @muniment_create;\n"
         "    error_page 405 @muniment_taken;\n"
         "  }\n"
         "  location @muniment_arrived {\n"
         "    add_header Cache-Control \"private, no-store\";\n"
         "    try_files $uri =404;\n"
         "  }\n"
         "  location @muniment_create {\n" +
         for_pages + size +
         "    dav_methods PUT;\n"
         "    create_full_put_path on;\n"
         "    dav_access user:rw group:rw;\n"
         "  }\n"
         "  location @muniment_taken {\n" +
         for_pages + "    return 412;\n  }\n";
}

}  // namespace

Result<std::string> nginx_configuration(const ServeSettings& settings) {
  const bool is_plain =
      settings.root.starts_with('/') && is_utf8(settings.root) && std::ranges::none_of(settings.root, [](char c) {
        return c == '"' || c == '\\' || c == '$' || static_cast<unsigned char>(c) < ' ';
      });
  if (!is_plain)
    return Error(Code::invalid, "this path cannot be written into nginx's configuration: " + printable(settings.root));
  constexpr const char* kForEver = "public, max-age=31536000, immutable";
  std::string text =
      "# A copy of an archive, for the http { } part of nginx. It has tokens in it: keep it to yourself (chmod 600).\n"
      "# Beyond this machine, use it behind TLS or as an onion service.\n";
  std::string per_address;
  if (const unsigned limit = settings.limits.connections_per_address_max; limit > 0) {
    text += "limit_conn_zone $binary_remote_addr zone=muniment_addresses:1m;\n";
    per_address = "limit_conn muniment_addresses " + std::to_string(limit) + ";\n";
  }
  const bool takes_uploads =
      std::ranges::any_of(settings.tokens, [](const Token& token) { return is_ours(token, Token::Right::deposit); });
  if (takes_uploads) text += upload_zones();
  text += "server {\n  listen " + settings.listen + ";\n  root \"" + settings.root + "\";\n" +
          (per_address.empty() ? "" : "  " + per_address);
  text +=
      "  access_log off;\n"
      "  error_log /dev/null crit;\n"
      "  server_tokens off;\n"
      "  autoindex off;\n"
      "  etag off;\n"
      "  if_modified_since off;\n"
      "  gzip off;\n"
      "  sendfile on;\n"
      "  max_ranges 1;\n"
      "  types { }\n"
      "  default_type application/octet-stream;\n"
      "  disable_symlinks on from=$document_root;\n"
      "  client_header_timeout 20s;\n"
      "  client_body_timeout 20s;\n"
      "  send_timeout 20s;\n"
      "  keepalive_timeout 20s;\n"
      "  reset_timedout_connection on;\n"
      "  merge_slashes off;\n";
  text += std::string("  if ($request_method !~ \"^(GET|HEAD") + (takes_uploads ? "|PUT|OPTIONS" : "") +
          ")$\") { return 405; }\n";
  text += "  set $muniment_reads 0;\n";
  if (settings.role == Role::vault)
    text += for_each_token(settings.tokens, Token::Right::read, "set $muniment_reads 1;");
  if (takes_uploads) text += upload_check(settings.tokens);
  text += "  location / { return 404; }\n  location ~ \"/[.-]\" { return 404; }\n";
  text += location("~ \"^/(checkpoint|agreed-part|stick)$\"", "no-cache");
  text += location("~ \"^/(README\\.txt|(reader|charter|tile|stamps|cards)/.+)$\"", kForEver);
  if (settings.role == Role::vault) {
    text += location("~ \"^/deposits/[^/]+/[^/]+/(receipt|SHA256SUMS|part-[^/]+)$\"", kForEver);
    text += location("~ \"^/(deposits|keyring)/.+$\"", "private, no-store",
                     "    if ($muniment_reads = 0) { return 401; }\n");
  } else {
    text += location("~ \"^/public/.+$\"", "no-cache");
  }
  if (takes_uploads) text += upload_locations(settings.limits, per_address.empty() ? "" : "    " + per_address);
  return text + "}\n";
}

}  // namespace muniment
