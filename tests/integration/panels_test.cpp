// Pools as hosting panels make them, and what code that runs before the agent expects of a request.

#include <filesystem>
#include <fstream>

#include "fpm_calls.hpp"
#include "release_site.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using test::php_fpm;
namespace fs = std::filesystem;

namespace {

struct panel {
  std::string name;
  std::vector<std::string> lines;  ///< of the pool; "{root}" is a directory that it may use
};

std::vector<panel> panels() {
  return {
      {"cPanel",
       {"php_admin_value[doc_root] = \"{root}\"",
        "php_admin_value[disable_functions] = exec,passthru,shell_exec,system", "php_admin_value[short_open_tag] = on",
        "php_admin_flag[allow_url_fopen] = on"}},
      {"Plesk", {"php_admin_value[disable_functions] = opcache_get_status", "php_value[session.save_path] = /tmp"}},
      {"aaPanel",
       {"php_admin_value[disable_functions] = "
        "passthru,exec,system,putenv,chroot,chgrp,chown,shell_exec,popen,proc_open,pcntl_exec,ini_alter,ini_restore,dl,"
        "openlog,syslog,readlink,symlink,popepassthru,imap_open,apache_setenv"}},
      {"lnmp",
       {"php_admin_value[disable_functions] = "
        "passthru,exec,system,chroot,scandir,chgrp,chown,shell_exec,proc_open,proc_get_status,popen,ini_alter,ini_"
        "restore,dl,"
        "openlog,syslog,readlink,symlink,popepassthru,stream_socket_server"}},
      {"RunCloud",
       {"php_admin_value[disable_functions] = "
        "getmyuid,passthru,leak,listen,diskfreespace,tmpfile,link,shell_exec,dl,exec,system,highlight_file,source,show_"
        "source,"
        "fpassthru,virtual,posix_ctermid,posix_getcwd,posix_getegid,posix_geteuid,posix_getgid,posix_getgrgid,proc_"
        "close,"
        "proc_open,proc_terminate,phpinfo,getmypid,popen,symlink"}},
      {"ISPConfig",
       {"php_admin_value[open_basedir] = \"{root}:/tmp:/dev/shm\"", "php_admin_value[session.save_path] = /tmp",
        "php_admin_value[upload_tmp_dir] = /tmp"}},
      {"froxlor",
       {"php_admin_value[disable_functions] = "
        "curl_multi_exec,exec,parse_ini_file,passthru,popen,proc_close,proc_get_status,proc_nice,proc_open,proc_"
        "terminate,"
        "shell_exec,show_source,system",
        "php_admin_value[open_basedir] = \"{root}:/tmp:/dev/shm\""}},
  };
}

test::fpm_options pool_of(panel const& which, std::string const& root) {
  auto options = test::options_for(2);
  for (std::string line : which.lines) {
    if (auto const at = line.find("{root}"); at != std::string::npos) line.replace(at, 6, root);
    options.pools.front().lines.push_back(line);
  }
  return options;
}

}  // namespace

TEST_CASE("OPcache is reset on a stock pool of each hosting panel") {
  for (panel const& each : panels()) {
    INFO(each.name);
    test::site of;
    php_fpm const server{pool_of(each, of.directory())};
    auto const output = test::call(server, {"opcache:reset"});
    INFO(output.out << output.err);
    CHECK(output.exit_code == 0);
  }
}

TEST_CASE("a release goes live on a stock pool of each hosting panel") {
  for (panel const& each : panels()) {
    INFO(each.name);
    test::site of;
    php_fpm const server{pool_of(each, of.directory())};
    if (each.name != "cPanel") CHECK(test::visits(server, of, 4) == test::texts{"1 1 1"});
    auto const output = test::switch_to(server, of, "2");
    INFO(output.out << output.err);
    CHECK(output.exit_code == 0);
    if (each.name != "cPanel") CHECK(test::visits(server, of, 6) == test::texts{"2 2 2"});
  }
}

TEST_CASE("a firewall that runs before the agent finds what web servers send") {
  test::surrounded_fpm const server(R"(
    foreach (array('SERVER_ADDR', 'SERVER_PORT', 'REMOTE_ADDR', 'REMOTE_PORT', 'CONTENT_LENGTH', 'QUERY_STRING', 'GATEWAY_INTERFACE',
        'SERVER_SOFTWARE', 'SERVER_NAME', 'SERVER_PROTOCOL', 'REQUEST_METHOD', 'REQUEST_URI', 'HTTP_HOST', 'HTTP_USER_AGENT') as $name) {
      if (!isset($_SERVER[$name])) { http_response_code(403); exit("no $name"); }
    })");
  auto const output = test::call(*server, {"opcache:status"});
  INFO(output.err);
  CHECK(output.exit_code == 0);
}

TEST_CASE("session.auto_start leaves no session behind") {
  test::temp_dir const sessions;
  fs::permissions(sessions.path(), fs::perms::all);
  auto options = test::one_pool(
      {"php_admin_value[session.save_path] = " + sessions.path(), "php_admin_flag[session.auto_start] = on"});
  php_fpm const server{options};
  CHECK(test::call(server, {"opcache:status"}).exit_code == 0);
  CHECK(test::call(server, {"opcache:reset"}).exit_code == 0);
  CHECK(fs::is_empty(sessions.path()));
}

TEST_CASE("lengths are counted in bytes where mbstring.func_overload counts characters") {
  if (php_fpm::version()[0] != '7') return test::does_not_apply("PHP 8 has no mbstring.func_overload");
  auto options = test::one_pool();
  options.extensions = {"tokenizer.so", "mbstring.so"};
  options.ini = {{"mbstring.func_overload", "2"}, {"default_charset", "UTF-8"}};
  php_fpm const server{options};
  auto const script = server.write_script("s\xc3\xbc\xc3\x9f.php", "<?php echo 'sweet';");
  static_cast<void>(test::run_script(server, script));
  auto const output = test::call(server, {"opcache:status:scripts"});
  INFO(output.err);
  CHECK(output.exit_code == 0);
  CHECK(test::contains(output.out, script));
}

TEST_CASE("open_basedir is recognised where php-fpm answers with 403, because it cannot write its log") {
  test::site const of;
  auto options = test::one_pool(
      {"php_admin_value[open_basedir] = " + of.directory(), "php_admin_value[error_log] = /proc/nowhere"});
  php_fpm const server{options};
  fs::permissions(of.directory(), fs::perms::all | fs::perms::sticky_bit);
  auto const output = test::call(server, {"opcache:status"});
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
}
