#include "serve/nginx_leaks.h"

#include <gtest/gtest.h>

#include "serve/nginx.h"
#include "testing/expect_code.h"

namespace muniment {
namespace {

constexpr const char* kQuiet = "access_log off; error_log /dev/null crit; ";

std::vector<std::string> leaks_of(const std::string& directives) {
  const auto leaks = find_nginx_leaks("http { server { listen 80; " + directives + " } }");
  EXPECT_TRUE(leaks) << leaks.error().sentence();
  return leaks ? *leaks : std::vector<std::string>{};
}

bool names(const std::vector<std::string>& leaks, const std::string& what) {
  return leaks.size() == 1 && leaks[0].find(what) != std::string::npos;
}

TEST(NginxLeaks, AreNoneInTheConfigurationThatWePrint) {
  ServeSettings settings;
  settings.root = "/srv/copy";
  settings.listen = "127.0.0.1:8080";
  const auto leaks = find_nginx_leaks("http {\n" + *nginx_configuration(settings) + "}\n");
  ASSERT_TRUE(leaks) << leaks.error().sentence();
  EXPECT_TRUE(leaks->empty()) << leaks->at(0);
}

TEST(NginxLeaks, AreLogsAlsoWhereNothingIsSaidOfThem) {
  EXPECT_TRUE(leaks_of(kQuiet).empty());
  EXPECT_TRUE(names(leaks_of("access_log off;"), "error.log"));
  EXPECT_TRUE(names(leaks_of("error_log /dev/null;"), "access.log"));
  EXPECT_TRUE(names(leaks_of(std::string(kQuiet) + "location / { access_log /var/log/x; }"), "/var/log/x"));
  EXPECT_TRUE(names(leaks_of(std::string(kQuiet) + "error_log /var/log/e crit;"), "/var/log/e"));
  EXPECT_EQ(leaks_of("# access_log off;\n \"error_log\" /dev/null;").size(), 1u) << "a comment does not count";
}

TEST(NginxLeaks, AreWhatVisitorsMaySeeAndDo) {
  for (const char* leak : {"autoindex on;", "dav_methods PUT DELETE;", "proxy_pass http://other;", "mirror /copy;",
                           "add_header X-You $remote_addr;", "userid on;", "location /x { fastcgi_pass unix:/s; }"}) {
    EXPECT_EQ(leaks_of(std::string(kQuiet) + leak).size(), 1u) << leak;
  }
  for (const char* harmless : {"autoindex off;", "dav_methods off;", "add_header Cache-Control no-cache;",
                               "return 200 'autoindex on;';", "location ~ \"a{2}\" { set $x ${y}z; }"}) {
    EXPECT_TRUE(leaks_of(std::string(kQuiet) + harmless).empty()) << harmless;
  }
}

TEST(NginxLeaks, AreNotLookedForInWhatIsNoConfiguration) {
  for (const char* text : {"", "hello", "server {", "server { listen 80; }}", "server { \"listen 80; }", "{ }", ";",
                           "http { access_log off; }", "server { listen 80 }"}) {
    EXPECT_CODE(find_nginx_leaks(text), Code::corrupt) << text;
  }
  std::string deep = "server ";
  for (int i = 0; i < 100; ++i) deep += "{ a ";
  EXPECT_CODE(find_nginx_leaks(deep), Code::corrupt);
  EXPECT_CODE(find_nginx_leaks(std::string(kNginxBytesMax + 1, ' ')), Code::limit);
}

}  // namespace
}  // namespace muniment
